//! Fields: FieldDescs, their rows and signatures in metadata, and the counts of a class.

use super::modules::{FieldPlan, constant_width};
use super::types::VALUE_TYPE;
use super::{Process, Type, TypeDef};
use crate::synth::layout::FieldCounts;

/// `CorElementType`, ECMA-335 II.23.1.16.
pub mod element {
    /// `System.Boolean`.
    pub const BOOLEAN: u8 = 0x02;
    /// `System.Char`.
    pub const CHAR: u8 = 0x03;
    /// `System.SByte`.
    pub const I1: u8 = 0x04;
    /// `System.Byte`.
    pub const U1: u8 = 0x05;
    /// `System.Int32`.
    pub const I4: u8 = 0x08;
    /// `System.Int64`.
    pub const I8: u8 = 0x0a;
    /// `System.UInt64`.
    pub const U8: u8 = 0x0b;
    /// `System.Double`.
    pub const R8: u8 = 0x0d;
    /// `System.String`, in signatures only.
    pub const STRING: u8 = 0x0e;
    /// Any struct.
    pub const STRUCT: u8 = 0x11;
    /// Any class; in a FieldDesc any reference.
    pub const CLASS: u8 = 0x12;
    /// A parameter of a generic class, in signatures only.
    pub const PARAMETER: u8 = 0x13;
    /// `System.Object`, in signatures only.
    pub const OBJECT: u8 = 0x1c;
    /// An array of one dimension from 0, in signatures only.
    pub const SZ_ARRAY: u8 = 0x1d;
}

/// `FIELD` in front of a field's signature.
const FIELD_SIGNATURE: u8 = 0x06;
/// `mdPublic`, `mdStatic | mdLiteral | mdHasDefault`, ECMA-335 II.23.1.5.
const PUBLIC: u16 = 0x0006;
const LITERAL: u16 = 0x8056;
const SPECIAL_NAME: u16 = 0x0600;
/// A category of the MethodTable's flags: `enum_flag_Category_PrimitiveValueType`, `_TruePrimitive`.
const ENUM: u32 = 0x0006_0000;
const TRUE_PRIMITIVE: u32 = 0x0007_0000;
/// Bytes of a FieldDesc, and where its words stand.
const FIELD_DESC: u64 = 16;

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A number, by its [`element`].
    Number(u8),
    /// A reference to a string.
    String,
    /// A reference to any object.
    Object,
    /// A reference to an instance of that class.
    Class(TypeDef),
    /// A struct in place.
    Struct(TypeDef),
    /// An enum in place, over a number by its [`element`].
    Enum(TypeDef, u8),
    /// What the class's generic parameter of that number is; the [`element`] is what the FieldDesc says of it.
    Parameter(u8, u8),
    /// A reference to an array from 0 of these.
    Array(Box<Holds>),
}

impl Holds {
    /// The element type that the FieldDesc bears: every reference is a class there, an enum its number.
    fn in_field_desc(&self) -> u8 {
        match self {
            Holds::Number(element) | Holds::Enum(_, element) | Holds::Parameter(_, element) => *element,
            Holds::Struct(_) => element::STRUCT,
            Holds::String | Holds::Object | Holds::Class(_) | Holds::Array(_) => element::CLASS,
        }
    }

    /// The type in a signature; `token` gives the coded TypeDefOrRef of a type.
    pub(super) fn signature(&self, token: &mut impl FnMut(TypeDef) -> u8, bytes: &mut Vec<u8>) {
        match self {
            Holds::Number(element) => bytes.push(*element),
            Holds::String => bytes.push(element::STRING),
            Holds::Object => bytes.push(element::OBJECT),
            Holds::Class(of) => bytes.extend([element::CLASS, token(*of)]),
            Holds::Struct(of) | Holds::Enum(of, _) => bytes.extend([element::STRUCT, token(*of)]),
            Holds::Parameter(number, _) => bytes.extend([element::PARAMETER, *number]),
            Holds::Array(of) => {
                bytes.push(element::SZ_ARRAY);
                of.signature(token, bytes);
            }
        }
    }
}

/// The signature of a field.
pub(super) fn field_signature(holds: &Holds, token: &mut impl FnMut(TypeDef) -> u8) -> Vec<u8> {
    let mut bytes = vec![FIELD_SIGNATURE];
    holds.signature(token, &mut bytes);
    bytes
}

