//! What an object holds, as numbers that are equal where the contents are, in whichever dump and at whatever address.
//!
//! Numbers are taken as they are, strings by their text, boxes and arrays of numbers by their bytes. Of another object
//! that a field refers to the numbers and texts that it holds itself count, and of what that refers to its type only:
//! who holds an `Order` is told by the order's number, and no two objects are apart because of what lies far behind them.
//! Types are told by their names, since MethodTables lie elsewhere in another run.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use crate::bytes::Addr;
use crate::clr::metadata;
use crate::clr::type_system::{Field, FieldShape, FieldType, TypeDescription, TypeKind, TypeSystem};
use crate::dump::Fault;
use crate::limits;
use crate::values::Values;

/// Offset of the fields in an object, and of the value in a box.
const DATA: u64 = 8;

/// References that are followed from an object: to what its fields refer to, and of that to texts and boxes.
const DEPTH: u32 = 2;

/// Numbers of a struct that is one value: a `System.Guid` has eleven fields.
const MOST_NUMBERS: usize = 12;

/// What stands for a null reference.
const NULL: u64 = 0x6e75_6c6c;

/// A value within an object that is not opened further.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    /// The way to it: `id`, `Total._lo64`.
    pub(super) name: Arc<str>,
    /// Bytes from the start of the object.
    offset: u64,
    /// How it is read.
    pub(super) kind: LeafKind,
    /// Whether only the constructor writes it, so that it tells an object for good.
    pub(super) read_only: bool,
}

/// How a value is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LeafKind {
    /// A number of that many bytes.
    Number(u32),
    /// The numbers that a struct consists of: their offsets from its own, and their bytes.
    Numbers(Arc<[(u64, u32)]>),
    /// A reference.
    Reference,
}

/// What an object of a type consists of.
#[derive(Debug)]
enum Form {
    /// A text.
    Text,
    /// Elements: their number and, where they are numbers, they themselves.
    Elements,
    /// The fields of a class.
    Fields(Vec<Leaf>),
    /// The value in a box.
    Boxed(Vec<Leaf>),
}

#[derive(Debug)]
struct Recipe {
    /// Stands for the type in every dump.
    name: u64,
    form: Form,
}

/// The values in an object of a type that are no structs, fields of base classes first; at most
/// [`limits::MAX_IDENTITY_FIELDS`].
pub(super) fn leaves(types: &TypeSystem, description: &TypeDescription) -> Vec<Leaf> {
    let mut collected = Leaves { types, leaves: Vec::new() };
    match description.kind {
        TypeKind::Primitive(of) | TypeKind::Enum(of) => {
            collected.push("value", DATA, LeafKind::Number(of.size()), true);
        }
        TypeKind::Class | TypeKind::Struct => collected.fields(description, "", DATA, None, 0),
        _ => {}
    }
    collected.leaves
}

/// Leaves being collected.
struct Leaves<'t> {
    types: &'t TypeSystem,
    leaves: Vec<Leaf>,
}

impl Leaves<'_> {
    fn push(&mut self, name: &str, offset: u64, kind: LeafKind, read_only: bool) {
        self.leaves.push(Leaf { name: name.into(), offset, kind, read_only });
    }

    /// Those of the fields of an object or a struct whose data begin at `data`. Whether a struct is written to is
    /// told by the field that holds it.
    fn fields(
        &mut self,
        of: &TypeDescription,
        prefix: &str,
        data: u64,
        read_only: Option<bool>,
        depth: usize,
    ) {
        for field in &of.fields {
            if self.leaves.len() >= limits::MAX_IDENTITY_FIELDS || depth >= limits::MAX_STRUCT_NESTING {
                return;
            }
            let name = format!("{prefix}{}", plain_name(&field.name));
            let offset = data + u64::from(field.offset);
            let read_only = read_only.unwrap_or_else(|| is_read_only(self.types, field));
            self.value(&field.field_type, &name, offset, read_only, depth);
        }
    }

    fn value(&mut self, of: &FieldType, name: &str, offset: u64, read_only: bool, depth: usize) {
        let kind = match of.shape {
            FieldShape::Primitive(of) | FieldShape::Enum { underlying: of, .. } => {
                LeafKind::Number(of.size())
            }
            FieldShape::Reference { .. } => LeafKind::Reference,
            FieldShape::Pointer | FieldShape::FunctionPointer => LeafKind::Number(8),
            FieldShape::Struct { method_table } => {
                let inner = self.types.description(method_table);
                match (&inner.kind, self.numbers(&inner)) {
                    (TypeKind::Primitive(of) | TypeKind::Enum(of), _) => LeafKind::Number(of.size()),
                    (_, Some(numbers)) => numbers,
                    _ => {
                        return self.fields(&inner, &format!("{name}."), offset, Some(read_only), depth + 1);
                    }
                }
            }
            FieldShape::OpaqueStruct | FieldShape::Unknown => return,
        };
        self.push(name, offset, kind, read_only);
    }

    /// How a struct of a few numbers is read, which is one value to whoever reads it: a date, a Guid, a decimal.
    fn numbers(&self, of: &TypeDescription) -> Option<LeafKind> {
        let number = |field: &Field| match field.field_type.shape {
            FieldShape::Primitive(is) | FieldShape::Enum { underlying: is, .. } => {
                Some((u64::from(field.offset), is.size()))
            }
            _ => None,
        };
        if of.fields.is_empty() || of.fields.len() > MOST_NUMBERS || of.repeated.is_some() {
            return None;
        }
        let numbers = of.fields.iter().map(number).collect::<Option<Vec<_>>>()?;
        Some(match numbers[..] {
            [(0, size)] => LeafKind::Number(size),
            _ => LeafKind::Numbers(numbers.into()),
        })
    }
}

