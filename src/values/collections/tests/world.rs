//! A process of hand-made types and objects.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use proptest::sample::Index;

use crate::bytes::Addr;
use crate::clr::type_system::{
    ArrayShape, Field, FieldShape, FieldType, Primitive, TypeDescription, TypeKind,
};
use crate::dump::AddressSpace;
use crate::values::collections::path::number_at;
use crate::values::collections::process::Process;
use crate::values::collections::{
    BoundShape, CollectionShapes, CollectionSummary, Collections, Damage, Item, ItemsEnd, Place, items_of,
    summary_of,
};

/// Where the objects begin.
const HEAP: u64 = 0x10_0000;
/// Where the types are; they are told, not read.
const TYPES: u64 = 0x7f00_0000;

/// The kind of a hand-made field.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Int,
    Unsigned,
    Long,
    Bool,
    Object,
    /// A reference to that type, an array or a class.
    Ref(Addr),
    /// A reference to a type that is named and not loaded.
    Named(&'static str),
    Struct(Addr),
}

/// Types, objects and what is missing of them.
pub(super) struct World {
    types: HashMap<Addr, Arc<TypeDescription>>,
    heap: Vec<u8>,
    missing: Vec<(u64, u64)>,
    memory: AddressSpace,
    collections: Collections,
    /// Handles and where their secondaries are.
    pub secondaries: HashMap<Addr, Addr>,
}

impl World {
    /// One whose collections have the bundled shapes.
    pub fn new() -> World {
        World::with(CollectionShapes::default())
    }

    pub fn with(shapes: CollectionShapes) -> World {
        World {
            types: HashMap::new(),
            heap: Vec::new(),
            missing: Vec::new(),
            memory: AddressSpace::default(),
            collections: Collections::new(shapes),
            secondaries: HashMap::new(),
        }
    }

    fn field_type(&self, of: Of) -> (FieldType, u32) {
        let primitive = |name: &str, primitive: Primitive| {
            (FieldType { name: name.into(), shape: FieldShape::Primitive(primitive) }, primitive.size())
        };
        let reference = |name: &str, method_table| {
            (FieldType { name: name.into(), shape: FieldShape::Reference { method_table } }, 8)
        };
        match of {
            Of::Int => primitive("System.Int32", Primitive::I4),
            Of::Unsigned => primitive("System.UInt32", Primitive::U4),
            Of::Long => primitive("System.Int64", Primitive::I8),
            Of::Bool => primitive("System.Boolean", Primitive::Boolean),
            Of::Object => reference("System.Object", None),
            Of::Ref(mt) => reference(&self.types[&mt].name, Some(mt)),
            Of::Named(name) => reference(name, None),
            Of::Struct(mt) => {
                let of = &self.types[&mt];
                let shape = FieldShape::Struct { method_table: mt };
                (FieldType { name: of.name.clone(), shape }, of.data_size)
            }
        }
    }

    fn next_type(&self) -> Addr {
        Addr(TYPES + 64 * self.types.len() as u64)
    }

    fn add_type(&mut self, name: &str, kind: TypeKind, base: Option<Addr>, fields: &[(&str, Of)]) -> Addr {
        let mt = self.next_type();
        let mut description = TypeDescription::unknown(mt, name.into());
        description.kind = kind;
        description.parent = base;
        if let Some(base) = base {
            let base = &self.types[&base];
            (description.fields, description.data_size) = (base.fields.clone(), base.data_size);
        }
        // A type that refers to itself is known by then.
        self.types.insert(mt, Arc::new(description.clone()));
        for &(name, of) in fields {
            let (field_type, size) = self.field_type(of);
            let offset = description.data_size.next_multiple_of(size.clamp(1, 8));
            description.fields.push(Field { name: name.into(), declared_in: mt, offset, field_type, row: 0 });
            description.data_size = offset + size;
        }
        description.data_size = description.data_size.next_multiple_of(8);
        self.types.insert(mt, Arc::new(description));
        mt
    }

    pub fn class(&mut self, name: &str, fields: &[(&str, Of)]) -> Addr {
        self.add_type(name, TypeKind::Class, None, fields)
    }

    pub fn derived(&mut self, name: &str, base: Addr, fields: &[(&str, Of)]) -> Addr {
        self.add_type(name, TypeKind::Class, Some(base), fields)
    }

    pub fn value_type(&mut self, name: &str, fields: &[(&str, Of)]) -> Addr {
        self.add_type(name, TypeKind::Struct, None, fields)
    }

    /// A class with references `links` to itself before its fields.
    pub fn node(&mut self, name: &str, links: &[&str], fields: &[(&str, Of)]) -> Addr {
        let itself = self.next_type();
        let links = links.iter().map(|&link| (link, Of::Ref(itself)));
        let all: Vec<_> = links.chain(fields.iter().copied()).collect();
        self.class(name, &all)
    }

    /// An array type.
    pub fn array_type(&mut self, element: Of) -> Addr {
        let (element, element_size) = self.field_type(element);
        let name = format!("{}[]", element.name);
        self.add_type(
            &name,
            TypeKind::Array(ArrayShape { rank: 1, sz: true, element, element_size }),
            None,
            &[],
        )
    }

