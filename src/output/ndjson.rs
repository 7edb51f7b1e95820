//! One JSON object a row: for tools that read a line at a time.
//!
//! Keys are the columns' names; a name that occurs twice gets a number from the second on
//! (`size`, `size_2`), because an object holds a key once. Values are spelled as in
//! [`super::json`]. The rows of several statements follow each other without a mark.

use std::io::{self, Write};

use rustc_hash::FxHashSet;

use crate::query::{AnswerColumn, Rows};

use super::format::AnswerWriter;
use super::json::Json;
use super::json_text::push_text;
use super::rows::write_rows;

/// Writes answers as NDJSON.
#[derive(Debug)]
pub(super) struct NdjsonWriter;

impl AnswerWriter for NdjsonWriter {
    fn write_rows(&mut self, rows: &Rows<'_>, _prose: bool, out: &mut dyn Write) -> io::Result<()> {
        let keys = keys(&rows.head().columns);
        write_rows(
            rows,
            b"",
            |_| &Json,
            out,
            |cells, rows, text| {
                for row in rows {
                    for (key, cell) in keys.iter().zip(cells) {
                        text.extend_from_slice(key);
                        cell.push(row, text);
                    }
                    text.extend_from_slice(b"}\n");
                }
            },
        )
    }
}

/// What stands before each cell of a row: the brace or comma, the key, the colon.
fn keys(columns: &[AnswerColumn]) -> Vec<Vec<u8>> {
    let mut taken = FxHashSet::default();
    let spell = |(i, name): (usize, String)| {
        let mut key = if i == 0 { b"{".to_vec() } else { b",".to_vec() };
        push_text(&name, &mut key);
        key.push(b':');
        key
    };
    columns.iter().map(|column| unique_name(&column.name, &mut taken)).enumerate().map(spell).collect()
}

fn unique_name(name: &str, taken: &mut FxHashSet<String>) -> String {
    let mut unique = name.to_owned();
    let mut number = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{name}_{number}");
        number += 1;
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Document, samples};
    use crate::query::Answer;
    use serde_json::{Value, json};

    fn lines(answer: &Answer) -> Vec<String> {
        let mut out = Vec::new();
        NdjsonWriter.write(&Document { answer, dumps: &[], problems: &[], prose: false }, &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_row_is_an_object() {
        assert_eq!(
            lines(&samples::types()),
            [
                r#"{"type":"Zoo.Dog","count":1013,"size":72936}"#,
                r#"{"type":"System.String","count":7,"size":null}"#
            ]
        );
    }

    #[test]
    fn hostile_text_stays_in_its_row() {
        let lines = lines(&samples::every_kind());
        assert_eq!(lines.len(), 3);
        let read: Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(read["text"], json!(samples::HOSTILE));
    }

    #[test]
    fn an_empty_answer_is_no_line() {
        assert!(lines(&samples::empty()).is_empty());
    }

    #[test]
    fn a_name_that_occurs_twice_keeps_both_values() {
        let mut answer = samples::types();
        answer.columns[1].name = "type".into();
        answer.columns[2].name = "type_2".into();
        assert_eq!(lines(&answer)[0], r#"{"type":"Zoo.Dog","type_2":1013,"type_2_2":72936}"#);
    }
}