/// Whether a field is marked `initonly` (ECMA-335 II.23.1.5): `readonly` in C#, and the field behind a property that has
/// no setter.
fn is_read_only(types: &TypeSystem, field: &Field) -> bool {
    const INIT_ONLY: u16 = 0x20;
    let row = types
        .definition_of(field.declared_in)
        .and_then(|(module, _)| types.metadata(module)?.row::<metadata::Field>(field.row).ok());
    row.is_some_and(|row| row.flags & INIT_ONLY != 0)
}

/// The name of the property that a field was made for, or the field's own: `Id` for `<Id>k__BackingField`.
fn plain_name(field: &str) -> &str {
    let property = field.strip_prefix('<').and_then(|rest| rest.strip_suffix(">k__BackingField"));
    property.unwrap_or(field)
}

/// Reads contents. Each worker has one of its own.
#[derive(Debug)]
pub(super) struct Contents<'v> {
    values: &'v Values,
    recipes: FxHashMap<Addr, Arc<Recipe>>,
    /// What was read last: many objects refer to one.
    last: Option<((Addr, u32), u64)>,
}

impl<'v> Contents<'v> {
    pub(super) fn new(values: &'v Values) -> Contents<'v> {
        Contents { values, recipes: FxHashMap::default(), last: None }
    }

    /// The value of a leaf of the object at `object`: the number itself, or one for what is referred to.
    pub(super) fn leaf(&mut self, object: Addr, leaf: &Leaf) -> Result<u64, Fault> {
        self.value(object, leaf, 0)
    }

    /// One number for all that a string or an array holds.
    pub(super) fn whole(&mut self, object: Addr) -> Result<u64, Fault> {
        self.object(object, 1)
    }

    fn value(&mut self, object: Addr, leaf: &Leaf, depth: u32) -> Result<u64, Fault> {
        let place = object.offset(leaf.offset);
        match &leaf.kind {
            LeafKind::Number(size) => self.number(place, *size),
            LeafKind::Numbers(numbers) => numbers.iter().try_fold(0, |all, &(offset, size)| {
                self.number(place.offset(offset), size).map(|number| mixed(all, number))
            }),
            LeafKind::Reference => {
                let target = self.values.types().memory().pointer(place)?;
                if target.is_null() {
                    return Ok(NULL);
                }
                let key = (target, depth + 1);
                match self.last {
                    Some((last, value)) if last == key => Ok(value),
                    _ => {
                        let value = self.object(target, depth + 1)?;
                        self.last = Some((key, value));
                        Ok(value)
                    }
                }
            }
        }
    }

    fn number(&self, place: Addr, size: u32) -> Result<u64, Fault> {
        let memory = self.values.types().memory();
        match size {
            1 => memory.u8(place).map(u64::from),
            2 => memory.u16(place).map(u64::from),
            4 => memory.u32(place).map(u64::from),
            _ => memory.u64(place),
        }
    }

    /// One number for what an object is that `depth` references lead to.
    fn object(&mut self, object: Addr, depth: u32) -> Result<u64, Fault> {
        let recipe = self.recipe(self.values.types().type_of(object)?);
        match &recipe.form {
            Form::Text => {
                let bytes = self.values.string_bytes(object)?;
                Ok(ends_hashed(&bytes))
            }
            Form::Elements => self.elements(object, recipe.name),
            Form::Fields(_) if depth >= DEPTH => Ok(recipe.name),
            Form::Fields(leaves) | Form::Boxed(leaves) => leaves.iter().try_fold(recipe.name, |all, leaf| {
                let is_far = depth >= DEPTH && leaf.kind == LeafKind::Reference;
                let value = if is_far { 0 } else { self.value(object, leaf, depth)? };
                Ok(mixed(all, value))
            }),
        }
    }

    /// The number of elements, and the elements where they are numbers.
    fn elements(&self, object: Addr, name: u64) -> Result<u64, Fault> {
        let array = match self.values.array(object) {
            Ok(array) => array,
            Err(crate::values::NotAnArray::Missing(fault)) => return Err(fault),
            Err(_) => return Ok(name),
        };
        let counted = mixed(name, array.count.into());
        if !matches!(array.element().shape, FieldShape::Primitive(_) | FieldShape::Enum { .. }) {
            return Ok(counted);
        }
        let length = u64::from(array.count) * u64::from(array.element_size());
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(limits::MAX_IDENTITY_BYTES);
        let bytes = self.values.types().memory().bytes(array.elements(), length)?;
        Ok(mixed(counted, xxh3_64(&bytes)))
    }

    fn recipe(&mut self, mt: Addr) -> Arc<Recipe> {
        let values = self.values;
        let made = self.recipes.entry(mt).or_insert_with(|| {
            let description = values.types().description(mt);
            let form = match description.kind {
                TypeKind::String => Form::Text,
                TypeKind::Array(_) => Form::Elements,
                TypeKind::Struct | TypeKind::Primitive(_) | TypeKind::Enum(_) => {
                    Form::Boxed(leaves(values.types(), &description))
                }
                _ => Form::Fields(leaves(values.types(), &description)),
            };
            Arc::new(Recipe { name: xxh3_64(description.name.as_bytes()), form })
        });
        Arc::clone(made)
    }
}

/// Hashes the length and the beginning of long texts: most differ there or not at all.
fn ends_hashed(bytes: &[u8]) -> u64 {
    let beginning = bytes.get(..limits::MAX_IDENTITY_BYTES).unwrap_or(bytes);
    mixed(bytes.len() as u64, xxh3_64(beginning))
}

/// Takes a further value into a number that stands for several.
pub(super) fn mixed(all: u64, value: u64) -> u64 {
    // The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    let mut z = (all.rotate_left(23) ^ value).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
