//! What holds the growth: the types at which it begins, and the ways by which their objects hang on roots.

mod aligned_tree;
mod aligned_ways;
mod heads;
mod holders;
mod noise;
#[cfg(test)]
mod tests;
mod type_totals;
mod ways;
mod wrappers;

use std::borrow::Cow;
use std::cmp::Reverse;

use rustc_hash::FxHashMap;
use serde::Serialize;

pub use holders::{AssemblyGrowth, RootGrowth, assembly_growth, root_growth};
pub use ways::{TypeName, ways_of, ways_to};

use super::compare::names::{key, module_key};
use super::identity::{Cohort, Survival, of_growth};
use super::profile::{OwnerTree, Pruning, TypeWays};
use super::{Profile, Way};
use aligned_tree::AlignedTree;
use heads::{Head, heads};
use noise::Heaps;
use type_totals::TypeTotals;
use wrappers::Wrappers;

/// So many ways are told of each growth: who has more holders than that has one reason for all of them.
const MOST_WAYS: usize = 5;

/// So many times as many types as are told have their ways looked for: some turn out to hang on others.
const MOST_HELD_BY_OTHERS: usize = 2;

/// How much of the merged tree is looked at where the dump is open: nodes that retain less than some kilobytes grow by no more,
/// and heaps have no more nodes that retain as much.
const PRUNING: Pruning = Pruning { most_nodes: 100_000, least_share: 0.0 };
use crate::graph::Snapshot;
use crate::query::{QueryError, RunOptions};

/// One of the dumps that are compared.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What is compared of it.
    pub profile: &'a Profile,
    /// The dump, where it is open; `None` for a baseline.
    pub snapshot: Option<&'a Snapshot>,
}

/// A type whose objects multiply: where growth begins, not what contains it nor what it contains.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Growth {
    /// The type's name, in the last dump.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The file name of its module.
    pub module: Option<String>,
    /// Its objects, in each dump.
    pub counts: Vec<u64>,
    /// Their bytes, in each dump.
    pub sizes: Vec<u64>,
    /// The bytes that hang on them, in each dump.
    pub retained: Vec<u64>,
    /// Whether there were more in every dump than in the one before; `None` for two dumps.
    pub steady: Option<bool>,
    /// The ways by which they hang on roots, the most growth first, with the counts of each dump.
    pub ways: Vec<Way>,
    /// Ways that are not listed, and the objects on them in the last dump.
    pub more_ways: (u64, u64),
    /// How many were there before; a step from dump to dump. Empty where it cannot be told.
    pub survival: Vec<Survival>,
    /// Since when those of the last dump are there. Empty where it cannot be told.
    pub cohorts: Vec<Cohort>,
}

