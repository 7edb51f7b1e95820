//! A path from objects of one type: what to do for each of them.

use std::sync::Arc;

use super::{Leaf, Step};
use crate::bytes::Addr;
use crate::clr::type_system::{
    ArrayShape, Field, FieldShape, FieldType, Primitive, TypeDescription, TypeKind, TypeSystem,
};

/// Bytes of the MethodTable at the start of an object, behind which its data begin.
const OBJECT_HEADER: u64 = 8;

/// Where the component count of an array or a string stands in it.
const LENGTH_OFFSET: u64 = 8;

/// What to do on the way, in order. The place where something is done is counted from where the last move led.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Follow the reference that far from here; null where it is.
    Follow(u64),
    /// Go on only where the byte that far from here is not 0: a nullable that has a value.
    Guard(u64),
    /// To an element of the array that begins here.
    Element {
        /// One index a dimension.
        indexes: Arc<[i64]>,
        /// Whether there are no bounds before the elements.
        sz: bool,
        /// Bytes of an element.
        size: u32,
    },
}

/// What stands at the end of the way, that far from where the last move led.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A value.
    Leaf(u64, Leaf),
    /// A reference to an object whose type says how the path goes on, at that step of it.
    Dispatch {
        /// Where the reference stands.
        offset: u64,
        /// The declared type, when it is known.
        declared: Option<Addr>,
        /// The step.
        step: usize,
    },
}

/// What to do for an object of a certain type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The way.
    pub moves: Vec<Move>,
    /// Its end.
    pub end: End,
}

/// Why a path does not exist for a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The step that cannot be taken.
    pub step: usize,
    /// The name of the type that does not have it.
    pub type_name: Arc<str>,
    /// The members that this type has.
    pub members: Vec<Arc<str>>,
    /// Why some members may not be told.
    pub incomplete: Option<String>,
    /// Whether elements of it can be asked for.
    pub has_elements: bool,
}

impl Stuck {
    /// Makes this the one that is told, if it got further than the one before.
    pub fn keep_furthest(self, told: &mut Option<Stuck>) {
        if told.as_ref().is_none_or(|known| self.step > known.step) {
            *told = Some(self);
        }
    }
}

/// Where a path stands while it is compiled.
enum Here {
    /// An object, or one that derives from this type.
    Object(Arc<TypeDescription>),
    /// A value of that type.
    Value(FieldType),
}

struct Compiler<'a> {
    types: &'a TypeSystem,
    moves: Vec<Move>,
    offset: u64,
}

impl Program {
    /// The program of the steps from `first` on for objects of the type at `mt`.
    ///
    /// # Errors
    /// The type, or one on the way, does not have what a step asks for.
    pub fn new(types: &TypeSystem, mt: Addr, steps: &[Step], first: usize) -> Result<Program, Stuck> {
        let mut compiler = Compiler { types, moves: Vec::new(), offset: 0 };
        let mut here = Here::Object(types.description(mt));
        for (at, step) in steps.iter().enumerate().skip(first) {
            if let Here::Value(FieldType { shape: FieldShape::Reference { method_table }, .. }) = &here {
                match method_table.map(|mt| types.description(mt)).filter(|d| decides(types, d, step)) {
                    Some(description) => {
                        compiler.follow();
                        here = Here::Object(description);
                    }
                    None => {
                        let declared = *method_table;
                        let end = End::Dispatch { offset: compiler.offset, declared, step: at };
                        return Ok(Program { moves: compiler.moves, end });
                    }
                }
            }
            here = match &here {
                Here::Object(description) => compiler.of_object(description, step),
                Here::Value(value) => {
                    compiler.of_value(value, step).or_else(|| compiler.of_nullable(value, step))
                }
            }
            .ok_or_else(|| stuck(types, &here, at))?;
        }
        Ok(compiler.finish(here))
    }
}

