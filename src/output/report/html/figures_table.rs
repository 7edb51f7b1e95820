//! Small tables of figures: a line a figure, a column a dump, and the change.

use crate::output::report::figures::{bytes, change, signed, signed_bytes};
use crate::units::grouped;

use super::markup::Markup;

/// A line of figures.
pub(super) struct Line {
    /// What they are.
    pub name: String,
    /// One of each dump.
    pub values: Vec<u64>,
    /// Whether they are bytes.
    pub is_bytes: bool,
    /// The class of a colour that stands before the name, where a drawing uses it.
    pub key: Option<&'static str>,
}

impl Line {
    /// A line of bytes.
    pub(super) fn bytes(name: impl Into<String>, values: Vec<u64>) -> Line {
        Line { name: name.into(), values, is_bytes: true, key: None }
    }

    /// A line of numbers.
    pub(super) fn numbers(name: impl Into<String>, values: Vec<u64>) -> Line {
        Line { is_bytes: false, ..Line::bytes(name, values) }
    }

    /// The same with a colour.
    pub(super) fn keyed(self, key: &'static str) -> Line {
        Line { key: Some(key), ..self }
    }
}

/// A table of lines; `caption` tells those who cannot see the page what it holds.
pub(super) fn figures_table(caption: &str, labels: &[String], lines: &[Line], page: &mut Markup) {
    page.element(
        "div",
        &[("class", "scroll"), ("tabindex", "0"), ("role", "group"), ("aria-label", caption)],
        |page| {
            page.element("table", &[("class", "figures")], |table| {
                table.leaf("caption", &[("class", "unseen")], caption);
                table.element("thead", &[], |head| head.element("tr", &[], |row| heads(labels, row)));
                table.element("tbody", &[], |body| {
                    lines.iter().for_each(|line| figures_row(line, labels.len(), body))
                });
            });
        },
    );
}

fn heads(labels: &[String], row: &mut Markup) {
    row.element("td", &[], |_| ());
    for label in labels {
        row.leaf("th", &[("scope", "col"), ("class", "number")], label);
    }
    if labels.len() > 1 {
        row.leaf("th", &[("scope", "col"), ("class", "number")], "Change");
    }
}

fn figures_row(line: &Line, dumps: usize, body: &mut Markup) {
    body.element("tr", &[], |row| {
        row.element("th", &[("scope", "row")], |head| {
            if let Some(key) = line.key {
                head.element("span", &[("class", &format!("key {key}"))], |_| ());
            }
            head.text(&line.name);
        });
        for &value in &line.values {
            let text = if line.is_bytes { bytes(value) } else { grouped(value) };
            row.leaf("td", &[("class", "number")], &text);
        }
        if dumps > 1 {
            change_cell(&line.values, line.is_bytes, row);
        }
    });
}

/// The cell of a change: what grew is marked by more than its sign.
pub(super) fn change_cell(values: &[u64], is_bytes: bool, row: &mut Markup) {
    let by = change(values);
    let class = if by > 0 { "number grew" } else { "number" };
    row.leaf("td", &[("class", class)], &if is_bytes { signed_bytes(by) } else { signed(by) });
}
