//! Comparisons of the series of dumps in `corpus/`: a service at three moments that leaks ten thousand customers, sessions,
//! parked tasks and cache entries from each to the next. `UPDATE_GOLDEN=1 cargo test` writes the golden files anew.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Ended, run};

fn dump(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{name}.core.zst"));
    path.to_str().expect("the path is text").to_owned()
}

/// Runs a command over dumps of the corpus.
fn over(command: &str, dumps: &[&str], more: &[&str]) -> Ended {
    let dumps: Vec<String> = dumps.iter().map(|name| dump(name)).collect();
    let mut arguments = vec![command];
    arguments.extend(dumps.iter().map(String::as_str));
    arguments.extend(more);
    run(&arguments)
}

const SERIES: [&str; 3] = ["web-t0", "web-t1", "web-t2"];

/// The types of the program itself.
const OWN_TYPES: &str = "select type, count, size where type like 'testwebapi.%' group by type";

#[track_caller]
fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).expect("the golden file can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(text == expected, "{name}: UPDATE_GOLDEN=1 renews it\n--- expected\n{expected}\n--- got\n{text}");
}

fn document(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

fn names(document: &Value) -> Vec<&str> {
    let columns = document["columns"].as_array().expect("columns");
    columns.iter().map(|column| column["name"].as_str().expect("a name")).collect()
}

/// The values of a row by the names of its columns.
fn value<'d>(document: &'d Value, row: usize, name: &str) -> &'d Value {
    let at = names(document).iter().position(|column| *column == name).unwrap_or_else(|| panic!("{name}"));
    &document["rows"][row][at]
}

