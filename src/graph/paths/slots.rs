//! By which of its fields or elements an object holds another.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::merge::{FieldId, NameSlots};
use crate::bytes::Addr;
use crate::graph::{Heap, ObjectId, Rows, Slot, SlotReader, Snapshot, TypeId, TypeInfo};
use crate::values::{SlotNames, Values};

/// What an object is held by that none of the holder's slots tells: a handle attaches it to the holder.
pub const DEPENDENT_HANDLE: &str = "(dependent handle)";
/// The same of the loader allocator of a collectible type, which every object of the type keeps alive.
pub const LOADER_ALLOCATOR: &str = "(loader allocator)";

/// The type of the objects that keep a collectible type's code and data alive.
const LOADER_ALLOCATOR_TYPE: &str = "System.Reflection.LoaderAllocator";

/// So many targets in one array are all given the name of its elements without looking where they stand.
const MANY: usize = 1000;

/// Tells by which field or element objects hold others, by reading the slots of the holder again.
pub struct Slots<'a> {
    heap: &'a Heap,
    references: &'a Rows,
    /// What spells and what reads slots; `None` when the dump does not tell its types.
    values: Option<(&'a Values, SlotReader<'a>)>,
    types: FxHashMap<TypeId, Arc<SlotNames>>,
    /// Names for merged paths, by their ids.
    fields: Vec<Arc<str>>,
    field_ids: FxHashMap<Arc<str>, FieldId>,
    names: FxHashMap<(ObjectId, ObjectId), Arc<str>>,
}

/// A reference that an object holds.
#[derive(Clone, Debug)]
pub struct NamedSlot {
    /// The object that it leads to.
    pub target: ObjectId,
    /// The field or element.
    pub name: Arc<str>,
}

impl fmt::Debug for Slots<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slots").field("fields", &self.fields).finish_non_exhaustive()
    }
}

impl<'a> Slots<'a> {
    /// Names the slots of the objects of a dump; `references` are those of its objects.
    pub fn new(snapshot: &'a Snapshot, heap: &'a Heap, references: &'a Rows) -> Slots<'a> {
        let reader =
            |values: &'a Values| SlotReader::new(values.types().runtime(), &heap.objects, &heap.types);
        Slots {
            heap,
            references,
            values: snapshot.values.as_deref().map(|values| (values, reader(values))),
            types: FxHashMap::default(),
            fields: Vec::new(),
            field_ids: FxHashMap::default(),
            names: FxHashMap::default(),
        }
    }

    /// The first field or element by which `holder` holds `target`, as a person spells it: `_items`, `[12]`, `[3].key`.
    pub fn name(&mut self, holder: ObjectId, target: ObjectId) -> Arc<str> {
        if let Some(name) = self.names.get(&(holder, target)) {
            return Arc::clone(name);
        }
        let wanted = self.address(target);
        let name = match self.first(holder, |value| value == wanted) {
            Some(offset) => self.spelled(holder, offset),
            None => self.outside(holder, target).into(),
        };
        self.names.insert((holder, target), Arc::clone(&name));
        name
    }

    /// All references of `holder` with their names, in the order of its slots, those behind that stand in no slot.
    pub fn all(&mut self, holder: ObjectId) -> Vec<NamedSlot> {
        let mut found = Vec::new();
        self.each(holder, |slot| {
            found.push(slot);
            ControlFlow::Continue(())
        });
        // The row has the same references in the same order, but for those that lead to no object.
        let members = self.references.of(holder);
        let (mut slots, mut next) = (Vec::with_capacity(members.len()), 0);
        for Slot { offset, value } in found {
            match members.get(next).filter(|&&member| self.address(member) == value) {
                Some(&target) => {
                    next += 1;
                    slots.push(NamedSlot { target, name: self.spelled(holder, offset) });
                }
                None => continue,
            }
        }
        for &target in members.get(next..).unwrap_or_default() {
            slots.push(NamedSlot { target, name: self.outside(holder, target).into() });
        }
        slots
    }

    /// The name that merged paths show.
    pub fn field(&self, field: FieldId) -> &Arc<str> {
        &self.fields[field.0 as usize]
    }

    /// The address of an object.
    pub fn address(&self, object: ObjectId) -> Addr {
        self.heap.objects.address(object).unwrap_or(Addr::NULL)
    }

    /// The type of an object and its size in bytes; `None` for an id past the end.
    pub fn object(&self, object: ObjectId) -> Option<(&'a TypeInfo, u64)> {
        let (block, row) = self.heap.objects.row(object)?;
        Some((self.heap.types.get(*block.types.get(row)?)?, block.size(row)))
    }

    fn spelled(&mut self, holder: ObjectId, offset: u64) -> Arc<str> {
        let unknown = || format!("+{offset:#x}").into();
        let Some((values, names)) = self.names_of(holder) else { return unknown() };
        if let Some(name) = names.field(offset) {
            return Arc::clone(name);
        }
        if !names.needs_dimensions() {
            return names.name(offset, &[]).into();
        }
        match values.array(self.address(holder)) {
            Ok(array) => names.name(offset, &array.dimensions).into(),
            Err(_) => unknown(),
        }
    }

    /// What spells the slots of `holder`; `None` when the dump does not tell its types.
    fn names_of(&mut self, holder: ObjectId) -> Option<(&'a Values, Arc<SlotNames>)> {
        let (values, _) = self.values.as_ref()?;
        let of = self.heap.objects.type_of(holder)?;
        let method_table = self.heap.types.get(of)?.method_table;
        let names = self.types.entry(of).or_insert_with(|| values.slot_names(method_table));
        Some((values, Arc::clone(names)))
    }

    /// What `holder` holds `target` by where none of its slots does.
    fn outside(&self, holder: ObjectId, target: ObjectId) -> &'static str {
        let holder = self.object(holder).map(|(of, _)| of);
        let is_collectible = holder
            .zip(self.values.as_ref())
            .is_some_and(|(of, (values, _))| values.types().is_collectible(of.method_table));
        let is_allocator = self.object(target).is_some_and(|(of, _)| &*of.name == LOADER_ALLOCATOR_TYPE);
        if is_collectible && is_allocator { LOADER_ALLOCATOR } else { DEPENDENT_HANDLE }
    }

