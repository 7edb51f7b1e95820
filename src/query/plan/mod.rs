//! How a select will be answered: names resolved, kinds checked, conditions sorted by what they depend on.
//!
//! A plan holds no data of a dump but what its types tell; one that names no types can be shown (`explain`) without
//! walking the heap.

mod building;
mod explain;
mod expr;
mod graph_parts;
mod inline;
mod join;
mod sources;

pub use building::Built;
pub use explain::{Measured, Stage, Step, explain, explain_measured, explain_operands};
pub use expr::{Inner, Node, ObjectProperty, TypeTest, Typed};
pub use graph_parts::GraphPart;
pub use join::{Join, JoinColumn, JoinKey, JoinLink, JoinSide};
pub use sources::{Combined, NamedPlan, WindowCall, WindowFunction, Windows};

use std::sync::Arc;

use super::Kind;
use super::ast::Limit;
use super::catalog::{Aggregate, Level, TableId};
use super::cells::Columns;
use crate::bytes::Addr;
use crate::diagnostic::Span;
use crate::query::memory::MemoryRange;

/// How a select will be answered.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where rows come from.
    pub source: Source,
    /// What must be true of a row, all of it; cheapest first.
    pub filter: Vec<Conjunct>,
    /// How rows are grouped. Everything below is then over the keys, followed by the aggregates.
    pub grouping: Option<Grouping>,
    /// What must be true of a group, all of it.
    pub having: Vec<Conjunct>,
    /// The columns of the answer.
    pub items: Vec<OutputItem>,
    /// The order; rows that are equal in it keep theirs.
    pub order: Vec<OrderKey>,
    /// Which rows of all.
    pub limit: Option<Limit>,
}

/// Where rows come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A table of a dump.
    Table {
        /// The dump, by its position.
        snapshot: usize,
        /// The table.
        table: TableId,
        /// Which of its columns are used, by position.
        used: Vec<usize>,
    },
    /// What collections and arrays of a dump hold.
    Items {
        /// The dump, by its position.
        snapshot: usize,
        /// Which collections.
        of: Addresses,
        /// Which columns are used, by position.
        used: Vec<usize>,
    },
    /// The objects of a dump that stand in a relation to others.
    Related {
        /// The dump, by its position.
        snapshot: usize,
        /// The relation.
        relation: Relation,
        /// The others.
        of: Addresses,
        /// Which columns of objects are used, by position.
        used: Vec<usize>,
    },
    /// Memory of a dump.
    Memory {
        /// The dump, by its position.
        snapshot: usize,
        /// Which memory, and how it is shown.
        range: MemoryRange,
        /// Which columns are used, by position.
        used: Vec<usize>,
    },
    /// The answer to another select.
    Select(Box<Plan>),
    /// Several sources that are joined.
    Join(Box<Join>),
    /// The rows of two other selects together.
    Combined(Box<Combined>),
    /// The answer to a select that has a name.
    Named(Arc<NamedPlan>),
    /// The answer to another select, and functions over windows of it.
    Windows(Box<Windows>),
    /// Rows that were given, or kept.
    Given {
        /// Their columns.
        columns: Columns,
        /// What they are called: `the given rows`, `big`.
        name: String,
        /// The dump that their addresses are of, by its position, where that is known.
        snapshot: Option<usize>,
    },
}

/// How objects are related to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They are reached from them, or are among them.
    Reachable,
    /// They would go if all the others went, or are among them.
    RetainedBy,
    /// The others refer to them.
    References,
    /// They refer to the others.
    Referrers,
}

/// The objects that a function which gives rows is called with, or that a statement of the graph is about.
#[derive(Clone, Debug)]
pub enum Addresses {
    /// Those at these addresses, with their places in the statement.
    List(Vec<(Addr, Span)>),
    /// Those at the addresses that a select of one column gives, which is run first.
    Select(Box<Plan>),
    /// All of some types.
    Types {
        /// For each type of the dump, by its id, whether it is one of them.
        wanted: Vec<bool>,
        /// The name that was written.
        name: String,
    },
}

/// The objects that a statement of the graph is about.
#[derive(Clone, Debug)]
pub struct Operand {
    /// The dump that they are of, by its position.
    pub snapshot: usize,
    /// Which objects.
    pub addresses: Addresses,
}

/// One condition of several that must all be true.
#[derive(Clone, Debug)]
pub struct Conjunct {
    /// The condition.
    pub expr: Typed,
    /// How it is written.
    pub text: String,
}

