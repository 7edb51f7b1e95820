//! What is known of a dump, as text and as JSON.
//!
//! The JSON form is one line:
//! `{"version":1,"sections":{"runtime":{"version":"10.0.14"}},"checks":[{"name","outcome","detail"}],
//! "advice":["..."],"warnings":[...]}`. Keys of sections and facts are their titles and labels in
//! lower case with underscores; warnings are those of an answer's document.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::info::{Info, Row, Section};
use crate::problem::Problem;

use super::json::{VERSION, push_list, push_problem};
use super::json_text::push_text;
use super::sanitize::sanitize;

/// Writes what is known as text: a block a section, then checks and advice.
///
/// # Errors
/// Those of `out`.
pub fn write_info_table(info: &Info, out: &mut dyn Write) -> io::Result<()> {
    let mut blocks: Vec<_> = info.sections.iter().map(section_block).collect();
    if !info.checks.is_empty() {
        let row = |check: &crate::info::Check| {
            let text = format!("{}  {}", pad(check.outcome.word(), "not possible".len()), check.detail);
            (check.name.to_owned(), text.trim_end().to_owned())
        };
        blocks.push(block("Checks", &info.checks.iter().map(row).collect::<Vec<_>>()));
    }
    if !info.advice.is_empty() {
        let lines: String = info.advice.iter().map(|line| format!("  {}\n", sanitize(line))).collect();
        blocks.push(format!("Advice\n{lines}"));
    }
    out.write_all(blocks.join("\n").as_bytes())
}

fn section_block(section: &Section) -> String {
    let rows: Vec<_> = section.rows.iter().map(|row| (row.label.clone(), row.text.clone())).collect();
    block(&section.title, &rows)
}

/// A title and its rows, labels padded to the same width.
fn block(title: &str, rows: &[(String, String)]) -> String {
    let clean =
        |(label, text): &(String, String)| (sanitize(label).into_owned(), sanitize(text).into_owned());
    let rows: Vec<_> = rows.iter().map(clean).collect();
    let width = rows.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    let mut text = format!("{}\n", sanitize(title));
    for (label, value) in &rows {
        text.push_str(format!("  {}  {value}", pad(label, width)).trim_end());
        text.push('\n');
    }
    text
}

fn pad(text: &str, width: usize) -> Cow<'_, str> {
    match width.saturating_sub(text.width()) {
        0 => Cow::Borrowed(text),
        blanks => Cow::Owned(format!("{text}{}", " ".repeat(blanks))),
    }
}

/// Writes what is known as one JSON document on a line, with the problems of opening.
///
/// # Errors
/// Those of `out`.
pub fn write_info_json(info: &Info, problems: &[&Problem], out: &mut dyn Write) -> io::Result<()> {
    let mut text = format!("{{\"version\":{VERSION},\"sections\":").into_bytes();
    push_object(
        &info.sections,
        &mut text,
        |section| key(&section.title),
        |section, text| {
            push_object(&section.rows, text, |row| key(&row.label), push_row_value);
        },
    );
    text.extend_from_slice(b",\"checks\":");
    push_list(&info.checks, &mut text, |check, text| {
        let members = [("name", check.name), ("outcome", check.outcome.word()), ("detail", &check.detail)];
        push_object(&members, text, |(key, _)| (*key).into(), |(_, value), text| push_text(value, text));
    });
    text.extend_from_slice(b",\"advice\":");
    push_list(&info.advice, &mut text, |line, text| push_text(line, text));
    text.extend_from_slice(b",\"warnings\":");
    push_list(problems, &mut text, |problem, text| push_problem(problem, text));
    text.extend_from_slice(b"}\n");
    out.write_all(&text)
}

fn push_object<T>(
    items: &[T],
    out: &mut Vec<u8>,
    member: impl Fn(&T) -> Cow<'_, str>,
    push_value: impl Fn(&T, &mut Vec<u8>),
) {
    out.push(b'{');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        push_text(&member(item), out);
        out.push(b':');
        push_value(item, out);
    }
    out.push(b'}');
}

fn push_row_value(row: &Row, out: &mut Vec<u8>) {
    push_value(&row.value, out);
}

/// Any JSON value; text goes through [`push_text`] so that it is harmless on a terminal.
fn push_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::String(text) => push_text(text, out),
        Value::Array(items) => push_list(items, out, push_value),
        Value::Object(members) => {
            let members: Vec<_> = members.iter().collect();
            push_object(
                &members,
                out,
                |(key, _)| key.as_str().into(),
                |(_, value), out| push_value(value, out),
            );
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            out.extend_from_slice(value.to_string().as_bytes());
        }
    }
}

/// A label as a key: lower case, underscores for everything that is neither letter nor digit.
fn key(label: &str) -> Cow<'static, str> {
    let plain = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    label.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::info::Check;
    use serde_json::json;

    fn sample() -> Info {
        let mut info = Info::default();
        info.section("Runtime").text("version", "10.0.14").row(
            "GC mode",
            "workstation, regions",
            json!({"Mode": "workstation", "regions": true}),
        );
        info.section("Heap").row("size", "1.5 KB", 1536).row("pinned", "not told", Value::Null);
        info.checks.push(Check::of("sizes of generations", true, "5 of 5"));
        info.checks.push(Check::not_possible("free list", "not in the dump"));
        info.advice.push("take the dump with \u{1b}[1m--full".into());
        info
    }

    #[test]
    fn text_is_aligned_and_harmless() {
        let mut out = Vec::new();
        write_info_table(&sample(), &mut out).unwrap();
        let expected = "\
Runtime
  version  10.0.14
  GC mode  workstation, regions

Heap
  size    1.5 KB
  pinned  not told

Checks
  sizes of generations  passed        5 of 5
  free list             not possible  not in the dump

Advice
  take the dump with \\u001b[1m--full
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn json_is_keyed_by_the_labels() {
        let mut out = Vec::new();
        let note = Problem::note("a name is missing");
        write_info_json(&sample(), &[&note], &mut out).unwrap();
        let read: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read["version"], 1);
        assert_eq!(read["sections"]["runtime"]["gc_mode"], json!({"Mode": "workstation", "regions": true}));
        assert_eq!(read["sections"]["heap"], json!({"size": 1536, "pinned": null}));
        assert_eq!(
            read["checks"][1],
            json!({"name": "free list", "outcome": "not possible", "detail": "not in the dump"})
        );
        assert_eq!(read["advice"][0], "take the dump with \u{1b}[1m--full");
        assert_eq!(read["warnings"][0]["severity"], "note");
        assert_eq!(out.iter().filter(|&&byte| byte == b'\n' || byte == 0x1b).count(), 1);
    }

    #[test]
    fn nothing_known_is_still_a_document() {
        let (mut text, mut json) = (Vec::new(), Vec::new());
        write_info_table(&Info::default(), &mut text).unwrap();
        write_info_json(&Info::default(), &[], &mut json).unwrap();
        assert!(text.is_empty());
        assert_eq!(json, b"{\"version\":1,\"sections\":{},\"checks\":[],\"advice\":[],\"warnings\":[]}\n");
    }
}
