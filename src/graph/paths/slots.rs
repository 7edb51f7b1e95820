//! By which of its fields or elements an object holds another.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::merge::{FieldId, NameSlots};
use crate::bytes::Addr;
use crate::clr::references::{ReferenceMap, ReferenceReader};
use crate::graph::{Heap, ObjectId, Rows, Snapshot, TypeId, TypeInfo};
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
    values: Option<&'a Values>,
    reader: ReferenceReader<'a>,
    types: FxHashMap<TypeId, Option<TypeSlots>>,
    /// Names for merged paths, by their ids.
    fields: Vec<Arc<str>>,
    field_ids: FxHashMap<Arc<str>, FieldId>,
    names: FxHashMap<(ObjectId, ObjectId), Arc<str>>,
}

/// Where the references in objects of a type lie, and how they are called.
#[derive(Clone)]
struct TypeSlots {
    map: Arc<ReferenceMap>,
    names: Arc<SlotNames>,
}

/// A reference that an object holds.
#[derive(Clone, Debug)]
pub struct Slot {
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
        Slots {
            heap,
            references,
            values: snapshot.values.as_deref(),
            reader: ReferenceReader::new(&snapshot.memory),
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
        let mut first = None;
        self.each(holder, |offset, value| first = first.or((value == wanted).then_some(offset)));
        let name = match first {
            Some(offset) => self.spelled(holder, offset),
            None => self.outside(holder, target).into(),
        };
        self.names.insert((holder, target), Arc::clone(&name));
        name
    }

    /// All references of `holder` with their names, in the order of its slots, those behind that stand in no slot.
    pub fn all(&mut self, holder: ObjectId) -> Vec<Slot> {
        let mut found = Vec::new();
        self.each(holder, |offset, value| found.push((offset, value)));
        // The row has the same references in the same order, but for those that lead to no object.
        let members = self.references.of(holder);
        let (mut slots, mut next) = (Vec::with_capacity(members.len()), 0);
        for (offset, value) in found {
            match members.get(next).filter(|&&member| self.address(member) == value) {
                Some(&target) => {
                    next += 1;
                    slots.push(Slot { target, name: self.spelled(holder, offset) });
                }
                None => continue,
            }
        }
        for &target in members.get(next..).unwrap_or_default() {
            slots.push(Slot { target, name: self.outside(holder, target).into() });
        }
        slots
    }

    /// The name that merged paths show.
    pub fn field(&self, field: FieldId) -> &Arc<str> {
        &self.fields[field.0 as usize]
    }

    /// The address of an object.
    pub fn address(&self, object: ObjectId) -> Addr {
        let at = self.heap.objects.locate(object);
        at.map_or(Addr::NULL, |(block, row)| self.heap.objects.blocks()[block].address(row))
    }

    /// The type of an object and its size in bytes; `None` for an id past the end.
    pub fn object(&self, object: ObjectId) -> Option<(&'a TypeInfo, u64)> {
        let (block, row) = self.heap.objects.locate(object)?;
        let block = &self.heap.objects.blocks()[block];
        Some((self.heap.types.get(*block.types.get(row)?)?, block.size(row)))
    }

    fn spelled(&self, holder: ObjectId, offset: u64) -> Arc<str> {
        let unknown = || format!("+{offset:#x}");
        let Some((values, slots)) = self.values.zip(self.known(holder)) else { return unknown().into() };
        if let Some(name) = slots.names.field(offset) {
            return Arc::clone(name);
        }
        if !slots.names.needs_dimensions() {
            return slots.names.name(offset, &[]).into();
        }
        match values.array(self.address(holder)) {
            Ok(array) => slots.names.name(offset, &array.dimensions).into(),
            Err(_) => unknown().into(),
        }
    }

    /// What `holder` holds `target` by where none of its slots does.
    fn outside(&self, holder: ObjectId, target: ObjectId) -> &'static str {
        let holder = self.object(holder).map(|(of, _)| of);
        let is_collectible = holder
            .zip(self.values)
            .is_some_and(|(of, values)| values.types().is_collectible(of.method_table));
        let is_allocator = self.object(target).is_some_and(|(of, _)| &*of.name == LOADER_ALLOCATOR_TYPE);
        if is_collectible && is_allocator { LOADER_ALLOCATOR } else { DEPENDENT_HANDLE }
    }

    fn known(&self, holder: ObjectId) -> Option<TypeSlots> {
        self.types.get(&self.type_of(holder)).cloned().flatten()
    }

    /// Calls `reference` with the offset and the value of every slot of `holder` that is not null.
    fn each(&mut self, holder: ObjectId, reference: impl FnMut(u64, Addr)) {
        let of = self.type_of(holder);
        let Some(slots) = self.type_slots(of) else { return };
        let Some((_, size)) = self.object(holder) else { return };
        let address = self.address(holder);
        // What is not in the dump was told when the references were read.
        let _ = self.reader.read(&slots.map, address, size, reference);
    }

    fn type_slots(&mut self, of: TypeId) -> Option<TypeSlots> {
        if let Some(known) = self.types.get(&of) {
            return known.clone();
        }
        let (values, info) = (self.values?, self.heap.types.get(of)?);
        let types = values.types();
        let flags = types.method_tables().flags(types.memory(), info.method_table);
        let has_any = flags.is_ok_and(|flags| flags.contains_gc_pointers());
        let map = has_any.then(|| {
            ReferenceMap::read(types.memory(), info.method_table, info.base_size, info.element_size).ok()
        });
        let slots = map
            .flatten()
            .map(|map| TypeSlots { map: Arc::new(map), names: values.slot_names(info.method_table) });
        self.types.insert(of, slots.clone());
        slots
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
        let at = self.heap.objects.locate(object);
        at.map_or(TypeId(u32::MAX), |(block, row)| self.heap.objects.blocks()[block].types[row])
    }

    fn references(&self, holder: ObjectId) -> &[ObjectId] {
        self.references.of(holder)
    }

    fn fields(&mut self, holder: ObjectId, targets: &[ObjectId]) -> Vec<FieldId> {
        if targets.len() > MANY && self.object(holder).is_some_and(|(of, _)| of.element_size == 8) {
            let first = self.first_slot(holder);
            return vec![self.merged(holder, first); targets.len()];
        }
        let places: FxHashMap<Addr, usize> =
            targets.iter().enumerate().map(|(at, &target)| (self.address(target), at)).collect();
        let mut offsets = vec![None; targets.len()];
        self.each(holder, |offset, value| {
            if let Some(&at) = places.get(&value) {
                offsets[at] = offsets[at].or(Some(offset));
            }
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
    fn first_slot(&mut self, holder: ObjectId) -> u64 {
        let mut first = None;
        self.each(holder, |offset, _| first = first.or(Some(offset)));
        first.unwrap_or_default()
    }

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
