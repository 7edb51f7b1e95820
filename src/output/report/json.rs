//! The report for programs: everything that is known, in one JSON document. `docs/json.md` describes it.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::diff::growth::Growth;
use crate::diff::leaks::Suspect;
use crate::diff::{Profile, Report};
use crate::output::escaped_json::{self, Spelling};
use crate::problem::{Problem, Severity};
use crate::query::{Answer, ValueRef};
use crate::units::real_word;

use super::verdict::verdict;

/// The version of the document's form: it changes when a reader of an older document would misread a newer one.
pub(super) const VERSION: u32 = 1;

/// Writes the document and a line break.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    escaped_json::write(&Document::of(report), Spelling::Exact, out)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    verdict: String,
    dumps: &'a [Profile],
    remarks: Vec<Remark<'a>>,
    comparison: Option<Table<'a>>,
    growth: &'a [Growth],
    suspects: &'a [Suspect],
}

impl<'a> Document<'a> {
    fn of(report: &'a Report) -> Self {
        Document {
            version: VERSION,
            verdict: verdict(report),
            dumps: &report.profiles,
            remarks: report.remarks.iter().map(Remark::of).collect(),
            comparison: report.comparison.as_ref().map(Table::of),
            growth: &report.growth,
            suspects: &report.suspects,
        }
    }
}

/// A problem, by the keys that `warnings` of answers have.
#[derive(Serialize)]
struct Remark<'a> {
    severity: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
}

impl<'a> Remark<'a> {
    fn of(problem: &'a Problem) -> Self {
        let severity = match problem.severity {
            Severity::Note => "note",
            Severity::Loss => "loss",
        };
        Remark { severity, message: &problem.message, hint: problem.hint.as_deref() }
    }
}

/// The rows of an answer, in the form that answers have.
#[derive(Serialize)]
struct Table<'a> {
    columns: Vec<Column<'a>>,
    rows: Vec<Vec<Cell<'a>>>,
}

#[derive(Serialize)]
struct Column<'a> {
    name: &'a str,
    kind: &'static str,
}

impl<'a> Table<'a> {
    fn of(answer: &'a Answer) -> Self {
        let column = |c: &'a crate::query::AnswerColumn| Column { name: &c.name, kind: c.kind.word() };
        let row = |row| answer.columns.iter().map(|column| Cell(column.value(row))).collect();
        Table {
            columns: answer.columns.iter().map(column).collect(),
            rows: (0..answer.row_count()).map(row).collect(),
        }
    }
}

/// A value of an answer, spelled as answers spell it.
pub(super) struct Cell<'a>(pub ValueRef<'a>);

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            ValueRef::Null => serializer.serialize_none(),
            ValueRef::Text(text) => serializer.serialize_str(text),
            ValueRef::Integer(number) => match i64::try_from(*number) {
                Ok(number) => serializer.serialize_i64(number),
                Err(_) => serializer.serialize_i128(*number),
            },
            ValueRef::Real(number) if number.is_finite() => serializer.serialize_f64(*number),
            ValueRef::Real(number) => serializer.serialize_str(real_word(*number)),
            ValueRef::Bytes(bytes) => serializer.serialize_u64(*bytes),
            ValueRef::Address(address) => serializer.collect_str(&format_args!("{:#x}", address.0)),
            ValueRef::Boolean(value) => serializer.serialize_bool(*value),
            ValueRef::List(items) => serializer.collect_seq(items.iter().cloned().map(Cell)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::report::samples;
    use serde_json::Value;

    fn document(report: &Report) -> Value {
        let mut out = Vec::new();
        write(report, &mut out).expect("memory takes everything");
        serde_json::from_slice(&out).expect("it is JSON")
    }

    #[test]
    fn dumps_read_back_as_they_were() {
        let report = samples::series();
        let read = document(&report);
        let dumps: Vec<Profile> = serde_json::from_value(read["dumps"].clone()).unwrap();
        assert_eq!(dumps, report.profiles);
        assert_eq!(read["version"], 1);
        assert_eq!(read["growth"][0]["type"], "testwebapi.Controllers.Customer");
    }

    #[test]
    fn the_comparison_has_the_form_of_answers() {
        let read = document(&samples::series());
        let names: Vec<_> =
            read["comparison"]["columns"].as_array().unwrap().iter().map(|c| &c["name"]).collect();
        assert_eq!(names[..3], ["type", "module", "count_1"]);
        assert_eq!(document(&samples::one_dump())["comparison"], Value::Null);
    }

    #[test]
    fn cells_are_spelled_as_in_answers() {
        let answer = crate::output::samples::every_kind();
        let report = Report { comparison: Some(answer), ..Report::default() };
        let rows = &document(&report)["comparison"]["rows"];
        let expected =
            serde_json::json!([crate::output::samples::HOSTILE, -5, 72.5, u64::MAX, "0x7f0000001000", true]);
        assert_eq!(rows[0], expected);
        assert_eq!((&rows[2][2], &rows[1][0]), (&Value::from("NaN"), &Value::Null));
    }

    #[test]
    fn a_document_is_one_line_that_a_terminal_does_not_obey() {
        let mut out = Vec::new();
        write(&samples::hostile(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.trim_end().chars().any(crate::output::sanitize::is_hazardous));
        assert!(text.contains("\\ud800"), "lone surrogates are escapes");
    }
}
