//! Tables for people: aligned columns, numbers to the right with separators. Answers that are paths are shown as chains.
//!
//! The widths of all columns are found first, in one pass that knows distinct texts and extremes.
//! Then comfy-table lays the rows out at these widths. It takes a microsecond a cell, so from
//! [`LONG`] rows on they are padded by the few lines in [`push_padded`], which are twenty times as
//! fast and, as a test holds them to, give the same text. Chunks of rows are independent: a table
//! of a million rows costs no more memory than one of ten thousand.
//!
//! On a terminal, text columns are shortened in the middle until a row fits a line, but for prose,
//! which is wrapped; in a file or a
//! pipe they are whole, up to [`MAX_COLUMN_WIDTH`]. Absent values are shown as `-`.

use std::io::{self, Write};
use std::ops::Range;

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentLineStyle, LineStyle, Table, TableStyle, Width,
};
use unicode_width::UnicodeWidthStr;

use crate::query::{Answer, AnswerColumn, Assertion, Kind, Rows, ValueRef};

use super::cells::{CellWriter, Notation, texts};
use super::chains::push_chains;
use super::format::{AnswerWriter, Screen};
use super::json::Json;
use super::json_text::{push_integer, push_real};
use super::rows::write_rows;
use super::sanitize::sanitize;
use super::shorten::shorten_middle;
use super::widths::{MAX_COLUMN_WIDTH, Wish, fit, natural_width};
use crate::units::{push_grouped, push_short_real};

/// Rows from which on a table counts as long.
const LONG: usize = 10_000;

const NULL: &str = "-";

/// Blank columns between two columns.
const GAP: usize = 2;

/// No borders: a line under the header, so that rows can be copied and cut.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(' '))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none().junction(' '));

/// Writes answers as tables, an empty line between them.
#[derive(Debug)]
pub(super) struct TableWriter {
    screen: Screen,
    written: bool,
    /// What the next answer is called.
    title: Option<String>,
}

impl TableWriter {
    pub(super) fn new(screen: Screen) -> Self {
        TableWriter { screen, written: false, title: None }
    }
}

impl AnswerWriter for TableWriter {
    fn title(&mut self, title: Option<&str>) {
        self.title = title.map(|title| sanitize(title).into_owned());
    }

    fn write_rows(&mut self, rows: &Rows<'_>, prose: bool, out: &mut dyn Write) -> io::Result<()> {
        let head = rows.head();
        // Whoever reads tables is told nothing of what holds.
        let holds = head.assertion.as_ref().is_some_and(Assertion::holds);
        if head.columns.is_empty() || holds {
            return Ok(());
        }
        if std::mem::replace(&mut self.written, true) {
            out.write_all(b"\n")?;
        }
        if let Some(title) = self.title.take() {
            writeln!(out, "{title}\n")?;
        }
        out.write_all(&heading(&head.heading))?;
        if let Some(chains) = head.chains.as_ref().filter(|chains| !chains.rows_are_better) {
            let mut text = Vec::new();
            push_chains(chains, self.screen.width, &mut text);
            return out.write_all(&text);
        }
        // The widths of all rows are needed before the first is written: few rows are kept for that, many are gone
        // through twice.
        let few = if rows.at_hand().is_none() { rows.collect(LONG)? } else { None };
        let whole = few.as_ref().map(Rows::whole);
        let rows = whole.as_ref().unwrap_or(rows);
        let columns = lay_out(head, &natural_widths(rows)?, prose, self.screen.width);
        out.write_all(&header(&columns))?;
        let few = rows.at_hand().is_some_and(|answer| answer.row_count() < LONG);
        let push = if few || prose { push_laid_out } else { push_padded };
        write_rows(
            rows,
            b"",
            |at| &columns[at].notation,
            out,
            |cells, rows, text| push(&columns, cells, rows, text),
        )
    }
}

/// The width of each column's widest cell. Rows that are not at hand are gone through once for it.
fn natural_widths(rows: &Rows<'_>) -> io::Result<Vec<usize>> {
    let of_batch = |columns: &[AnswerColumn]| -> Vec<usize> {
        columns.iter().map(|column| natural_width(column, NULL.len())).collect()
    };
    let mut widths = vec![0; rows.head().columns.len()];
    rows.for_each(of_batch, |batch| {
        widths.iter_mut().zip(batch).for_each(|(width, of_batch)| *width = of_batch.max(*width));
        Ok(true)
    })?;
    Ok(widths)
}

/// What is known of the whole: a line each, its name first, and an empty line.
fn heading(entries: &[AnswerColumn]) -> Vec<u8> {
    let notation = Shown { width: MAX_COLUMN_WIDTH, signed: false };
    let names: Vec<_> = entries.iter().map(|entry| sanitize(&entry.name)).collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or(0) + GAP;
    let mut text = Vec::new();
    for (entry, name) in entries.iter().zip(&names) {
        text.extend_from_slice(name.as_bytes());
        text.resize(text.len() + width - name.width(), b' ');
        CellWriter::new(entry, &notation).push(0, &mut text);
        text.push(b'\n');
    }
    if !entries.is_empty() {
        text.push(b'\n');
    }
    text
}

/// A column of the table.
struct Column {
    header: String,
    width: usize,
    /// Whether cells stand on the right.
    right: bool,
    notation: Shown,
}

