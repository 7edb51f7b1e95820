//! A comparison of dumps: a table for people, and the document for programs.
//!
//! People are shown less than there is: the heap of each dump in a line, then of each row what grew by how much, with the
//! measure that decides on the order in every dump. Everything stands in the other formats.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::diff::profile::HeapTotals;
use crate::problem::Problem;
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};
use crate::units::{grouped, human_bytes, push_short_real};

use super::escaped_json;
use super::format::{Document, Screen};
use super::growth::GrowthSection;
use super::json::{push_problem, write_with_members};
use super::sanitize::sanitize;
use super::short_names::ShortNames;
use super::shorten::shorten_middle;

/// So many rows are shown where no limit was asked for: a screen of them. What a program is to read is CSV or JSON.
const MOST_ROWS: usize = 25;

/// What the name of a measure's change ends with.
const CHANGE: &str = "_delta";

/// The columns that a line takes where the output says nothing of it (a file, a log of builds): whole names stand in the
/// other formats.
const WIDTH: usize = 120;

/// Blanks between two columns.
const GAP: usize = 2;

/// What the column that is shortened keeps at least.
const MIN_TEXT: usize = 24;

/// What is told of dumps side by side.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// The rows.
    pub answer: &'a Answer,
    /// The names and the totals of the dumps, oldest first.
    pub dumps: &'a [(&'a str, &'a HeapTotals)],
    /// Rows that are left out of `answer` by a limit.
    pub left_out: usize,
    /// Whether a limit was asked for, so that a screen needs none of its own.
    pub is_limited: bool,
}

/// Writes the dumps and the rows that changed, for people.
///
/// # Errors
/// Those of `out`.
pub fn write_comparison_table(
    comparison: &Comparison<'_>,
    screen: Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = screen.width.unwrap_or(WIDTH);
    write_grid(&heaps(comparison.dumps), width, out)?;
    out.write_all(b"\n")?;
    let answer = comparison.answer;
    if answer.row_count() == 0 {
        let everything = if comparison.left_out > 0 { "no row is asked for" } else { "nothing changed" };
        return writeln!(out, "{everything}");
    }
    let limit = if comparison.is_limited { usize::MAX } else { MOST_ROWS };
    let rows = answer.row_count().min(limit);
    let mut grid = changes(answer, rows);
    if total_width(&grid) > width {
        leave_out_namespaces(answer, &mut grid);
    }
    write_grid(&grid, width, out)?;
    let left_out = answer.row_count() - rows + comparison.left_out;
    if left_out > 0 {
        let noun = if left_out == 1 { "row" } else { "rows" };
        writeln!(
            out,
            "{} more {noun} changed: --limit shows more, --format csv all",
            grouped(left_out as i128)
        )?;
    }
    Ok(())
}

/// Writes the comparison as the document of an answer, with the totals of each dump (`totals`), what holds the growth
/// (`growth`, `roots`, `assemblies`) and what the dumps are to each other (`remarks`).
///
/// # Errors
/// Those of `out`.
pub fn write_comparison_json(
    document: &Document<'_>,
    totals: &[&HeapTotals],
    section: &GrowthSection<'_>,
    remarks: &[Problem],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut told = b"[".to_vec();
    for (at, remark) in remarks.iter().enumerate() {
        if at > 0 {
            told.push(b',');
        }
        push_problem(remark, &mut told);
    }
    told.push(b']');
    let members = [
        ("totals", escaped_json::line(totals)?),
        ("growth", escaped_json::line(section.growth)?),
        ("roots", escaped_json::line(section.roots)?),
        ("assemblies", escaped_json::line(section.assemblies)?),
        ("remarks", String::from_utf8(told).map_err(io::Error::other)?),
    ];
    write_with_members(document, &members, out)
}

/// A row of a comparison in a line: its keys, and what changed by how much. Of rows without changes, all there is.
pub fn compared_row(answer: &Answer, row: usize) -> String {
    let is_change = |column: &AnswerColumn| column.name.ends_with(CHANGE);
    let has_changes = answer.columns.iter().any(is_change);
    let is_number = |column: &AnswerColumn| column.kind.adds_up();
    let keys = answer.columns.iter().take_while(|column| has_changes && !is_number(column));
    let keys = keys.filter(|column| column.name != "module" && !column.cells.is_null(row));
    let keys: Vec<_> = keys.map(|column| shown(&column.value(row), column.kind, false)).collect();
    let told = |column: &&AnswerColumn| !column.cells.is_null(row) && (!has_changes || is_change(column));
    let figure = |column: &AnswerColumn| {
        let value = shown(&column.value(row), column.kind, has_changes);
        (!value.is_empty()).then(|| format!("{} {value}", sanitize(measure_name(column))))
    };
    let figures: Vec<_> = answer.columns.iter().filter(told).filter_map(figure).collect();
    let gap = if keys.is_empty() { "" } else { "  " };
    format!("{}{gap}{}", keys.join(", "), figures.join(", "))
}

