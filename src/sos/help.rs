//! `help dumpheap`, `soshelp`, and the page that documents the words: all out of their catalog.

use std::fmt::Write as _;

use super::answer::texts;
use super::line::Piece;
use super::not_yet;
use super::words::{SwitchDoc, SwitchState, WordDoc, word, words};
use crate::query::{Answer, Diagnostic};

/// What a word does, its switches and the statements that it stands for; of an empty name all words.
///
/// # Errors
/// There is no such word.
pub(super) fn help(asked: &Piece) -> Result<Answer, Diagnostic> {
    if asked.text.is_empty() {
        return Ok(all());
    }
    if let Some(doc) = word(&asked.text) {
        return Ok(one(doc));
    }
    let name = &asked.text;
    let diagnostic = Diagnostic::new(asked.span.clone(), format!("`{name}` is no word that is answered"));
    Err(match not_yet::find(name) {
        Some(instead) => diagnostic.hint(instead),
        None => match crate::query::nearest(name, words().map(|doc| doc.word)) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint("`soshelp` lists the words"),
        },
    })
}

/// All words, a row each.
fn all() -> Answer {
    let rows = words().map(|doc| {
        [doc.word.to_owned(), doc.aliases.join(", "), doc.usage.to_owned(), doc.summary.to_owned()]
    });
    texts("soshelp".to_owned(), ["word", "aliases", "usage", "what"], &rows.collect::<Vec<_>>())
}

/// What is to be said of one word: a row for itself, each switch and each statement that an example stands for.
fn one(doc: &WordDoc) -> Answer {
    let row = |part: &str, name: String, what: &str| [part.to_owned(), name, what.to_owned()];
    let mut rows = vec![row("word", doc.usage.to_owned(), doc.summary)];
    rows.extend(doc.aliases.iter().map(|alias| row("alias", (*alias).to_owned(), "The same word.")));
    rows.extend(doc.switches.iter().map(|switch| row("switch", spelled(switch), &effect(switch))));
    for (line, statements) in doc.examples {
        rows.push(row("example", (*line).to_owned(), &statements.join("; ")));
    }
    texts(format!("help {}", doc.word), ["part", "usage", "what"], &rows)
}

/// A switch with its other names and what it takes.
fn spelled(switch: &SwitchDoc) -> String {
    let names: Vec<_> = [switch.name].iter().chain(switch.aliases).copied().collect();
    match switch.takes {
        Some(what) => format!("{} {what}", names.join(", ")),
        None => names.join(", "),
    }
}

/// What a switch does, or that it does nothing here.
fn effect(switch: &SwitchDoc) -> String {
    match switch.state {
        SwitchState::Works => switch.summary.to_owned(),
        SwitchState::NoEffect => format!("Changes nothing. {}", switch.summary),
        SwitchState::NotYet => format!("Not answered yet: {}.", switch.summary),
    }
}

/// The part of `docs/sos.md` that lists the words; a test holds the page to it.
pub fn reference() -> String {
    let mut page = String::new();
    for doc in words() {
        let second = doc.second.map(|second| format!(" {second}")).unwrap_or_default();
        let _ = writeln!(page, "### {}{second}\n\n    {}\n\n{}\n", doc.word, doc.usage, doc.summary);
        let aliases: Vec<String> = doc.aliases.iter().map(|alias| format!("`{alias}`")).collect();
        if !aliases.is_empty() {
            let _ = writeln!(page, "Also {}.\n", aliases.join(", "));
        }
        if !doc.switches.is_empty() {
            page.push_str("| switch | what |\n| --- | --- |\n");
            for switch in doc.switches {
                let _ = writeln!(page, "| `{}` | {} |", spelled(switch), effect(switch).replace('|', "\\|"));
            }
            page.push('\n');
        }
        for (line, statements) in doc.examples {
            let _ = writeln!(page, "`{line}` is\n\n    {}\n", statements.join(";\n    "));
        }
    }
    page.push_str("## Not answered yet\n\n| words | what tells something near it |\n| --- | --- |\n");
    for (names, instead) in not_yet::all() {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(page, "| {} | {} |", names.join(", "), instead.replace('|', "\\|"));
    }
    page
}