/// How rows are grouped.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// What the rows of a group have in common; none: all rows are one group.
    pub keys: Vec<Key>,
    /// What is computed of each group.
    pub aggregates: Vec<AggregateCall>,
    /// Whether the totals that every type holds suffice, so that no object needs to be looked at.
    pub from_type_totals: bool,
}

/// A key of a grouping.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key.
    pub expr: Typed,
    /// How it is written.
    pub text: String,
}

/// What is computed of a group.
#[derive(Clone, Debug)]
pub struct AggregateCall {
    /// The aggregate.
    pub function: Aggregate,
    /// Whether each value counts once.
    pub distinct: bool,
    /// What it is computed over; `None` for the rows themselves.
    pub argument: Option<Typed>,
    /// What it gives.
    pub kind: Kind,
    /// How it is written.
    pub text: String,
}

/// A column of an answer.
#[derive(Clone, Debug)]
pub struct OutputItem {
    /// Its name.
    pub name: String,
    /// Its values.
    pub expr: Typed,
    /// Whether it adds up, when a select is made over this one.
    pub measure: bool,
}

/// A key of an order.
#[derive(Clone, Debug)]
pub struct OrderKey {
    /// What is ordered by.
    pub expr: Typed,
    /// Whether the biggest comes first.
    pub descending: bool,
    /// How it is written.
    pub text: String,
}

impl Plan {
    /// All rows of a source, of which nothing is shown yet.
    pub fn over(source: Source) -> Plan {
        Plan {
            source,
            filter: Vec::new(),
            grouping: None,
            having: Vec::new(),
            items: Vec::new(),
            order: Vec::new(),
            limit: None,
        }
    }

    /// Whether opening its source takes the time, not going through the rows: they are gathered then, or searched for.
    pub fn gathers_rows(&self) -> bool {
        match &self.source {
            Source::Related { .. } | Source::Items { .. } | Source::Memory { .. } => true,
            Source::Table { table, .. } => {
                let is_searched = |part| matches!(part, GraphPart::Reachable | GraphPart::Depths);
                !table.is_scanned() || self.graph_parts().into_iter().any(is_searched)
            }
            _ => false,
        }
    }

    /// Whether answering needs the walk over the heap.
    pub fn needs_heap(&self) -> bool {
        match &self.source {
            Source::Select(plan) => plan.needs_heap(),
            Source::Join(join) => join.sides.iter().any(|side| side.plan.needs_heap()),
            Source::Named(named) => named.plan.needs_heap(),
            Source::Windows(windows) => windows.input.needs_heap(),
            Source::Combined(both) => both.left.needs_heap() || both.right.needs_heap(),
            Source::Items { .. } | Source::Memory { .. } | Source::Given { .. } => false,
            Source::Related { .. } => true,
            Source::Table { table, used, .. } => match table {
                TableId::Modules
                | TableId::Threads
                | TableId::Frames
                | TableId::Statics
                | TableId::Handles
                | TableId::Finalizers
                | TableId::LoadedTypes
                | TableId::Mappings
                | TableId::MemoryUse
                | TableId::Gc => false,
                TableId::Segments => {
                    let columns = table.doc().columns;
                    used.iter().any(|&c| columns.get(c).is_some_and(|c| c.name == "free"))
                }
                _ => true,
            },
        }
    }

    /// Whether its rows can be handed on while the source is scanned.
    pub fn streams(&self) -> bool {
        self.grouping.is_none() && self.order.is_empty()
    }

    /// The dump that its rows are of, by its position; 0 for rows that are of none.
    pub fn snapshot(&self) -> usize {
        self.dump().unwrap_or(0)
    }

    /// The same, but `None` for rows that are of none or of several.
    pub fn dump(&self) -> Option<usize> {
        match &self.source {
            Source::Select(inner) => inner.dump(),
            Source::Named(named) => named.plan.dump(),
            Source::Windows(windows) => windows.input.dump(),
            Source::Combined(both) => both.left.dump().filter(|dump| both.right.dump() == Some(*dump)),
            Source::Given { snapshot, .. } => *snapshot,
            Source::Join(join) => self.dump_of_join(join),
            Source::Table { snapshot, .. }
            | Source::Items { snapshot, .. }
            | Source::Memory { snapshot, .. }
            | Source::Related { snapshot, .. } => Some(*snapshot),
        }
    }

