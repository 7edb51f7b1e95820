//! Breadth-first searches.

use std::sync::atomic::AtomicBool;

use super::{HiddenEdges, Stop, Stopped};
use crate::bytes::room;
use crate::graph::{ObjectId, ObjectSet, Rows};

/// No object: marks those that were not reached.
const NONE: u32 = u32::MAX;

/// Which way the rows of a search lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// They are references: from those that hold to those that are held.
    Forward,
    /// They are referrers.
    Backward,
}

/// What is searched.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// What each object is joined to.
    pub rows: &'a Rows,
    /// Which way that leads.
    pub direction: Direction,
    /// References that are not walked.
    pub hidden: &'a HiddenEdges,
    /// Set from elsewhere to stop the search.
    pub stop: &'a AtomicBool,
}

/// For every object that a search reached the next one on a shortest path back to where it began.
#[derive(Clone, Debug)]
pub struct Hops {
    /// Where the search began: the object itself. Not reached: none.
    next: Vec<u32>,
}

/// The objects of a set that a search reached, the nearest first.
#[derive(Clone, Debug, Default)]
pub struct Found {
    objects: Vec<ObjectId>,
    /// Distances at which any were found, and how many had been found before.
    levels: Vec<(u32, usize)>,
}

impl Hops {
    /// The next object on the way back; the object itself where the search began; `None` for one that was not reached.
    #[inline]
    pub fn next(&self, object: ObjectId) -> Option<ObjectId> {
        self.next.get(object.0 as usize).filter(|&&next| next != NONE).map(|&next| ObjectId(next))
    }

    /// How many objects there are, reached or not.
    pub fn len(&self) -> usize {
        self.next.len()
    }

    /// Whether there are no objects.
    pub fn is_empty(&self) -> bool {
        self.next.is_empty()
    }

    /// The path from an object back to where the search began, both included; empty for one that was not reached.
    pub fn path(&self, from: ObjectId) -> impl Iterator<Item = ObjectId> + '_ {
        let next = |&object: &ObjectId| self.next(object).filter(|&next| next != object);
        std::iter::successors(self.next(from).map(|_| from), next)
    }
}

impl Found {
    /// The objects, each with the number of references between it and where the search began.
    pub fn iter(&self) -> impl Iterator<Item = (ObjectId, u32)> + '_ {
        let ends = self.levels.iter().skip(1).map(|&(_, first)| first).chain([self.objects.len()]);
        let levels = self.levels.iter().zip(ends);
        levels.flat_map(|(&(distance, first), end)| {
            self.objects[first..end].iter().map(move |&object| (object, distance))
        })
    }

    /// How many objects were found.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    fn push(&mut self, object: ObjectId, distance: u32) {
        if self.levels.last().is_none_or(|&(last, _)| last != distance) {
            self.levels.push((distance, self.objects.len()));
        }
        self.objects.push(object);
    }
}

impl Search<'_> {
    /// Reaches all that can be reached from `starts`; of several shortest paths the one by the earlier start and the
    /// earlier member of a row. Tells which of `wanted` were found.
    ///
    /// # Errors
    /// The search was stopped.
    pub fn all(&self, starts: &[ObjectId], wanted: &ObjectSet) -> Result<(Hops, Found), Stopped> {
        self.all_with_late(starts, &[], 0, wanted)
    }

    /// The same, where paths from `late` starts count as if they were longer by so many references: what can be
    /// reached from others nearly as well is told by those. Distances count from 0 at every start but for the late ones.
    ///
    /// # Errors
    /// The search was stopped.
    pub fn all_with_late(
        &self,
        starts: &[ObjectId],
        late: &[ObjectId],
        later: u32,
        wanted: &ObjectSet,
    ) -> Result<(Hops, Found), Stopped> {
        let mut found = Found::default();
        let hops = self.run(starts, (late, later), |object, distance| {
            if wanted.contains(object) {
                found.push(object, distance);
            }
            false
        })?;
        Ok((hops, found))
    }

    /// A shortest path from any of `starts` to any of `goals`, both ends included; `None` when there is none.
    ///
    /// # Errors
    /// The search was stopped.
    pub fn path(&self, starts: &[ObjectId], goals: &ObjectSet) -> Result<Option<Vec<ObjectId>>, Stopped> {
        let mut goal = None;
        let hops = self.run(starts, (&[], 0), |object, _| {
            let is_goal = goals.contains(object);
            goal = goal.or(is_goal.then_some(object));
            is_goal
        })?;
        Ok(goal.map(|goal| {
            let mut path: Vec<ObjectId> = hops.path(goal).collect();
            path.reverse();
            path
        }))
    }

    /// Shows every object that is reached to `reached`, with its distance, until that says that it is enough.
    fn run(
        &self,
        starts: &[ObjectId],
        (late, later): (&[ObjectId], u32),
        mut reached: impl FnMut(ObjectId, u32) -> bool,
    ) -> Result<Hops, Stopped> {
        let mut stop = Stop::new(self.stop);
        let mut next = room(self.rows.len());
        next.resize(self.rows.len(), NONE);
        let (mut level, mut following) = (Vec::new(), Vec::new());
        for &start in starts {
            if let Some(hop) = next.get_mut(start.0 as usize).filter(|hop| **hop == NONE) {
                *hop = start.0;
                level.push(start);
                if reached(start, 0) {
                    return Ok(Hops { next });
                }
            }
        }
        let mut late = Some(late);
        for distance in 1.. {
            // Behind those of their level, which were reached from other starts; at once where nothing else is left.
            if let Some(late) = late.take_if(|_| distance > later || level.is_empty()) {
                for &start in late {
                    if let Some(hop) = next.get_mut(start.0 as usize).filter(|hop| **hop == NONE) {
                        *hop = start.0;
                        level.push(start);
                        if reached(start, distance - 1) {
                            return Ok(Hops { next });
                        }
                    }
                }
            }
            for &object in &level {
                stop.check()?;
                for &member in self.rows.of(object) {
                    let Some(hop) = next.get_mut(member.0 as usize) else { continue };
                    if *hop != NONE || self.hides(object, member) {
                        continue;
                    }
                    *hop = object.0;
                    following.push(member);
                    if reached(member, distance) {
                        return Ok(Hops { next });
                    }
                }
            }
            if following.is_empty() && late.is_none() {
                break;
            }
            std::mem::swap(&mut level, &mut following);
            following.clear();
        }
        Ok(Hops { next })
    }

    #[inline]
    fn hides(&self, object: ObjectId, member: ObjectId) -> bool {
        match self.direction {
            Direction::Forward => self.hidden.hides(object, member),
            Direction::Backward => self.hidden.hides(member, object),
        }
    }
}