/// The types at which growth begins, the most retained growth first, at most `most`, with the ways by which they hang on
/// roots and, where that can be told, since when their objects are there.
///
/// # Errors
/// A dump cannot tell its references; it was stopped.
pub fn growth(sides: &[Side<'_>], most: usize, options: &RunOptions<'_>) -> Result<Vec<Growth>, QueryError> {
    if sides.len() < 2 {
        return Ok(Vec::new());
    }
    let trees = sides.iter().map(|side| tree(side, options)).collect::<Result<Vec<_>, _>>()?;
    let tree = AlignedTree::new(&trees.iter().map(|tree| &**tree).collect::<Vec<_>>());
    let wrappers = match sides.iter().rev().find_map(|side| side.snapshot) {
        Some(snapshot) => Wrappers::of(snapshot, options)?,
        None => Wrappers::default(),
    };
    let last_bytes = sides.last().map_or(0, |side| side.profile.totals.bytes);
    let heaps = Heaps { last_bytes };
    let totals = TypeTotals::new(sides);
    let mut heads = heads(&tree, &wrappers, heaps);
    heads.iter_mut().for_each(|head| totals.settle(head));
    heads.retain(|head| head.series().is_growth(heaps));
    heads.sort_by_key(|head| Reverse(head.series().more_retained()));
    heads.truncate(most.saturating_mul(MOST_HELD_BY_OTHERS));
    let mut growth = described(&heads, ways(sides, &heads, options)?);
    growth.truncate(most);
    of_growth(&mut growth, sides, options)?;
    Ok(growth)
}

/// The merged tree of a dump: all of it where it is open, else what the baseline kept.
fn tree<'a>(side: &Side<'a>, options: &RunOptions<'_>) -> Result<Cow<'a, OwnerTree>, QueryError> {
    let Some(snapshot) = side.snapshot else { return Ok(Cow::Borrowed(&side.profile.tree)) };
    let tree = snapshot.merged_dominators(options.progress)?;
    Ok(Cow::Owned(OwnerTree::of(&tree, &snapshot.heap(options.progress)?.types, PRUNING)))
}

/// The ways to the objects of each head, in each dump.
fn ways(sides: &[Side<'_>], heads: &[Head], options: &RunOptions<'_>) -> Result<Vec<Vec<Way>>, QueryError> {
    let types: Vec<TypeName<'_>> = heads.iter().map(|head| (&*head.name, head.module.as_deref())).collect();
    let mut of_dumps: Vec<Vec<Option<TypeWays>>> = Vec::new();
    for side in sides {
        of_dumps.push(match side.snapshot {
            // Another build may call the type by another number.
            Some(snapshot) => {
                let names = names_in(side.profile, &types);
                let asked: Vec<TypeName<'_>> = names.iter().flatten().copied().collect();
                let mut found = ways_of(snapshot, &asked, options)?.into_iter();
                names.iter().map(|name| name.and_then(|_| found.next())).collect()
            }
            None => types.iter().map(|&of| kept(side.profile, of)).collect(),
        });
    }
    let of_head = |at: usize| {
        let dumps: Vec<Option<&[Way]>> =
            of_dumps.iter().map(|types| Some(&*types.get(at)?.as_ref()?.ways)).collect();
        let mut ways = aligned_ways::aligned(&dumps);
        let not_kept = sides.iter().zip(&dumps).zip(1_u32..);
        let not_kept =
            not_kept.filter(|((side, kept), _)| kept.is_none() && has_type(side.profile, types[at]));
        let not_kept: Vec<u32> = not_kept.map(|(_, position)| position).collect();
        ways.iter_mut().for_each(|way| way.not_kept.clone_from(&not_kept));
        ways
    };
    Ok((0..heads.len()).map(of_head).collect())
}

/// What the types are called in a dump; `None` where it has none of them.
fn names_in<'p>(profile: &'p Profile, types: &[TypeName<'_>]) -> Vec<Option<TypeName<'p>>> {
    let names = profile.types.iter().map(|of| (&*of.name, of.module.as_deref()));
    let keys: FxHashMap<_, _> =
        names.map(|(name, module)| ((key(name), module.map(module_key)), (name, module))).collect();
    types.iter().map(|&(name, module)| keys.get(&(key(name), module.map(module_key))).copied()).collect()
}

/// Whether a dump has objects of a type.
fn has_type(profile: &Profile, of: TypeName<'_>) -> bool {
    names_in(profile, &[of]).into_iter().any(|name| name.is_some())
}

/// The ways that a baseline kept.
fn kept(profile: &Profile, (name, module): TypeName<'_>) -> Option<TypeWays> {
    let is_same = |ways: &&TypeWays| {
        key(&ways.type_name) == key(name) && ways.module.as_deref().map(module_key) == module.map(module_key)
    };
    profile.ways.iter().find(is_same).cloned()
}

/// What is told of heads, in their order. Heads whose growth hangs on others (a task that the state machine of another awaits, and
/// a list of continuations holds beside it) are not told: they multiply with those.
fn described(heads: &[Head], ways: Vec<Vec<Way>>) -> Vec<Growth> {
    // Who is nearer to the roots is no other's.
    let distance = |at: usize| ways.get(at).and_then(|ways| ways.first()).map_or(0, |way| way.steps.len());
    let mut nearest: Vec<usize> = (0..heads.len()).collect();
    nearest.sort_by_key(|&at| distance(at));
    let mut told: Vec<usize> = Vec::new();
    for at in nearest {
        let is_other = |name: &str| told.iter().any(|&other| heads[other].name == name && other != at);
        let is_own = |way: &&Way| !passes(way, &is_other);
        let change = |ways: &mut dyn Iterator<Item = &Way>| ways.map(aligned_ways::change).sum::<i128>();
        let all = ways.get(at).map_or(&[][..], |ways| ways);
        let (own, all) = (change(&mut all.iter().filter(is_own)), change(&mut all.iter()));
        if all <= 0 || own * 2 >= all {
            told.push(at);
        }
    }
    let is_head = |name: &str| told.iter().any(|&other| heads[other].name == name);
    let described = heads.iter().zip(ways).zip(0..).filter(|(_, at)| told.contains(at));
    described.map(|((head, ways), _)| growth_of(head, ways, &is_head)).collect()
}

/// Whether a way goes through a type that `is_other`.
fn passes(way: &Way, is_other: &dyn Fn(&str) -> bool) -> bool {
    way.steps.iter().rev().skip(1).any(|step| is_other(&step.type_name))
}

fn growth_of(head: &Head, mut ways: Vec<Way>, is_head: &dyn Fn(&str) -> bool) -> Growth {
    ways.retain(|way| !passes(way, &|name| name != head.name && is_head(name)));
    let growing = ways.iter().filter(|way| aligned_ways::change(way) > 0).count();
    let mut left = ways.split_off(growing.clamp(1, MOST_WAYS).min(ways.len()));
    left.retain(|way| way.counts.last().is_some_and(|&count| count > 0));
    let objects = left.iter().filter_map(|way| way.counts.last()).sum();
    Growth {
        type_name: head.name.clone(),
        module: head.module.clone(),
        counts: head.counts.clone(),
        sizes: head.sizes.clone(),
        retained: head.retained.clone(),
        steady: head.series().steady(),
        ways,
        more_ways: (left.len() as u64, objects),
        survival: Vec::new(),
        cohorts: Vec::new(),
    }
}