    /// The dump that the rows of a join are of: that of what is selected where that is one thing, else that of its first
    /// source.
    fn dump_of_join(&self, join: &Join) -> Option<usize> {
        let mut sides = Vec::new();
        if let ([item], None) = (&self.items[..], &self.grouping) {
            item.expr.columns(&mut |column| sides.extend(join.columns.get(column).map(|c| c.side)));
        }
        let side = join.sides.get(sides.first().copied().unwrap_or(0));
        side.and_then(|side| side.plan.dump())
    }

    /// Every expression over the source: what decides which of its columns are used.
    pub fn source_expressions(&self) -> Vec<&Typed> {
        let filter = self.filter.iter().map(|c| &c.expr);
        match &self.grouping {
            Some(grouping) => {
                let keys = grouping.keys.iter().map(|k| &k.expr);
                let arguments = grouping.aggregates.iter().filter_map(|a| a.argument.as_ref());
                filter.chain(keys).chain(arguments).collect()
            }
            None => filter.chain(self.output_expressions()).collect(),
        }
    }

    /// Every expression over the groups, or over the source when there is no grouping.
    pub fn output_expressions(&self) -> impl Iterator<Item = &Typed> {
        let having = self.having.iter().map(|c| &c.expr);
        having.chain(self.items.iter().map(|i| &i.expr)).chain(self.order.iter().map(|o| &o.expr))
    }

    /// Calls `seen` with every plan that this one is made of: that of its source, and those behind `in`.
    pub fn inner_plans<'a>(&'a self, seen: &mut impl FnMut(&'a Plan)) {
        if let Source::Select(inner)
        | Source::Items { of: Addresses::Select(inner), .. }
        | Source::Related { of: Addresses::Select(inner), .. } = &self.source
        {
            seen(inner);
        }
        if let Source::Join(join) = &self.source {
            for side in &join.sides {
                seen(&side.plan);
                side.link.iter().flat_map(JoinLink::expressions).for_each(|e| e.selects(&mut |_, p| seen(p)));
            }
        }
        match &self.source {
            Source::Named(named) => seen(&named.plan),
            Source::Windows(windows) => seen(&windows.input),
            Source::Combined(both) => [&both.left, &both.right].into_iter().for_each(&mut *seen),
            _ => {}
        }
        self.source_expressions().into_iter().for_each(|e| e.selects(&mut |_, plan| seen(plan)));
        if self.grouping.is_some() {
            self.output_expressions().for_each(|e| e.selects(&mut |_, plan| seen(plan)));
        }
    }

    /// Notes what follows from all other parts: used columns, the order of conditions, and
    /// whether the types' totals suffice.
    pub fn complete(&mut self) {
        self.filter.sort_by_key(|c| match c.expr.level {
            Level::Constant => 0,
            Level::Place => 1,
            Level::Type => 2,
            Level::Row => 3,
        });
        let mut columns = Vec::new();
        self.source_expressions().iter().for_each(|e| e.columns(&mut |c| columns.push(c)));
        columns.sort_unstable();
        columns.dedup();
        if let Source::Table { used, .. }
        | Source::Items { used, .. }
        | Source::Memory { used, .. }
        | Source::Related { used, .. } = &mut self.source
        {
            *used = columns;
        }
        let suffice = self.type_totals_suffice();
        if let Some(grouping) = &mut self.grouping {
            grouping.from_type_totals = suffice;
        }
    }

    /// Every type holds the number and the size of its objects. They answer a query whose keys
    /// and conditions depend on nothing but the type, and that asks for nothing but these two.
    fn type_totals_suffice(&self) -> bool {
        let (Source::Table { table, .. }, Some(grouping)) = (&self.source, &self.grouping) else {
            return false;
        };
        if !table.lists_objects() {
            return false;
        }
        let by_type = |e: &Typed| matches!(e.level, Level::Constant | Level::Type);
        let size = table.doc().columns.iter().position(|c| c.name == "size");
        self.filter.iter().all(|c| by_type(&c.expr))
            && grouping.keys.iter().all(|k| by_type(&k.expr))
            && grouping.aggregates.iter().all(|a| match (a.function, &a.argument) {
                (Aggregate::Count, None) => true,
                (Aggregate::Sum, Some(Typed { node: Node::Column(c), .. })) => Some(*c) == size,
                _ => false,
            })
    }
}
