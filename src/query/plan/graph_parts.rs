//! Which parts of the graph of objects answering a plan takes: only these are built.

use super::{Plan, Relation, Source};
use crate::query::catalog::TableId;

/// A part of the graph of objects, in the order in which they are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GraphPart {
    /// What every object refers to.
    References,
    /// What refers to every object.
    Referrers,
    /// What keeps objects alive from outside of the heap.
    Roots,
    /// Which objects are alive.
    Reachable,
    /// How far from the roots every object is.
    Depths,
    /// Which object holds which alone, and how much would go with each.
    Dominators,
}

impl GraphPart {
    /// The parts that this one is made of.
    fn made_of(self) -> &'static [GraphPart] {
        match self {
            GraphPart::References | GraphPart::Roots => &[],
            GraphPart::Referrers => &[GraphPart::References],
            GraphPart::Reachable | GraphPart::Depths | GraphPart::Dominators => {
                &[GraphPart::References, GraphPart::Roots]
            }
        }
    }
}

impl Plan {
    /// The parts of the graph that the rows of the source take, and what those are made of, each once and in the order in
    /// which they are built. Plans within this one have their own.
    pub fn graph_parts(&self) -> Vec<GraphPart> {
        let mut parts: Vec<GraphPart> = Vec::new();
        match &self.source {
            Source::Table { table: TableId::Refs | TableId::Damage, .. } => parts.push(GraphPart::References),
            Source::Table { table, used, .. } => {
                parts.extend((matches!(table, TableId::Roots | TableId::Pinned)).then_some(GraphPart::Roots));
                parts.extend(of_columns(*table, used));
            }
            Source::Related { relation, used, .. } => {
                parts.push(GraphPart::References);
                if *relation == Relation::RetainedBy {
                    parts.push(GraphPart::Roots);
                }
                parts.extend(of_columns(TableId::Objects, used));
            }
            _ => {}
        }
        let more: Vec<GraphPart> = parts.iter().flat_map(|part| part.made_of()).copied().collect();
        parts.extend(more);
        parts.sort_unstable();
        parts.dedup();
        parts
    }
}

/// The parts that columns of objects and of roots take.
fn of_columns(table: TableId, used: &[usize]) -> impl Iterator<Item = GraphPart> {
    let columns = table.doc().columns;
    let names = used.iter().filter_map(move |&at| columns.get(at)).map(|column| column.name);
    names.filter(move |_| table.lists_objects() || table == TableId::Roots).filter_map(|name| match name {
        "retained" | "dominator" => Some(GraphPart::Dominators),
        "reachable" => Some(GraphPart::Reachable),
        "depth" => Some(GraphPart::Depths),
        _ => None,
    })
}