/// A table of texts: columns, each its header and its cells.
type Grid = Vec<GridColumn>;

struct GridColumn {
    header: String,
    cells: Vec<String>,
    /// Whether cells stand on the right.
    right: bool,
}

impl GridColumn {
    fn text(header: &str, cells: Vec<String>) -> GridColumn {
        GridColumn { header: header.to_owned(), cells, right: false }
    }

    fn number(header: &str, cells: Vec<String>) -> GridColumn {
        GridColumn { header: header.to_owned(), cells, right: true }
    }

    fn width(&self) -> usize {
        self.cells.iter().chain([&self.header]).map(|cell| cell.width()).max().unwrap_or(0)
    }
}

/// The heap of each dump in a line, with what came to it since the dump before.
fn heaps(dumps: &[(&str, &HeapTotals)]) -> Grid {
    let of = |value: fn(&HeapTotals) -> u64| dumps.iter().map(move |(_, totals)| value(totals));
    let since = |value: fn(&HeapTotals) -> u64, shown: fn(i128) -> String| {
        let values: Vec<_> = of(value).map(i128::from).collect();
        let change = |at: usize| match at.checked_sub(1) {
            Some(before) => shown(values[at] - values[before]),
            None => String::new(),
        };
        (0..values.len()).map(change).collect()
    };
    let bytes = |value: fn(&HeapTotals) -> u64| of(value).map(|bytes| human_bytes(bytes as f64)).collect();
    let names = dumps.iter().enumerate().map(|(at, (name, _))| format!("@{} {}", at + 1, sanitize(name)));
    vec![
        GridColumn::text("dump", names.collect()),
        GridColumn::number("objects", of(|of| of.objects).map(|count| grouped(i128::from(count))).collect()),
        GridColumn::number("+/-", since(|of| of.objects, signed)),
        GridColumn::number("size", bytes(|of| of.bytes)),
        GridColumn::number("+/-", since(|of| of.bytes, signed_bytes)),
        GridColumn::number("reachable", bytes(|of| of.reachable)),
        GridColumn::number("+/-", since(|of| of.reachable, signed_bytes)),
    ]
}

/// A change; nothing where there is none, so that the eye meets what changed.
fn signed(number: i128) -> String {
    with_sign(number, grouped(number))
}

fn signed_bytes(number: i128) -> String {
    with_sign(number, human_bytes(number as f64))
}

fn with_sign(number: i128, text: String) -> String {
    match number {
        0 => String::new(),
        1.. => format!("+{text}"),
        _ => text,
    }
}

/// The first rows of a comparison.
fn changes(answer: &Answer, rows: usize) -> Grid {
    let mut grid = Vec::new();
    let first_measure = answer.changes.iter().map(|&change| start_of(answer, change)).min();
    let keys = first_measure.unwrap_or(answer.columns.len().saturating_sub(1));
    for column in &answer.columns[..keys] {
        // The module goes without saying where the type's name does.
        if column.name != "module" || !has_distinct_types(answer, rows) {
            grid.push(key_column(column, rows));
        }
    }
    let mut in_order = answer.changes.clone();
    in_order.sort_unstable();
    for change in in_order {
        grid.extend(measure_columns(answer, change, answer.changes.first() == Some(&change), rows));
    }
    grid.push(status_column(answer, rows));
    grid
}

/// The first column of the measure whose change stands in column `change`.
fn start_of(answer: &Answer, change: usize) -> usize {
    let name = measure_name(&answer.columns[change]);
    let is_of = |column: &AnswerColumn| {
        let number = column.name.strip_prefix(name).and_then(|rest| rest.strip_prefix('_'));
        number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
    };
    let before = answer.columns[..change].iter().rev().take_while(|column| is_of(column)).count();
    change - before
}

fn measure_name(change: &AnswerColumn) -> &str {
    change.name.strip_suffix(CHANGE).unwrap_or(&change.name)
}

fn has_distinct_types(answer: &Answer, rows: usize) -> bool {
    let Some(types) = answer.columns.iter().find(|column| column.name == "type") else { return false };
    let mut names: Vec<_> = (0..rows).map(|row| format!("{:?}", types.value(row))).collect();
    names.sort_unstable();
    names.windows(2).all(|pair| pair[0] != pair[1])
}

/// Types without their namespaces, where that leaves no doubt which are meant.
fn leave_out_namespaces(answer: &Answer, grid: &mut Grid) {
    let Some(types) = answer.columns.first().filter(|column| column.name == "type") else { return };
    let Some(shown) = grid.first_mut() else { return };
    let name = |row| match types.value(row) {
        ValueRef::Text(name) => Some(name),
        _ => None,
    };
    let names = ShortNames::new((0..shown.cells.len()).filter_map(name));
    for (row, cell) in shown.cells.iter_mut().enumerate() {
        if let Some(name) = name(row) {
            *cell = sanitize(&names.of(name)).into_owned();
        }
    }
}

