//! Joins as plainly as possible: every row beside every other.

use super::{Naive, Null, Row, World, run, table};
use crate::graph::Snapshot;
use crate::query::ast::{Aliased, Join, Source};

/// The rows of a join; each name has that of its source in front.
pub fn joined(snapshot: &Snapshot, graph: Option<&Naive>, join: &Join) -> Vec<Row> {
    let world = World { snapshot, graph, row: None, group: None, all: (&[], 0) };
    let mut rows = aliased(snapshot, graph, &join.first);
    for other in &join.others {
        let right = aliased(snapshot, graph, &other.right);
        let mut more = Vec::new();
        for left in &rows {
            let before = more.len();
            for right in &right {
                let both: Row = left.iter().chain(right).cloned().collect();
                if world.of(&both).truth(&other.on) == Some(true) {
                    more.push(both);
                }
            }
            if other.keeps_left && more.len() == before {
                let names = right.first().into_iter().flatten();
                let nulls = names.map(|(name, _)| (name.clone(), Null));
                more.push(left.iter().cloned().chain(nulls).collect());
            }
        }
        rows = more;
    }
    rows
}

fn aliased(snapshot: &Snapshot, graph: Option<&Naive>, aliased: &Aliased) -> Vec<Row> {
    let rows = match &aliased.source {
        Source::Table { name, .. } => table(snapshot, name.as_ref().map_or("objects", |n| &n.text), graph),
        Source::Select(select) => run(snapshot, select),
        other => panic!("{other} is not generated"),
    };
    let alias = aliased.alias.as_ref().map_or("objects", |alias| &alias.text);
    let named = |row: Row| row.into_iter().map(|(name, value)| (format!("{alias}.{name}"), value)).collect();
    rows.into_iter().map(named).collect()
}
