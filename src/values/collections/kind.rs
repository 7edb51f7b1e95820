//! What a shape demands of a field before it claims a type.

use crate::bytes::Addr;
use crate::clr::type_system::{FieldShape, FieldType, Primitive, TypeDescription, TypeKind};

use super::path::find_field;
use super::process::Process;

/// A field that a shape demands: its name, as a shape spells it, and what it must be.
pub(super) type Member = (Box<str>, FieldKind);

/// What a field must be.
///
/// Types that are not loaded or cannot be told (a generic argument's exact type may be shared code) decide nothing: the
/// field's own kind must still fit, what lies behind it is then not looked at.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FieldKind {
    /// Anything.
    Any,
    /// A whole number of any size, or an enum.
    Integer,
    /// A whole number without a sign.
    Unsigned,
    /// A `System.Boolean`.
    Boolean,
    /// A reference to whatever is no array.
    Reference,
    /// A reference to an object of the type itself.
    Itself,
    /// A reference whose declared type's name begins so.
    Named(Box<str>),
    /// An array of anything.
    Array,
    /// An array of structs or objects that have these fields.
    ArrayOf(Vec<Member>),
    /// An object that has these fields.
    Object(Vec<Member>),
    /// A struct in place that has these fields.
    Struct(Vec<Member>),
}

impl FieldKind {
    /// Whether a field of `field_type` is of this kind, declared by the type at `declaring`.
    pub fn accepts(&self, process: &dyn Process, field_type: &FieldType, declaring: Addr) -> bool {
        let name = &*field_type.name;
        let primitive = match field_type.shape {
            FieldShape::Primitive(primitive) | FieldShape::Enum { underlying: primitive, .. } => {
                Some(primitive)
            }
            _ => None,
        };
        match self {
            FieldKind::Any => true,
            FieldKind::Boolean => primitive == Some(Primitive::Boolean),
            FieldKind::Unsigned => primitive
                .is_some_and(|p| matches!(p, Primitive::U1 | Primitive::U2 | Primitive::U4 | Primitive::U8)),
            FieldKind::Integer => primitive.is_some_and(|p| {
                !matches!(p, Primitive::Boolean | Primitive::Char | Primitive::R4 | Primitive::R8)
            }),
            FieldKind::Reference => is_reference(field_type) && !is_array_name(name),
            FieldKind::Named(start) => is_reference(field_type) && name.starts_with(&**start),
            FieldKind::Itself => match field_type.shape {
                FieldShape::Reference { method_table: Some(mt) } => {
                    mt == declaring || process.description(mt).name == process.description(declaring).name
                }
                FieldShape::Reference { method_table: None } => {
                    *field_type.name == *process.description(declaring).name
                }
                _ => false,
            },
            FieldKind::Array => is_reference(field_type) && is_array_name(name),
            FieldKind::ArrayOf(members) => {
                is_reference(field_type) && is_array_name(name) && element_has(process, field_type, members)
            }
            FieldKind::Object(members) => {
                is_reference(field_type)
                    && !is_array_name(name)
                    && method_table(field_type).is_none_or(|mt| has_members(process, mt, members))
            }
            FieldKind::Struct(members) => match field_type.shape {
                FieldShape::Struct { method_table } => has_members(process, method_table, members),
                FieldShape::OpaqueStruct => true,
                _ => false,
            },
        }
    }
}

/// Whether the members are all found among the fields of `description`: among those that `declared_in` declares, if given.
pub(super) fn has_all(
    process: &dyn Process,
    description: &TypeDescription,
    declared_in: Option<Addr>,
    members: &[Member],
) -> bool {
    members.iter().all(|(name, kind)| {
        find_field(description, name, declared_in)
            .is_some_and(|field| kind.accepts(process, &field.field_type, field.declared_in))
    })
}

fn has_members(process: &dyn Process, mt: Addr, members: &[Member]) -> bool {
    has_all(process, &process.description(mt), None, members)
}

fn element_has(process: &dyn Process, array: &FieldType, members: &[Member]) -> bool {
    let Some(mt) = method_table(array) else { return true };
    match &process.description(mt).kind {
        TypeKind::Array(shape) => match shape.element.shape {
            FieldShape::Struct { .. } | FieldShape::Reference { .. } => {
                method_table(&shape.element).is_none_or(|mt| has_members(process, mt, members))
            }
            FieldShape::OpaqueStruct => true,
            _ => false,
        },
        TypeKind::Unknown => true,
        _ => false,
    }
}

fn method_table(field_type: &FieldType) -> Option<Addr> {
    match field_type.shape {
        FieldShape::Reference { method_table } => method_table,
        FieldShape::Struct { method_table } => Some(method_table),
        _ => None,
    }
}

fn is_reference(field_type: &FieldType) -> bool {
    matches!(field_type.shape, FieldShape::Reference { .. })
}

/// Whether this is the name of an array of one dimension: the declared type's MethodTable need not be loaded.
fn is_array_name(name: &str) -> bool {
    name.ends_with("[]")
}
