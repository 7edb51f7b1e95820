use super::*;
use crate::output::report::samples;
use crate::output::sanitize::is_hazardous;
use crate::problem::Problem;

fn page(report: &Report) -> String {
    let mut out = Vec::new();
    write(report, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("a page is UTF-8")
}

/// The elements that stand in a page, without the style, the script and the data.
fn markup(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    let (body, _) = rest.split_once("<script id=\"data\"").unwrap();
    [head, body].concat()
}

/// The data of a page, as the script reads it: up to the first end of its element.
fn data(page: &str) -> serde_json::Value {
    let (_, rest) = page.split_once("type=\"application/json\">").unwrap();
    let (json, _) = rest.split_once("</script").unwrap();
    serde_json::from_str(json).expect("the data is JSON")
}

#[test]
fn the_page_tells_what_matters_without_its_script() {
    let page = markup(&page(&samples::series()));
    for text in [
        "<h1>Customer grew by 200,000 objects",
        "+24.4 MB",
        "web-t0",
        "Processor",
        "<td class=\"name\">testwebapi.Controllers.Customer</td>",
        "roots of 0x7f0000001000",
        "grew in every dump",
        "static DiagScenarioController.p",
        "100,000 objects survived",
        "17 on 3 more ways",
    ] {
        assert!(page.contains(text), "{text} is missing");
    }
}

#[test]
fn every_sample_makes_a_page_with_data() {
    for report in
        [Report::default(), samples::empty_dump(), samples::one_dump(), samples::series(), samples::hostile()]
    {
        let page = page(&report);
        assert!(page.ends_with("</html>\n") && !page.contains("{{"));
        assert_eq!(data(&page)["trees"].as_array().unwrap().len(), report.profiles.len());
    }
}

#[test]
fn hostile_text_is_only_text() {
    let hostile = page(&samples::hostile());
    // One for the data and one for the script: no text ends one or begins another.
    assert_eq!(hostile.matches("<script").count(), 2);
    assert_eq!(hostile.matches("</script").count(), 2);
    let page = markup(&hostile);
    assert!(!page.contains("<img") && !page.contains("<!--"));
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "it is shown");
    assert!(!hostile.chars().any(|c| is_hazardous(c) && c != '\n'), "nothing turns, hides or is no Unicode");
    let names = data(&hostile)["names"].to_string();
    assert!(names.contains("\\\\u202e"), "the script is given what can be shown");
}

#[test]
fn attributes_are_those_of_the_policy() {
    let page = markup(&page(&samples::hostile()));
    for part in page.split('<').skip(1) {
        let tag = part.split('>').next().unwrap_or_default();
        // What stands in quotes is a value; names of attributes stand outside.
        let names: String = tag.split('"').step_by(2).collect();
        assert!(!names.contains(" style=") && !names.contains(" on"), "<{tag}>");
        assert!(!names.contains(" src="), "<{tag}>");
    }
    assert!(page.matches(" href=\"").count() == page.matches(" href=\"#").count(), "links stay in the page");
}

#[test]
fn headings_are_in_order() {
    let page = markup(&page(&samples::series()));
    let mut level = 0;
    for part in page.split("<h").skip(1) {
        let Some(next) = part.chars().next().and_then(|c| c.to_digit(10)) else { continue };
        assert!(next <= level + 1, "h{next} after h{level}");
        level = next;
    }
    assert_eq!(page.matches("<h1>").count(), 1);
}

#[test]
fn the_same_report_makes_the_same_bytes() {
    assert!(page(&samples::series()) == page(&samples::series()));
}

#[test]
fn the_page_stays_small_whatever_the_heap() {
    let mut report = samples::enormous();
    let detail = serde_json::to_vec(&report.profiles).unwrap().len();
    assert!(detail > 50_000_000, "the sample has {detail} bytes only");
    for (what, dumps) in [("one dump", 1), ("five dumps", 5)] {
        while report.profiles.len() < dumps {
            report.profiles.push(report.profiles[0].clone());
        }
        let length = page(&report).len();
        assert!(length < 2_000_000, "{length} bytes for {what}");
    }
}

#[test]
fn many_remarks_and_suspects_are_cut_with_a_word() {
    let mut report = samples::series();
    report.remarks = (0..500).map(|at| Problem::note(format!("remark {at}"))).collect();
    report.suspects = vec![report.suspects[0].clone(); 500];
    let page = markup(&page(&report));
    assert!(page.contains("450 more remarks") && page.contains("suspects with lower scores are not shown"));
    assert!(page.len() < 600_000, "{}", page.len());
}
