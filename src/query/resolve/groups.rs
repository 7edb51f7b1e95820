//! What a grouped query computes: its keys, and the aggregates as they are met.

use crate::query::Kind;
use crate::query::catalog::{Aggregate, Level};
use crate::query::plan::{AggregateCall, Grouping, Key, Typed};

/// The keys and aggregates of a query. Expressions over groups name them by position, keys first.
#[derive(Debug)]
pub struct Groups {
    keys: Vec<Key>,
    aggregates: Vec<AggregateCall>,
}

impl Groups {
    /// Groups by `keys`, with no aggregates yet.
    pub fn new(keys: Vec<Key>) -> Groups {
        Groups { keys, aggregates: Vec::new() }
    }

    /// The keys.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The column of the key that is written so, if there is one.
    pub fn key(&self, text: &str) -> Option<Typed> {
        let at = self.keys.iter().position(|k| k.text == text)?;
        Some(Typed::column(at, self.keys[at].expr.kind, Level::Row))
    }

    /// The column of an aggregate, which is added when it is not there yet.
    pub fn aggregate(&mut self, call: AggregateCall) -> Typed {
        let kind = call.kind;
        let found = self.aggregates.iter().position(|a| a.text == call.text);
        let at = found.unwrap_or_else(|| {
            self.aggregates.push(call);
            self.aggregates.len() - 1
        });
        Typed::column(self.keys.len() + at, Some(kind), Level::Row)
    }

    /// The aggregate that a column is, or `None` for a key.
    pub fn aggregate_at(&self, column: usize) -> Option<&AggregateCall> {
        self.aggregates.get(column.checked_sub(self.keys.len())?)
    }

    /// The number of rows of the group: what the bare word `count` means.
    pub fn count_of_rows() -> AggregateCall {
        AggregateCall {
            function: Aggregate::Count,
            distinct: false,
            argument: None,
            kind: Kind::Integer,
            text: "count(*)".to_owned(),
        }
    }

    /// The grouping as a part of a plan.
    pub fn finish(self) -> Grouping {
        Grouping { keys: self.keys, aggregates: self.aggregates, from_type_totals: false }
    }
}
