//! MethodTables met on a walk, each proved once.
//!
//! Two levels: one map for all workers, and for each worker a small direct-mapped table that the
//! walk's inner loop looks into. Workers number types in the order in which they meet them; whoever
//! joins the workers' results renumbers.

use std::sync::{PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::gc::MIN_OBJECT_SIZE;
use crate::clr::types::{MethodTables, NotAMethodTable, Shape};
use crate::dump::AddressSpace;
use crate::limits;

/// Entries of a worker's table: 24 bytes each, so that it stays within the first-level cache's reach.
const SLOTS: usize = 2048;

/// All MethodTables proved so far.
#[derive(Debug)]
pub struct Shapes<'a> {
    memory: &'a AddressSpace,
    method_tables: &'a MethodTables,
    proved: RwLock<FxHashMap<Addr, Shape>>,
}

impl<'a> Shapes<'a> {
    /// An empty set.
    pub fn new(memory: &'a AddressSpace, method_tables: &'a MethodTables) -> Self {
        Shapes { memory, method_tables, proved: RwLock::default() }
    }

    /// The memory that MethodTables are read from.
    pub fn memory(&self) -> &'a AddressSpace {
        self.memory
    }

    /// The shape of the type at `mt`, or `None` when that is no MethodTable.
    fn get(&self, mt: Addr) -> Option<Shape> {
        if let Some(shape) = self.proved.read().unwrap_or_else(PoisonError::into_inner).get(&mt) {
            return Some(*shape);
        }
        // What is no MethodTable is not remembered: a damaged heap may hold any number of such words.
        let shape = self.method_tables.shape(self.memory, mt).ok()?;
        self.proved.write().unwrap_or_else(PoisonError::into_inner).insert(mt, shape);
        Some(shape)
    }
}

/// A type as the inner loop needs it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    mt: u64,
    pub base_size: u32,
    pub component_size: u32,
    pub id: u32,
}

impl Slot {
    /// The size in bytes of an object with so many components; the count of a type without is not looked at.
    #[inline(always)]
    pub fn object_size(&self, count: u32) -> u64 {
        let size = u64::from(self.base_size) + u64::from(self.component_size) * u64::from(count);
        size.max(MIN_OBJECT_SIZE)
    }
}

/// One worker's types, numbered from 0 in the order in which it met them. Number 0 is the type of free objects.
#[derive(Debug)]
pub struct WorkerTypes<'a> {
    shapes: &'a Shapes<'a>,
    slots: Box<[Slot; SLOTS]>,
    ids: FxHashMap<Addr, u32>,
    method_tables: Vec<Addr>,
}

impl<'a> WorkerTypes<'a> {
    /// The number of the type of free objects.
    pub const FREE: u32 = 0;

    /// A worker's view of `shapes`.
    pub fn new(shapes: &'a Shapes<'a>) -> Self {
        let mut types = WorkerTypes {
            shapes,
            slots: Box::new([Slot::default(); SLOTS]),
            ids: FxHashMap::default(),
            method_tables: Vec::new(),
        };
        let free = shapes.method_tables.free();
        types.ids.insert(free, Self::FREE);
        types.method_tables.push(free);
        types
    }

    /// The MethodTables by number.
    pub fn method_tables(&self) -> &[Addr] {
        &self.method_tables
    }

    /// The memory that is walked.
    pub(super) fn memory(&self) -> &'a AddressSpace {
        self.shapes.memory
    }

    /// Why there is no MethodTable at `mt`; `None` when there is one.
    pub(super) fn why_none(&self, mt: Addr) -> Option<NotAMethodTable> {
        self.shapes.method_tables.shape(self.shapes.memory, mt).err()
    }

    /// The type of an object whose first word is `word`, or `None` when it leads to no MethodTable.
    #[inline(always)]
    pub(super) fn lookup(&mut self, word: u64) -> Option<Slot> {
        // Multiplying spreads the few bits in which neighbouring MethodTables differ over the top ones.
        let index = (word >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOTS.trailing_zeros());
        // Field by field: as a whole a slot would go through the stack, which the inner loop would wait for.
        if let Some(&Slot { mt, base_size, component_size, id }) = self.slots.get(index as usize)
            && mt == word
            && word != 0
        {
            return Some(Slot { mt, base_size, component_size, id });
        }
        self.lookup_slowly(word, index as usize)
    }

    #[cold]
    #[inline(never)]
    fn lookup_slowly(&mut self, word: u64, index: usize) -> Option<Slot> {
        if word == 0 || word >= limits::USER_SPACE_END {
            return None;
        }
        let mt = Addr(word);
        let shape = self.shapes.get(mt)?;
        let next = u32::try_from(self.method_tables.len()).ok()?;
        let id = *self.ids.entry(mt).or_insert_with(|| {
            self.method_tables.push(mt);
            next
        });
        let slot = Slot { mt: word, base_size: shape.base_size, component_size: shape.component_size, id };
        if let Some(place) = self.slots.get_mut(index) {
            *place = slot;
        }
        Some(slot)
    }
}
