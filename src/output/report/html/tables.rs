//! The tables of a page: types, roots, assemblies. Their first rows are HTML as it stands, the others data for the script.

use serde::Serialize;

use crate::diff::Report;
use crate::output::report::figures::{bytes, change, signed, signed_bytes};
use crate::output::report::side_by_side::{self, Figures, Row};
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};
use crate::units::grouped;

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    /// What links lead to, and the key of its data.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Its columns, all of the same length.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    /// Its head.
    pub label: String,
    /// What its values are.
    pub kind: ColumnKind,
    /// Whether it is only shown when every dump's figures are asked for.
    pub detail: bool,
    /// The values.
    pub values: Values,
}

/// What the values of a column are; the script knows these words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ColumnKind {
    /// Names of types, roots, modules.
    Name,
    /// A word of a few.
    Word,
    /// Numbers.
    Count,
    /// Bytes.
    Bytes,
    /// Changes of numbers.
    CountChange,
    /// Changes of bytes.
    BytesChange,
}

/// Values of a column.
#[derive(Debug)]
pub(super) enum Values {
    /// Texts.
    Texts(Vec<Option<String>>),
    /// Numbers.
    Numbers(Vec<Option<i128>>),
}

impl Table {
    /// How many rows it has.
    pub(super) fn row_count(&self) -> usize {
        self.columns.first().map_or(0, |column| match &column.values {
            Values::Texts(texts) => texts.len(),
            Values::Numbers(numbers) => numbers.len(),
        })
    }
}

impl Column {
    fn texts(label: &str, kind: ColumnKind, texts: Vec<Option<String>>) -> Column {
        Column { label: label.into(), kind, detail: false, values: Values::Texts(texts) }
    }

    fn numbers(label: impl Into<String>, kind: ColumnKind, numbers: Vec<Option<i128>>) -> Column {
        Column { label: label.into(), kind, detail: false, values: Values::Numbers(numbers) }
    }

    /// The value in a row as a person reads it; empty where there is none.
    pub(super) fn shown(&self, row: usize) -> String {
        let number = match &self.values {
            Values::Texts(texts) => return texts.get(row).cloned().flatten().unwrap_or_default(),
            Values::Numbers(numbers) => numbers.get(row).copied().flatten(),
        };
        let Some(number) = number else { return String::new() };
        match self.kind {
            ColumnKind::Bytes => bytes(u64::try_from(number).unwrap_or_default()),
            ColumnKind::BytesChange => signed_bytes(number),
            ColumnKind::CountChange => signed(number),
            ColumnKind::Count | ColumnKind::Name | ColumnKind::Word => grouped(number),
        }
    }
}

/// All tables of a report.
pub(super) fn tables(report: &Report, labels: &[String]) -> Vec<Table> {
    vec![types(report, labels), roots(report, labels), assemblies(report, labels)]
}

fn types(report: &Report, labels: &[String]) -> Table {
    let (title, columns) = match (&report.comparison, report.profiles.as_slice()) {
        (Some(comparison), _) => ("Types that changed", compared(comparison, labels)),
        (None, [profile]) => {
            let rows = &profile.types;
            let numbers = |label: &str, kind, of: fn(&crate::diff::profile::TypeRow) -> u64| {
                Column::numbers(label, kind, rows.iter().map(|row| Some(of(row).into())).collect())
            };
            let columns = vec![
                Column::texts(
                    "Type",
                    ColumnKind::Name,
                    rows.iter().map(|row| Some(row.name.clone())).collect(),
                ),
                numbers("Objects", ColumnKind::Count, |row| row.count),
                numbers("Size", ColumnKind::Bytes, |row| row.size),
                numbers("Retained", ColumnKind::Bytes, |row| row.retained),
                Column::texts(
                    "Module",
                    ColumnKind::Word,
                    rows.iter().map(|row| row.module.clone()).collect(),
                ),
            ];
            ("Types", columns)
        }
        (None, _) => ("Types", Vec::new()),
    };
    Table { id: "types", title, columns }
}

/// The columns of a comparison: `size_1`, `size_2` are each dump's, `size_delta` the change, all others keys and words.
fn compared(comparison: &Answer, labels: &[String]) -> Vec<Column> {
    let mut columns: Vec<Column> =
        comparison.columns.iter().map(|column| compared_column(column, comparison, labels)).collect();
    // It says least: figures come before it.
    if let Some(module) = comparison.columns.iter().position(|column| column.name == "module") {
        let module = columns.remove(module);
        columns.push(module);
    }
    columns
}

fn compared_column(column: &AnswerColumn, comparison: &Answer, labels: &[String]) -> Column {
    let (measure, part) = column.name.rsplit_once('_').unwrap_or((&column.name, ""));
    let is_bytes = |name: &str| comparison.columns.iter().any(|c| c.name == name && c.kind == Kind::Bytes);
    let measured_in_bytes = is_bytes(&format!("{measure}_1"));
    let numbers = || (0..column.len()).map(|row| number(&column.value(row))).collect();
    if part == "delta" {
        let kind = if measured_in_bytes { ColumnKind::BytesChange } else { ColumnKind::CountChange };
        return Column::numbers(format!("{} change", title(measure)), kind, numbers());
    }
    if let Some(dump) = part.parse::<usize>().ok().and_then(|position| position.checked_sub(1)) {
        let kind = if measured_in_bytes { ColumnKind::Bytes } else { ColumnKind::Count };
        let last = dump + 1 == labels.len();
        let label = labels.get(dump).map_or("?", String::as_str);
        let label = if last { title(measure) } else { format!("{} in {label}", title(measure)) };
        return Column { detail: !last, ..Column::numbers(label, kind, numbers()) };
    }
    let texts = (0..column.len()).map(|row| text(&column.value(row))).collect();
    let kind = match column.name.as_str() {
        "status" | "steady" | "module" => ColumnKind::Word,
        _ => ColumnKind::Name,
    };
    Column::texts(&title(&column.name), kind, texts)
}

