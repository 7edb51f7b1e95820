//! The heap at a glance: totals, generations, what lives and what is room.

use crate::diff::Report;
use crate::diff::profile::{GenerationRow, HeapTotals, Profile};
use crate::output::report::figures::{bytes, change, share, signed, signed_bytes};
use crate::units::grouped;

use super::figures_table::{Line, figures_table};
use super::markup::Markup;

/// The generations with the classes of their colours, in the order of bars.
const GENERATIONS: [(&str, &str); 6] = [
    ("gen0", "gen0"),
    ("gen1", "gen1"),
    ("gen2", "gen2"),
    ("loh", "loh"),
    ("poh", "poh"),
    ("frozen", "frozen"),
];

/// Units across a bar.
const BAR: f64 = 1000.0;

/// The section.
pub(super) fn section(report: &Report, labels: &[String], page: &mut Markup) {
    page.element("section", &[("id", "glance")], |section| {
        section.leaf("h2", &[], "The heap at a glance");
        tiles(report, section);
        section.element("div", &[("class", "pair")], |pair| {
            panel("By generation", &generations(report), labels, pair);
            panel("In use and not", &uses(report), labels, pair);
        });
    });
    page.line_break();
}

fn each(report: &Report, figure: impl Fn(&HeapTotals) -> u64) -> Vec<u64> {
    report.profiles.iter().map(|profile| figure(&profile.totals)).collect()
}

/// The four numbers that people ask for, of the last dump.
fn tiles(report: &Report, page: &mut Markup) {
    let Some(last) = report.profiles.last().map(|profile| &profile.totals) else { return };
    let several = report.profiles.len() > 1;
    let whole = last.bytes.saturating_add(last.free);
    let changed = |figure: fn(&HeapTotals) -> u64, told: fn(i128) -> String| {
        if several { told(change(&each(report, figure))) } else { String::new() }
    };
    page.element("dl", &[("class", "tiles")], |tiles| {
        tile("Size", &bytes(last.bytes), &changed(|totals| totals.bytes, signed_bytes), tiles);
        tile("Objects", &grouped(last.objects), &changed(|totals| totals.objects, signed), tiles);
        tile(
            "Garbage",
            &bytes(last.garbage),
            &format!("{} of the size", share(last.garbage, last.bytes)),
            tiles,
        );
        tile("Free", &bytes(last.free), &format!("{} of the heap", share(last.free, whole)), tiles);
    });
}

fn tile(name: &str, value: &str, beside: &str, page: &mut Markup) {
    page.element("div", &[], |tile| {
        tile.leaf("dt", &[], name);
        tile.element("dd", &[], |dd| {
            dd.leaf("strong", &[], value);
            dd.text(" ");
            dd.leaf("span", &[("class", "quiet")], beside);
        });
    });
}

fn generations(report: &Report) -> Vec<Line> {
    let bytes_of = |profile: &Profile, name: &str| -> u64 {
        let rows = profile.totals.generations.iter().filter(|row: &&GenerationRow| row.generation == name);
        rows.fold(0, |sum, row| sum.saturating_add(row.bytes))
    };
    let line = |(name, key): (&str, &'static str)| {
        Line::bytes(name, report.profiles.iter().map(|profile| bytes_of(profile, name)).collect()).keyed(key)
    };
    GENERATIONS.into_iter().map(line).filter(|line| line.values.iter().any(|&bytes| bytes > 0)).collect()
}

fn uses(report: &Report) -> Vec<Line> {
    vec![
        Line::bytes("reachable", each(report, |totals| totals.reachable)).keyed("live"),
        Line::bytes("garbage", each(report, |totals| totals.garbage)).keyed("garbage"),
        Line::bytes("free", each(report, |totals| totals.free)).keyed("free"),
    ]
}

/// Bars, one a dump, and their figures, which are the bars' legend too.
fn panel(title: &str, lines: &[Line], labels: &[String], page: &mut Markup) {
    page.element("div", &[("class", "card")], |card| {
        card.leaf("h3", &[], title);
        let total = |dump: usize| lines.iter().fold(0_u64, |sum, line| sum.saturating_add(line.values[dump]));
        let longest = (0..labels.len()).map(total).max().unwrap_or_default();
        card.element("div", &[("class", "bars"), ("aria-hidden", "true")], |bars| {
            for (dump, label) in labels.iter().enumerate() {
                bars.leaf("span", &[("class", "name")], label);
                bar(lines, dump, longest, bars);
                bars.leaf("span", &[("class", "number")], &bytes(total(dump)));
            }
        });
        figures_table(title, labels, lines, card);
    });
}

fn bar(lines: &[Line], dump: usize, longest: u64, page: &mut Markup) {
    let view = format!("0 0 {BAR} 10");
    page.element("svg", &[("class", "bar"), ("viewBox", &view), ("preserveAspectRatio", "none")], |svg| {
        svg.element("rect", &[("class", "track"), ("width", &BAR.to_string()), ("height", "10")], |_| ());
        let mut x = 0.0;
        for line in lines {
            let width = if longest == 0 { 0.0 } else { line.values[dump] as f64 / longest as f64 * BAR };
            let (from, wide) = (format!("{x:.1}"), format!("{width:.1}"));
            let key = line.key.unwrap_or_default();
            let attributes = [("class", key), ("x", from.as_str()), ("width", &wide), ("height", "10")];
            svg.element("rect", &attributes, |rect| {
                rect.leaf("title", &[], &format!("{}: {}", line.name, bytes(line.values[dump])));
            });
            x += width;
        }
    });
}
