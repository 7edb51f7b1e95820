//! `help`: an overview, the topics of one kind, or all that is known of one topic.

use super::texts;
use crate::diagnostic::{Diagnostic, near_names, one_of};
use crate::query::answer::Answer;
use crate::query::ast::Name;
use crate::query::catalog::{ColumnDoc, Topic, TopicKind, tables, topics};

/// What the overview begins with: the question, and the statement that answers it.
const FIRST_QUESTIONS: [(&str, &str); 4] = [
    ("what is there", "select type, count, size group by type limit 20"),
    ("what is one", "object 0x7f0000001000"),
    ("who holds it", "paths to Zoo.Dog"),
    ("what grew", "diff select type, count, size group by type limit 20"),
];

/// The overview, the topics of one kind, or what a word means.
///
/// # Errors
/// The word means nothing.
pub fn help(word: Option<&Name>) -> Result<Answer, Diagnostic> {
    let all = topics();
    let Some(word) = word else { return Ok(overview(&all)) };
    let lower = word.text.to_lowercase();
    if let Some(kind) = TopicKind::ALL.into_iter().find(|kind| kind.plural() == lower) {
        return Ok(list(kind, &all));
    }
    let of_word = all.iter().filter(|topic| topic.name == lower && !is_begun_by(topic, &all));
    let mut rows: Vec<[String; 2]> = of_word.flat_map(page).collect();
    rows.extend(columns_called(&lower));
    if rows.is_empty() { Err(unknown(word, &all)) } else { Ok(texts(["what", "text"], &rows)) }
}

/// Whether a topic is a keyword that begins a statement, which has a topic of its own.
fn is_begun_by(topic: &Topic, all: &[Topic]) -> bool {
    let begins = |other: &Topic| other.kind == TopicKind::Statement && other.name == topic.name;
    topic.kind == TopicKind::Keyword && all.iter().any(begins)
}

/// What there is, in a screen: the first questions, then the names of everything.
fn overview(all: &[Topic]) -> Answer {
    let mut rows: Vec<[String; 2]> = Vec::new();
    rows.extend(FIRST_QUESTIONS.map(|(question, statement)| [question.to_owned(), statement.to_owned()]));
    for kind in TopicKind::ALL {
        let of_kind = all.iter().filter(|topic| topic.kind == kind && !is_begun_by(topic, all));
        let names: Vec<&str> = of_kind.map(|topic| topic.name).collect();
        rows.push([kind.plural().to_owned(), names.join(", ")]);
    }
    let more =
        "help WORD: one of these, with examples; help tables: all of a kind; describe TYPE: its fields";
    rows.push(["more".to_owned(), more.to_owned()]);
    texts(["topic", "what"], &rows)
}

/// The topics of a kind with what they do.
fn list(kind: TopicKind, all: &[Topic]) -> Answer {
    let of_kind = all.iter().filter(|topic| topic.kind == kind);
    let rows: Vec<_> = of_kind
        .map(|topic| {
            let columns: Vec<&str> = topic.columns.iter().map(|column| column.name).collect();
            let usage = if kind == TopicKind::Table { columns.join(", ") } else { topic.usage.to_owned() };
            [topic.name.to_owned(), usage, topic.summary.to_owned()]
        })
        .collect();
    texts(["name", if kind == TopicKind::Table { "columns" } else { "usage" }, "what"], &rows)
}

/// All that is known of a topic.
fn page(topic: &Topic) -> Vec<[String; 2]> {
    let row = |what: &str, text: &str| [what.to_owned(), text.to_owned()];
    let mut rows = vec![row(topic.kind.word(), topic.usage), row("meaning", topic.summary)];
    rows.extend(topic.columns.iter().map(|column| row("column", &column_line(column))));
    rows.extend(topic.examples.iter().map(|example| row("example", example)));
    if !topic.see_also.is_empty() {
        rows.push(row("see also", &topic.see_also.join(", ")));
    }
    rows
}

/// `size (bytes, summed): Its own size.`
fn column_line(column: &ColumnDoc) -> String {
    let summed = if column.measure { ", summed" } else { "" };
    format!("{} ({}{summed}): {}", column.name, column.kind.described(), column.summary)
}

/// The columns of that name, those that mean the same together.
fn columns_called(name: &str) -> Vec<[String; 2]> {
    let mut found: Vec<(Vec<&str>, &ColumnDoc)> = Vec::new();
    for table in tables() {
        for column in table.columns.iter().filter(|column| column.name == name) {
            match found.iter_mut().find(|(_, known)| known.summary == column.summary) {
                Some((tables, _)) => tables.push(table.name),
                None => found.push((vec![table.name], column)),
            }
        }
    }
    let of_table = |tables: Vec<&str>| format!("column of {}", tables.join(", "));
    found.into_iter().map(|(tables, column)| [of_table(tables), column_line(column)]).collect()
}

/// The error of a word that means nothing.
fn unknown(word: &Name, all: &[Topic]) -> Diagnostic {
    let diagnostic = Diagnostic::new(word.span.clone(), format!("there is no word `{}`", word.text));
    let columns = tables().iter().flat_map(|table| table.columns).map(|column| column.name);
    let kinds = TopicKind::ALL.map(TopicKind::plural);
    let names = all.iter().map(|topic| topic.name).chain(columns).chain(kinds);
    let near: Vec<String> =
        near_names(&word.text, names).into_iter().map(|name| format!("`{name}`")).collect();
    if near.is_empty() {
        diagnostic.hint("`help` lists all words, `describe TYPE` shows the fields of a type")
    } else {
        diagnostic.hint(format!("did you mean {}?", one_of(&near)))
    }
}
