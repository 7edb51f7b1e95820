//! The JSON document of an answer: one line a statement, the contract of programs.
//!
//! ```json
//! {"version":1,"query":"...","columns":[{"name":"type","kind":"text"}],"rows":[["Zoo.Dog"]],
//!  "dump":{"file":"a.core","runtime":"10.0.14","arch":"x64","gc":"workstation"},
//!  "warnings":[{"severity":"loss","message":"...","hint":null}],"elapsed_ms":12}
//! ```
//!
//! `kind` is text, integer, real, bytes, address, boolean, list, or value where it differs from row
//! to row. Addresses are text `0x...`; integers are exact however large; a real that has no digits is
//! the text NaN, Infinity or -Infinity; an absent value is null. Answers to `object ADDR` have a
//! `heading` before the columns: type, address, size, generation and MethodTable of the object. `dump` is the first dump; where several were opened,
//! `dumps` follows it with all of them. `version` changes when a reader of an older document
//! would misread a newer one; new keys alone do not change it.
//!
//! The document is written as a stream: no tree of it exists.

use std::io::{self, Write};

use crate::bytes::Addr;
use crate::graph::Facts;
use crate::problem::{Problem, Severity};
use crate::query::{Answer, AnswerColumn, Rows, ValueRef};

use super::cells::{CellWriter, Notation};
use super::format::{AnswerWriter, Document};
use super::json_text::{push_address, push_integer, push_real, push_text};
use super::rows::write_rows;

/// The version of the document's form.
pub(super) const VERSION: u32 = 1;

/// Writes answers as JSON documents.
#[derive(Debug)]
pub(super) struct JsonWriter;

impl AnswerWriter for JsonWriter {
    fn write_rows(&mut self, rows: &Rows<'_>, _prose: bool, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&head(rows.head()))?;
        write_rows(
            rows,
            b",",
            |_| &Json,
            out,
            |cells, rows, text| {
                for row in rows.clone() {
                    text.extend_from_slice(if row == rows.start { b"[" } else { b",[" });
                    for (i, cell) in cells.iter().enumerate() {
                        if i > 0 {
                            text.push(b',');
                        }
                        cell.push(row, text);
                    }
                    text.push(b']');
                }
            },
        )
    }

    fn finish(&mut self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&tail(document, &[]))
    }
}

/// Writes the document of an answer with more members before `warnings`: their names and their values, which are JSON.
pub(super) fn write_with_members(
    document: &Document<'_>,
    members: &[(&str, String)],
    out: &mut dyn Write,
) -> io::Result<()> {
    JsonWriter.write_rows(&Rows::whole(document.answer), document.prose, out)?;
    out.write_all(&tail(document, members))
}

/// The document up to its first row.
fn head(answer: &Answer) -> Vec<u8> {
    let mut text = format!("{{\"version\":{VERSION},\"query\":").into_bytes();
    push_text(&answer.query, &mut text);
    if !answer.heading.is_empty() {
        text.extend_from_slice(b",\"heading\":");
        push_heading(&answer.heading, &mut text);
    }
    text.extend_from_slice(b",\"columns\":");
    push_list(&answer.columns, &mut text, |column, text| {
        text.extend_from_slice(b"{\"name\":");
        push_text(&column.name, text);
        text.extend_from_slice(b",\"kind\":");
        push_text(column.kind.word(), text);
        text.push(b'}');
    });
    text.extend_from_slice(b",\"rows\":[");
    text
}

/// What is known of the whole, as an object.
fn push_heading(heading: &[AnswerColumn], out: &mut Vec<u8>) {
    for (i, entry) in heading.iter().enumerate() {
        out.push(if i == 0 { b'{' } else { b',' });
        push_text(&entry.name, out);
        out.push(b':');
        CellWriter::new(entry, &Json).push(0, out);
    }
    out.push(b'}');
}

/// The document from its last row on.
fn tail(document: &Document<'_>, members: &[(&str, String)]) -> Vec<u8> {
    let mut text = b"],\"dump\":".to_vec();
    match document.dumps.first() {
        Some(facts) => push_facts(facts, &mut text),
        None => text.extend_from_slice(b"null"),
    }
    if document.dumps.len() > 1 {
        text.extend_from_slice(b",\"dumps\":");
        push_list(document.dumps, &mut text, |facts, text| push_facts(facts, text));
    }
    for (name, value) in members {
        text.push(b',');
        push_text(name, &mut text);
        text.push(b':');
        text.extend_from_slice(value.as_bytes());
    }
    text.extend_from_slice(b",\"warnings\":");
    push_list(document.problems, &mut text, |problem, text| push_problem(problem, text));
    text.extend_from_slice(b",\"elapsed_ms\":");
    push_integer(document.answer.elapsed.as_millis() as i128, &mut text);
    text.extend_from_slice(b"}\n");
    text
}

fn push_facts(facts: &Facts, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"file\":");
    push_text(&facts.file, out);
    out.extend_from_slice(b",\"runtime\":");
    push_text(&facts.runtime, out);
    out.extend_from_slice(b",\"arch\":");
    push_text(&facts.architecture, out);
    out.extend_from_slice(b",\"gc\":");
    push_optional_text(facts.gc_mode.as_deref(), out);
    out.push(b'}');
}

/// Appends what was left out as an object: severity `note` or `loss`, message, hint or null.
pub(super) fn push_problem(problem: &Problem, out: &mut Vec<u8>) {
    let severity = match problem.severity {
        Severity::Note => "note",
        Severity::Loss => "loss",
    };
    out.extend_from_slice(b"{\"severity\":");
    push_text(severity, out);
    out.extend_from_slice(b",\"message\":");
    push_text(&problem.message, out);
    out.extend_from_slice(b",\"hint\":");
    push_optional_text(problem.hint.as_deref(), out);
    out.push(b'}');
}

