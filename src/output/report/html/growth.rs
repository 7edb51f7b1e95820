//! What grew, and who holds it.

use crate::diff::Report;
use crate::diff::growth::Growth;
use crate::diff::identity::Survival;
use crate::output::report::figures::{change, counted, share, signed, signed_bytes};
use crate::output::report::names::short_type;
use crate::units::grouped;

use super::figures_table::{Line, figures_table};
use super::markup::Markup;
use super::way::{two_names, ways};

/// Ways that are drawn of one type.
const MOST_WAYS: usize = 6;

/// The types that grew, the most first; nothing for a single dump.
pub(super) fn section(report: &Report, labels: &[String], page: &mut Markup) {
    if report.profiles.len() < 2 {
        return;
    }
    page.element("section", &[("id", "growth")], |section| {
        section.leaf("h2", &[], "What grew, and who holds it");
        if report.growth.is_empty() {
            section.leaf("p", &[("class", "quiet")], "No type stands out between these dumps.");
        }
        report.growth.iter().for_each(|growth| article(growth, labels, section));
    });
    page.line_break();
}

fn article(growth: &Growth, labels: &[String], page: &mut Markup) {
    page.element("article", &[("class", "card")], |card| {
        card.element("h3", &[], |head| {
            two_names(&short_type(&growth.type_name), &growth.type_name, head);
            if let Some(module) = &growth.module {
                head.text(" ");
                head.leaf("small", &[("class", "quiet")], module);
            }
        });
        card.element("p", &[("class", "lead")], |lead| {
            lead.leaf("strong", &[], &format!("{} objects", signed(change(&growth.counts))));
            lead.text(&format!(", {} with what hangs on them", signed_bytes(change(&growth.retained))));
            if growth.steady == Some(true) {
                lead.text(", more in every dump");
            }
        });
        ways(&growth.ways, MOST_WAYS, growth.more_ways, card);
        growth.survival.iter().for_each(|survival| survivors(survival, labels, card));
        let lines = [
            Line::numbers("Objects", growth.counts.clone()),
            Line::bytes("Size", growth.sizes.clone()),
            Line::bytes("Retained", growth.retained.clone()),
        ];
        figures_table("Objects, size and retained size in each dump", labels, &lines, card);
    });
}

fn survivors(survival: &Survival, labels: &[String], page: &mut Markup) {
    let label =
        |at: u32| (at as usize).checked_sub(1).and_then(|at| labels.get(at)).map_or("?", String::as_str);
    // A part of a thousand is as fine as anybody asks for.
    let confidence = share((survival.confidence.clamp(0.0, 1.0) * 1000.0) as u64, 1000);
    page.leaf(
        "p",
        &[("class", "quiet")],
        &format!(
            "From {} to {}: {} survived, {} new, {} gone (matched by {}, {confidence} sure).",
            label(survival.from),
            label(survival.to),
            counted(survival.survived, "object"),
            grouped(survival.born),
            grouped(survival.died),
            survival.by,
        ),
    );
}