    /// An array type of that many dimensions.
    pub fn matrix_type(&mut self, element: Of, rank: u32) -> Addr {
        let (element, element_size) = self.field_type(element);
        let name = format!("{}[{}]", element.name, ",".repeat(rank as usize - 1));
        self.add_type(
            &name,
            TypeKind::Array(ArrayShape { rank, sz: false, element, element_size }),
            None,
            &[],
        )
    }

    fn put(&mut self, at: u64, bytes: &[u8]) {
        let end = at as usize + bytes.len();
        if self.heap.len() < end {
            self.heap.resize(end, 0);
        }
        self.heap[at as usize..end].copy_from_slice(bytes);
    }

    fn allocate(&mut self, mt: Addr, size: u64) -> Addr {
        let at = self.heap.len().next_multiple_of(8) as u64;
        self.put(at, &vec![0; size.next_multiple_of(8) as usize]);
        self.put(at, &mt.0.to_le_bytes());
        Addr(HEAP + at)
    }

    /// An object with these values of its fields; those of structs in the order of their fields.
    pub fn object(&mut self, mt: Addr, values: &[i64]) -> Addr {
        let size = 8 + u64::from(self.types[&mt].data_size);
        let object = self.allocate(mt, size);
        self.fill(object.offset(8), mt, values);
        object
    }

    /// Writes the fields of an object or struct.
    fn fill(&mut self, data: Addr, mt: Addr, values: &[i64]) {
        let mut leaves = Vec::new();
        self.leaves(mt, 0, &mut leaves);
        assert!(values.len() <= leaves.len(), "more values than fields");
        for (&(offset, size), value) in leaves.iter().zip(values) {
            let at = data.0 - HEAP + u64::from(offset);
            self.put(at, &value.to_le_bytes()[..size as usize]);
        }
    }

    /// Offsets and sizes of all fields, those of structs in place of the struct.
    fn leaves(&self, mt: Addr, base: u32, leaves: &mut Vec<(u32, u32)>) {
        for field in &self.types[&mt].fields {
            let offset = base + field.offset;
            match field.field_type.shape {
                FieldShape::Struct { method_table } => self.leaves(method_table, offset, leaves),
                FieldShape::Primitive(primitive) => leaves.push((offset, primitive.size())),
                _ => leaves.push((offset, 8)),
            }
        }
    }

    /// An array of elements with these values each.
    pub fn array(&mut self, mt: Addr, elements: &[&[i64]]) -> Addr {
        let TypeKind::Array(shape) = self.types[&mt].kind.clone() else { panic!("no array type") };
        let array = self.allocate(mt, 16 + elements.len() as u64 * u64::from(shape.element_size));
        self.set_length(array, elements.len() as u32);
        for (index, values) in elements.iter().enumerate() {
            let at = array.offset(16 + index as u64 * u64::from(shape.element_size));
            match shape.element.shape {
                FieldShape::Struct { method_table } => self.fill(at, method_table, values),
                _ => self.put(at.0 - HEAP, &values[0].to_le_bytes()[..shape.element_size as usize]),
            }
        }
        array
    }

    /// An array of numbers or references.
    pub fn numbers(&mut self, mt: Addr, values: impl IntoIterator<Item = i64>) -> Addr {
        let values: Vec<[i64; 1]> = values.into_iter().map(|value| [value]).collect();
        let values: Vec<&[i64]> = values.iter().map(|value| &value[..]).collect();
        self.array(mt, &values)
    }

    /// Lets an array say that it has so many elements.
    pub fn set_length(&mut self, array: Addr, length: u32) {
        self.put(array.0 - HEAP + 8, &length.to_le_bytes());
    }

    /// An array of as many dimensions as `lengths` has, each of which begins at 1.
    pub fn matrix(&mut self, mt: Addr, lengths: &[i32], values: impl IntoIterator<Item = i32>) -> Addr {
        let bounds: Vec<i32> = lengths.iter().copied().chain(lengths.iter().map(|_| 1)).collect();
        let numbers: Vec<u8> = bounds.into_iter().chain(values).flat_map(i32::to_le_bytes).collect();
        let array = self.allocate(mt, 16 + numbers.len() as u64);
        self.set_length(array, lengths.iter().product::<i32>() as u32);
        self.put(array.0 - HEAP + 16, &numbers);
        array
    }

    /// Sets the field of an object.
    pub fn set(&mut self, object: Addr, field: &str, value: i64) {
        let at = (object.0 - HEAP) as usize;
        let mt = Addr(u64::from_le_bytes(self.heap[at..at + 8].try_into().unwrap()));
        let field = self.types[&mt].field(field).expect("a field of that name").clone();
        let size = match field.field_type.shape {
            FieldShape::Primitive(primitive) => primitive.size(),
            _ => 8,
        };
        self.put(at as u64 + 8 + u64::from(field.offset), &value.to_le_bytes()[..size as usize]);
    }

