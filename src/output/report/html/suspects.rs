//! What looks like a leak, with the score taken apart.

use crate::diff::Report;
use crate::diff::leaks::{Evidence, Suspect};
use crate::output::report::figures::{bytes, change, counted, signed, signed_bytes};
use crate::output::report::names::short_type;
use crate::units::grouped;

use super::markup::Markup;
use super::way::{two_names, ways};

/// Ways that are drawn of one suspect.
const MOST_WAYS: usize = 3;

/// Suspects that are shown.
const MOST_SUSPECTS: usize = 40;

/// The suspects, the highest score first.
pub(super) fn section(report: &Report, page: &mut Markup) {
    page.element("section", &[("id", "suspects")], |section| {
        section.leaf("h2", &[], "Suspects");
        if report.suspects.is_empty() {
            let told = if report.leaks_unsought {
                "Not looked for: the last dump is a baseline."
            } else {
                "Nothing looks like a leak."
            };
            section.leaf("p", &[("class", "quiet")], told);
        }
        report.suspects.iter().take(MOST_SUSPECTS).for_each(|suspect| article(suspect, section));
        let more = report.suspects.len().saturating_sub(MOST_SUSPECTS);
        if more > 0 {
            let text = format!("{} with lower scores are not shown.", counted(more as u64, "suspect"));
            section.leaf("p", &[("class", "quiet")], &text);
        }
    });
    page.line_break();
}

fn article(suspect: &Suspect, page: &mut Markup) {
    page.element("article", &[("class", "card suspect")], |card| {
        score(suspect.score, card);
        card.element("div", &[], |body| {
            body.element("h3", &[], |head| {
                two_names(&short_type(&suspect.subject), &suspect.subject, head);
                head.text(" ");
                head.leaf("small", &[("class", "tag")], &suspect.rule.replace('_', " "));
            });
            body.leaf("p", &[("class", "lead")], &suspect.reason);
            body.leaf("p", &[("class", "quiet")], &figures(suspect));
            ways(&suspect.ways, MOST_WAYS, (0, 0), body);
            evidence(&suspect.evidence, body);
            examples(&suspect.examples, body);
            if let Some(next) = &suspect.next {
                next_statement(next, body);
            }
        });
    });
}

/// The score as a number and as a bar; 100 is the most there is.
fn score(score: u32, page: &mut Markup) {
    let class = match score {
        75.. => "score high",
        40.. => "score middle",
        _ => "score low",
    };
    page.element("div", &[("class", class)], |badge| {
        badge.leaf("span", &[("class", "points")], &score.to_string());
        badge.leaf("span", &[("class", "quiet")], "of 100");
        badge.element("svg", &[("viewBox", "0 0 100 6"), ("aria-hidden", "true")], |svg| {
            svg.element(
                "rect",
                &[("class", "track"), ("width", "100"), ("height", "6"), ("rx", "3")],
                |_| (),
            );
            let width = score.min(100).to_string();
            svg.element(
                "rect",
                &[("class", "fill"), ("width", &width), ("height", "6"), ("rx", "3")],
                |_| (),
            );
        });
    });
}

fn figures(suspect: &Suspect) -> String {
    let last = |values: &[u64]| values.last().copied().unwrap_or_default();
    let now = format!("{}, {}", counted(last(&suspect.counts), "object"), bytes(last(&suspect.bytes)));
    if suspect.counts.len() < 2 {
        return now;
    }
    format!(
        "{now} in the last dump ({}, {})",
        signed(change(&suspect.counts)),
        signed_bytes(change(&suspect.bytes))
    )
}

fn evidence(evidence: &[Evidence], page: &mut Markup) {
    if evidence.is_empty() {
        return;
    }
    page.element("details", &[], |details| {
        details.leaf("summary", &[], "What the score is made of");
        details.element("ul", &[("class", "evidence")], |list| {
            for part in evidence {
                list.element("li", &[], |item| {
                    item.leaf("span", &[("class", "count")], &signed(part.points.into()));
                    item.text(&part.what);
                });
            }
        });
    });
}

/// Examples that are shown: each is as good as the others.
const MOST_EXAMPLES: usize = 8;

fn examples(examples: &[String], page: &mut Markup) {
    if examples.is_empty() {
        return;
    }
    page.element("p", &[("class", "quiet")], |line| {
        line.text("For example ");
        for (at, example) in examples.iter().take(MOST_EXAMPLES).enumerate() {
            if at > 0 {
                line.text(", ");
            }
            line.leaf("code", &[], example);
        }
        let more = examples.len().saturating_sub(MOST_EXAMPLES);
        if more > 0 {
            line.text(&format!(" and {} more", grouped(more as u64)));
        }
    });
}

fn next_statement(next: &str, page: &mut Markup) {
    page.element("p", &[("class", "next")], |line| {
        line.leaf("span", &[("class", "quiet")], "Ask next");
        line.leaf("code", &[], next);
        // Shown by the script, which alone can copy.
        line.leaf("button", &[("type", "button"), ("class", "copy"), ("hidden", "")], "Copy");
    });
}
