//! What a type is.

use std::sync::Arc;

use super::{Field, FieldType, Primitive, StaticField};
use crate::bytes::Addr;

/// What kind of type it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// A class, a delegate or a boxed reference: anything without a shape of its own.
    Class,
    /// An interface.
    Interface,
    /// `System.String`.
    String,
    /// An array.
    Array(ArrayShape),
    /// A struct; its instances on the heap are boxes.
    Struct,
    /// An enum over that primitive.
    Enum(Primitive),
    /// A primitive.
    Primitive(Primitive),
    /// Free space between objects.
    Free,
    /// Not told: its MethodTable or class is not in the dump.
    Unknown,
}

/// The elements of an array type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayShape {
    /// Dimensions.
    pub rank: u32,
    /// Whether it is of one dimension that begins at 0; all others have lengths and lower bounds before their elements.
    pub sz: bool,
    /// What the elements are.
    pub element: FieldType,
    /// Bytes of an element.
    pub element_size: u32,
}

/// What is known of a type.
#[derive(Clone, Debug)]
pub struct TypeDescription {
    /// Its MethodTable.
    pub method_table: Addr,
    /// Its name, as listings print it.
    pub name: Arc<str>,
    /// What it is.
    pub kind: TypeKind,
    /// The MethodTable of the type it derives from; `None` for `System.Object`, interfaces, and where it is not known.
    pub parent: Option<Addr>,
    /// Bytes of the fields of an instance: of a struct, what it takes as a field or an element.
    pub data_size: u32,
    /// The instance fields, inherited and private ones too: those of the most distant base first, in the order of
    /// their declaration in metadata. A name that a base class hides occurs twice.
    pub fields: Vec<Field>,
    /// How often the only field is repeated: inline arrays and fixed buffers. `None` for all others.
    pub repeated: Option<u32>,
    /// The static fields that the type itself declares, thread statics included.
    pub static_fields: Vec<StaticField>,
    /// The named values of an enum, in the order of their declaration; as the bits of the underlying primitive,
    /// sign-extended. Empty for all others and where the metadata is missing.
    pub enum_values: Vec<(Arc<str>, i128)>,
    /// Whether an enum is marked `[Flags]`.
    pub is_flags: bool,
    /// Why fields may be missing or nameless; `None` when all of them are told.
    pub incomplete: Option<String>,
}

impl TypeDescription {
    /// A type of which nothing but the name is told.
    pub fn unknown(method_table: Addr, name: Arc<str>) -> TypeDescription {
        TypeDescription {
            method_table,
            name,
            kind: TypeKind::Unknown,
            parent: None,
            data_size: 0,
            fields: Vec::new(),
            repeated: None,
            static_fields: Vec::new(),
            enum_values: Vec::new(),
            is_flags: false,
            incomplete: None,
        }
    }

    /// The field of that name: of several, the one that the most derived type declares.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().rev().find(|field| &*field.name == name)
    }
}