fn lay_out(head: &Answer, natural: &[usize], prose: bool, room: Option<usize>) -> Vec<Column> {
    let is_change = |at: usize| head.changes.contains(&at);
    let wishes = head.columns.iter().zip(natural).enumerate();
    let wishes: Vec<_> =
        wishes.map(|(at, (column, &natural))| wish(column, natural + usize::from(is_change(at)))).collect();
    let widths = match room {
        Some(room) => fit(&wishes, GAP, room),
        None => wishes.iter().map(|wish| wish.natural).collect(),
    };
    let columns = head.columns.iter().zip(widths).enumerate();
    let column = |(at, (column, width)): (usize, (&AnswerColumn, usize))| Column {
        header: shorten_middle(&sanitize(&column.name), width).into_owned(),
        width,
        right: column.kind.adds_up(),
        // What is too long for its column is then wrapped by comfy-table.
        notation: Shown { width: if prose { MAX_COLUMN_WIDTH } else { width }, signed: is_change(at) },
    };
    columns.map(column).collect()
}

fn wish(column: &AnswerColumn, natural: usize) -> Wish {
    let header = sanitize(&column.name).width().clamp(1, MAX_COLUMN_WIDTH);
    Wish {
        natural: natural.max(header),
        shrinks: texts(column).is_some() || matches!(column.kind, Kind::Text | Kind::List),
    }
}

fn header(columns: &[Column]) -> Vec<u8> {
    let mut table = Table::new();
    table.set_header(columns.iter().map(|column| column.header.as_str()).collect::<Vec<_>>());
    let mut text = Vec::new();
    push_lines(table, columns, &mut text);
    text
}

type TableCells<'a> = CellWriter<'a, Shown>;

/// Appends rows as comfy-table lays them out.
fn push_laid_out(columns: &[Column], cells: &[TableCells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
    let mut table = Table::new();
    for row in rows {
        let cell = |writer: &TableCells<'_>| {
            let mut content = Vec::new();
            writer.push(row, &mut content);
            Cell::new_owned(String::from_utf8(content).expect("cells are spelled from text"))
        };
        table.add_row(cells.iter().map(cell).collect::<Vec<_>>());
    }
    push_lines(table, columns, out);
}

/// Appends the table's lines at the columns' widths.
fn push_lines(mut table: Table, columns: &[Column], out: &mut Vec<u8>) {
    table.load_style(STYLE);
    for (i, (laid, column)) in table.column_iter_mut().zip(columns).enumerate() {
        // The style's junction is one blank, the padding on the left makes up the rest of the gap.
        let padding = if i == 0 { 0 } else { GAP as u16 - 1 };
        let width = u16::try_from(column.width).unwrap_or(u16::MAX).saturating_add(padding);
        laid.set_padding((padding, 0));
        laid.set_cell_alignment(if column.right { CellAlignment::Right } else { CellAlignment::Left });
        laid.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
    }
    for line in table.lines() {
        out.extend_from_slice(line.trim_end_matches(' ').as_bytes());
        out.push(b'\n');
    }
}

/// Appends rows like [`push_laid_out`], by nothing but blanks.
fn push_padded(columns: &[Column], cells: &[TableCells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
    let mut content = Vec::new();
    for row in rows {
        for (i, (column, cell)) in columns.iter().zip(cells).enumerate() {
            content.clear();
            cell.push(row, &mut content);
            let blanks = column.width.saturating_sub(shown_width(&content));
            let (before, after) = if column.right { (blanks, 0) } else { (0, blanks) };
            out.resize(out.len() + before + if i == 0 { 0 } else { GAP }, b' ');
            out.extend_from_slice(&content);
            out.resize(out.len() + after, b' ');
        }
        while out.last() == Some(&b' ') {
            out.pop();
        }
        out.push(b'\n');
    }
}

fn shown_width(content: &[u8]) -> usize {
    if content.is_ascii() { content.len() } else { String::from_utf8_lossy(content).width() }
}

/// The notation of cells in a table: text is made harmless and fitted to the column's width.
pub(super) struct Shown {
    /// The columns that a text gets.
    pub(super) width: usize,
    /// Whether a number above 0 has a sign too.
    pub(super) signed: bool,
}

impl Notation for Shown {
    fn null(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(NULL.as_bytes());
    }

    fn text(&self, text: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(shorten_middle(&sanitize(text), self.width).as_bytes());
    }

    fn integer(&self, number: i128, out: &mut Vec<u8>) {
        if self.signed && number > 0 {
            out.push(b'+');
        }
        push_grouped(number, out);
    }

    fn real(&self, number: f64, out: &mut Vec<u8>) {
        if self.signed && number > 0.0 {
            out.push(b'+');
        }
        push_short_real(number, out);
    }

    fn list(&self, items: &[ValueRef<'_>], out: &mut Vec<u8>) {
        self.text(&Json::array(items), out);
    }

    /// Whole and without separators: what stands in a field is looked up and compared, not added up.
    fn mixed(&self, value: &ValueRef<'_>, out: &mut Vec<u8>) {
        match value {
            ValueRef::Integer(number) => push_integer(*number, out),
            ValueRef::Real(number) if number.is_finite() => push_real(*number, out),
            value => self.value(value, out),
        }
    }
}

#[cfg(test)]
mod tests;
