//! Tests of the language as a whole.

mod answers;
mod diagnostics;
mod diagnostics_joins;
mod grammar;
mod graph;
mod graph_columns;
mod grouped;
mod joins;
mod kept;
mod parameters;
mod queries;
mod random;
mod reference;
mod slips;
mod streaming;
mod synthetic;

use std::sync::atomic::AtomicBool;

use super::{Answer, QueryError, RunOptions, ValueRef, run};
use crate::graph::Snapshot;
use crate::progress::NoProgress;

/// Runs a statement on one or more snapshots.
fn ask(snapshots: &[Snapshot], statement: &str) -> Result<Answer, QueryError> {
    let cancel = AtomicBool::new(false);
    run(snapshots, statement, &RunOptions { progress: &NoProgress, cancel: &cancel, ..RunOptions::default() })
}

/// The rows of an answer, each value as text.
fn rows(answer: &Answer) -> Vec<Vec<String>> {
    let text = |value: ValueRef<'_>| match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Text(t) => t.to_owned(),
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(r) => format!("{r:?}"),
        ValueRef::Bytes(n) => n.to_string(),
        ValueRef::Address(a) => a.to_string(),
        ValueRef::Boolean(b) => b.to_string(),
        ValueRef::List(_) => "list".to_owned(),
    };
    let row = |row| answer.columns.iter().map(|c| text(c.value(row))).collect();
    (0..answer.row_count()).map(row).collect()
}

/// The rows of a statement's answer, each a line.
fn lines(snapshots: &[Snapshot], statement: &str) -> Vec<String> {
    match ask(snapshots, statement) {
        Ok(answer) => rows(&answer).iter().map(|r| r.join(" ")).collect(),
        Err(QueryError::Statement(diagnostic)) => panic!("{}", diagnostic.render(statement)),
        Err(error) => panic!("{error}"),
    }
}
