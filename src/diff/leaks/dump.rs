//! One open dump as rules look at it: its graph, and what several rules ask of it, built once.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use rustc_hash::FxHashSet;

use super::census::Census;
use super::origin::Origins;
use super::thresholds::MAX_ABOVE;
use super::trails::Trails;
use crate::bytes::Addr;
use crate::diff::growth::Side;
use crate::diff::profile::Profile;
use crate::graph::{Dominator, Dominators, Heap, ObjectId, Roots, Snapshot, TypeId, TypeInfo};
use crate::query::{QueryError, RunOptions};
use crate::values::Values;

/// An open dump.
pub(super) struct OpenDump<'a> {
    /// The dump.
    pub snapshot: &'a Snapshot,
    /// What is compared of it.
    pub profile: &'a Profile,
    /// Its objects and types.
    pub heap: &'a Heap,
    /// Who holds what alone.
    pub dominators: Arc<Dominators>,
    /// What keeps objects alive.
    pub roots: Arc<Roots>,
    /// Whose the types are.
    pub origins: Origins,
    options: RunOptions<'a>,
    trails: OnceLock<Trails>,
    census: OnceLock<Census>,
}

impl<'a> OpenDump<'a> {
    /// Builds what rules need of a dump; `None` for a baseline.
    ///
    /// # Errors
    /// The dump has no heap; it was stopped.
    pub fn of(side: &Side<'a>, options: &RunOptions<'a>) -> Result<Option<OpenDump<'a>>, QueryError> {
        let Some(snapshot) = side.snapshot else { return Ok(None) };
        check(options)?;
        let heap = snapshot.heap(options.progress)?;
        let dominators = snapshot.dominators(options.progress)?;
        let roots = snapshot.roots(options.progress)?;
        check(options)?;
        Ok(Some(OpenDump {
            snapshot,
            profile: side.profile,
            heap,
            dominators,
            roots,
            origins: Origins::of(&heap.types),
            options: *options,
            trails: OnceLock::new(),
            census: OnceLock::new(),
        }))
    }

    /// What reads values; `None` where the dump does not tell its types.
    pub fn values(&self) -> Option<&'a Values> {
        self.snapshot.values.as_deref()
    }

    /// How statements are run beside.
    pub fn options(&self) -> &RunOptions<'a> {
        &self.options
    }

    /// Ends what is going on when it is to be stopped.
    ///
    /// # Errors
    /// It was stopped.
    pub fn check(&self) -> Result<(), QueryError> {
        check(&self.options)
    }

    /// Bytes of the objects that roots reach.
    pub fn reachable_bytes(&self) -> u64 {
        self.dominators.reachable_total().bytes
    }

    /// A type.
    pub fn type_info(&self, of: TypeId) -> Option<&'a TypeInfo> {
        self.heap.types.get(of)
    }

    /// The type of an object.
    pub fn type_of(&self, object: ObjectId) -> Option<&'a TypeInfo> {
        self.type_info(self.heap.objects.type_of(object)?)
    }

    /// Where an object begins.
    pub fn address(&self, object: ObjectId) -> Addr {
        self.heap.objects.address(object).unwrap_or(Addr::NULL)
    }

    /// The object that begins at an address.
    pub fn object_at(&self, address: Addr) -> Option<ObjectId> {
        if address.is_null() { None } else { self.heap.objects.find(address) }
    }

    /// Types of which `is_wanted` says so.
    pub fn types_where(&self, is_wanted: impl Fn(&TypeInfo) -> bool) -> Vec<TypeId> {
        let types = self.heap.types.all().iter().enumerate();
        types.filter(|(_, of)| is_wanted(of)).map(|(at, _)| TypeId(at as u32)).collect()
    }

    /// The reachable objects of these types, ascending.
    ///
    /// # Errors
    /// It was stopped.
    pub fn objects_of(&self, types: &[TypeId]) -> Result<Vec<ObjectId>, QueryError> {
        let mut found = Vec::new();
        if types.is_empty() {
            return Ok(found);
        }
        let mut is_wanted = vec![false; self.heap.types.len()];
        for of in types {
            if let Some(wanted) = is_wanted.get_mut(of.0 as usize) {
                *wanted = true;
            }
        }
        let (objects, reachable) = (&self.heap.objects, self.dominators.reachable());
        for (at, block) in objects.blocks().iter().enumerate() {
            self.check()?;
            let first = objects.first_of(at).0;
            let wanted =
                block.types.iter().enumerate().filter(|(_, of)| is_wanted.get(of.0 as usize) == Some(&true));
            let ids = wanted.map(|(row, _)| ObjectId(first + row as u32));
            found.extend(ids.filter(|&id| reachable.contains(id)));
        }
        Ok(found)
    }

    /// The objects above one in the dominator tree, the nearest first; not more than [`MAX_ABOVE`].
    pub fn above(&self, object: ObjectId) -> impl Iterator<Item = ObjectId> + '_ {
        self.dominators.chain(object).take(MAX_ABOVE).map_while(|above| match above {
            Dominator::Object(above) => Some(above),
            Dominator::Roots | Dominator::Garbage => None,
        })
    }

    /// The bytes that hang on these objects, each once: the sum of what those retain that none of the others dominates.
    pub fn retained(&self, objects: &[ObjectId]) -> u64 {
        let members: FxHashSet<ObjectId> = objects.iter().copied().collect();
        let is_top = |object: &&ObjectId| !self.above(**object).any(|above| members.contains(&above));
        let tops = members.iter().filter(is_top);
        tops.map(|&object| self.dominators.retained(object)).fold(0, u64::saturating_add)
    }

    /// The ways from roots to objects.
    ///
    /// # Errors
    /// The dump does not tell its types; it was stopped.
    pub fn trails(&self) -> Result<&Trails, QueryError> {
        match self.trails.get() {
            Some(trails) => Ok(trails),
            None => {
                let made = Trails::of(self)?;
                Ok(self.trails.get_or_init(|| made))
            }
        }
    }

    /// The collections.
    ///
    /// # Errors
    /// It was stopped.
    pub fn census(&self) -> Result<&Census, QueryError> {
        match self.census.get() {
            Some(census) => Ok(census),
            None => {
                let made = Census::of(self)?;
                Ok(self.census.get_or_init(|| made))
            }
        }
    }
}

/// Ends what is going on when it is to be stopped.
pub(super) fn check(options: &RunOptions<'_>) -> Result<(), QueryError> {
    if options.cancel.load(Ordering::Relaxed) { Err(QueryError::Cancelled) } else { Ok(()) }
}
