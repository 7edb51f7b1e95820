//! What hangs on each root, those of one name together.

use std::cmp::Reverse;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::RootGroup;
use crate::graph::{Dominator, Dominators, ObjectId, Root, RootKind, Roots};

/// The kind of the groups of what belongs to a thread.
const THREAD: &str = "thread";
/// The kind of the row for what several groups hold.
const SHARED: &str = "shared";

/// Who holds an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    /// A stack: the call that it belongs to will return, so that everything else goes before it.
    Passing(u32),
    /// Something that stays.
    Lasting(u32),
    /// Several groups.
    Several,
}

impl Holder {
    /// Who holds what both hold.
    fn and(self, other: Holder) -> Holder {
        match (self, other) {
            (one, other) if one == other => one,
            (Holder::Passing(_), Holder::Lasting(_)) => other,
            (Holder::Lasting(_), Holder::Passing(_)) => self,
            _ => Holder::Several,
        }
    }
}

/// The groups of roots, by the word of the kind and the name.
#[derive(Default)]
struct Groups {
    rows: Vec<RootGroup>,
    numbers: FxHashMap<(&'static str, Option<Arc<str>>), u32>,
}

impl Groups {
    /// The number of a group.
    fn number(&mut self, kind: &'static str, name: Option<Arc<str>>) -> u32 {
        *self.numbers.entry((kind, name.clone())).or_insert_with(|| {
            let name = name.as_deref().map(str::to_owned);
            self.rows.push(RootGroup { kind: kind.to_owned(), name, ..RootGroup::default() });
            self.rows.len() as u32 - 1
        })
    }

    /// Counts a root in its group: a static by its name, what belongs to a thread by the thread, all else by the kind.
    fn add(&mut self, root: &Root) -> Holder {
        let group = match (root.kind, root.os_id) {
            (RootKind::Static, _) => self.number(root.kind.word(), root.name.clone()),
            (_, Some(thread)) => self.number(THREAD, Some(format!("thread {thread}").into())),
            _ => self.number(root.kind.word(), None),
        };
        self.rows[group as usize].count += 1;
        if root.kind == RootKind::Stack { Holder::Passing(group) } else { Holder::Lasting(group) }
    }
}

/// What hangs on the groups of roots, the biggest first, and in a row `shared` what no group holds alone: every object
/// that nothing but the roots dominates counts with all that it dominates for the group that its own roots are of.
///
/// What a stack refers to as well as a static counts for the static. What frozen segments hold is `permanent`.
pub(super) fn root_groups(roots: &Roots, dominators: &Dominators) -> Vec<RootGroup> {
    let mut groups = Groups::default();
    let mut holders: FxHashMap<ObjectId, Holder> = FxHashMap::default();
    for root in roots.all.iter().filter(|root| root.keeps_alive) {
        let holder = groups.add(root);
        holders.entry(root.object).and_modify(|known| *known = known.and(holder)).or_insert(holder);
    }
    let permanent = groups.number(RootKind::Permanent.word(), None);
    let mut shared = RootGroup { kind: SHARED.to_owned(), ..RootGroup::default() };
    for object in (0..dominators.len() as u32).map(ObjectId) {
        if dominators.of(object) != Some(Dominator::Roots) {
            continue;
        }
        let group = match holders.get(&object) {
            _ if roots.is_frozen(object) => Some(permanent),
            Some(Holder::Passing(group) | Holder::Lasting(group)) => Some(*group),
            Some(Holder::Several) | None => None,
        };
        let row = group.and_then(|group| groups.rows.get_mut(group as usize)).unwrap_or(&mut shared);
        row.retained = row.retained.saturating_add(dominators.retained(object));
    }
    let mut rows = groups.rows;
    rows.push(shared);
    rows.retain(|row| row.count > 0 || row.retained > 0);
    rows.sort_by(|a, b| {
        (Reverse(a.retained), &a.kind, &a.name).cmp(&(Reverse(b.retained), &b.kind, &b.name))
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{ObjectSet, Rows, Unfinished};

    /// Objects of 10 bytes each; `references` gives what each refers to.
    fn dominators(references: &[&[u32]], roots: &Roots) -> Dominators {
        let rows: Rows = references.iter().map(|row| row.to_vec()).collect();
        let free = ObjectSet::none(references.len());
        let unfinished = Unfinished::new(&rows, &roots.entries(), &free);
        unfinished.finish(|| vec![10; references.len()]).unwrap()
    }

    fn root(kind: RootKind, name: Option<&str>, os_id: Option<u64>, object: u32) -> Root {
        Root {
            kind,
            address: None,
            object: ObjectId(object),
            name: name.map(Into::into),
            os_id,
            keeps_alive: kind.keeps_alive(),
            interior: false,
        }
    }

    fn told(references: &[&[u32]], roots: Roots) -> Vec<(String, u64, u64)> {
        let rows = root_groups(&roots, &dominators(references, &roots));
        let name = |row: &RootGroup| row.name.clone().unwrap_or_else(|| row.kind.clone());
        rows.iter().map(|row| (name(row), row.count, row.retained)).collect()
    }

    fn row(name: &str, count: u64, retained: u64) -> (String, u64, u64) {
        (name.to_owned(), count, retained)
    }

    #[test]
    fn what_roots_of_one_name_hold_counts_for_it_and_what_several_share_for_none() {
        let roots = Roots {
            all: vec![
                root(RootKind::Static, Some("Shop.Cache"), None, 0),
                root(RootKind::Static, Some("Shop.Log"), None, 1),
                root(RootKind::ThreadStatic, Some("Shop.Mine"), Some(7), 2),
                root(RootKind::Stack, Some("Main"), Some(7), 2),
                root(RootKind::StrongHandle, None, None, 3),
                root(RootKind::Finalizable, None, None, 4),
            ],
            ..Roots::default()
        };
        // 0 -> 5 -> 6; 0 and 1 -> 7; 2 -> 8; 3 -> nothing; 4 is garbage.
        let references: [&[u32]; 9] = [&[5, 7], &[7], &[8], &[], &[], &[6], &[], &[], &[]];
        assert_eq!(
            told(&references, roots),
            [
                row("Shop.Cache", 1, 30),
                row("thread 7", 2, 20),
                row("shared", 0, 10),
                row("Shop.Log", 1, 10),
                row("strong_handle", 1, 10),
            ]
        );
    }

    #[test]
    fn a_word_on_a_stack_takes_nothing_from_a_static() {
        let roots = Roots {
            all: vec![
                root(RootKind::Static, Some("Shop.Cache"), None, 0),
                root(RootKind::Stack, None, Some(7), 0),
                root(RootKind::Stack, None, Some(8), 0),
                root(RootKind::Stack, None, Some(7), 2),
                root(RootKind::Stack, None, Some(8), 2),
            ],
            ..Roots::default()
        };
        assert_eq!(
            told(&[&[1], &[], &[]], roots),
            [row("Shop.Cache", 1, 20), row("shared", 0, 10), row("thread 7", 2, 0), row("thread 8", 2, 0)]
        );
    }

    #[test]
    fn frozen_objects_are_permanent_whoever_else_holds_them() {
        let roots = Roots {
            all: vec![root(RootKind::Static, Some("Shop.Name"), None, 1)],
            frozen: vec![1..3, 3..4],
            ..Roots::default()
        };
        assert_eq!(told(&[&[], &[], &[], &[]], roots), [row("permanent", 0, 30), row("Shop.Name", 1, 0)]);
    }
}
