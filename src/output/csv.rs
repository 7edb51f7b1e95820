//! Comma-separated values as RFC 4180 has them.
//!
//! A header row, CRLF line ends, fields quoted where they must be. An absent value is an empty
//! field and an empty text is `""`, so that the two stay apart for readers that care. Numbers are
//! plain, sizes in bytes, addresses `0x...`. Answers of several statements are separated by an
//! empty line.
//!
//! A text that a spreadsheet would run as a formula gets a single quote before it, see [`is_formula`]:
//! a program decides what its strings hold, and a CSV file is opened with a double click. Programs
//! that need every text exact read JSON. A lone surrogate of a .NET string is U+FFFD. On a terminal
//! control characters are escaped too.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::query::{Rows, ValueRef};

use super::cells::Notation;
use super::format::{AnswerWriter, Screen};
use super::json::Json;
use super::json_text::{push_integer, push_real};
use super::rows::write_rows;
use super::sanitize::sanitize;
use crate::text::to_unicode;
use crate::units::real_word;

/// Writes answers as CSV.
#[derive(Debug)]
pub(super) struct CsvWriter {
    notation: Csv,
    written: bool,
}

impl CsvWriter {
    pub(super) fn new(screen: Screen) -> Self {
        CsvWriter { notation: Csv { terminal: screen.terminal }, written: false }
    }
}

impl AnswerWriter for CsvWriter {
    fn write_rows(&mut self, rows: &Rows<'_>, _prose: bool, out: &mut dyn Write) -> io::Result<()> {
        let mut header = Vec::new();
        if self.written {
            header.extend_from_slice(b"\r\n");
        }
        self.written = true;
        push_record(rows.head().columns.iter(), &mut header, |c, text| self.notation.text(&c.name, text));
        out.write_all(&header)?;
        write_rows(
            rows,
            b"",
            |_| &self.notation,
            out,
            |cells, rows, text| {
                for row in rows {
                    push_record(cells.iter(), text, |cell, text| cell.push(row, text));
                }
            },
        )
    }
}

fn push_record<T>(fields: impl Iterator<Item = T>, out: &mut Vec<u8>, push: impl Fn(T, &mut Vec<u8>)) {
    for (i, field) in fields.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        push(field, out);
    }
    out.extend_from_slice(b"\r\n");
}

/// Whether a spreadsheet would take the text for a formula: it begins with `=`, `+`, `-` or `@`, in ASCII or
/// full width, or with a tab or a line break, behind which some look on. Plain numbers are no formulas.
fn is_formula(text: &str) -> bool {
    const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    text.starts_with(STARTS) && !is_number(text)
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'))
        && text.parse::<f64>().is_ok()
}

/// CSV's notation of cells.
#[derive(Debug)]
struct Csv {
    terminal: bool,
}

impl Notation for Csv {
    fn null(&self, _out: &mut Vec<u8>) {}

    fn text(&self, text: &str, out: &mut Vec<u8>) {
        let mut text = if self.terminal { sanitize(text) } else { to_unicode(text) };
        if is_formula(&text) {
            text = Cow::Owned(format!("'{text}"));
        }
        // Spaces at the ends are data (RFC 4180, section 2, rule 4), but many readers trim them.
        let quoted = text.is_empty()
            || text.bytes().any(|b| matches!(b, b'"' | b',' | b'\r' | b'\n'))
            || text.starts_with([' ', '\t'])
            || text.ends_with([' ', '\t']);
        if quoted {
            out.push(b'"');
            out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(text.as_bytes());
        }
    }

    fn integer(&self, number: i128, out: &mut Vec<u8>) {
        push_integer(number, out);
    }

    fn real(&self, number: f64, out: &mut Vec<u8>) {
        if number.is_finite() {
            push_real(number, out);
        } else {
            out.extend_from_slice(real_word(number).as_bytes());
        }
    }

    /// CSV has no lists: the field holds the JSON array.
    fn list(&self, items: &[ValueRef<'_>], out: &mut Vec<u8>) {
        self.text(&Json::array(items), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Document, samples};
    use crate::query::Answer;

    fn csv(answers: &[Answer], terminal: bool) -> String {
        let mut writer = CsvWriter::new(Screen { width: None, terminal });
        let mut out = Vec::new();
        for answer in answers {
            writer.write(&Document { answer, dumps: &[], problems: &[], prose: false }, &mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_header_and_plain_numbers() {
        assert_eq!(
            csv(&[samples::types()], false),
            "type,count,size\r\nZoo.Dog,1013,72936\r\nSystem.String,7,\r\n"
        );
    }

    #[test]
    fn hostile_text_is_quoted_and_kept() {
        let text = csv(&[samples::every_kind()], false);
        let field = format!("\"{}\"", samples::HOSTILE.replace('"', "\"\""));
        assert!(text.contains(&format!("{field},-5,72.5,18446744073709551615,0x7f0000001000,true\r\n")));
        assert!(text.contains("\r\n,,,,,\r\n\"\",9007199254740993,NaN,0,0x0,false\r\n"));
    }

    #[test]
    fn a_terminal_gets_no_control_characters() {
        let text = csv(&[samples::every_kind()], true);
        assert!(!text.replace("\r\n", "").chars().any(crate::output::sanitize::is_hazardous));
    }

    fn one(text: &str) -> String {
        let mut out = Vec::new();
        Csv { terminal: false }.text(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn formulas_are_disarmed() {
        for formula in ["=1+1", "@cmd", "+A1", "-A1", "-1.5.2", "-e", "＝1", "-00:00:01.5"] {
            assert_eq!(one(formula), format!("'{formula}"));
        }
        assert_eq!(one("\t=1"), "'\t=1");
        assert_eq!(one("\r=1"), "\"'\r=1\"");
        assert_eq!(one("=\"a\",b"), "\"'=\"\"a\"\",b\"");
    }

    #[test]
    fn text_that_is_no_formula_is_left_as_it_is() {
        for text in ["-5", "+1.5", "-1e9", "a=b", "'quoted'", "<>c"] {
            assert_eq!(one(text), text);
        }
        assert_eq!(one(" padded "), "\" padded \"");
    }

    #[test]
    fn numbers_are_no_formulas() {
        let answer = samples::every_kind();
        assert!(csv(&[answer], false).contains(",-5,72.5,"));
    }

    #[test]
    fn surrogates_are_valid_unicode() {
        assert_eq!(one(&crate::text::from_utf16(&[0xd800, 0x78, 0xdbff, 0xdfff])), "\u{fffd}x\u{10ffff}");
    }

    #[test]
    fn answers_are_separated_by_an_empty_line() {
        assert_eq!(csv(&[samples::empty(), samples::empty()], false), "type,size\r\n\r\ntype,size\r\n");
    }

    #[test]
    fn a_list_is_a_field_with_json() {
        let mut out = Vec::new();
        Csv { terminal: false }.list(&[ValueRef::Integer(1), ValueRef::Text("a")], &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), r#""[1,""a""]""#);
    }
}
