//! What hangs on each root, those of one name together.

use std::cmp::Reverse;

use super::RootGroup;
use crate::graph::merged_dominators::{MergedDominators, MergedOf, TopLabel};

/// What hangs on the groups of roots, the biggest first: the first level of the merged dominator tree without garbage. In a
/// row `shared` stands what no group holds alone.
pub(super) fn root_groups(tree: &MergedDominators) -> Vec<RootGroup> {
    let tops = tree.nodes().iter().filter_map(|node| match node.of {
        MergedOf::Roots(label) => Some((tree.label(label)?, node)),
        MergedOf::Type(_) => None,
    });
    let mut rows: Vec<RootGroup> = tops
        .filter_map(|(label, node)| {
            let (kind, name) = words(label)?;
            Some(RootGroup { kind: kind.to_owned(), name, count: node.count, retained: node.retained })
        })
        .collect();
    rows.sort_by(|a, b| {
        (Reverse(a.retained), &a.kind, &a.name).cmp(&(Reverse(b.retained), &b.kind, &b.name))
    });
    rows
}

/// Kind and name of a group; `None` for garbage, which no root holds.
fn words(label: &TopLabel) -> Option<(&'static str, Option<String>)> {
    Some(match label {
        TopLabel::Root { kind, name } => (kind.word(), name.as_deref().map(str::to_owned)),
        TopLabel::Thread(os_id) => (RootGroup::THREAD, os_id.map(|id| format!("thread {id}"))),
        TopLabel::Shared => ("shared", None),
        TopLabel::Garbage => return None,
    })
}
