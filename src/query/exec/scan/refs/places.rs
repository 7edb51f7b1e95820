//! Where references stand in the objects that hold them: their fields and kinds.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::{BESIDE, RefScan, Sources, places};
use crate::bytes::Addr;
use crate::graph::{ObjectId, SlotReader, TypeInfo};
use crate::query::cells::Cells;
use crate::query::exec::scan::{Batch, Morsel};
use crate::values::{Dimension, SlotNames, Values};

/// The slots at which every [`STEP`]th reference of an object stands, for objects with many: so that nobody who wants
/// to know of the last has to begin at the first.
#[derive(Debug, Default)]
pub(super) struct LongRows {
    marks: Mutex<FxHashMap<ObjectId, Arc<[u64]>>>,
}

/// References between two marks: so many are looked through for one, at most.
const STEP: usize = 1024;

/// Where a reference stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a slot so many bytes behind the start of the object.
    Slot(u64),
    /// In no slot, but behind all of them in the object's row.
    Behind {
        /// Whether it is the last of the row.
        last: bool,
    },
}

/// A run of references of one object within a batch.
struct OfObject<'a> {
    source: ObjectId,
    /// The positions in the object's row, ascending.
    positions: &'a [usize],
}

impl RefScan<'_> {
    /// The fields and elements that hold the references of a batch; null for references that stand in no slot.
    pub(super) fn fields(&self, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let Some((values, _)) = &self.graph.slots else { return Cells::null(batch.len()) };
        let mut names = Names::new(values);
        let mut texts: Vec<Option<Arc<str>>> = Vec::with_capacity(batch.len());
        self.each_place(morsel, batch, |source, place| {
            texts.push(match (place, self.object(source)) {
                (Place::Slot(offset), Some((address, of))) => Some(names.name(address, of, offset)),
                _ => None,
            });
        });
        Cells::texts(texts.iter().map(Option::as_deref))
    }

    /// The kinds of the references of a batch.
    pub(super) fn kinds(&self, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let mut words = Vec::with_capacity(batch.len());
        self.each_place(morsel, batch, |source, place| {
            let of = self.object(source).map(|(_, of)| of);
            words.push(Some(match place {
                Place::Slot(_) if of.is_some_and(|of| of.rank > 0) => "element",
                Place::Slot(_) => "field",
                Place::Behind { last: true } if of.is_some_and(|of| self.is_collectible(of)) => {
                    "loader_allocator"
                }
                Place::Behind { .. } => "dependent_handle",
            }));
        });
        Cells::texts(words)
    }

    /// Calls `each` with the object that holds it and the place for each reference of a batch.
    fn each_place(&self, morsel: &Morsel, batch: &Batch<'_>, mut each: impl FnMut(ObjectId, Place)) {
        if morsel.block == BESIDE {
            let place = |slot: Option<u64>| slot.map_or(Place::Behind { last: false }, Place::Slot);
            self.beside(batch).for_each(|of| each(of.source, place(of.slot)));
            return;
        }
        let forward = &self.graph.references.forward;
        let mut sources = Sources::new(forward);
        let mut places = places(morsel, batch).peekable();
        let mut positions = Vec::new();
        while let Some(&first) = places.peek() {
            let source = sources.at(first);
            let row = sources.row.clone();
            positions.clear();
            while let Some(place) = places.next_if(|place| row.contains(place)) {
                positions.push(place - row.start);
            }
            self.places_of(&OfObject { source, positions: &positions }, &mut |place| each(source, place));
        }
    }

    /// The places of some references of an object, in their order.
    fn places_of(&self, wanted: &OfObject<'_>, each: &mut dyn FnMut(Place)) {
        let row = self.graph.references.forward.of(wanted.source);
        let mut positions = wanted.positions.iter().copied().peekable();
        if let Some((_, slots)) = &self.graph.slots
            && let Some(&first) = positions.peek()
        {
            let (mut at, from) = self.graph.long_rows.mark_before(slots, wanted.source, row, first);
            let mut next = row.get(at).map(|&member| slots.address(member));
            slots.slots(wanted.source, from, |slot| {
                // What leads to no object is not in the row.
                if next != Some(slot.value) {
                    return ControlFlow::Continue(());
                }
                if positions.next_if_eq(&at).is_some() {
                    each(Place::Slot(slot.offset));
                }
                at += 1;
                next = row.get(at).map(|&member| slots.address(member));
                if positions.peek().is_none() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
        }
        positions.for_each(|position| each(Place::Behind { last: position + 1 == row.len() }));
    }

    fn object(&self, id: ObjectId) -> Option<(Addr, &TypeInfo)> {
        let (block, row) = self.graph.heap.objects.row(id)?;
        Some((block.address(row), self.graph.heap.types.get(block.types[row])?))
    }

    /// Whether the objects of a type keep the loader allocator of their assembly alive.
    fn is_collectible(&self, of: &TypeInfo) -> bool {
        self.graph.slots.as_ref().is_some_and(|(values, _)| values.types().is_collectible(of.method_table))
    }
}

impl LongRows {
    /// A reference of the object at or before `position`, by its position in the row, and its slot.
    fn mark_before(
        &self,
        slots: &SlotReader<'_>,
        source: ObjectId,
        row: &[ObjectId],
        position: usize,
    ) -> (usize, u64) {
        if position < STEP {
            return (0, 0);
        }
        let known = self.marks.lock().unwrap_or_else(PoisonError::into_inner).get(&source).map(Arc::clone);
        let marks = known.unwrap_or_else(|| {
            let marks: Arc<[u64]> = marks(slots, source, row).into();
            self.marks.lock().unwrap_or_else(PoisonError::into_inner).insert(source, Arc::clone(&marks));
            marks
        });
        match marks.get(..=position / STEP).unwrap_or(&marks).split_last() {
            Some((&slot, before)) => (before.len() * STEP, slot),
            None => (0, 0),
        }
    }
}

/// The slots at which every [`STEP`]th reference of an object stands.
fn marks(slots: &SlotReader<'_>, source: ObjectId, row: &[ObjectId]) -> Vec<u64> {
    let mut marks = Vec::with_capacity(row.len() / STEP + 1);
    let mut members = row.iter().map(|&member| slots.address(member)).enumerate().peekable();
    slots.slots(source, 0, |slot| {
        if let Some((at, _)) = members.next_if(|(_, address)| *address == slot.value)
            && at.is_multiple_of(STEP)
        {
            marks.push(slot.offset);
        }
        ControlFlow::Continue(())
    });
    marks
}

/// The names of slots, those of the last type and array at hand.
struct Names<'v> {
    values: &'v Values,
    of_type: Option<(Addr, Arc<SlotNames>)>,
    of_array: Option<(Addr, Vec<Dimension>)>,
    text: String,
}

impl<'v> Names<'v> {
    fn new(values: &'v Values) -> Names<'v> {
        Names { values, of_type: None, of_array: None, text: String::new() }
    }

    fn name(&mut self, object: Addr, of: &TypeInfo, offset: u64) -> Arc<str> {
        let names = match &self.of_type {
            Some((mt, names)) if *mt == of.method_table => Arc::clone(names),
            _ => self.values.slot_names(of.method_table),
        };
        self.of_type = Some((of.method_table, Arc::clone(&names)));
        if let Some(name) = names.field(offset) {
            return Arc::clone(name);
        }
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        let dimensions = if names.needs_dimensions() { self.dimensions(object) } else { &[] };
        names.write(offset, dimensions, &mut text);
        self.text = text;
        self.text.as_str().into()
    }

    fn dimensions(&mut self, array: Addr) -> &[Dimension] {
        if self.of_array.as_ref().is_none_or(|(known, _)| *known != array) {
            let dimensions = self.values.array(array).map(|array| array.dimensions).unwrap_or_default();
            self.of_array = Some((array, dimensions));
        }
        self.of_array.as_ref().map_or(&[], |(_, dimensions)| dimensions)
    }
}