impl Process {
    /// A class that derives from `parent`, whose fields must have been given before.
    pub fn derived(&mut self, of: TypeDef, parent: Type, base_size: u32) -> Type {
        let made = self.class(of, base_size);
        self.native.put64(made.method_table + 16, parent.method_table);
        let inherited = self.instance_fields(parent);
        self.put_field_counts(made, inherited);
        self.inherit_references(made, parent);
        made
    }

    /// A primitive of the runtime, as `System.Int32`, with the field that holds its number.
    pub fn primitive(&mut self, of: TypeDef, element: u8) -> Type {
        let made = self.value(of, TRUE_PRIMITIVE, constant_width(element) as u32, element);
        self.fields(of, made, &[("m_value", 0, Holds::Number(element))]);
        made
    }

    /// An enum over a number, with its names.
    pub fn enumeration(&mut self, of: TypeDef, element: u8, names: &[(&str, u64)]) -> Type {
        let made = self.value(of, ENUM, constant_width(element) as u32, element);
        self.native.put64(made.method_table + 16, self.enum_base.method_table);
        self.fields(of, made, &[("value__", 0, Holds::Number(element))]);
        for &(name, value) in names {
            let plan = FieldPlan {
                name: name.to_owned(),
                flags: LITERAL,
                holds: Holds::Enum(of, element),
                field_desc: None,
                constant: Some((element, value)),
            };
            self.add_field(of, plan);
        }
        made
    }

    /// A struct whose data have `bytes` bytes.
    pub fn structure(&mut self, of: TypeDef, bytes: u32) -> Type {
        self.value(of, VALUE_TYPE, bytes, element::STRUCT)
    }

    fn value(&mut self, of: TypeDef, flags: u32, bytes: u32, element: u8) -> Type {
        let base_size = 16 + bytes.next_multiple_of(8);
        let made = self.plain(of, base_size, flags);
        let class = self.class_of(made);
        let fields = &self.family.layout().fields;
        self.native.put(class + fields.element, &[element]);
        self.native.put(class + fields.padding, &[(base_size - bytes) as u8]);
        made
    }

    /// Gives a type the instance fields that it declares itself: name, offset from the start of the data, contents.
    /// Once a type.
    pub fn fields(&mut self, of: TypeDef, made: Type, fields: &[(&str, u32, Holds)]) {
        let class = self.class_of(made);
        let list = self.native.allocate(FIELD_DESC * fields.len() as u64);
        for ((name, offset, holds), at) in fields.iter().zip((list..).step_by(FIELD_DESC as usize)) {
            self.native.put64(at, made.method_table);
            self.native.put32(at + 12, offset | u32::from(holds.in_field_desc()) << 27);
            let special = if *name == "value__" { SPECIAL_NAME } else { 0 };
            let plan = FieldPlan {
                name: (*name).to_owned(),
                flags: PUBLIC | special,
                holds: holds.clone(),
                field_desc: Some(at),
                constant: None,
            };
            self.add_field(of, plan);
        }
        self.native.put64(class + 24, list);
        let count = self.instance_fields(made) + fields.len() as u32;
        self.put_field_counts(made, count);
        self.describe_fields(made, fields);
    }

    /// The EEClass of a type: behind its canonical MethodTable where it has another.
    fn class_of(&self, of: Type) -> u64 {
        let word = self.native.get64(of.method_table + 40);
        match word & 3 {
            0 => word,
            tag => self.native.get64(word - tag + 40),
        }
    }

    fn field_counts_at(&self, of: Type) -> u64 {
        let class = self.class_of(of);
        match self.family.layout().fields.counts {
            FieldCounts::Short(offset) => class + offset,
            FieldCounts::Behind { start, .. } => class + start,
        }
    }

    fn instance_fields(&self, of: Type) -> u32 {
        let word = self.native.get64(self.field_counts_at(of));
        match self.family.layout().fields.counts {
            FieldCounts::Short(_) => u32::from(word as u16),
            FieldCounts::Behind { .. } => word as u32,
        }
    }

    fn put_field_counts(&mut self, of: Type, instance: u32) {
        let at = self.field_counts_at(of);
        match self.family.layout().fields.counts {
            FieldCounts::Short(_) => self.native.put16(at, instance as u16),
            FieldCounts::Behind { place, start } => {
                let class = self.class_of(of);
                self.native.put(class + place, &[start as u8]);
                self.native.put32(at, instance);
            }
        }
    }
}
