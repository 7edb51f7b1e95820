//! What stands where a path ends.

use crate::clr::type_system::{FieldShape, FieldType, Primitive, TypeKind, TypeSystem};
use crate::query::Kind;

/// Structs that stand for a number. A decimal is the nearest real one; its text is exact.
const NUMBERS: [(&str, Kind); 4] = [
    ("System.Decimal", Kind::Real),
    ("System.Half", Kind::Real),
    ("System.Int128", Kind::Integer),
    ("System.UInt128", Kind::Integer),
];

/// Classes whose objects are looked at as texts, not as objects.
const TOLD: [&str; 4] = ["System.Version", "System.Uri", "System.Net.IPAddress", "System.Net.IPEndPoint"];

/// What stands where a path ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// A number, a character or a truth value.
    Primitive(Primitive),
    /// An enum.
    Enum(FieldType, Primitive),
    /// A reference to a string, which stands for its contents.
    String,
    /// Another reference.
    Reference,
    /// A pointer.
    Pointer,
    /// A reference to an object that stands for the text that a person reads.
    Told(FieldType),
    /// A struct, which stands for the text that a person reads.
    Struct(FieldType),
    /// A struct that stands for a number of that kind.
    Number(FieldType, Kind),
    /// Something of which nothing is known.
    Unknown,
}

impl Leaf {
    /// What a value of that type is.
    pub fn of(types: &TypeSystem, field_type: &FieldType) -> Leaf {
        match field_type.shape {
            FieldShape::Primitive(primitive) => Leaf::Primitive(primitive),
            FieldShape::Enum { underlying, .. } => Leaf::Enum(field_type.clone(), underlying),
            FieldShape::Reference { method_table } => match method_table {
                Some(mt) if types.description(mt).kind == TypeKind::String => Leaf::String,
                _ if TOLD.contains(&&*field_type.name) => Leaf::Told(field_type.clone()),
                _ => Leaf::Reference,
            },
            FieldShape::Pointer | FieldShape::FunctionPointer => Leaf::Pointer,
            FieldShape::Struct { .. } => match NUMBERS.iter().find(|(name, _)| *name == &*field_type.name) {
                Some((_, kind)) => Leaf::Number(field_type.clone(), *kind),
                None => Leaf::Struct(field_type.clone()),
            },
            FieldShape::OpaqueStruct | FieldShape::Unknown => Leaf::Unknown,
        }
    }

    /// The kind of the values; `None` when all of them are null.
    pub fn kind(&self) -> Option<Kind> {
        Some(match self {
            Leaf::Primitive(Primitive::Boolean) => Kind::Boolean,
            Leaf::Primitive(Primitive::Char) => Kind::Text,
            Leaf::Primitive(Primitive::R4 | Primitive::R8) => Kind::Real,
            Leaf::Primitive(_) => Kind::Integer,
            Leaf::Enum(..) | Leaf::String | Leaf::Struct(_) | Leaf::Told(_) => Kind::Text,
            Leaf::Number(_, kind) => *kind,
            Leaf::Reference | Leaf::Pointer => Kind::Address,
            Leaf::Unknown => return None,
        })
    }
}
