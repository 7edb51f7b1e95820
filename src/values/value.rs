//! A value in memory, read by its shape.

use crate::bytes::Addr;
use crate::clr::type_system::{FieldShape, Primitive};
use crate::dump::Fault;

use super::Values;

/// A value as it lies in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A UTF-16 code unit.
    Char(u16),
    /// A whole number; of an enum its number.
    Integer(i128),
    /// A `System.Single`.
    Single(f32),
    /// A `System.Double`.
    Double(f64),
    /// A reference; null is an address too.
    Reference(Addr),
    /// A pointer, of data or code.
    Pointer(Addr),
    /// A struct, whose data begin there.
    Struct {
        /// Where its data begin.
        data: Addr,
        /// Its MethodTable.
        method_table: Addr,
    },
    /// A struct or anything else of which no more is known.
    Opaque,
}

impl Values {
    /// Reads the value of shape `shape` at `place`.
    ///
    /// # Errors
    /// It is not in the dump. A struct is not read but only located.
    pub fn read(&self, place: Addr, shape: &FieldShape) -> Result<Value, Fault> {
        let memory = self.types().memory();
        Ok(match *shape {
            FieldShape::Primitive(primitive) | FieldShape::Enum { underlying: primitive, .. } => {
                let integer = Value::Integer;
                match primitive {
                    Primitive::Boolean => Value::Boolean(memory.u8(place)? != 0),
                    Primitive::Char => Value::Char(memory.u16(place)?),
                    Primitive::I1 => integer((memory.u8(place)? as i8).into()),
                    Primitive::U1 => integer(memory.u8(place)?.into()),
                    Primitive::I2 => integer((memory.u16(place)? as i16).into()),
                    Primitive::U2 => integer(memory.u16(place)?.into()),
                    Primitive::I4 => integer(memory.i32(place)?.into()),
                    Primitive::U4 => integer(memory.u32(place)?.into()),
                    Primitive::I8 | Primitive::NativeInt => integer(memory.i64(place)?.into()),
                    Primitive::U8 | Primitive::NativeUInt => integer(memory.u64(place)?.into()),
                    Primitive::R4 => Value::Single(f32::from_bits(memory.u32(place)?)),
                    Primitive::R8 => Value::Double(f64::from_bits(memory.u64(place)?)),
                }
            }
            FieldShape::Reference { .. } => Value::Reference(memory.pointer(place)?),
            FieldShape::Pointer | FieldShape::FunctionPointer => Value::Pointer(memory.pointer(place)?),
            FieldShape::Struct { method_table } => Value::Struct { data: place, method_table },
            FieldShape::OpaqueStruct | FieldShape::Unknown => Value::Opaque,
        })
    }
}