fn total_width(grid: &Grid) -> usize {
    grid.iter().map(GridColumn::width).sum::<usize>() + GAP * grid.len().saturating_sub(1)
}

fn key_column(column: &AnswerColumn, rows: usize) -> GridColumn {
    let cells = (0..rows).map(|row| shown(&column.value(row), column.kind, false)).collect();
    let right = column.kind.adds_up();
    GridColumn { header: sanitize(&column.name).into_owned(), cells, right }
}

/// A measure: in every dump where it decides on the order, else in the last, or as its change alone where it is in bytes.
fn measure_columns(answer: &Answer, change: usize, leads: bool, rows: usize) -> Grid {
    let start = start_of(answer, change);
    let name = sanitize(measure_name(&answer.columns[change])).into_owned();
    let in_bytes = answer.columns[change].kind == Kind::Bytes;
    let dumps = match (leads, in_bytes) {
        (true, _) => start..change,
        (false, true) => change..change,
        (false, false) => change.saturating_sub(1).max(start)..change,
    };
    let cells = |at: usize, signed| {
        let column = &answer.columns[at];
        (0..rows).map(|row| shown(&column.value(row), column.kind, signed)).collect::<Vec<_>>()
    };
    let mut grid: Grid = Vec::new();
    for at in dumps {
        let header = match (leads, at == start) {
            (true, true) => format!("{name} @1"),
            (true, false) => format!("@{}", at - start + 1),
            (false, _) => name.clone(),
        };
        grid.push(GridColumn::number(&header, cells(at, false)));
    }
    let header = if grid.is_empty() { format!("{name} +/-") } else { "+/-".to_owned() };
    grid.push(GridColumn::number(&header, cells(change, true)));
    grid
}

/// The status, in one word with whether growth was steady.
fn status_column(answer: &Answer, rows: usize) -> GridColumn {
    let find = |name: &str| answer.columns.iter().rev().find(|column| column.name == name);
    let (status, steady) = (find("status"), find("steady"));
    let cell = |row| {
        let status = status.map_or(ValueRef::Null, |column| column.value(row));
        let steady = steady.map_or(ValueRef::Null, |column| column.value(row));
        match (status, steady) {
            (ValueRef::Text(word), ValueRef::Boolean(true)) => format!("{word}, steady"),
            (ValueRef::Text(word), _) => word.to_owned(),
            _ => String::new(),
        }
    };
    GridColumn::text("status", (0..rows).map(cell).collect())
}

/// A value as people read it.
fn shown(value: &ValueRef<'_>, kind: Kind, with_sign: bool) -> String {
    let whole = |number: i128| match (kind, with_sign) {
        (Kind::Bytes, true) => signed_bytes(number),
        (Kind::Bytes, false) => human_bytes(number as f64),
        (_, true) => signed(number),
        (_, false) => grouped(number),
    };
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Text(text) => sanitize(text).into_owned(),
        ValueRef::Integer(number) => whole(*number),
        ValueRef::Bytes(bytes) => whole(i128::from(*bytes)),
        ValueRef::Real(number) => {
            let mut text = if with_sign && *number > 0.0 { b"+".to_vec() } else { Vec::new() };
            push_short_real(*number, &mut text);
            String::from_utf8_lossy(&text).into_owned()
        }
        ValueRef::Address(address) => format!("{:#x}", address.0),
        ValueRef::Boolean(truth) => truth.to_string(),
        list @ ValueRef::List(_) => {
            sanitize(&super::json::Json::array(std::slice::from_ref(list))).into_owned()
        }
    }
}

/// Writes a grid with its headers; the first column is shortened until a line fits `width`.
fn write_grid(grid: &Grid, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut widths: Vec<usize> = grid.iter().map(GridColumn::width).collect();
    if let Some(first) = widths.first().copied() {
        let others = widths[1..].iter().sum::<usize>() + GAP * (widths.len() - 1);
        widths[0] = first.min(width.saturating_sub(others).max(MIN_TEXT));
    }
    let rows = grid.first().map_or(0, |column| column.cells.len());
    write_line(grid, &widths, |column| &column.header, out)?;
    for row in 0..rows {
        write_line(grid, &widths, |column| &column.cells[row], out)?;
    }
    Ok(())
}

fn write_line<'g>(
    grid: &'g Grid,
    widths: &[usize],
    cell: impl Fn(&'g GridColumn) -> &'g String,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = String::new();
    for (at, (column, &width)) in grid.iter().zip(widths).enumerate() {
        let text = shorten_middle(cell(column), width);
        let blanks = " ".repeat(width.saturating_sub(text.width()));
        line.push_str(if at > 0 { "  " } else { "" });
        let (before, after) = if column.right { (blanks.as_str(), "") } else { ("", blanks.as_str()) };
        line.extend([before, &*text, after]);
    }
    writeln!(out, "{}", line.trim_end())
}

#[cfg(test)]
mod tests;
