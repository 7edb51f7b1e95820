//! The values of a payload, read by the description of its event.

use std::sync::Arc;

use super::cursor::{Cursor, Damage};
use super::definition::{Field, FieldKind};
use crate::limits::MAX_NETTRACE_VALUES;

/// One value of a payload.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A truth value, four bytes in a payload.
    Boolean(bool),
    /// A UTF-16 code unit.
    Char(u16),
    /// A whole number of any size, with its sign.
    Integer(i128),
    /// A real number of either size.
    Real(f64),
    /// The four words of a `System.Decimal` as they lie in memory.
    Decimal([u32; 4]),
    /// A moment in steps of 100 nanoseconds since 1601 (a `FILETIME`).
    FileTime(u64),
    /// A GUID in the order of its bytes in memory.
    Guid([u8; 16]),
    /// A text.
    Text(String),
    /// Values of one type.
    Array(Vec<Value>),
    /// Named values.
    Object(Record),
}

impl Value {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match *self {
            Value::Integer(number) => Some(number as f64),
            Value::Real(number) => Some(number),
            _ => None,
        }
    }

    /// The named values, if it has such.
    pub fn record(&self) -> Option<&Record> {
        match self {
            Value::Object(record) => Some(record),
            _ => None,
        }
    }
}

/// Named values, in the order of a payload. Names may be empty, and may stand twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record(pub Vec<(Arc<str>, Value)>);

impl Record {
    /// The first value of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(own, _)| &**own == name).map(|(_, value)| value)
    }

    /// The first value of this name, where it is a text; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::text).unwrap_or_default()
    }
}

/// Reads the values that `fields` describe. What follows them in the payload is left: newer versions of an event may add
/// fields.
pub(super) fn read_record(payload: &[u8], fields: &[Field]) -> Result<Record, Damage> {
    let mut decoding = Decoding { bytes: Cursor::new(payload), left: MAX_NETTRACE_VALUES };
    decoding.record(fields)
}

struct Decoding<'a> {
    bytes: Cursor<'a>,
    /// How many more values may be made: those of no size, empty objects, would else cost nothing to claim.
    left: usize,
}

impl Decoding<'_> {
    /// Recursion is bounded by that of the description, see [`FieldKind`].
    fn record(&mut self, fields: &[Field]) -> Result<Record, Damage> {
        let values = fields.iter().map(|field| Ok((Arc::clone(&field.name), self.value(&field.kind)?)));
        values.collect::<Result<_, Damage>>().map(Record)
    }

    fn value(&mut self, kind: &FieldKind) -> Result<Value, Damage> {
        self.left =
            self.left.checked_sub(1).ok_or_else(|| format!("more than {MAX_NETTRACE_VALUES} values"))?;
        let bytes = &mut self.bytes;
        Ok(match kind {
            FieldKind::Boolean => Value::Boolean(bytes.u32()? != 0),
            FieldKind::Char => Value::Char(bytes.u16()?),
            FieldKind::I8 => Value::Integer(i8::from_le_bytes(bytes.array()?).into()),
            FieldKind::U8 => Value::Integer(bytes.u8()?.into()),
            FieldKind::I16 => Value::Integer(i16::from_le_bytes(bytes.array()?).into()),
            FieldKind::U16 => Value::Integer(bytes.u16()?.into()),
            FieldKind::I32 => Value::Integer(i32::from_le_bytes(bytes.array()?).into()),
            FieldKind::U32 => Value::Integer(bytes.u32()?.into()),
            FieldKind::I64 => Value::Integer(i64::from_le_bytes(bytes.array()?).into()),
            FieldKind::U64 => Value::Integer(bytes.u64()?.into()),
            FieldKind::F32 => Value::Real(f32::from_le_bytes(bytes.array()?).into()),
            FieldKind::F64 => Value::Real(f64::from_le_bytes(bytes.array()?)),
            FieldKind::Decimal => Value::Decimal([bytes.u32()?, bytes.u32()?, bytes.u32()?, bytes.u32()?]),
            FieldKind::FileTime => Value::FileTime(bytes.u64()?),
            FieldKind::Guid => Value::Guid(bytes.array()?),
            FieldKind::Text => Value::Text(bytes.text()?),
            FieldKind::Array(element) => {
                let count = bytes.u16()?;
                let values = (0..count).map(|_| self.value(element)).collect::<Result<_, Damage>>();
                Value::Array(values?)
            }
            FieldKind::Object(fields) => Value::Object(self.record(fields)?),
        })
    }
}
