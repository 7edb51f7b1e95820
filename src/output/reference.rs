//! The reference of the language as Markdown, made of the catalog and of what layers above it document in the same form.

use std::io::{self, Write};

use crate::query::catalog::{ColumnDoc, Topic, TopicKind, topics};

/// What stands before the entries of a kind.
fn introduction(kind: TopicKind) -> &'static str {
    match kind {
        TopicKind::Statement => "A script separates statements by `;`, and `--` starts a comment.",
        TopicKind::Table => {
            "A measure adds up: named alone in a grouped query it is summed. Sizes are bytes. A column is null where its value is \
             not known, missing from the dump, or does not apply."
        }
        TopicKind::Source => {
            "They stand behind `from`. Where no columns are listed, rows have those of [objects](#table-objects)."
        }
        TopicKind::Aggregate => {
            "Over the rows of a group; without `group by` over all rows. Values that are null are left out."
        }
        TopicKind::Function => {
            "Of values of one row. The result is null where an argument is, unless it says otherwise."
        }
        TopicKind::Keyword => {
            "Written in any case. A reserved word is a name in double quotes only; the others are keywords at one place of a \
             statement and can be names elsewhere."
        }
    }
}

fn heading(kind: TopicKind) -> &'static str {
    match kind {
        TopicKind::Statement => "Statements",
        TopicKind::Table => "Tables",
        TopicKind::Source => "Functions that give rows",
        TopicKind::Aggregate => "Aggregates",
        TopicKind::Function => "Functions",
        TopicKind::Keyword => "Keywords",
    }
}

/// A chapter that is not about the language: rows of what is written and what it does.
#[derive(Debug)]
pub struct Chapter<'a> {
    /// Its heading.
    pub title: &'a str,
    /// What stands before the rows.
    pub introduction: &'a str,
    /// What is written, and what it does.
    pub rows: Vec<(String, String)>,
}

/// Writes the reference: the catalog of the language, then the chapters.
///
/// # Errors
/// Those of `out`.
pub fn write_reference(chapters: &[Chapter<'_>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Reference\n")?;
    writeln!(
        out,
        "`heapql reference` writes this page from what `help` and `describe` tell. The grammar is \
         [grammar/heapql.ebnf](../grammar/heapql.ebnf), scripts are described in [scripts.md](scripts.md), answers as JSON in \
         [json.md](json.md)."
    )?;
    let topics = topics();
    for kind in TopicKind::ALL {
        writeln!(out, "\n## {}\n\n{}", heading(kind), introduction(kind))?;
        let of_kind: Vec<&Topic> = topics.iter().filter(|topic| topic.kind == kind).collect();
        match kind {
            TopicKind::Keyword => keywords(&of_kind, out)?,
            _ => of_kind.into_iter().try_for_each(|topic| entry(topic, out))?,
        }
    }
    chapters.iter().try_for_each(|chapter| {
        writeln!(out, "\n## {}\n\n{}\n", chapter.title, chapter.introduction)?;
        writeln!(out, "| write | it does |\n| --- | --- |")?;
        chapter
            .rows
            .iter()
            .try_for_each(|(write, does)| writeln!(out, "| `{}` | {} |", cell(write), cell(does)))
    })
}

fn entry(topic: &Topic, out: &mut dyn Write) -> io::Result<()> {
    // Names recur: `references` is a statement and a function. The kind keeps the anchors apart.
    writeln!(out, "\n### {} {}\n", topic.kind.word(), topic.name)?;
    if topic.kind != TopicKind::Table {
        writeln!(out, "    {}\n", topic.usage)?;
    }
    writeln!(out, "{}", topic.summary)?;
    if !topic.columns.is_empty() {
        columns(topic.columns, out)?;
    }
    if !topic.examples.is_empty() {
        writeln!(out, "\n{}\n", if topic.examples.len() == 1 { "Example:" } else { "Examples:" })?;
        topic.examples.iter().try_for_each(|example| writeln!(out, "    {example}"))?;
    }
    if topic.see_also.is_empty() {
        return Ok(());
    }
    let others: Vec<String> = topic.see_also.iter().map(|name| format!("`{name}`")).collect();
    writeln!(out, "\nSee also {}.", others.join(", "))
}

fn columns(columns: &[ColumnDoc], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n| column | values | what |\n| --- | --- | --- |")?;
    columns.iter().try_for_each(|column| {
        let measure = if column.measure { ", a measure" } else { "" };
        let (name, kind) = (column.name, column.kind.described());
        writeln!(out, "| `{name}` | {kind}{measure} | {} |", cell(column.summary))
    })
}

fn keywords(topics: &[&Topic], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n| word | reserved | what | example |\n| --- | --- | --- | --- |")?;
    let all = crate::query::catalog::keywords();
    topics.iter().try_for_each(|topic| {
        let reserved = all.iter().any(|keyword| keyword.word == topic.name && keyword.reserved);
        let reserved = if reserved { "yes" } else { "" };
        let example =
            topic.examples.first().map(|example| format!("`{}`", cell(example))).unwrap_or_default();
        writeln!(out, "| `{}` | {reserved} | {} | {example} |", topic.name, cell(topic.summary))
    })
}

/// A text in a cell of a table, where a bar would end it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_does_not_end_a_cell_and_every_row_has_its_columns() {
        let chapter = Chapter {
            title: "Settings",
            introduction: "Of the prompt.",
            rows: vec![("a|b".into(), "c".into())],
        };
        let mut text = Vec::new();
        write_reference(&[chapter], &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.ends_with(
            "## Settings\n\nOf the prompt.\n\n| write | it does |\n| --- | --- |\n| `a\\|b` | c |\n"
        ));
        let bars = |line: &str| line.replace("\\|", "").matches('|').count();
        let tables = text.lines().filter(|line| line.starts_with('|'));
        assert!(tables.map(bars).all(|bars| (3..=5).contains(&bars)));
    }
}
