//! Many paths from roots, merged where they read alike: the same root, types and fields.
//!
//! The paths of a breadth-first search form a tree. Each object on the way to a member is given a place in a second, small
//! tree of what a person reads: its parent's place, the field by which that holds it, its type. An object that repeats
//! what its parent is (the next node of a list) has its parent's place, so that members at all depths of a list are
//! told in one line; so have steps that repeat in twos and threes.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustc_hash::FxHashMap;

use super::{Found, Hops, Stop, Stopped};
use crate::graph::{ObjectId, RootKind, TypeId};
use crate::limits;

/// The name of a field by its number, as whoever names slots counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldId(pub u32);

/// What tells types and names fields for merged paths.
pub trait NameSlots {
    /// The type of an object.
    fn type_of(&self, object: ObjectId) -> TypeId;

    /// The field by which `holder` holds each of `targets`, elements of arrays by one name for all.
    fn fields(&mut self, holder: ObjectId, targets: &[ObjectId]) -> Vec<FieldId>;

    /// What an object refers to.
    fn references(&self, holder: ObjectId) -> &[ObjectId];
}

/// What roots of merged paths have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RootLabel {
    /// The kind of root.
    pub kind: RootKind,
    /// Its name.
    pub name: Option<Arc<str>>,
}

/// One type of a merged path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedStep {
    /// The field by which it is held; `None` behind the root.
    pub field: Option<FieldId>,
    /// The type.
    pub of: TypeId,
    /// How many of the last steps, this one included, stand for any number of repetitions of them; 0 for a step that
    /// stands for itself.
    pub repeats: u32,
    /// How many objects stand there, on the ways to all members of all paths that lead through it.
    pub objects: u32,
}

/// Paths that read alike.
#[derive(Clone, Debug)]
pub struct MergedPath {
    /// The root, by its number among the labels.
    pub root: u32,
    /// The types from the root to the members.
    pub steps: Vec<MergedStep>,
    /// The members to which they lead.
    pub members: Vec<ObjectId>,
    /// Objects on the shortest and on the longest of them.
    pub lengths: (u32, u32),
}

/// No place.
const NONE: u32 = u32::MAX;

/// No place yet, though the object is on the way to a member.
const NEEDED: u32 = u32::MAX - 1;

/// How many steps may repeat together.
const MAX_PERIOD: usize = 3;

/// A place in the tree of what is read.
#[derive(Clone, Copy, Debug)]
struct Place {
    parent: u32,
    /// How many places are above.
    depth: u32,
    /// Behind a root the number of its label.
    field: FieldId,
    of: TypeId,
    repeats: u32,
    /// How many objects have it.
    objects: u32,
}

#[derive(Debug, Default)]
struct Tree {
    places: Vec<Place>,
    known: FxHashMap<(u32, FieldId, TypeId), u32>,
}

/// Merges the paths of `hops`, a search from the roots, to the objects that it `found`. `labels` gives the label of each
/// object where the search began. The most members come first, then the shortest path.
///
/// # Errors
/// It was stopped.
pub fn merge(
    hops: &Hops,
    found: &Found,
    labels: impl Fn(ObjectId) -> u32,
    slots: &mut impl NameSlots,
    stop: &AtomicBool,
) -> Result<Vec<MergedPath>, Stopped> {
    let mut merging = Merging {
        hops,
        place_of: vec![NONE; hops.len()],
        tree: Tree::default(),
        slots,
        stop: Stop::new(stop),
    };
    for (member, _) in found.iter() {
        merging.need(member)?;
    }
    let mut paths: FxHashMap<u32, MergedPath> = FxHashMap::default();
    for (member, distance) in found.iter() {
        let place = merging.place(member, &labels)?;
        let length = distance.saturating_add(1);
        let path = paths.entry(place).or_insert_with(|| MergedPath {
            root: 0,
            steps: Vec::new(),
            members: Vec::new(),
            lengths: (length, length),
        });
        path.members.push(member);
        path.lengths = (path.lengths.0.min(length), path.lengths.1.max(length));
    }
    let mut places: Vec<(u32, MergedPath)> = paths.into_iter().collect();
    places.sort_unstable_by_key(|(place, path)| (usize::MAX - path.members.len(), path.lengths.0, *place));
    let read = |(place, path)| merging.tree.read(place, path);
    Ok(places.into_iter().map(read).collect())
}

struct Merging<'a, S> {
    hops: &'a Hops,
    /// The place of each object that was given one; [`NEEDED`] for the others on the way to members.
    place_of: Vec<u32>,
    tree: Tree,
    slots: &'a mut S,
    stop: Stop<'a>,
}

