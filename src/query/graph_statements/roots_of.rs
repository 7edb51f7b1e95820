//! `roots of X`: who keeps objects alive.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::steps::{self, PathStep};
use super::subject::Subject;
use super::unreachable;
use crate::graph::paths::{Direction, HiddenEdges, Search, Slots, Trails};
use crate::graph::{ObjectId, ObjectSet, Root, RootKind};
use crate::limits;
use crate::problem::Problem;
use crate::query::QueryError;
use crate::query::answer::{Answer, AnswerColumn, Kind};
use crate::query::cells::Cells;
use crate::query::chains::{Chain, Chains, Link};
use crate::query::exec::Execution;
use crate::query::scalar::Scalar;
use crate::units::grouped;

/// So many chains of each kind of root are shown where rows are not: a screen of them.
const CHAINS_OF_A_KIND: usize = 5;

/// A root and its path.
struct Row<'a> {
    root: &'a Root,
    length: u64,
    path: Arc<[PathStep]>,
    cells: Scalar,
}

/// All roots that keep any of the objects alive, each with a shortest path, the shortest first.
///
/// # Errors
/// The dump does not tell its types; it was stopped.
pub fn roots_of(subject: &Subject<'_>, execution: &Execution<'_>) -> Result<Answer, QueryError> {
    let (references, roots) = (subject.references()?, subject.roots()?);
    let referrers = subject.referrers()?;
    let hidden = HiddenEdges::of(subject.snapshot, subject.heap, &roots, &references.forward);
    let search =
        Search { rows: &referrers, direction: Direction::Backward, hidden: &hidden, stop: execution.cancel };
    let frozen = roots.frozen.iter().cloned().flatten().map(ObjectId);
    let entries = roots.all.iter().map(|root| root.object).chain(frozen);
    let (hops, found) =
        search.all(&subject.objects, &ObjectSet::from_ids(subject.heap.objects.len(), entries))?;
    let distances: FxHashMap<ObjectId, u32> = found.iter().collect();
    let reaching = |root: &&Root| distances.contains_key(&root.object);
    let permanent: Vec<Root> = found
        .iter()
        .filter(|&(object, _)| roots.is_frozen(object))
        .map(|(object, _)| permanent(object))
        .collect();
    let mut alive: Vec<&Root> = roots.all.iter().filter(|root| root.keeps_alive).filter(reaching).collect();
    alive.extend(&permanent);
    // Roots of a kind stay in their order.
    alive.sort_by_key(|root| distances[&root.object]);
    if alive.is_empty() && !subject.objects.is_empty() {
        let others = roots.all.iter().filter(|root| !root.keeps_alive).filter(reaching);
        subject.tell(&[unreachable::problem(subject, others)]);
    }
    let mut slots = Slots::new(subject.snapshot, subject.heap, &references.forward);
    let mut trails = Trails::new(&hops, execution.cancel);
    let mut known: FxHashMap<ObjectId, (Arc<[PathStep]>, Scalar)> = FxHashMap::default();
    let (mut rows, mut told) = (Vec::with_capacity(alive.len()), 0);
    for root in alive {
        let distance = distances[&root.object];
        let (path, cells) = match known.get(&root.object) {
            Some(known) => known.clone(),
            None if told >= limits::MAX_PATH_STEPS => (Arc::default(), Scalar::Null),
            None => {
                let path = steps::steps(&trails.of(root.object, distance)?, &mut slots);
                told += path.len();
                let cells = steps::cells(&path, &slots);
                known.entry(root.object).or_insert((path.into(), cells)).clone()
            }
        };
        rows.push(Row { root, length: u64::from(distance) + 1, path, cells });
    }
    tell_cuts(subject, &rows);
    Ok(Answer { columns: columns(&rows), chains: Some(chains(&rows, &slots)), ..Answer::default() })
}

/// What keeps an object on a frozen segment alive, of which the roots have no row.
fn permanent(object: ObjectId) -> Root {
    Root::new(RootKind::Permanent, None, object)
}

