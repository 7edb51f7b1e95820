//! How sources are joined: what is read of each, and which rows belong together.

use super::{Conjunct, OutputItem, Plan, Source, Typed};
use crate::diagnostic::Span;

/// Sources that are joined, one after the other, to the rows that those before it gave.
#[derive(Clone, Debug, Default)]
pub struct Join {
    /// The sources.
    pub sides: Vec<JoinSide>,
    /// What the columns of the join are.
    pub columns: Vec<JoinColumn>,
}

/// One of the sources.
#[derive(Clone, Debug)]
pub struct JoinSide {
    /// What the statement calls it.
    pub name: String,
    /// Its rows, those left out that cannot belong to an answer, and as its items what is asked of them. Without groups,
    /// order and limit.
    pub plan: Plan,
    /// How it is joined to those before it; `None` for the first.
    pub link: Option<JoinLink>,
}

/// An item of a source: the column of a join that has the same position in [`Join::columns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinColumn {
    /// The source.
    pub side: usize,
    /// Which of its items.
    pub item: usize,
}

/// Which rows of a source belong to which rows of those before it. Expressions are over the columns of the join.
#[derive(Clone, Debug)]
pub struct JoinLink {
    /// Whether a row that finds none stays, with nulls in place of this source.
    pub keeps_left: bool,
    /// What must be equal.
    pub keys: Vec<JoinKey>,
    /// What must be true besides, of the rows of both sides.
    pub conditions: Vec<Conjunct>,
    /// Where its condition stands.
    pub span: Span,
}

/// Two values that must be equal.
#[derive(Clone, Debug)]
pub struct JoinKey {
    /// The one of the rows before.
    pub left: Typed,
    /// The one of the source that is joined.
    pub right: Typed,
    /// The comparison of both.
    pub equal: Conjunct,
}

impl JoinLink {
    /// The expressions over the columns of the join.
    pub fn expressions(&self) -> impl Iterator<Item = &Typed> {
        self.keys.iter().map(|key| &key.equal.expr).chain(self.conditions.iter().map(|c| &c.expr))
    }
}

impl Plan {
    /// The rows of a source for which conditions hold, and what is asked of them.
    pub fn of_side(source: Source, filter: Vec<Conjunct>, items: Vec<OutputItem>) -> Plan {
        let mut plan = Plan {
            source,
            filter,
            grouping: None,
            having: Vec::new(),
            items,
            order: Vec::new(),
            limit: None,
        };
        plan.inline(false);
        plan.complete();
        plan
    }

    /// Puts a join in the place that was left for it.
    pub fn set_join(&mut self, join: Join) {
        match &mut self.source {
            Source::Join(place) => **place = join,
            Source::Select(inner) => inner.set_join(join),
            _ => {}
        }
    }
}