#[test]
fn the_series_as_a_table() {
    let ended = over("diff", &SERIES, &["--limit", "12"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert_golden("diff-web.txt", &ended.out);
}

#[test]
fn the_series_as_json_names_the_customers_first() {
    let ended = over("diff", &SERIES, &["--format", "json"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let read = document(&ended);
    assert_eq!(
        names(&read),
        [
            "type",
            "module",
            "count_1",
            "count_2",
            "count_3",
            "count_delta",
            "size_1",
            "size_2",
            "size_3",
            "size_delta",
            "retained_1",
            "retained_2",
            "retained_3",
            "retained_delta",
            "status",
            "steady"
        ]
    );
    let first = |name| value(&read, 0, name);
    assert_eq!(first("type"), "testwebapi.Controllers.Customer");
    assert_eq!(first("module"), "testwebapi.dll");
    assert_eq!(first("count_delta"), 20_000);
    assert_eq!((first("status"), first("steady")), (&Value::from("grew").clone(), &Value::from(true)));
    assert_eq!(read["dumps"].as_array().expect("dumps").len(), 3);
    assert_eq!(read["totals"].as_array().expect("totals").len(), 3);
    assert_eq!(read["growth"][0]["type"], "testwebapi.Controllers.Customer");
    assert!(read["remarks"].is_array() && read["roots"].is_array() && read["assemblies"].is_array());
    let rows = read["rows"].as_array().expect("rows").len();
    let csv = over("diff", &SERIES, &["--format", "csv"]);
    assert_eq!(csv.out.lines().count(), rows + 1);
    let ndjson = over("diff", &SERIES, &["--format", "ndjson"]);
    assert_eq!(ndjson.out.lines().count(), rows);
}

#[test]
fn what_each_request_leaks_is_counted() {
    let ended = over("diff", &SERIES, &["-e", OWN_TYPES, "--format", "csv"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert_golden("diff-own-types.csv", &ended.out);
}

#[test]
fn the_statement_gives_the_rows_of_the_command() {
    let statement = format!("diff {OWN_TYPES}");
    let asked = over("query", &SERIES, &["-e", &statement, "--format", "json"]);
    let compared = over("diff", &SERIES, &["-e", OWN_TYPES, "--format", "json"]);
    assert_eq!((asked.status, compared.status), (0, 0), "{}{}", asked.err, compared.err);
    let (asked, compared) = (document(&asked), document(&compared));
    assert_eq!(asked["rows"], compared["rows"]);
    assert_eq!(asked["query"], *statement);
}

#[test]
fn order_and_limit_are_those_of_the_comparison() {
    let asked = |more: &str| {
        let statement = format!("diff {OWN_TYPES} {more}");
        document(&over("query", &["web-t0", "web-t1"], &["-e", &statement, "--format", "json"]))
    };
    let all = asked("");
    let by_count = asked("order by count desc limit 1");
    assert_eq!(by_count["rows"].as_array().expect("rows").len(), 1);
    assert_eq!(value(&by_count, 0, "type"), "testwebapi.Controllers.Customer");
    let second = asked("limit 1 offset 1");
    assert_eq!(second["rows"][0], all["rows"][1]);
    let reversed = asked("order by type desc");
    let types: Vec<_> =
        (0..3).map(|row| value(&reversed, row, "type").as_str().expect("a type").to_owned()).collect();
    assert!(types.is_sorted_by(|a, b| a >= b), "{types:?}");
}

#[test]
fn thresholds_leave_out_what_hardly_changed() {
    let rows = |more: &[&str]| {
        let ended = over("diff", &["web-t0", "web-t1"], &[&["--format", "json"], more].concat());
        document(&ended)["rows"].as_array().expect("rows").len()
    };
    let all = rows(&[]);
    let large = rows(&["--min", "100kb"]);
    assert!(0 < large && large < 20 && large < all, "{large} of {all}");
    assert_eq!(rows(&["--limit", "3"]), 3);
}

#[test]
fn a_dump_beside_itself_has_not_changed() {
    let ended = over("diff", &["web-t1", "web-t1"], &[]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(ended.out.contains("nothing changed\n"), "{}", ended.out);
    assert!(ended.err.contains("note: "), "{}", ended.err);
    let read = document(&over("diff", &["web-t1", "web-t1"], &["--format", "json"]));
    assert_eq!((&read["rows"], &read["growth"]), (&serde_json::json!([]), &serde_json::json!([])));
}

#[test]
fn a_gate_that_fails_ends_with_status_4() {
    let folder = tempfile::tempdir().unwrap();
    let junit = folder.path().join("gate.xml");
    let path = junit.to_str().expect("the path is text");
    let failing = "size_delta > 100kb where type like 'testwebapi.%'";
    let passing = "count_delta > 1000000";
    let gates = ["--fail-if", failing, "--fail-if", passing, "--junit", path, "--limit", "1"];
    let ended = over("diff", &["web-t0", "web-t1"], &gates);
    assert_eq!(ended.status, 4, "{}", ended.err);
    assert!(ended.err.contains(&format!("error: --fail-if \"{failing}\" holds\n")), "{}", ended.err);
    assert!(ended.err.contains("testwebapi.Controllers.Customer  count +10,000"), "{}", ended.err);
    assert!(!ended.err.contains(passing), "{}", ended.err);
    let written = fs::read_to_string(&junit).unwrap();
    assert!(written.contains("tests=\"2\" failures=\"1\""), "{written}");
}

#[test]
fn a_gate_that_passes_leaves_the_status() {
    let ended = over("diff", &["web-t0", "web-t1"], &["--fail-if", "size_delta > 1gb", "--limit", "1"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
}

#[test]
fn dumps_of_different_programs_are_told_and_pass_no_gate() {
    let ended = over("diff", &["zoo-10.0", "web-t0"], &["--limit", "1"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(ended.err.contains("different programs"), "{}", ended.err);
    let gated = over("diff", &["zoo-10.0", "web-t0"], &["--fail-if", "size_delta > 1gb"]);
    assert_eq!((gated.status, gated.out.as_str()), (2, ""), "{}", gated.err);
}

#[test]
fn wrong_selects_are_told_with_their_place() {
    let cases = [
        ("select type from objects", "groups are compared, and these rows have none"),
        ("select distinct type, count group by type", "rows that are shown once have no measures to compare"),
        ("select type, count from @2.objects group by type", "`@2` names a dump"),
        ("select type, count group by type order by sise", "the comparison has no column `sise`"),
        ("select type, count group by type order by 2 * count", "a comparison is ordered by its columns"),
        ("select type, cuont group by type", "`cuont`"),
        ("tables", "only a select can be compared"),
        ("select", "the statement ends too early"),
    ];
    for (select, message) in cases {
        let ended = over("diff", &["web-t0", "web-t0"], &["-e", select]);
        assert_eq!((ended.status, ended.out.as_str()), (1, ""), "{select}: {}", ended.err);
        assert!(ended.err.contains(message) && ended.err.contains('^'), "{select}: {}", ended.err);
    }
}

#[test]
fn a_comparison_needs_two_dumps() {
    for statement in ["diff select type, count group by type", "survivors of System.String"] {
        let ended = over("query", &["web-t0"], &["-e", statement]);
        assert_eq!(ended.status, 1, "{}", ended.err);
        assert!(
            ended.err.contains("needs two dumps, and 1 is open") && ended.err.contains('^'),
            "{}",
            ended.err
        );
    }
    assert_eq!(over("diff", &["web-t0"], &[]).status, 2);
}

#[test]
fn a_type_that_one_dump_does_not_know_has_no_rows_there() {
    let asked = |name: &str| {
        let select = format!("select count from {name}");
        over("diff", &["zoo-10.0", "web-t2"], &["-e", &select, "--format", "csv"])
    };
    let ended = asked("testwebapi.Controllers.Customer");
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(ended.err.contains("@1 (zoo-10.0.core.zst) is taken to have no rows"), "{}", ended.err);
    assert_eq!(ended.out, "count_1,count_2,count_delta,status\r\n0,20100,20100,new\r\n");
    assert_eq!(asked("No.Such").status, 1);
}

#[test]
fn how_a_comparison_is_made_can_be_asked() {
    let ended = over("query", &["web-t0"], &["-e", &format!("explain diff {OWN_TYPES}")]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let lines: Vec<_> = ended.out.lines().collect();
    assert!(lines[2].starts_with("ask ") && lines.last().unwrap().starts_with("compare "), "{}", ended.out);
}
