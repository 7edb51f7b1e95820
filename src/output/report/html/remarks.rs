//! What a reader must know before believing the figures.

use crate::diff::Report;
use crate::output::report::figures::counted;
use crate::problem::{Problem, Severity};

use super::markup::Markup;

/// Remarks that are shown: who has more of them should run `heapql info`.
const MOST_REMARKS: usize = 50;

/// The remarks; nothing where there are none.
pub(super) fn section(report: &Report, page: &mut Markup) {
    if report.remarks.is_empty() {
        return;
    }
    page.element("section", &[("class", "remarks"), ("aria-label", "Remarks")], |section| {
        section.element("ul", &[], |list| {
            report.remarks.iter().take(MOST_REMARKS).for_each(|remark| item(remark, list));
            let more = report.remarks.len().saturating_sub(MOST_REMARKS);
            if more > 0 {
                list.leaf("li", &[], &counted(more as u64, "more remark"));
            }
        });
    });
    page.line_break();
}

fn item(remark: &Problem, list: &mut Markup) {
    let (class, word) = match remark.severity {
        Severity::Note => ("note", "Note"),
        Severity::Loss => ("loss", "Left out"),
    };
    list.element("li", &[("class", class)], |item| {
        item.leaf("strong", &[], word);
        item.text(" ");
        item.text(&remark.message);
        if let Some(hint) = &remark.hint {
            item.text(" ");
            item.leaf("span", &[("class", "quiet")], hint);
        }
    });
}
