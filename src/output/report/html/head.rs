//! The top of the page: the verdict, which dumps it is about, what leads where; and the foot.

use crate::diff::Report;
use crate::diff::profile::DumpFacts;
use crate::output::report::figures::{bytes, counted};
use crate::output::report::verdict::verdict;

use super::markup::Markup;

/// The title of the window.
pub(super) fn title(report: &Report, page: &mut Markup) {
    page.text(&verdict(report));
    page.text(" · heapql");
}

/// The header.
pub(super) fn header(report: &Report, labels: &[String], page: &mut Markup) {
    page.leaf("a", &[("class", "skip"), ("href", "#glance")], "Skip to the report");
    page.element("header", &[], |header| {
        header.leaf("p", &[("class", "eyebrow")], &eyebrow(report, labels));
        header.leaf("h1", &[], &verdict(report));
        dumps(report, labels, header);
        navigation(report, header);
    });
    page.line_break();
}

fn eyebrow(report: &Report, labels: &[String]) -> String {
    let program = report.profiles.last().and_then(|profile| profile.dump.program.as_deref());
    let over = match labels {
        [] => "no dump".into(),
        [one] => one.clone(),
        [first, .., last] => format!("{} dumps, {first} to {last}", labels.len()),
    };
    match program {
        Some(program) => format!("Heap report · {program} · {over}"),
        None => format!("Heap report · {over}"),
    }
}

/// Which dumps it is about, a line each.
fn dumps(report: &Report, labels: &[String], page: &mut Markup) {
    page.element("ul", &[("class", "dumps")], |list| {
        for (profile, label) in report.profiles.iter().zip(labels) {
            list.element("li", &[], |item| {
                item.leaf("strong", &[("class", "name")], label);
                item.text(" ");
                let file = Some(profile.dump.file.clone()).filter(|file| file != label);
                let facts: Vec<String> = file.into_iter().chain(Some(facts(&profile.dump))).collect();
                item.leaf("span", &[("class", "quiet")], &facts.join(", "));
                item.text(" ");
                let totals = &profile.totals;
                item.leaf(
                    "span",
                    &[],
                    &format!("{} in {}", bytes(totals.bytes), counted(totals.objects, "object")),
                );
            });
        }
    });
}

fn facts(dump: &DumpFacts) -> String {
    let process = dump.process_id.map(|id| format!("process {id}"));
    let runtime = Some(format!(".NET {}", dump.runtime)).filter(|_| !dump.runtime.is_empty());
    let gc = dump.gc_mode.as_ref().map(|mode| format!("{mode} GC"));
    let architecture = Some(dump.architecture.clone()).filter(|text| !text.is_empty());
    let known: Vec<String> = [runtime, architecture, gc, process].into_iter().flatten().collect();
    known.join(", ")
}

fn navigation(report: &Report, page: &mut Markup) {
    let several = report.profiles.len() > 1;
    let places = [
        ("#glance", "At a glance", true),
        ("#trend", "Trend", several),
        ("#growth", "Growth", several),
        ("#suspects", "Suspects", true),
        ("#treemap", "Treemap", true),
        ("#tree", "Dominators", true),
        ("#types", "Types", true),
        ("#roots", "Roots", true),
        ("#assemblies", "Assemblies", true),
    ];
    page.element("nav", &[("aria-label", "Parts of the report")], |nav| {
        for (place, name, _) in places.into_iter().filter(|(_, _, is_there)| *is_there) {
            nav.leaf("a", &[("href", place)], name);
        }
        nav.element("label", &[("class", "full-names")], |label| {
            label.element("input", &[("type", "checkbox"), ("id", "full-names")], |_| ());
            label.text(" Namespaces");
        });
    });
}

/// The foot: what wrote it, and how far it is to be believed.
pub(super) fn footer(report: &Report, page: &mut Markup) {
    page.element("footer", &[], |footer| {
        footer.text(concat!(
            "Written by heapql ",
            env!("CARGO_PKG_VERSION"),
            ". Sizes are in powers of 1024. "
        ));
        footer.text("What hangs on an object (retained) is what would go if it went. ");
        if report.profiles.len() > 1 {
            footer.text("Changes are from the first dump to the last.");
        }
    });
}
