//! The outcome of gates as JUnit XML, in the dialect that CI systems have in common: a test case a condition, in one
//! suite; those that hold are failures.
//!
//! There is no standard; what Jenkins, GitLab and GitHub's actions read is `testsuites/testsuite/testcase/failure` with the
//! counts as attributes. No times are written: the same comparison gives the same file. Text of a dump is escaped, and
//! characters that XML 1.0 has no place for (section 2.2 of its specification) are U+FFFD.

use std::io::{self, Write};

use crate::diff::gate::Verdict;
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};
use crate::text::to_unicode;
use crate::units::human_bytes;

/// Rows that a failure shows; the others are counted.
const SHOWN: usize = 10;

/// Writes the outcome of gates, in the order in which they were given.
///
/// # Errors
/// Those of `out`.
pub fn write_junit(verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
    let failures = verdicts.iter().filter(|verdict| verdict.holds()).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\"", verdicts.len());
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"heapql\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"heapql diff\" {counts}>")?;
    for verdict in verdicts {
        write_case(verdict, out)?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn write_case(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let name = escaped(&verdict.condition);
    write!(out, "    <testcase classname=\"heapql diff\" name=\"{name}\"")?;
    if verdict.holds() {
        let (message, rows) = (escaped(&message(&verdict.failing)), escaped(&rows(&verdict.failing)));
        writeln!(out, ">")?;
        writeln!(out, "      <failure type=\"fail-if\" message=\"{message}\">{rows}</failure>")?;
        return writeln!(out, "    </testcase>");
    }
    if verdict.looked_at > 0 {
        return writeln!(out, "/>");
    }
    writeln!(out, ">\n      <system-out>the condition was about no row</system-out>\n    </testcase>")
}

/// What failed, in one line: the first row and how many more.
fn message(failing: &Answer) -> String {
    let first = row(failing, 0);
    match failing.row_count() {
        0 | 1 => first,
        rows => format!("{first} (and {} more)", rows - 1),
    }
}

/// The rows that failed, a line each.
fn rows(failing: &Answer) -> String {
    let count = failing.row_count();
    let mut lines: Vec<String> = (0..count.min(SHOWN)).map(|at| row(failing, at)).collect();
    if count > SHOWN {
        lines.push(format!("... and {} more", count - SHOWN));
    }
    lines.join("\n")
}

/// A row in words: its texts, then its numbers with their names. What is absent is left out.
fn row(failing: &Answer, at: usize) -> String {
    let (mut texts, mut others) = (Vec::new(), Vec::new());
    for column in &failing.columns {
        match column.value(at) {
            ValueRef::Null => {}
            ValueRef::Text(text) => texts.push(to_unicode(text).into_owned()),
            value => others.push(format!("{}={}", column.name, spelled(column, &value))),
        }
    }
    match (texts.is_empty(), others.is_empty()) {
        (true, _) => others.join(" "),
        (_, true) => texts.join(" "),
        _ => format!("{}: {}", texts.join(" "), others.join(" ")),
    }
}

fn spelled(column: &AnswerColumn, value: &ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Text(text) => to_unicode(text).into_owned(),
        ValueRef::Integer(number) if column.kind == Kind::Bytes => human_bytes(*number as f64),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Bytes(bytes) => human_bytes(*bytes as f64),
        ValueRef::Address(address) => address.to_string(),
        ValueRef::Boolean(value) => value.to_string(),
        ValueRef::List(items) => {
            items.iter().map(|item| spelled(column, item)).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Text as it may stand in an attribute or between tags.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // Readers turn these into spaces where they stand in an attribute, and drop a carriage return.
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            // A console that shows the report obeys these.
            c if super::sanitize::is_hazardous(c) => {
                super::sanitize::push_unit_escapes(c, &mut out);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::gate::evaluate;

    /// Types that grew, each by a megabyte.
    fn comparison(types: &[&str]) -> Answer {
        let names = types.iter().map(|&name| ValueRef::Text(name));
        let sizes = types.iter().map(|_| ValueRef::Integer(1 << 20));
        let columns = vec![
            AnswerColumn::new("type", Kind::Text, names),
            AnswerColumn::new("module", Kind::Text, types.iter().map(|_| ValueRef::Null)),
            AnswerColumn::new("size_delta", Kind::Bytes, sizes),
        ];
        Answer { columns, ..Answer::default() }
    }

    fn written(conditions: &[&str], comparison: &Answer) -> String {
        let verdicts: Vec<_> = conditions.iter().map(|of| evaluate(of, comparison).unwrap()).collect();
        let mut out = Vec::new();
        write_junit(&verdicts, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_condition_is_a_case_and_those_that_hold_are_failures() {
        let conditions = [
            "size_delta > 100kb where type like 'Shop.%'",
            "size_delta > 1gb",
            "size_delta > 1 where type = 'x'",
        ];
        let text =
            written(&conditions, &comparison(&["Shop.Cart", "Shop.List<System.Int32>", "System.String"]));
        let xml = roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let suites = xml.root_element();
        assert_eq!(
            (suites.tag_name().name(), suites.attribute("tests"), suites.attribute("failures")),
            ("testsuites", Some("3"), Some("1"))
        );
        let cases: Vec<_> = suites.descendants().filter(|node| node.has_tag_name("testcase")).collect();
        assert_eq!(cases.iter().map(|case| case.attribute("name").unwrap()).collect::<Vec<_>>(), conditions);
        assert!(
            cases
                .iter()
                .all(|case| case.attribute("classname").is_some() && case.attribute("time").is_none())
        );
        let failure = cases[0].first_element_child().unwrap();
        assert_eq!(failure.tag_name().name(), "failure");
        assert_eq!(failure.attribute("message"), Some("Shop.Cart: size_delta=1.0 MB (and 1 more)"));
        assert_eq!(
            failure.text(),
            Some("Shop.Cart: size_delta=1.0 MB\nShop.List<System.Int32>: size_delta=1.0 MB")
        );
        assert!(cases[1].first_element_child().is_none());
        assert_eq!(cases[2].first_element_child().unwrap().text(), Some("the condition was about no row"));
    }

    #[test]
    fn hostile_names_make_no_markup_and_no_text_that_xml_forbids() {
        let hostile = "</failure>]]><x a='\"&amp;\u{0}\u{1b}[31m\u{202e}\u{fffe}\r\n\t\u{7f}";
        let lone = crate::text::from_utf16_le(&0xd800_u16.to_le_bytes());
        let text = written(&["size_delta > 0"], &comparison(&[hostile, &lone]));
        let xml = roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let failure = xml.descendants().find(|node| node.has_tag_name("failure")).unwrap();
        assert_eq!(failure.children().filter(|node| node.is_element()).count(), 0);
        let said = failure.text().unwrap();
        assert!(
            said.starts_with("</failure>]]><x a='\"&amp;\u{fffd}\u{fffd}[31m\\u202e\u{fffd}\r\n\t"),
            "{said:?}"
        );
        assert!(!text.contains(['\u{0}', '\u{1b}', '\u{202e}', '\u{7f}']));
    }

    #[test]
    fn many_rows_are_cut_and_counted() {
        let names: Vec<String> = (0..25).map(|n| format!("T{n:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let text = written(&["size_delta > 0", "count(*) > 20"], &comparison(&names));
        let xml = roxmltree::Document::parse(&text).unwrap();
        let failures: Vec<_> = xml.descendants().filter(|node| node.has_tag_name("failure")).collect();
        assert_eq!(failures[0].text().unwrap().lines().count(), 11);
        assert!(failures[0].text().unwrap().ends_with("... and 15 more"));
        assert_eq!(failures[1].attribute("message"), Some("count(*)=25"));
    }
}
