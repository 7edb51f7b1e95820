//! The report for a pull request: a verdict, the totals, what grew and who holds it, suspects; the long table folded.

pub(in crate::output) mod escape;

use std::fmt::Write;

use crate::diff::growth::Growth;
use crate::diff::leaks::Suspect;
use crate::diff::profile::{HeapTotals, Profile};
use crate::diff::{Report, Way};
use crate::problem::Severity;
use crate::query::{Answer, ValueRef};
use crate::units::grouped;

use super::figures::{bytes, change, counted, signed, signed_bytes};
use super::names::{dump_labels, short_root_of, short_type};
use super::verdict::verdict;
use escape::{code, prose};

/// Types of growth and suspects that are shown: a comment is read to its end only when it is short.
const MOST_SHOWN: usize = 5;

/// Ways of one type, and lines of the folded table.
const MOST_WAYS: usize = 3;
const MOST_ROWS: usize = 30;

/// Steps of a way that is shown whole, and how many are shown at either end of a longer one.
const MOST_STEPS: usize = 6;
const STEPS_AT_ENDS: usize = 2;

/// The report as Markdown.
pub(super) fn render(report: &Report) -> String {
    let mut page = Page::default();
    page.line(&format!("### {}", prose(&verdict(report))));
    totals(report, &mut page);
    growth(report, &mut page);
    suspects(report, &mut page);
    details(report, &mut page);
    remarks(report, &mut page);
    page.text
}

/// Text that is written line by line; writing to memory does not fail.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        for cell in cells {
            let _ = write!(self.text, "| {} ", cell.as_ref());
        }
        self.line("|");
    }

    /// The heads of a table; all columns but the first hold numbers.
    fn head(&mut self, heads: &[String]) {
        self.row(heads);
        self.row(heads.iter().enumerate().map(|(at, _)| if at == 0 { ":--" } else { "--:" }));
    }
}

/// One of the numbers of a heap.
type Figure = fn(&HeapTotals) -> u64;

fn totals(report: &Report, page: &mut Page) {
    let several = report.profiles.len() > 1;
    let dumps: Vec<_> = report.profiles.iter().map(|profile| &profile.dump).collect();
    let mut heads = vec![String::new()];
    heads.extend(dump_labels(&dumps).iter().map(|label| code(label)));
    heads.extend(several.then(|| "change".to_owned()));
    page.blank();
    page.head(&heads);
    let figures: [(&str, Figure, bool); 5] = [
        ("objects", |totals| totals.objects, false),
        ("size", |totals| totals.bytes, true),
        ("reachable", |totals| totals.reachable, true),
        ("garbage", |totals| totals.garbage, true),
        ("free", |totals| totals.free, true),
    ];
    for (name, figure, is_bytes) in figures {
        let values: Vec<u64> =
            report.profiles.iter().map(|profile: &Profile| figure(&profile.totals)).collect();
        page.row(std::iter::once(name.to_owned()).chain(figures_of(&values, is_bytes, several)));
    }
}

/// The values, and their change where there are several dumps.
fn figures_of(values: &[u64], is_bytes: bool, several: bool) -> Vec<String> {
    let by = change(values);
    let told = |&value: &u64| if is_bytes { bytes(value) } else { grouped(value) };
    let delta = several.then(|| if is_bytes { signed_bytes(by) } else { signed(by) });
    values.iter().map(told).chain(delta).collect()
}

fn growth(report: &Report, page: &mut Page) {
    if report.growth.is_empty() {
        return;
    }
    page.blank();
    page.line("#### What grew, and who holds it");
    page.blank();
    report.growth.iter().take(MOST_SHOWN).for_each(|growth| growth_item(growth, page));
    let more = report.growth.len().saturating_sub(MOST_SHOWN);
    if more > 0 {
        page.line(&format!("- and {} that grew less", counted(more as u64, "type")));
    }
}

fn growth_item(growth: &Growth, page: &mut Page) {
    let steady = if growth.steady == Some(true) { ", more in every dump" } else { "" };
    page.line(&format!(
        "- **{} {}** ({} retained{steady})",
        signed(change(&growth.counts)),
        code(&short_type(&growth.type_name)),
        signed_bytes(change(&growth.retained)),
    ));
    ways(&growth.ways, page);
    let more = (growth.ways.len().saturating_sub(MOST_WAYS) as u64).saturating_add(growth.more_ways.0);
    if more > 0 {
        page.line(&format!("  - and {}", counted(more, "more way")));
    }
}

fn ways(ways: &[Way], page: &mut Page) {
    for way in ways.iter().take(MOST_WAYS) {
        let by = way.change().map_or_else(|| way_count(way), signed);
        page.line(&format!("  - {by}: {}", chain(way)));
    }
}

fn way_count(way: &Way) -> String {
    grouped(way.counts.last().copied().unwrap_or_default())
}

