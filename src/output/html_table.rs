//! A page with a table for each answer, which any browser opens: nothing in it is loaded from elsewhere and nothing runs.
//!
//! The page has no end tags of `body` and `html`, which HTML does not ask for (HTML Living Standard, 13.1.2.4): so each
//! answer is written when it is there, and the page is whole after every one of them.

use std::io::{self, Write};

use crate::query::{AnswerColumn, Rows, ValueRef};
use crate::units::{push_grouped, push_short_real};

use super::cells::{CellWriter, Notation};
use super::format::AnswerWriter;
use super::json::Json;
use super::rows::write_rows;
use super::sanitize::sanitize;

/// What stands before the first answer.
const HEAD: &str = concat!(
    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>heapql</title>\n<style>\n",
    ":root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }\n",
    "body { margin: 2rem; }\n",
    "table { border-collapse: collapse; margin: 0 0 2.5rem; }\n",
    "caption, dt { text-align: left; color: color-mix(in srgb, currentColor 65%, transparent); }\n",
    "caption { font-family: ui-monospace, monospace; padding-bottom: .5rem; }\n",
    "th { position: sticky; top: 0; background: Canvas; text-align: left; }\n",
    "th, td { padding: .15rem 1.25rem .15rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); ",
    "vertical-align: top; overflow-wrap: anywhere; }\n",
    ".n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }\n",
    "</style>\n",
);

/// Writes answers as tables of a page.
#[derive(Debug, Default)]
pub(super) struct HtmlWriter {
    written: bool,
}

impl AnswerWriter for HtmlWriter {
    fn write_rows(&mut self, rows: &Rows<'_>, _prose: bool, out: &mut dyn Write) -> io::Result<()> {
        if !std::mem::replace(&mut self.written, true) {
            out.write_all(HEAD.as_bytes())?;
        }
        let head = rows.head();
        let numbers: Vec<bool> = head.columns.iter().map(|column| column.kind.adds_up()).collect();
        let mut top = heading(&head.heading);
        push_top(&head.query, &head.columns, &mut top);
        out.write_all(&top)?;
        write_rows(
            rows,
            b"",
            |_| &Html,
            out,
            |cells, rows, text| {
                for row in rows {
                    text.extend_from_slice(b"<tr>");
                    for (cell, &number) in cells.iter().zip(&numbers) {
                        text.extend_from_slice(if number { b"<td class=\"n\">" } else { b"<td>" });
                        cell.push(row, text);
                    }
                    text.push(b'\n');
                }
            },
        )?;
        out.write_all(b"</table>\n")
    }
}

/// What is known of the whole, as a list of names and values.
fn heading(entries: &[AnswerColumn]) -> Vec<u8> {
    let mut text = Vec::new();
    if entries.is_empty() {
        return text;
    }
    text.extend_from_slice(b"<dl>\n");
    for entry in entries {
        text.extend_from_slice(b"<dt>");
        push_escaped(&entry.name, &mut text);
        text.extend_from_slice(b"<dd>");
        CellWriter::new(entry, &Html).push(0, &mut text);
        text.push(b'\n');
    }
    text.extend_from_slice(b"</dl>\n");
    text
}

/// The table up to its first row.
fn push_top(query: &str, columns: &[AnswerColumn], text: &mut Vec<u8>) {
    text.extend_from_slice(b"<table>\n<caption>");
    push_escaped(query, text);
    text.extend_from_slice(b"</caption>\n<thead><tr>");
    for column in columns {
        text.extend_from_slice(if column.kind.adds_up() { b"<th class=\"n\">" } else { b"<th>" });
        push_escaped(&column.name, text);
    }
    text.extend_from_slice(b"\n<tbody>\n");
}

/// Appends a text of which nothing is markup. What cannot be shown becomes an escape that can.
fn push_escaped(text: &str, out: &mut Vec<u8>) {
    for c in sanitize(text).chars() {
        match c {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// The notation of cells in HTML.
#[derive(Debug)]
struct Html;

impl Notation for Html {
    fn null(&self, _out: &mut Vec<u8>) {}

    fn text(&self, text: &str, out: &mut Vec<u8>) {
        push_escaped(text, out);
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
    use crate::output::{Document, samples};
    use crate::query::Answer;

    fn html(answers: &[Answer]) -> String {
        let (mut writer, mut out) = (HtmlWriter::default(), Vec::new());
        for answer in answers {
            writer.write(&Document { answer, dumps: &[], problems: &[], prose: false }, &mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_page_has_a_table_for_each_answer() {
        let page = html(&[samples::types(), samples::empty()]);
        assert!(page.starts_with("<!DOCTYPE html>\n"));
        assert_eq!((page.matches("<!DOCTYPE").count(), page.matches("<table>").count()), (1, 2));
        assert!(page.contains("<caption>select type, count, size group by type</caption>"));
        assert!(page.contains("<tr><td>Zoo.Dog<td class=\"n\">1,013<td class=\"n\">72,936\n"), "{page}");
        assert!(page.contains("<tr><td>System.String<td class=\"n\">7<td class=\"n\">\n"));
    }

    #[test]
    fn text_of_a_dump_is_no_markup() {
        let page = html(&[samples::one_text(&["<script>&\u{202e}\u{1b}"])]);
        assert!(page.contains("<td>&lt;script&gt;&amp;\\u202e\\u001b\n"), "{page}");
        assert!(!page.contains("<script"));
    }

    #[test]
    fn a_heading_is_a_list() {
        assert!(html(&[samples::with_heading()]).contains("<dl>\n<dt>type<dd>Zoo.Dog\n<dt>address<dd>0x7f"));
    }
}
