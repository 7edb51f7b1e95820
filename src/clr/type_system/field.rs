//! The fields of a type.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::metadata::element_type;

/// A type whose values are numbers, by its `CorElementType` (ECMA-335 II.23.1.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Primitive {
    /// `System.Boolean`, one byte.
    Boolean,
    /// `System.Char`, a UTF-16 code unit.
    Char,
    /// `System.SByte`.
    I1,
    /// `System.Byte`.
    U1,
    /// `System.Int16`.
    I2,
    /// `System.UInt16`.
    U2,
    /// `System.Int32`.
    I4,
    /// `System.UInt32`.
    U4,
    /// `System.Int64`.
    I8,
    /// `System.UInt64`.
    U8,
    /// `System.Single`.
    R4,
    /// `System.Double`.
    R8,
    /// `System.IntPtr`.
    NativeInt,
    /// `System.UIntPtr`.
    NativeUInt,
}

impl Primitive {
    /// The primitive of a `CorElementType`; `None` for one that is none.
    pub fn from_element_type(kind: u8) -> Option<Primitive> {
        Some(match kind {
            element_type::BOOLEAN => Primitive::Boolean,
            element_type::CHAR => Primitive::Char,
            element_type::I1 => Primitive::I1,
            element_type::U1 => Primitive::U1,
            element_type::I2 => Primitive::I2,
            element_type::U2 => Primitive::U2,
            element_type::I4 => Primitive::I4,
            element_type::U4 => Primitive::U4,
            element_type::I8 => Primitive::I8,
            element_type::U8 => Primitive::U8,
            element_type::R4 => Primitive::R4,
            element_type::R8 => Primitive::R8,
            element_type::NATIVE_INT => Primitive::NativeInt,
            element_type::NATIVE_UINT => Primitive::NativeUInt,
            _ => return None,
        })
    }

    /// The name of its type: `System.Int32`.
    pub fn type_name(self) -> &'static str {
        match self {
            Primitive::Boolean => "System.Boolean",
            Primitive::Char => "System.Char",
            Primitive::I1 => "System.SByte",
            Primitive::U1 => "System.Byte",
            Primitive::I2 => "System.Int16",
            Primitive::U2 => "System.UInt16",
            Primitive::I4 => "System.Int32",
            Primitive::U4 => "System.UInt32",
            Primitive::I8 => "System.Int64",
            Primitive::U8 => "System.UInt64",
            Primitive::R4 => "System.Single",
            Primitive::R8 => "System.Double",
            Primitive::NativeInt => "System.IntPtr",
            Primitive::NativeUInt => "System.UIntPtr",
        }
    }

    /// Bytes of a value.
    pub fn size(self) -> u32 {
        match self {
            Primitive::Boolean | Primitive::I1 | Primitive::U1 => 1,
            Primitive::Char | Primitive::I2 | Primitive::U2 => 2,
            Primitive::I4 | Primitive::U4 | Primitive::R4 => 4,
            Primitive::I8 | Primitive::U8 | Primitive::R8 | Primitive::NativeInt | Primitive::NativeUInt => 8,
        }
    }
}

/// How the value of a field lies in memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldShape {
    /// A number.
    Primitive(Primitive),
    /// An enum: a number with names.
    Enum {
        /// Its MethodTable; `None` when it is not loaded or cannot be told: then it has no names.
        method_table: Option<Addr>,
        /// What its numbers are.
        underlying: Primitive,
    },
    /// A struct, its fields in place. The MethodTable is that of the exact type, or of the one over `System.__Canon`
    /// that shares its layout. In a damaged dump a struct may hold itself: whoever follows structs into each other
    /// must bound how deep.
    Struct {
        /// Its MethodTable.
        method_table: Addr,
    },
    /// A struct whose type is not loaded or cannot be told.
    OpaqueStruct,
    /// A reference.
    Reference {
        /// The MethodTable of the declared type, when it is loaded.
        method_table: Option<Addr>,
    },
    /// A pointer or a managed reference, to memory that need not be the heap.
    Pointer,
    /// A pointer to a function.
    FunctionPointer,
    /// Not told: no signature, no FieldDesc that would say it.
    Unknown,
}

/// The type of a field or an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldType {
    /// Its name as listings print it, generic parameters replaced by what they are.
    pub name: Arc<str>,
    /// How values lie in memory.
    pub shape: FieldShape,
}

/// An instance field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name; module and token (`zoo.dll!04000012`) where the metadata is missing.
    pub name: Arc<str>,
    /// The MethodTable of the type that declares it.
    pub declared_in: Addr,
    /// Its row in the Field table of the module that declares it.
    pub row: u32,
    /// Bytes from the start of the data: 8 bytes behind the start of an object, at the start of a struct.
    pub offset: u32,
    /// Its type.
    pub field_type: FieldType,
}

/// Where a static field is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaticPlace {
    /// With the type's statics.
    Ordinary,
    /// With each thread's statics of the type.
    Thread,
    /// In the module's image, at that RVA from its base: constant data.
    Image,
}

/// A static field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticField {
    /// Its name; module and token (`zoo.dll!04000012`) where the metadata is missing.
    pub name: Arc<str>,
    /// The MethodTable of the type that declares it.
    pub declared_in: Addr,
    /// What the FieldDesc gives as offset: what it counts from depends on the place and the runtime's version.
    pub offset: u32,
    /// Its row in the Field table.
    pub row: u32,
    /// Its type.
    pub field_type: FieldType,
    /// Where it is kept.
    pub place: StaticPlace,
    /// Whether its slot holds a reference: to the value, or of a struct to the box that holds it.
    pub by_reference: bool,
}