fn number(value: &ValueRef<'_>) -> Option<i128> {
    match value {
        ValueRef::Integer(number) => Some(*number),
        ValueRef::Bytes(bytes) => Some(i128::from(*bytes)),
        _ => None,
    }
}

fn text(value: &ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Text(text) => Some((*text).to_owned()),
        ValueRef::Boolean(value) => Some((if *value { "yes" } else { "no" }).to_owned()),
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Bytes(bytes) => Some(bytes.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Address(address) => Some(format!("{:#x}", address.0)),
        ValueRef::Null | ValueRef::List(_) => None,
    }
}

/// A column's name as a head: `count` is `Objects`, `retained_by` is `Retained by`.
fn title(name: &str) -> String {
    if name == "count" {
        return "Objects".into();
    }
    let name = name.replace('_', " ");
    let mut rest = name.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

fn roots(report: &Report, labels: &[String]) -> Table {
    let rows = side_by_side::roots(&report.profiles);
    let mut columns =
        vec![Column::texts("Root", ColumnKind::Name, rows.iter().map(|row| Some(row.key.clone())).collect())];
    columns.extend(each_dump("Roots", ColumnKind::Count, &rows, labels, |figures| figures.count));
    columns.extend(each_dump("Retained", ColumnKind::Bytes, &rows, labels, |figures| figures.retained));
    Table { id: "roots", title: "Roots", columns }
}

fn assemblies(report: &Report, labels: &[String]) -> Table {
    let rows = side_by_side::assemblies(&report.profiles);
    let name = |row: &Row<Option<&str>>| Some(row.key.unwrap_or("unknown").to_owned());
    let mut columns = vec![Column::texts("Assembly", ColumnKind::Name, rows.iter().map(name).collect())];
    columns.extend(each_dump("Objects", ColumnKind::Count, &rows, labels, |figures| figures.count));
    columns.extend(each_dump("Size", ColumnKind::Bytes, &rows, labels, |figures| figures.size));
    columns.extend(each_dump("Retained", ColumnKind::Bytes, &rows, labels, |figures| figures.retained));
    Table { id: "assemblies", title: "Assemblies", columns }
}

/// The columns of one figure: each dump's, those before the last for whoever asks, and the change.
fn each_dump<K>(
    name: &str,
    kind: ColumnKind,
    rows: &[Row<K>],
    labels: &[String],
    figure: fn(&Figures) -> u64,
) -> Vec<Column> {
    let last = labels.len().saturating_sub(1);
    let values =
        |dump: usize| rows.iter().map(|row| row.figures.get(dump).map(|f| figure(f).into())).collect();
    let mut columns: Vec<Column> = labels
        .iter()
        .enumerate()
        .map(|(dump, label)| {
            let label = if dump == last { name.to_owned() } else { format!("{name} in {label}") };
            Column { detail: dump < last, ..Column::numbers(label, kind, values(dump)) }
        })
        .collect();
    if last > 0 {
        let kind = if kind == ColumnKind::Bytes { ColumnKind::BytesChange } else { ColumnKind::CountChange };
        let changes = rows.iter().map(|row| Some(change(&row.each(figure)))).collect();
        columns.push(Column::numbers(format!("{name} change"), kind, changes));
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::report::samples;

    fn heads(table: &Table) -> Vec<(&str, bool)> {
        table.columns.iter().map(|column| (column.label.as_str(), column.detail)).collect()
    }

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_comparison_shows_the_last_dump_and_the_change() {
        let tables = tables(&samples::series(), &labels(&["t0", "t1", "t2"]));
        let expected = [
            ("Type", false),
            ("Objects in t0", true),
            ("Objects in t1", true),
            ("Objects", false),
            ("Objects change", false),
        ];
        assert_eq!(heads(&tables[0])[..5], expected);
        let shown: Vec<String> = tables[0].columns.iter().map(|column| column.shown(0)).collect();
        assert_eq!(shown[3..5], ["200,000", "+200,000"]);
        assert_eq!(shown[7..9], ["18.3 MB", "+18.3 MB"]);
        assert_eq!(shown[13..], ["new", "yes", "testwebapi.dll"]);
    }

    #[test]
    fn one_dump_has_no_changes() {
        for table in tables(&samples::one_dump(), &labels(&["t2"])) {
            assert!(table.columns.iter().all(|column| !column.detail && !column.label.contains("change")));
            assert!(table.row_count() > 0, "{}", table.id);
        }
    }

    #[test]
    fn nothing_makes_empty_tables() {
        assert!(tables(&Report::default(), &[]).iter().all(|table| table.row_count() == 0));
    }
}
