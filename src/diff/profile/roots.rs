//! What hangs on each root, those of one name together.

use std::cmp::Reverse;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::RootGroup;
use crate::graph::{Dominator, Dominators, ObjectId, Root, RootKind, Roots};

/// Stands for what roots of several groups hold together.
const SHARED: u32 = u32::MAX;
/// Stands for what no root holds itself.
const NONE: u32 = u32::MAX - 1;

/// By what roots are grouped: the word of the kind, and the name.
type Key = (&'static str, Option<Arc<str>>);

/// The group of a root: a static by its name, what belongs to a thread by the thread, everything else by its kind.
fn key(root: &Root) -> Key {
    match (root.kind, root.os_id) {
        (RootKind::Static, _) => (root.kind.word(), root.name.clone()),
        (_, Some(thread)) => ("thread", Some(format!("thread {thread}").into())),
        _ => (root.kind.word(), None),
    }
}

/// What hangs on the groups of roots, the biggest first, and in a row `shared` what no group holds alone.
pub(super) fn root_groups(roots: &Roots, dominators: &Dominators) -> Vec<RootGroup> {
    let mut groups: Vec<RootGroup> = Vec::new();
    let mut numbers: FxHashMap<Key, u32> = FxHashMap::default();
    let mut number = |key: Key, groups: &mut Vec<RootGroup>| {
        *numbers.entry(key.clone()).or_insert_with(|| {
            let (kind, name) = key;
            groups.push(RootGroup {
                kind: kind.to_owned(),
                name: name.as_deref().map(str::to_owned),
                ..RootGroup::default()
            });
            groups.len() as u32 - 1
        })
    };
    let mut holders: FxHashMap<ObjectId, u32> = FxHashMap::default();
    for root in roots.all.iter().filter(|root| root.keeps_alive) {
        let group = number(key(root), &mut groups);
        groups[group as usize].count += 1;
        let holder = holders.entry(root.object).or_insert(group);
        if *holder != group {
            *holder = SHARED;
        }
    }
    if !roots.frozen.is_empty() {
        number((RootKind::Permanent.word(), None), &mut groups);
    }
    let permanent = number((RootKind::Permanent.word(), None), &mut groups);
    let mut shared = RootGroup { kind: "shared".to_owned(), ..RootGroup::default() };
    for object in (0..dominators.len() as u32).map(ObjectId) {
        if dominators.of(object) != Some(Dominator::Roots) {
            continue;
        }
        let mut holder = holders.get(&object).copied().unwrap_or(NONE);
        if holder == NONE && roots.is_frozen(object) {
            holder = permanent;
        }
        let group = groups.get_mut(holder as usize).unwrap_or(&mut shared);
        group.retained = group.retained.saturating_add(dominators.retained(object));
    }
    groups.push(shared);
    groups.retain(|group| group.count > 0 || group.retained > 0);
    groups.sort_by(|a, b| {
        (Reverse(a.retained), &a.kind, &a.name).cmp(&(Reverse(b.retained), &b.kind, &b.name))
    });
    groups
}