impl Compiler<'_> {
    fn follow(&mut self) {
        self.moves.push(Move::Follow(self.offset));
        self.offset = 0;
    }

    fn of_object(&mut self, description: &TypeDescription, step: &Step) -> Option<Here> {
        match (step, &description.kind) {
            (Step::Member(name), _) if is_length(description, name) => {
                self.offset += LENGTH_OFFSET;
                Some(Here::Value(length_type()))
            }
            (Step::Member(name), _) => {
                let field = member(description, name)?;
                self.offset += OBJECT_HEADER + u64::from(field.offset);
                Some(Here::Value(field.field_type.clone()))
            }
            (Step::Index(indexes), TypeKind::Array(shape)) if fits(shape, indexes) => {
                self.moves.push(Move::Element {
                    indexes: Arc::clone(indexes),
                    sz: shape.sz,
                    size: shape.element_size,
                });
                self.offset = 0;
                Some(Here::Value(shape.element.clone()))
            }
            (Step::Index(indexes), _) => {
                self.offset += OBJECT_HEADER;
                self.repeated(description, indexes)
            }
        }
    }

    fn of_value(&mut self, value: &FieldType, step: &Step) -> Option<Here> {
        match (&value.shape, step) {
            (FieldShape::Enum { underlying, .. }, Step::Member(name)) if &**name == "value__" => {
                let shape = FieldShape::Primitive(*underlying);
                Some(Here::Value(FieldType { name: Arc::clone(&value.name), shape }))
            }
            (FieldShape::Struct { method_table }, _) => {
                let description = self.types.description(*method_table);
                match step {
                    Step::Member(name) => {
                        let field = member(&description, name)?;
                        self.offset += u64::from(field.offset);
                        Some(Here::Value(field.field_type.clone()))
                    }
                    Step::Index(indexes) => self.repeated(&description, indexes),
                }
            }
            _ => None,
        }
    }

    /// The members of a nullable's value are reached as if they were its own.
    fn of_nullable(&mut self, value: &FieldType, step: &Step) -> Option<Here> {
        let FieldShape::Struct { method_table } = value.shape else { return None };
        let inner = self.unwrap_nullable(&self.types.description(method_table))?;
        self.of_value(&inner, step)
    }

    /// An element of an inline array or a fixed buffer.
    fn repeated(&mut self, description: &TypeDescription, indexes: &[i64]) -> Option<Here> {
        let (count, [index]) = (description.repeated?, indexes) else { return None };
        let field = description.fields.first()?;
        let index = u32::try_from(*index).ok().filter(|&index| index < count)?;
        let size = self.size(&field.field_type)?;
        self.offset += u64::from(field.offset) + u64::from(index) * u64::from(size);
        Some(Here::Value(field.field_type.clone()))
    }

    fn size(&self, field_type: &FieldType) -> Option<u32> {
        match &field_type.shape {
            FieldShape::Primitive(p) | FieldShape::Enum { underlying: p, .. } => Some(p.size()),
            FieldShape::Struct { method_table } => Some(self.types.description(*method_table).data_size),
            FieldShape::Reference { .. } | FieldShape::Pointer | FieldShape::FunctionPointer => Some(8),
            FieldShape::OpaqueStruct | FieldShape::Unknown => None,
        }
    }

    /// Goes to the value of a nullable; `None` when it is none.
    fn unwrap_nullable(&mut self, description: &TypeDescription) -> Option<FieldType> {
        let (has_value, value) = nullable(description)?;
        self.moves.push(Move::Guard(self.offset + u64::from(has_value.offset)));
        self.offset += u64::from(value.offset);
        Some(value.field_type.clone())
    }

    fn finish(mut self, here: Here) -> Program {
        let leaf = match here {
            // A path without steps leads to the object itself, which is no value of its own.
            Here::Object(_) => Leaf::Unknown,
            Here::Value(value) => {
                let inner = match value.shape {
                    FieldShape::Struct { method_table } => {
                        self.unwrap_nullable(&self.types.description(method_table))
                    }
                    _ => None,
                };
                Leaf::of(self.types, inner.as_ref().unwrap_or(&value))
            }
        };
        Program { moves: self.moves, end: End::Leaf(self.offset, leaf) }
    }
}

/// The field that a path means by a name: the field itself, else the one behind a property that the compiler wrote.
pub fn member<'d>(description: &'d TypeDescription, name: &str) -> Option<&'d Field> {
    let compiled = |field: &&Field| {
        let rest = field.name.strip_prefix('<').and_then(|n| n.strip_prefix(name));
        matches!(rest, Some(">k__BackingField" | ">i__Field"))
    };
    description.field(name).or_else(|| description.fields.iter().rev().find(compiled))
}

/// Whether a description decides where a step leads, for this type and all that derive from it: a field that one of
/// those hides by another of the same name is that one's in its objects.
fn decides(types: &TypeSystem, description: &TypeDescription, step: &Step) -> bool {
    let name = match step {
        Step::Member(name) if is_length(description, name) => return true,
        Step::Member(name) => name,
        Step::Index(_) => return matches!(description.kind, TypeKind::Array(_)),
    };
    let Some(field) = member(description, name) else { return false };
    let hides = |&mt: &Addr| {
        member(&types.description(mt), name).is_some_and(|other| other.declared_in != field.declared_in)
    };
    !types.derived(description.method_table).iter().any(hides)
}

fn is_length(description: &TypeDescription, name: &str) -> bool {
    name == "Length" && matches!(description.kind, TypeKind::Array(_) | TypeKind::String)
}

fn fits(shape: &ArrayShape, indexes: &[i64]) -> bool {
    shape.rank as usize == indexes.len()
}

/// The two fields of a nullable.
fn nullable(description: &TypeDescription) -> Option<(&Field, &Field)> {
    let is = description.name.starts_with("System.Nullable<");
    is.then(|| Some((description.field("hasValue")?, description.field("value")?))).flatten()
}

/// The type of `.Length`, which is no field.
fn length_type() -> FieldType {
    FieldType { name: Arc::from("System.Int32"), shape: FieldShape::Primitive(Primitive::U4) }
}

fn stuck(types: &TypeSystem, here: &Here, step: usize) -> Stuck {
    let description = match here {
        Here::Object(description) => Some(Arc::clone(description)),
        Here::Value(FieldType { shape: FieldShape::Struct { method_table }, .. }) => {
            Some(types.description(*method_table))
        }
        Here::Value(_) => None,
    };
    let type_name = match (&description, here) {
        (Some(description), _) => Arc::clone(&description.name),
        (None, Here::Value(value)) => Arc::clone(&value.name),
        (None, Here::Object(_)) => Arc::from(""),
    };
    let mut members = Vec::new();
    if let Some(description) = &description {
        members.extend(description.fields.iter().map(|field| Arc::clone(&field.name)));
        if is_length(description, "Length") {
            members.push(Arc::from("Length"));
        }
    } else if matches!(here, Here::Value(FieldType { shape: FieldShape::Enum { .. }, .. })) {
        members.push(Arc::from("value__"));
    }
    let has_elements =
        description.as_ref().is_some_and(|d| matches!(d.kind, TypeKind::Array(_)) || d.repeated.is_some());
    let incomplete = description.and_then(|d| d.incomplete.clone());
    Stuck { step, type_name, members, incomplete, has_elements }
}
