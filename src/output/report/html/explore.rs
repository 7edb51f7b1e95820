//! What is explored by hand: treemap, dominator tree, tables. Their places stand here, the script fills them in.

use crate::diff::Report;
use crate::output::report::figures::counted;
use crate::units::grouped;

use super::markup::Markup;
use super::tables::{ColumnKind, Table, tables};

/// Rows of a table that stand in the page as it is, for those who run no script.
const STATIC_ROWS: usize = 30;

/// The sections.
pub(super) fn sections(report: &Report, labels: &[String], page: &mut Markup) {
    treemap(labels, page);
    tree(labels, page);
    tables(report, labels).iter().for_each(|it| table(it, labels.len() > 1, page));
}

fn treemap(labels: &[String], page: &mut Markup) {
    page.element("section", &[("id", "treemap")], |section| {
        section.leaf("h2", &[], "Who holds the bytes");
        section.leaf("noscript", &[], "The map needs scripts, which this browser does not run.");
        section.element("div", &[("class", "controls"), ("hidden", "")], |controls| {
            choice("treemap-by", "By", &["dominator", "assembly"], controls);
            choose_dump("treemap-dump", labels, controls);
        });
        section.element(
            "nav",
            &[("class", "crumbs"), ("aria-label", "Place in the map"), ("hidden", "")],
            |_| (),
        );
        section.element("div", &[("class", "map"), ("hidden", "")], |_| ());
        section.leaf("p", &[("class", "quiet note"), ("aria-live", "polite")], "");
    });
    page.line_break();
}

fn tree(labels: &[String], page: &mut Markup) {
    page.element("section", &[("id", "tree")], |section| {
        section.leaf("h2", &[], "Dominator tree");
        section.leaf("noscript", &[], "The tree needs scripts, which this browser does not run.");
        section.element("div", &[("class", "controls"), ("hidden", "")], |controls| {
            choose_dump("tree-dump", labels, controls);
            controls.leaf(
                "span",
                &[("class", "quiet")],
                "Objects of one type under one holder are one line. Arrow keys unfold.",
            );
        });
        section.element("div", &[("class", "scroll tree"), ("hidden", "")], |_| ());
        section.leaf("p", &[("class", "quiet note")], "");
    });
    page.line_break();
}

/// A choice of a few words; the first is chosen.
fn choice(id: &str, label: &str, words: &[&str], page: &mut Markup) {
    page.element("label", &[], |outer| {
        outer.text(label);
        outer.text(" ");
        outer.element("select", &[("id", id)], |select| {
            words.iter().for_each(|word| select.leaf("option", &[("value", word)], word));
        });
    });
}

/// A choice of a dump, the last one first; nothing where there is only one.
fn choose_dump(id: &str, labels: &[String], page: &mut Markup) {
    if labels.len() < 2 {
        return;
    }
    page.element("label", &[], |outer| {
        outer.text("Dump ");
        outer.element("select", &[("id", id)], |select| {
            for (at, label) in labels.iter().enumerate().rev() {
                select.leaf("option", &[("value", &at.to_string())], label);
            }
        });
    });
}

fn table(table: &Table, several: bool, page: &mut Markup) {
    page.element("section", &[("id", table.id), ("class", "table")], |section| {
        section.leaf("h2", &[], table.title);
        if table.row_count() == 0 {
            let text = if several { "Nothing differs between the dumps." } else { "There are none." };
            return section.leaf("p", &[("class", "quiet")], text);
        }
        section.element("div", &[("class", "controls"), ("hidden", "")], |controls| {
            controls.element("label", &[], |label| {
                label.text("Filter ");
                label.element(
                    "input",
                    &[
                        ("type", "search"),
                        ("name", "filter"),
                        ("autocomplete", "off"),
                        ("spellcheck", "false"),
                    ],
                    |_| (),
                );
            });
            if several {
                controls.element("label", &[], |label| {
                    label.element(
                        "input",
                        &[("type", "checkbox"), ("name", "every-dump"), ("class", "every-dump")],
                        |_| (),
                    );
                    label.text(" Every dump");
                });
            }
            controls.leaf("span", &[("class", "quiet found"), ("aria-live", "polite")], "");
        });
        let attributes =
            [("class", "scroll"), ("tabindex", "0"), ("role", "group"), ("aria-label", table.title)];
        section.element("div", &attributes, |scroll| rows(table, scroll));
        section.element("div", &[("class", "pages"), ("hidden", "")], |_| ());
        section.leaf("p", &[("class", "quiet note")], &first_rows(table));
    });
    page.line_break();
}

fn first_rows(table: &Table) -> String {
    match table.row_count() {
        few if few <= STATIC_ROWS => counted(few as u64, "row"),
        many => format!("The first {STATIC_ROWS} of {} rows.", grouped(many as u64)),
    }
}

fn rows(table: &Table, page: &mut Markup) {
    let columns: Vec<_> = table.columns.iter().filter(|column| !column.detail).collect();
    page.element("table", &[], |html| {
        html.leaf("caption", &[("class", "unseen")], table.title);
        html.element("thead", &[], |head| {
            head.element("tr", &[], |row| {
                for column in &columns {
                    row.leaf("th", &[("scope", "col"), ("class", class(column.kind))], &column.label);
                }
            });
        });
        html.element("tbody", &[], |body| {
            for at in 0..table.row_count().min(STATIC_ROWS) {
                body.element("tr", &[], |row| {
                    columns.iter().for_each(|c| row.leaf("td", &[("class", class(c.kind))], &c.shown(at)));
                });
            }
        });
    });
}

fn class(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Name => "name",
        ColumnKind::Word => "word",
        _ => "number",
    }
}