fn push_optional_text(text: Option<&str>, out: &mut Vec<u8>) {
    match text {
        Some(text) => push_text(text, out),
        None => Json.null(out),
    }
}

/// Appends an array of what `push` appends for each item.
pub(super) fn push_list<T>(items: &[T], out: &mut Vec<u8>, push: impl Fn(&T, &mut Vec<u8>)) {
    out.push(b'[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        push(item, out);
    }
    out.push(b']');
}

/// JSON's notation of cells.
pub(super) struct Json;

impl Json {
    /// A list as the text of a JSON array, for formats that have no lists of their own.
    pub(super) fn array(items: &[ValueRef<'_>]) -> String {
        let mut json = Vec::new();
        Json.list(items, &mut json);
        String::from_utf8_lossy(&json).into_owned()
    }
}

impl Notation for Json {
    fn null(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"null");
    }

    fn text(&self, text: &str, out: &mut Vec<u8>) {
        push_text(text, out);
    }

    fn integer(&self, number: i128, out: &mut Vec<u8>) {
        push_integer(number, out);
    }

    fn real(&self, number: f64, out: &mut Vec<u8>) {
        push_real(number, out);
    }

    fn address(&self, address: Addr, out: &mut Vec<u8>) {
        out.push(b'"');
        push_address(address.0, out);
        out.push(b'"');
    }

    fn list(&self, items: &[ValueRef<'_>], out: &mut Vec<u8>) {
        push_list(items, out, |item, out| self.value(item, out));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;
    use serde_json::{Value, json};

    fn document(answer: &Answer, problems: &[&Problem]) -> String {
        let facts = samples::facts();
        let mut out = Vec::new();
        JsonWriter
            .write(&Document { answer, dumps: &[&facts], problems, prose: false }, &mut out)
            .expect("memory takes everything");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_document_is_the_contracts() {
        let text = document(&samples::types(), &[]);
        assert_eq!(
            text,
            concat!(
                r#"{"version":1,"query":"select type, count, size group by type","#,
                r#""columns":[{"name":"type","kind":"text"},{"name":"count","kind":"integer"},"#,
                r#"{"name":"size","kind":"bytes"}],"#,
                r#""rows":[["Zoo.Dog",1013,72936],["System.String",7,null]],"#,
                r#""dump":{"file":"zoo.core","runtime":"10.0.14","arch":"x64","gc":"workstation"},"#,
                r#""warnings":[],"elapsed_ms":12}"#,
                "\n"
            )
        );
    }

    #[test]
    fn every_kind_of_cell_reads_back() {
        let answer = samples::every_kind();
        let read: Value = serde_json::from_str(&document(&answer, &[])).unwrap();
        let rows = read["rows"].as_array().unwrap();
        assert_eq!(rows[0], json!([samples::HOSTILE, -5, 72.5, u64::MAX, "0x7f0000001000", true]));
        assert_eq!(rows[1], json!([null, null, null, null, null, null]));
        assert_eq!(rows[2], json!(["", 9_007_199_254_740_993_i64, "NaN", 0, "0x0", false]));
    }

    #[test]
    fn a_heading_is_an_object_and_values_keep_their_sort() {
        let answer = samples::with_heading();
        let read: Value = serde_json::from_str(&document(&answer, &[])).unwrap();
        assert_eq!(read["heading"], json!({"type": "Zoo.Dog", "address": "0x7f0000001000", "size": 72}));
        assert_eq!(read["columns"][1], json!({"name": "value", "kind": "value"}));
        let values: Vec<&Value> = read["rows"].as_array().unwrap().iter().map(|row| &row[1]).collect();
        assert_eq!(
            json!(values),
            json!([1234567, true, 0.25, "0x7f0000001000", "NaN", null, u64::MAX, [3, 4]])
        );
    }

    #[test]
    fn a_document_is_one_line_that_a_terminal_does_not_obey() {
        let text = document(&samples::every_kind(), &[]);
        assert_eq!(text.matches('\n').count(), 1);
        assert!(!text.trim_end().chars().any(crate::output::sanitize::is_hazardous));
    }

    #[test]
    fn an_empty_answer_has_no_rows() {
        assert!(document(&samples::empty(), &[]).contains(r#","rows":[],"dump":"#));
    }

    #[test]
    fn problems_stand_beside_the_rows() {
        let loss = Problem::loss("2 pages are missing").hint("take the dump again");
        let read: Value = serde_json::from_str(&document(&samples::empty(), &[&loss])).unwrap();
        let expected =
            json!([{"severity": "loss", "message": "2 pages are missing", "hint": "take the dump again"}]);
        assert_eq!(read["warnings"], expected);
    }

    #[test]
    fn several_dumps_are_all_named() {
        let (first, mut second) = (samples::facts(), samples::facts());
        second.file = "later.core".into();
        second.gc_mode = None;
        let answer = samples::empty();
        let mut out = Vec::new();
        let document = Document { answer: &answer, dumps: &[&first, &second], problems: &[], prose: false };
        JsonWriter.write(&document, &mut out).unwrap();
        let read: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read["dump"]["file"], "zoo.core");
        assert_eq!(
            read["dumps"][1],
            json!({"file": "later.core", "runtime": "10.0.14", "arch": "x64", "gc": null})
        );
    }

    #[test]
    fn lists_nest() {
        let mut out = Vec::new();
        let list = ValueRef::List(vec![ValueRef::Text("a\""), ValueRef::Null, ValueRef::List(vec![])]);
        Json.value(&list, &mut out);
        assert_eq!(out, br#"["a\"",null,[]]"#);
    }
}