/// A way on one line: `static Diag.p` → `Processor` → **`List<Customer>`** → `Customer`. Of a long one the steps at its ends
/// and its owner are shown.
fn chain(way: &Way) -> String {
    let mut parts = vec![code(&short_root_of(way))];
    let count = way.steps.len();
    let is_shown = |at: usize| {
        count <= MOST_STEPS || at < STEPS_AT_ENDS || at + STEPS_AT_ENDS >= count || way.owner == Some(at)
    };
    let mut hidden = 0;
    for (at, step) in way.steps.iter().enumerate() {
        if !is_shown(at) {
            hidden += 1;
            continue;
        }
        if hidden > 0 {
            parts.push(format!("… {} …", counted(hidden, "step")));
            hidden = 0;
        }
        let name = code(&short_type(&step.type_name));
        let repeats = if step.repeats { " (repeated)" } else { "" };
        parts.push(if way.owner == Some(at) {
            format!("**{name}**{repeats}")
        } else {
            format!("{name}{repeats}")
        });
    }
    parts.join(" → ")
}

fn suspects(report: &Report, page: &mut Page) {
    if report.suspects.is_empty() {
        return;
    }
    page.blank();
    page.line("#### Suspects");
    page.blank();
    for suspect in report.suspects.iter().take(MOST_SHOWN) {
        page.line(&suspect_item(suspect));
        ways(suspect.ways.get(..1).unwrap_or_default(), page);
    }
    let more = report.suspects.len().saturating_sub(MOST_SHOWN);
    if more > 0 {
        page.line(&format!("- and {} with lower scores", counted(more as u64, "suspect")));
    }
}

fn suspect_item(suspect: &Suspect) -> String {
    format!(
        "- **{}**/100 {} ({}): {}",
        suspect.score,
        code(&short_type(&suspect.subject)),
        prose(&suspect.rule.replace('_', " ")),
        prose(&suspect.reason)
    )
}

/// The table of types, folded.
fn details(report: &Report, page: &mut Page) {
    let Some(comparison) = report.comparison.as_ref().filter(|answer| answer.row_count() > 0) else {
        return types_of_one(report, page);
    };
    let shown = comparison.row_count().min(MOST_ROWS);
    open_details(
        &format!("Types that changed ({} of {})", shown, grouped(comparison.row_count() as u64)),
        page,
    );
    let columns: Vec<usize> =
        (0..comparison.columns.len()).filter(|&at| is_told(&comparison.columns[at].name)).collect();
    let head = |&at: &usize| comparison.columns[at].name.replace("_delta", " change").replace('_', " ");
    let heads: Vec<String> = columns.iter().map(head).collect();
    page.head(&heads);
    for row in 0..shown {
        page.row(columns.iter().map(|&at| cell(comparison, at, row)));
    }
    close_details(page);
}

/// The columns of a comparison that a comment has room for: the changes, not each dump's values nor modules.
fn is_told(column: &str) -> bool {
    column != "module"
        && !column
            .rsplit('_')
            .next()
            .is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()))
}

fn cell(answer: &Answer, column: usize, row: usize) -> String {
    let column = &answer.columns[column];
    let delta = column.name.ends_with("_delta");
    match column.value(row) {
        ValueRef::Null => String::new(),
        ValueRef::Text(text) if matches!(column.name.as_str(), "status") => prose(text),
        ValueRef::Text(text) => code(text),
        ValueRef::Integer(number) if delta && column.name.starts_with("count") => signed(number),
        ValueRef::Integer(number) if delta => signed_bytes(number),
        ValueRef::Integer(number) => grouped(number),
        ValueRef::Bytes(number) if delta => signed_bytes(number.into()),
        ValueRef::Bytes(number) => bytes(number),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Boolean(value) => (if value { "yes" } else { "no" }).to_owned(),
        ValueRef::Address(address) => code(&format!("{:#x}", address.0)),
        ValueRef::List(_) => String::new(),
    }
}

fn types_of_one(report: &Report, page: &mut Page) {
    let [profile] = report.profiles.as_slice() else { return };
    if profile.types.is_empty() {
        return;
    }
    let shown = profile.types.len().min(MOST_ROWS);
    open_details(
        &format!("Types that hold the most ({} of {})", shown, grouped(profile.types.len() as u64)),
        page,
    );
    page.head(&["type", "count", "size", "retained"].map(str::to_owned));
    for row in profile.types.iter().take(MOST_ROWS) {
        page.row([code(&row.name), grouped(row.count), bytes(row.size), bytes(row.retained)]);
    }
    close_details(page);
}

fn open_details(summary: &str, page: &mut Page) {
    page.blank();
    page.line(&format!("<details><summary>{summary}</summary>"));
    page.blank();
}

fn close_details(page: &mut Page) {
    page.blank();
    page.line("</details>");
}

fn remarks(report: &Report, page: &mut Page) {
    if report.remarks.is_empty() {
        return;
    }
    page.blank();
    for remark in report.remarks.iter().take(MOST_ROWS) {
        let severity = match remark.severity {
            Severity::Note => "Note",
            Severity::Loss => "Warning",
        };
        page.line(&format!("- {severity}: {}", prose(&remark.to_string())));
    }
    let more = report.remarks.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        page.line(&format!("- and {}", counted(more as u64, "more remark")));
    }
}

#[cfg(test)]
mod tests;
