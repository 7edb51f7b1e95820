//! Tables in Markdown of GitHub's flavour, for issues and pull requests.
//!
//! Names and other texts of a dump are code spans, so they format nothing, link nowhere and notify nobody; sentences are
//! escaped. Numbers stand on the right with separators, as in [`super::table`]; an absent value is an empty cell.
//! Answers of several statements are separated by an empty line.

use std::io::{self, Write};

use crate::query::{AnswerColumn, Rows, ValueRef};
use crate::units::{push_grouped, push_short_real};

use super::cells::{CellWriter, Notation};
use super::format::AnswerWriter;
use super::json::Json;
use super::report::markdown::escape::{prose, whole_code};
use super::rows::write_rows;

/// Writes answers as Markdown.
#[derive(Debug, Default)]
pub(super) struct MarkdownWriter {
    written: bool,
}

impl AnswerWriter for MarkdownWriter {
    fn write_rows(&mut self, rows: &Rows<'_>, prose: bool, out: &mut dyn Write) -> io::Result<()> {
        let head = rows.head();
        if head.columns.is_empty() {
            return Ok(());
        }
        if std::mem::replace(&mut self.written, true) {
            out.write_all(b"\n")?;
        }
        let notation = Markdown { prose };
        out.write_all(&heading(&head.heading, &notation))?;
        out.write_all(&header(&head.columns))?;
        write_rows(
            rows,
            b"",
            |_| &notation,
            out,
            |cells, rows, text| {
                for row in rows {
                    for cell in cells {
                        text.extend_from_slice(b"| ");
                        cell.push(row, text);
                        text.push(b' ');
                    }
                    text.extend_from_slice(b"|\n");
                }
            },
        )
    }
}

/// What is known of the whole: an item of a list each, and an empty line.
fn heading(entries: &[AnswerColumn], notation: &Markdown) -> Vec<u8> {
    let mut text = Vec::new();
    for entry in entries {
        text.extend_from_slice(format!("- {}: ", prose(&entry.name)).as_bytes());
        CellWriter::new(entry, notation).push(0, &mut text);
        text.push(b'\n');
    }
    if !entries.is_empty() {
        text.push(b'\n');
    }
    text
}

fn header(columns: &[AnswerColumn]) -> Vec<u8> {
    let names: Vec<_> = columns.iter().map(|column| prose(&column.name)).collect();
    let rules = columns.iter().map(|column| if column.kind.adds_up() { "---:" } else { "---" });
    format!("| {} |\n| {} |\n", names.join(" | "), rules.collect::<Vec<_>>().join(" | ")).into_bytes()
}

/// Markdown's notation of cells.
#[derive(Debug)]
struct Markdown {
    /// Whether texts are sentences.
    prose: bool,
}

impl Notation for Markdown {
    fn null(&self, _out: &mut Vec<u8>) {}

    fn text(&self, text: &str, out: &mut Vec<u8>) {
        let text = if self.prose { prose(text) } else { whole_code(text) };
        out.extend_from_slice(text.as_bytes());
    }

    fn integer(&self, number: i128, out: &mut Vec<u8>) {
        push_grouped(number, out);
    }

    fn real(&self, number: f64, out: &mut Vec<u8>) {
        push_short_real(number, out);
    }

    fn list(&self, items: &[ValueRef<'_>], out: &mut Vec<u8>) {
        self.text(&Json::array(items), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sanitize::is_hazardous;
    use crate::output::{Document, samples};
    use crate::query::Answer;

    fn markdown(answers: &[Answer]) -> String {
        let (mut writer, mut out) = (MarkdownWriter::default(), Vec::new());
        for answer in answers {
            writer.write(&Document { answer, dumps: &[], problems: &[], prose: false }, &mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_with_numbers_on_the_right() {
        assert_eq!(
            markdown(&[samples::types(), samples::empty()]),
            "| type | count | size |\n| --- | ---: | ---: |\n| `Zoo.Dog` | 1,013 | 72,936 |\n\
             | `System.String` | 7 |  |\n\n| type | size |\n| --- | ---: |\n"
        );
    }

    #[test]
    fn hostile_text_stays_in_its_cell() {
        let text = markdown(&[samples::every_kind(), samples::one_text(&["a|b`c\n| d"])]);
        assert!(!text.replace('\n', "").chars().any(is_hazardous));
        let last = text.lines().last().unwrap();
        assert_eq!((last.matches('|').count(), last.matches("``").count()), (2, 2), "{last}");
    }

    #[test]
    fn a_heading_is_a_list() {
        let text = markdown(&[samples::with_heading()]);
        assert!(text.starts_with("- type: `Zoo.Dog`\n- address: 0x7f0000001000\n"), "{text}");
    }
}
