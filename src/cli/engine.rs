//! STAND-IN for the query engine, to be deleted at the merge: `use super::engine::` becomes
//! `use crate::query::`, and nothing else changes.
//!
//! It knows the few statements that the tests of this layer ask, on the real tables.
#![allow(missing_docs, missing_debug_implementations)]

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::graph::Snapshot;
use crate::progress::Progress;
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};

pub struct RunOptions<'a> {
    pub progress: &'a dyn Progress,
    pub cancel: &'a AtomicBool,
}

#[derive(Debug)]
pub enum QueryError {
    Statement(Diagnostic),
    Data(Arc<crate::Error>),
    Cancelled,
}

#[derive(Debug)]
pub struct Diagnostic(String);

impl Diagnostic {
    pub fn render(&self, statement: &str) -> String {
        format!("error: {}\n  |\n1 | {statement}\n  | ^", self.0)
    }
}

/// Splits at every `;`, also in quotes: enough here.
pub fn split_statements(text: &str) -> Vec<Range<usize>> {
    let mut statements = Vec::new();
    let mut start = 0;
    for part in text.split(';') {
        let lead = part.len() - part.trim_start().len();
        if !part.trim().is_empty() {
            statements.push(start + lead..start + lead + part.trim().len());
        }
        start += part.len() + 1;
    }
    statements
}

pub fn is_incomplete(text: &str) -> bool {
    let count = |c| text.matches(c).count();
    count('(') > count(')') || count('\'') % 2 == 1 || count('"') % 2 == 1
}

pub fn run(snapshots: &[Snapshot], statement: &str, options: &RunOptions<'_>) -> Result<Answer, QueryError> {
    let began = Instant::now();
    if options.cancel.load(Ordering::Relaxed) {
        return Err(QueryError::Cancelled);
    }
    let snapshot = &snapshots[0];
    let words: Vec<_> = statement.split_whitespace().collect();
    let columns = match words.join(" ").as_str() {
        "tables" => {
            let names = catalog::tables().iter().map(|t| ValueRef::Text(t.name));
            vec![AnswerColumn::new("table", Kind::Text, names)]
        }
        "select name from modules" => {
            let names = snapshot.modules.iter().map(|m| ValueRef::Text(&m.name));
            vec![AnswerColumn::new("name", Kind::Text, names)]
        }
        "select type, count, size group by type" => {
            let heap = snapshot.heap(options.progress).map_err(QueryError::Data)?;
            let mut types: Vec<_> = heap.types.all().iter().collect();
            types.sort_by_key(|t| std::cmp::Reverse(t.size));
            let names = types.iter().map(|t| ValueRef::Text(&t.name));
            let counts = types.iter().map(|t| ValueRef::Integer(t.count.into()));
            vec![
                AnswerColumn::new("type", Kind::Text, names),
                AnswerColumn::new("count", Kind::Integer, counts),
                AnswerColumn::new("size", Kind::Bytes, types.iter().map(|t| ValueRef::Bytes(t.size))),
            ]
        }
        _ => return Err(QueryError::Statement(Diagnostic("not a statement of the stand-in".into()))),
    };
    Ok(Answer { query: statement.into(), columns, warnings: Vec::new(), elapsed: began.elapsed() })
}

pub mod catalog {
    pub struct ColumnDoc {
        pub name: &'static str,
    }

    pub struct TableDoc {
        pub name: &'static str,
        pub columns: &'static [ColumnDoc],
    }

    pub struct FunctionDoc {
        pub name: &'static str,
    }

    const fn column(name: &'static str) -> ColumnDoc {
        ColumnDoc { name }
    }

    pub fn tables() -> &'static [TableDoc] {
        const OBJECTS: &[ColumnDoc] = &[column("address"), column("type"), column("size"), column("gen")];
        const SEGMENTS: &[ColumnDoc] = &[column("heap"), column("kind"), column("free")];
        const MODULES: &[ColumnDoc] = &[column("name"), column("mvid")];
        &[
            TableDoc { name: "objects", columns: OBJECTS },
            TableDoc { name: "segments", columns: SEGMENTS },
            TableDoc { name: "modules", columns: MODULES },
        ]
    }

    pub fn functions() -> &'static [FunctionDoc] {
        &[FunctionDoc { name: "lower" }, FunctionDoc { name: "sum" }]
    }

    pub struct KeywordDoc {
        pub word: &'static str,
    }

    pub fn keywords() -> &'static [KeywordDoc] {
        const fn keyword(word: &'static str) -> KeywordDoc {
            KeywordDoc { word }
        }
        const KEYWORDS: &[KeywordDoc] =
            &[keyword("select"), keyword("from"), keyword("where"), keyword("group"), keyword("describe")];
        KEYWORDS
    }
}
