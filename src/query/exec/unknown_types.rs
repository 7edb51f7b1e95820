//! Types that a condition names but the heap does not have.
//!
//! The answer is right without them, but an empty one reads like "there is none of these" where the
//! name was only misspelt: so it is told, with the nearest name.

use crate::diagnostic::nearest;
use crate::graph::TypeTable;
use crate::problem::Problem;
use crate::query::ast::CompareOp;
use crate::query::catalog::{self, TableId};
use crate::query::plan::{Node, Plan, Typed};
use crate::query::scalar::Scalar;

/// The columns that hold names of objects' types.
const TYPE_COLUMNS: [&str; 3] = ["type", "source_type", "target_type"];

/// A note for each text that the conditions of `plan` compare with a type's name and no type has.
pub fn unknown_types(plan: &Plan, table: TableId, types: &TypeTable) -> Vec<Problem> {
    let columns = catalog::tables().iter().find(|doc| doc.id == table).map_or(&[][..], |doc| doc.columns);
    let mut named = Vec::new();
    for (at, _) in columns.iter().enumerate().filter(|(_, column)| TYPE_COLUMNS.contains(&column.name)) {
        plan.filter.iter().for_each(|conjunct| names_compared(&conjunct.expr, at, &mut named));
    }
    let unknown = named.into_iter().filter(|name| types.all().iter().all(|t| &*t.name != *name));
    unknown.map(|name| note(name, types)).collect()
}

/// Collects the texts that are compared for equality with a column.
fn names_compared<'a>(expr: &'a Typed, column: usize, names: &mut Vec<&'a str>) {
    match &expr.node {
        Node::Compare(CompareOp::Equal, left, right) => {
            for (one, other) in [(left, right), (right, left)] {
                if let (Node::Column(c), Node::Literal(Scalar::Text(name))) = (&one.node, &other.node)
                    && *c == column
                {
                    names.push(name);
                }
            }
        }
        Node::And(parts) | Node::Or(parts) => {
            parts.iter().for_each(|part| names_compared(part, column, names))
        }
        _ => {}
    }
}

fn note(name: &str, types: &TypeTable) -> Problem {
    let problem = Problem::note(format!("no object is of a type named '{name}'"));
    match nearest(name, types.all().iter().map(|t| &*t.name)) {
        Some(near) => problem.hint(format!("did you mean '{near}'?")),
        None => problem.hint("where type like '%...%' finds names by a part"),
    }
}
