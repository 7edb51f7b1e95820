//! The report as one HTML file that opens from disk: nothing is fetched, nothing can be injected.
//!
//! What a reader needs first is HTML as it stands, made here: the verdict, totals, charts, growth, suspects, the tops of
//! the tables. The script, where it may run, adds what asks for a hand: the whole tables with sorting and filter, the
//! treemap, the dominator tree. Its data lies in the page as JSON (`data`), cut to a size, and it makes text of it only.
//!
//! A content security policy allows this one style and this one script by their hashes and nothing else: no network, no
//! image, no handler in an attribute, no inline style.

mod charts;
mod data;
mod explore;
mod figures_table;
mod glance;
mod growth;
mod hashes;
mod head;
mod markup;
mod remarks;
mod suspects;
mod tables;
mod way;

use std::io::{self, Write};

use crate::diff::Report;
use crate::output::escaped_json::{self, Spelling};

use super::names::dump_labels;
use markup::Markup;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
const TEMPLATE: &str = include_str!("page.html");

/// Writes the page.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (at, part) in TEMPLATE.split("{{").enumerate() {
        let text = match part.split_once("}}") {
            Some((place, text)) if at > 0 => {
                fill(place, report, out)?;
                text
            }
            _ => part,
        };
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Writes what belongs at a place of the template.
fn fill(place: &str, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    match place {
        "policy" => out.write_all(hashes::policy().as_bytes()),
        "title" => out.write_all(markup_of(|page| head::title(report, page)).as_bytes()),
        "style" => out.write_all(STYLE.as_bytes()),
        "script" => out.write_all(SCRIPT.as_bytes()),
        "body" => out.write_all(markup_of(|page| body(report, page)).as_bytes()),
        "data" => escaped_json::write(&data::PageData::of(report, &labels_of(report)), Spelling::InPage, out),
        _ => Ok(()),
    }
}

fn markup_of(make: impl FnOnce(&mut Markup)) -> String {
    let mut page = Markup::default();
    make(&mut page);
    page.finish()
}

fn labels_of(report: &Report) -> Vec<String> {
    let dumps: Vec<_> = report.profiles.iter().map(|profile| &profile.dump).collect();
    dump_labels(&dumps)
}

fn body(report: &Report, page: &mut Markup) {
    let labels = labels_of(report);
    head::header(report, &labels, page);
    page.element("main", &[], |main| {
        remarks::section(report, main);
        glance::section(report, &labels, main);
        charts::section(report, &labels, main);
        growth::section(report, &labels, main);
        suspects::section(report, main);
        explore::sections(report, &labels, main);
    });
    head::footer(report, page);
}

#[cfg(test)]
mod tests;