    /// Calls `slot` with every slot of `holder` that is not null, until it breaks off. What is not in the dump was told when
    /// the references were read.
    fn each(&self, holder: ObjectId, slot: impl FnMut(Slot) -> ControlFlow<()>) {
        if let Some((_, reader)) = &self.values {
            reader.slots(holder, 0, slot);
        }
    }

    /// The offset of the first slot of `holder` whose value is `wanted`.
    fn first(&self, holder: ObjectId, wanted: impl Fn(Addr) -> bool) -> Option<u64> {
        let mut first = None;
        self.each(holder, |slot| match wanted(slot.value) {
            true => {
                first = Some(slot.offset);
                ControlFlow::Break(())
            }
            false => ControlFlow::Continue(()),
        });
        first
    }

    fn field_id(&mut self, name: &str) -> FieldId {
        if let Some(&id) = self.field_ids.get(name) {
            return id;
        }
        let (id, name) = (FieldId(self.fields.len() as u32), Arc::<str>::from(name));
        self.fields.push(Arc::clone(&name));
        self.field_ids.insert(name, id);
        id
    }
}

impl NameSlots for Slots<'_> {
    fn type_of(&self, object: ObjectId) -> TypeId {
        self.heap.objects.type_of(object).unwrap_or(TypeId(u32::MAX))
    }

    fn references(&self, holder: ObjectId) -> &[ObjectId] {
        self.references.of(holder)
    }

    fn fields(&mut self, holder: ObjectId, targets: &[ObjectId]) -> Vec<FieldId> {
        if targets.len() > MANY && self.object(holder).is_some_and(|(of, _)| of.element_size == 8) {
            let first = self.first(holder, |_| true).unwrap_or_default();
            return vec![self.merged(holder, first); targets.len()];
        }
        let places: FxHashMap<Addr, usize> =
            targets.iter().enumerate().map(|(at, &target)| (self.address(target), at)).collect();
        let mut offsets = vec![None; targets.len()];
        self.each(holder, |slot| {
            if let Some(&at) = places.get(&slot.value) {
                offsets[at] = offsets[at].or(Some(slot.offset));
            }
            ControlFlow::Continue(())
        });
        let named = offsets.iter().zip(targets).map(|(offset, &target)| match offset {
            Some(offset) => self.merged(holder, *offset),
            None => {
                let name = self.outside(holder, target);
                self.field_id(name)
            }
        });
        named.collect()
    }
}

impl Slots<'_> {
    /// The name of a slot for merged paths.
    fn merged(&mut self, holder: ObjectId, offset: u64) -> FieldId {
        let spelled = self.spelled(holder, offset);
        self.field_id(&without_indexes(&spelled))
    }
}

/// A slot's name without the numbers of elements: `[12].key` is `[].key`.
fn without_indexes(name: &str) -> String {
    let mut kept = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once('[') {
        kept.push_str(before);
        let end = behind
            .find(']')
            .filter(|&end| behind[..end].chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '-' | ' ')));
        kept.push_str(if end.is_some() { "[]" } else { "[" });
        rest = end.map_or(behind, |end| &behind[end + 1..]);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_names_tell_no_indexes() {
        let names = ["_items", "[12]", "[3].key", "[1,-2].a[7].b", "a[b]", "[", "x[1", "[]"];
        let merged = ["_items", "[]", "[].key", "[].a[].b", "a[b]", "[", "x[1", "[]"];
        assert_eq!(names.map(without_indexes), merged);
    }
}