impl<S: NameSlots> Merging<'_, S> {
    /// Notes that all objects on the way to `member` need a place.
    fn need(&mut self, member: ObjectId) -> Result<(), Stopped> {
        for object in self.hops.path(member) {
            self.stop.check()?;
            if std::mem::replace(&mut self.place_of[object.0 as usize], NEEDED) == NEEDED {
                break;
            }
        }
        Ok(())
    }

    /// The place of an object; gives one to it and to all on the way.
    fn place(&mut self, member: ObjectId, labels: &impl Fn(ObjectId) -> u32) -> Result<u32, Stopped> {
        let mut without = Vec::new();
        for object in self.hops.path(member) {
            if self.place_of[object.0 as usize] != NEEDED {
                break;
            }
            without.push(object);
        }
        while let Some(object) = without.pop() {
            self.stop.check()?;
            // May have been given one together with others that the same object holds.
            if self.place_of[object.0 as usize] != NEEDED {
                continue;
            }
            match self.hops.next(object).filter(|&holder| holder != object) {
                None => {
                    let of = self.slots.type_of(object);
                    let place = self.tree.child(NONE, FieldId(labels(object)), of);
                    self.put(object, place);
                }
                Some(holder) => self.expand(holder, object),
            }
        }
        Ok(self.place_of[member.0 as usize])
    }

    /// Gives places to all objects that `holder` holds on their way, of which `wanted` is one. Each holder is looked into
    /// once: an array of a million elements would cost a million times a million otherwise.
    fn expand(&mut self, holder: ObjectId, wanted: ObjectId) {
        let is_next = |target: &&ObjectId| {
            self.hops.next(**target) == Some(holder)
                && **target != holder
                && self.place_of[target.0 as usize] == NEEDED
        };
        let mut targets: Vec<ObjectId> =
            self.slots.references(holder).iter().filter(is_next).copied().collect();
        targets.sort_unstable();
        targets.dedup();
        if targets.binary_search(&wanted).is_err() {
            targets.push(wanted);
        }
        let fields = self.slots.fields(holder, &targets);
        let place = self.place_of[holder.0 as usize];
        for (&target, field) in targets.iter().zip(fields) {
            let of = self.slots.type_of(target);
            let place = self.tree.step(place, field, of);
            self.put(target, place);
        }
    }

    fn put(&mut self, object: ObjectId, place: u32) {
        self.place_of[object.0 as usize] = place;
        self.tree.places[place as usize].objects += 1;
    }
}

impl Tree {
    /// The place of an object of type `of` that is held by `field`, below `parent`.
    fn step(&mut self, parent: u32, field: FieldId, of: TypeId) -> u32 {
        for period in 1..=MAX_PERIOD {
            if let Some(place) = self.repeated(parent, field, of, period) {
                let repeats = &mut self.places[place as usize].repeats;
                *repeats = (*repeats).max(period as u32);
                return place;
            }
        }
        let above = self.places[parent as usize].depth;
        if above >= limits::MAX_MERGED_DEPTH || self.places.len() >= limits::MAX_MERGED_PLACES {
            self.places[parent as usize].repeats = self.places[parent as usize].repeats.max(1);
            return parent;
        }
        self.child(parent, field, of)
    }

    fn child(&mut self, parent: u32, field: FieldId, of: TypeId) -> u32 {
        if let Some(&place) = self.known.get(&(parent, field, of)) {
            return place;
        }
        let depth = self.places.get(parent as usize).map_or(0, |above| above.depth + 1);
        let place = self.places.len() as u32;
        self.places.push(Place { parent, depth, field, of, repeats: 0, objects: 0 });
        self.known.insert((parent, field, of), place);
        place
    }

    /// The place `period` steps above where the last of so many steps, with one more of `field` and `of`, repeat those
    /// before them. A single step repeats by its type alone: a tree goes on by `left` and `right`.
    fn repeated(&self, parent: u32, field: FieldId, of: TypeId, period: usize) -> Option<u32> {
        let at =
            |place: u32| self.places.get(place as usize).filter(|place| place.parent != NONE || period == 1);
        let above = |place: u32, count: usize| (0..count).try_fold(place, |p, _| at(p).map(|p| p.parent));
        if period == 1 {
            return (self.places[parent as usize].of == of).then_some(parent);
        }
        let first = above(parent, period - 1)?;
        let same = |a: u32| {
            let (a, b) = (at(a)?, at(above(a, period)?)?);
            ((a.field, a.of) == (b.field, b.of)).then_some(())
        };
        let last = at(first)?;
        if (last.field, last.of) != (field, of) {
            return None;
        }
        (0..period - 1).try_fold(parent, |place, _| {
            same(place)?;
            above(place, 1)
        })?;
        Some(first)
    }

    /// Fills in what stands at a place.
    fn read(&self, place: u32, mut path: MergedPath) -> MergedPath {
        let mut at = place;
        while let Some(&step) = self.places.get(at as usize) {
            let is_first = step.parent == NONE;
            if is_first {
                path.root = step.field.0;
            }
            let field = (!is_first).then_some(step.field);
            path.steps.push(MergedStep { field, of: step.of, repeats: step.repeats, objects: step.objects });
            at = step.parent;
        }
        path.steps.reverse();
        path
    }
}