    /// Writes an address anywhere.
    pub fn set_word(&mut self, at: Addr, value: Addr) {
        self.put(at.0 - HEAP, &value.0.to_le_bytes());
    }

    /// Leaves memory out of the dump.
    pub fn lose(&mut self, from: Addr, bytes: u64) {
        self.missing.push((from.0 - HEAP, from.0 - HEAP + bytes));
    }

    /// Makes the memory of what was allocated.
    fn freeze(&mut self) {
        let mut pieces = Vec::new();
        let mut start = 0;
        self.missing.sort_unstable();
        for &(from, to) in &self.missing {
            if start < from {
                pieces.push((Addr(HEAP + start), self.heap[start as usize..from as usize].to_vec()));
            }
            start = start.max(to);
        }
        if start < self.heap.len() as u64 {
            pieces.push((Addr(HEAP + start), self.heap[start as usize..].to_vec()));
        }
        self.memory = AddressSpace::from_memory(pieces);
    }

    pub fn shape(&mut self, mt: Addr) -> Option<Arc<BoundShape>> {
        self.freeze();
        self.collection_shape(mt)
    }

    /// The name of the shape of `object`'s type.
    pub fn shape_name(&mut self, object: Addr) -> Option<String> {
        self.freeze();
        let mt = self.type_of(object).unwrap();
        self.collection_shape(mt).map(|shape| shape.name().to_string())
    }

    /// The items of a collection as texts, `key: value`.
    pub fn items(&mut self, object: Addr) -> (Vec<String>, ItemsEnd) {
        self.first_items(object, usize::MAX)
    }

    /// The first items only.
    pub fn first_items(&mut self, object: Addr, most: usize) -> (Vec<String>, ItemsEnd) {
        self.freeze();
        let mut texts = Vec::new();
        let end = items_of(self, object, &mut |item| {
            assert_eq!(item.index, texts.len() as u64);
            texts.push(self.item_text(item));
            if texts.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let end = end.expect("an object").expect("a collection or an array");
        assert_eq!(end.given, texts.len() as u64);
        (texts, end)
    }

    fn item_text(&self, item: Item<'_>) -> String {
        let mut text = String::new();
        if let Some(key) = item.key {
            text = format!("{}: ", self.text(key));
        }
        text += &self.text(item.value);
        for detail in item.details {
            text += &format!(", {} {}", detail.name, self.text(detail.place));
        }
        text
    }

    fn text(&self, place: Place<'_>) -> String {
        if let Some(bit) = place.bit {
            return (self.memory.u8(place.address).unwrap() >> bit & 1).to_string();
        }
        match place.field_type.shape {
            FieldShape::Reference { .. } => self.memory.pointer(place.address).unwrap().0.to_string(),
            _ => number_at(self, place).unwrap().to_string(),
        }
    }

    pub fn summary(&mut self, object: Addr) -> Result<CollectionSummary, Damage> {
        self.known_summary(object).expect("a collection")
    }

    /// What is told of an object that need not be a collection.
    pub fn known_summary(&mut self, object: Addr) -> Option<Result<CollectionSummary, Damage>> {
        self.freeze();
        summary_of(self, object)
    }

    /// Changes a byte of the heap, of whatever it is.
    pub fn damage(&mut self, at: usize, byte: u8) {
        let at = at % self.heap.len();
        self.heap[at] = byte;
    }

    /// Copies a word of the heap to another place.
    pub fn copy_word(&mut self, to: Index, from: Index) {
        let words = self.heap.len() / 8;
        let (to, from) = (8 * to.index(words), 8 * from.index(words));
        self.heap.copy_within(from..from + 8, to);
    }

    /// Leaves memory anywhere out of the dump.
    pub fn lose_at(&mut self, at: Index, bytes: u64) {
        let at = at.index(self.heap.len()) as u64;
        self.missing.push((at, (at + bytes).min(self.heap.len() as u64)));
    }

    /// Reads an object in every way; how many items were given.
    pub fn read_anyhow(&mut self, object: Addr) -> u64 {
        self.freeze();
        let mut given = 0;
        let _ = items_of(self, object, &mut |item| {
            given += 1;
            let _ = (item.key.map(|key| number_at(self, key)), number_at(self, item.value));
            ControlFlow::Continue(())
        });
        let _ = summary_of(self, object);
        given
    }
}

impl Process for World {
    fn memory(&self) -> &AddressSpace {
        &self.memory
    }

    fn description(&self, mt: Addr) -> Arc<TypeDescription> {
        let unknown = || Arc::new(TypeDescription::unknown(mt, mt.to_string().into()));
        self.types.get(&mt).cloned().unwrap_or_else(unknown)
    }

    fn collection_shape(&self, mt: Addr) -> Option<Arc<BoundShape>> {
        self.collections.shape(self, mt)
    }

    fn secondary(&self, handle: Addr) -> Result<Addr, Damage> {
        self.secondaries.get(&handle).copied().ok_or(Damage::NotADependentHandle(handle))
    }
}
