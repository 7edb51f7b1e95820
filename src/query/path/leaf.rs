//! What stands where a path ends.

use crate::bytes::Addr;
use crate::clr::type_system::{FieldShape, FieldType, Primitive, TypeKind, TypeSystem};
use crate::query::Kind;

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
    /// A struct, which stands for the text that a person reads.
    Struct(FieldType),
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
                Some(mt) if is_string(types, mt) => Leaf::String,
                _ => Leaf::Reference,
            },
            FieldShape::Pointer | FieldShape::FunctionPointer => Leaf::Pointer,
            FieldShape::Struct { .. } => Leaf::Struct(field_type.clone()),
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
            Leaf::Enum(..) | Leaf::String | Leaf::Struct(_) => Kind::Text,
            Leaf::Reference | Leaf::Pointer => Kind::Address,
            Leaf::Unknown => return None,
        })
    }
}

fn is_string(types: &TypeSystem, mt: Addr) -> bool {
    types.description(mt).kind == TypeKind::String
}
