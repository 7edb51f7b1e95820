//! Reports on one dump or several: a page for a browser, Markdown for a pull request, JSON for programs.
//!
//! All three are made of one [`Report`]; none of them computes what is in the dumps, and none depends on the clock, on
//! chance or on the number of threads: the same dumps give the same bytes. Text of a dump is hostile: each format has one
//! place through which all of it goes (`html::markup`, `markdown::escape`, `escaped_json`).

mod by_assembly;
mod figures;
mod html;
mod json;
pub(in crate::output) mod markdown;
mod names;
mod side_by_side;
mod verdict;

#[cfg(test)]
mod samples;

use std::io::{self, Write};

use crate::diff::Report;

/// Writes a report as one HTML file that needs nothing else: styles, script and data are in it.
///
/// # Errors
/// Those of `out`.
pub fn write_report_html(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    html::write(report, out)
}

/// Writes a report as Markdown in GitHub's flavour, short enough for a comment on a pull request.
///
/// # Errors
/// Those of `out`.
pub fn write_report_markdown(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(markdown::render(report).as_bytes())
}

/// Writes a report as one JSON document; `docs/json.md` and `docs/report.schema.json` describe it.
///
/// # Errors
/// Those of `out`.
pub fn write_report_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    json::write(report, out)
}