/// Notes what is left out of paths.
fn tell_cuts(subject: &Subject<'_>, rows: &[Row<'_>]) {
    if rows.iter().any(|row| row.cells.is_null()) {
        let message = "so many roots reach these objects that the paths of the farther ones are left out";
        subject.tell(&[Problem::note(message)]);
    }
    let cut = rows.iter().any(|row| row.path.iter().any(|step| step.left_out > 0));
    if cut {
        let message = "very long paths are cut in the middle: of those of more than 200 objects the first and last \
                       100 are listed, and `length` counts all";
        subject.tell(&[Problem::note(message)]);
    }
}

fn columns(rows: &[Row<'_>]) -> Vec<AnswerColumn> {
    let column = |name: &str, kind, of: &dyn Fn(&Row<'_>) -> Scalar| AnswerColumn {
        name: name.to_owned(),
        kind,
        cells: Cells::scalars(kind, rows.iter().map(of)),
    };
    let number = |number: Option<u64>| number.map_or(Scalar::Null, |n| Scalar::Integer(n.into()));
    vec![
        column("kind", Kind::Text, &|row| Scalar::Text(row.root.kind.word().into())),
        column("name", Kind::Text, &|row| row.root.name.clone().map_or(Scalar::Null, Scalar::Text)),
        column("os_id", Kind::Integer, &|row| number(row.root.os_id)),
        column("address", Kind::Address, &|row| number(row.root.address.map(|a| a.0))),
        column("length", Kind::Integer, &|row| number(Some(row.length))),
        column("path", Kind::List, &|row| row.cells.clone()),
    ]
}

/// The roots as a person wants to read them: those that are called alike and begin at the same object once, and of each
/// path only what was not told before.
fn chains(rows: &[Row<'_>], slots: &Slots<'_>) -> Chains {
    let mut groups: Vec<(&Row<'_>, usize)> = Vec::new();
    let mut places: FxHashMap<_, usize> = FxHashMap::default();
    for row in rows {
        let root = row.root;
        let place =
            *places.entry((root.kind, root.name.as_deref(), root.os_id, root.object)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => groups.push((row, 1)),
        }
    }
    let mut shown: FxHashSet<ObjectId> = FxHashSet::default();
    let mut of_kind: FxHashMap<RootKind, usize> = FxHashMap::default();
    let (mut chains, mut left_out) = (Vec::new(), 0);
    for (row, count) in groups {
        let shown_so_far = of_kind.entry(row.root.kind).or_default();
        if *shown_so_far >= CHAINS_OF_A_KIND || row.path.is_empty() {
            left_out += count;
            continue;
        }
        *shown_so_far += 1;
        let met = row.path.iter().position(|step| shown.contains(&step.object));
        // What is left of the path may be shorter than the words that stand for it.
        let end = met.filter(|&met| met + 2 < row.path.len());
        let links = steps::links(&row.path[..end.map_or(row.path.len(), |met| met + 1)], slots);
        shown.extend(row.path.iter().map(|step| step.object));
        chains.push(Chain {
            title: title(row.root, count == 1),
            remark: if count > 1 { format!("{} slots", grouped(count as i128)) } else { String::new() },
            links: ending(links, end.is_some()),
            joins: end.is_some(),
        });
    }
    let left_out = (left_out > 0).then(|| {
        let count = grouped(left_out as i128);
        format!("{count} more roots, {CHAINS_OF_A_KIND} of each kind are shown: `--format json` lists all")
    });
    Chains { chains, left_out, rows_are_better: false }
}

/// The links of a chain that goes on elsewhere say no more than where.
fn ending(mut links: Vec<Link>, joins: bool) -> Vec<Link> {
    if let Some(last) = links.last_mut().filter(|_| joins) {
        (last.field, last.gap) = (None, None);
    }
    links
}

/// What a root is called; with its slot where it stands for no others.
fn title(root: &Root, alone: bool) -> String {
    let mut title = root.kind.word().replace('_', " ");
    if let Some(name) = &root.name {
        title.push(' ');
        title.push_str(name);
    }
    let slot = root.slot.filter(|_| alone).map(|slot| slot.to_string());
    let maybe = (!root.certain).then(|| "perhaps left over".to_owned());
    let thread = root.os_id.map(|thread| format!("thread {thread}"));
    let about: Vec<String> = [thread, slot, maybe].into_iter().flatten().collect();
    if !about.is_empty() {
        title.push_str(&format!(" ({})", about.join(", ")));
    }
    title
}
