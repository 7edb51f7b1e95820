//! The ways by which the objects of types hang on roots, in one dump.

use rustc_hash::FxHashMap;

use super::wrappers::Wrappers;
use crate::diff::profile::TypeWays;
use crate::diff::{Way, WayStep};
use crate::graph::paths::{Direction, HiddenEdges, MergedPath, RootLabels, Search, Slots, merge};
use crate::graph::{Heap, ObjectId, ObjectSet, Snapshot};
use crate::query::{QueryError, RunOptions};

/// Words of stacks are taken for roots only where others are so many references farther. A method that works on a cache has its
/// list, or the list's array, in a register: nearer to the members than the static that owns the cache, and gone in a moment. Much farther no static tells more than
/// the method that runs the program: everything hangs on everything in the end.
const STACKS_LATER: u32 = 4;

/// A type by its name and the file name of its module.
pub type TypeName<'a> = (&'a str, Option<&'a str>);

/// The ways to the objects of each of `types`, those with the most objects first; in the order of `types`. Garbage has none.
///
/// All of them are found by one search from the roots: each object is told by one shortest path, by a static before all other
/// roots where both are as short, and by a word of a stack only where no other root is near.
///
/// # Errors
/// The dump cannot tell its references; it was stopped.
pub fn ways_of(
    snapshot: &Snapshot,
    types: &[TypeName<'_>],
    options: &RunOptions<'_>,
) -> Result<Vec<TypeWays>, QueryError> {
    let heap = snapshot.heap(options.progress)?;
    let asked = Asked::new(heap, types);
    let type_number = |member: ObjectId| asked.number(heap.objects.type_of(member)?.0);
    // All members of a merged path are of one type.
    let split = |members: &[ObjectId]| members.first().and_then(|&member| type_number(member));
    let ways = find(snapshot, &asked.objects(heap), types.len(), options, |path, add| {
        if let Some(of) = split(&path.members) {
            add(of, &path.members);
        }
    })?;
    let named = types.iter().zip(ways).map(|(&(name, module), ways)| TypeWays {
        type_name: name.to_owned(),
        module: module.map(str::to_owned),
        ways,
    });
    Ok(named.collect())
}

/// The ways to the objects of each of `sets`, as [`ways_of`] tells them; in the order of `sets`.
///
/// # Errors
/// As for [`ways_of`].
pub fn ways_to(
    snapshot: &Snapshot,
    sets: &[ObjectSet],
    options: &RunOptions<'_>,
) -> Result<Vec<Vec<Way>>, QueryError> {
    let heap = snapshot.heap(options.progress)?;
    let none = ObjectSet::none(heap.objects.len());
    let all = sets.iter().fold(none, |all, set| all.joined(set, |a, b| a | b));
    find(snapshot, &all, sets.len(), options, |path, add| {
        for (number, set) in sets.iter().enumerate() {
            let members: Vec<ObjectId> =
                path.members.iter().copied().filter(|&member| set.contains(member)).collect();
            if !members.is_empty() {
                add(number, &members);
            }
        }
    })
}

/// Searches for all objects of `wanted` at once. `split` tells to which of `count` lists the members of a path belong.
fn find(
    snapshot: &Snapshot,
    wanted: &ObjectSet,
    count: usize,
    options: &RunOptions<'_>,
    split: impl Fn(&MergedPath, &mut dyn FnMut(usize, &[ObjectId])),
) -> Result<Vec<Vec<Way>>, QueryError> {
    let heap = snapshot.heap(options.progress)?;
    let (references, roots) = (snapshot.references(options.progress)?, snapshot.roots(options.progress)?);
    let hidden = HiddenEdges::of(snapshot, heap, &roots, &references.forward);
    let (rows, direction) = (&references.forward, Direction::Forward);
    let search = Search { rows, direction, hidden: &hidden, stop: options.cancel };
    let labels = RootLabels::new(&roots);
    let (passing, lasting) = labels.of_stacks_and_others();
    let (hops, found) = search.all_with_late(&lasting, &passing, STACKS_LATER, wanted)?;
    let mut slots = Slots::new(snapshot, heap, rows);
    let paths = merge(&hops, &found, |object| labels.number(object), &mut slots, options.cancel)?;
    let wrappers = Wrappers::of(snapshot, options)?;
    let reader = Reader { heap, labels: &labels, slots: &slots, wrappers: &wrappers };
    let mut ways: Vec<Vec<Way>> = vec![Vec::new(); count];
    for path in &paths {
        split(path, &mut |number, members| {
            if let Some(ways) = ways.get_mut(number) {
                ways.push(reader.way(path, members));
            }
        });
    }
    Ok(ways.into_iter().map(by_owner).collect())
}

/// Which types are asked for.
struct Asked {
    /// For every type of the dump its number among those that are asked for.
    numbers: Vec<Option<u32>>,
}

impl Asked {
    fn new(heap: &Heap, types: &[TypeName<'_>]) -> Asked {
        let asked: FxHashMap<TypeName<'_>, u32> = types.iter().copied().zip(0..).collect();
        let number = |name, module| asked.get(&(name, module)).copied();
        let numbers = heap.types.all().iter().map(|of| number(&*of.name, of.module.as_deref()));
        Asked { numbers: numbers.collect() }
    }

    fn number(&self, of: u32) -> Option<usize> {
        self.numbers.get(of as usize).copied().flatten().map(|number| number as usize)
    }

    fn objects(&self, heap: &Heap) -> ObjectSet {
        let types = heap.objects.blocks().iter().flat_map(|block| block.types.iter());
        let asked = types.zip(0..).filter(|&(of, _)| self.number(of.0).is_some());
        ObjectSet::from_ids(heap.objects.len(), asked.map(|(_, id)| ObjectId(id)))
    }
}

/// Turns merged paths into ways.
struct Reader<'a> {
    heap: &'a Heap,
    labels: &'a RootLabels,
    slots: &'a Slots<'a>,
    wrappers: &'a Wrappers,
}

impl Reader<'_> {
    fn way(&self, path: &MergedPath, members: &[ObjectId]) -> Way {
        let name = |at: usize| {
            let of = path.steps.get(at).and_then(|step| self.heap.types.get(step.of));
            of.map_or_else(|| "?".to_owned(), |of| of.name.to_string())
        };
        let field = |at: usize| path.steps.get(at)?.field.map(|field| self.slots.field(field).to_string());
        let steps = (0..path.steps.len()).map(|at| WayStep {
            type_name: name(at),
            field: field(at + 1),
            repeats: path.steps[at].repeats > 0,
        });
        let steps: Vec<WayStep> = steps.collect();
        let label = self.labels.labels.get(path.root as usize);
        let size = |&member: &ObjectId| self.slots.object(member).map_or(0, |(_, size)| size);
        Way {
            root_kind: label.map_or("?", |label| label.kind.word()).to_owned(),
            root_name: label.and_then(|label| label.name.as_deref().map(str::to_owned)),
            owner: self.owner(path, members.len() as u64, &steps),
            steps,
            counts: vec![members.len() as u64],
            sizes: vec![members.iter().map(size).sum()],
            not_kept: Vec::new(),
        }
    }

    /// Where the fan-out begins: the last step of which there are at most half as many objects as members, and that a person
    /// would name. `None` where the roots themselves fan out.
    fn owner(&self, path: &MergedPath, members: u64, steps: &[WayStep]) -> Option<usize> {
        let above = |at: usize| steps[..at].iter().rev().map(|step| &*step.type_name);
        let is_owner = |&at: &usize| {
            u64::from(path.steps[at].objects) * 2 <= members
                && !self.wrappers.is_wrapper(&steps[at].type_name, above(at))
        };
        match steps.len().checked_sub(1)? {
            // A single object is held by what holds it.
            last if members == 1 => {
                let named = |&at: &usize| !self.wrappers.is_wrapper(&steps[at].type_name, above(at));
                (0..last).rev().find(named)
            }
            last => (0..last).rev().find(is_owner),
        }
    }
}

/// Ways that read alike down to the owner, and go on by the same field, are one: how deep in the owner each object lies (in
/// which bucket, behind how many nodes) tells nothing. It is shown as the one with the most objects.
fn by_owner(ways: Vec<Way>) -> Vec<Way> {
    let mut merged: Vec<Way> = Vec::new();
    let mut known: FxHashMap<(String, Option<String>, Vec<WayStep>), usize> = FxHashMap::default();
    for way in ways {
        let Some(owner) = way.owner else {
            merged.push(way);
            continue;
        };
        let key = (way.root_kind.clone(), way.root_name.clone(), way.steps[..=owner].to_vec());
        match known.get(&key) {
            Some(&at) => add(&mut merged[at], &way),
            None => {
                known.insert(key, merged.len());
                merged.push(way);
            }
        }
    }
    merged.sort_by_key(|way| std::cmp::Reverse(way.counts.first().copied()));
    merged
}

fn add(way: &mut Way, more: &Way) {
    for (sum, &more) in way.counts.iter_mut().zip(&more.counts) {
        *sum += more;
    }
    for (sum, &more) in way.sizes.iter_mut().zip(&more.sizes) {
        *sum = sum.saturating_add(more);
    }
}
