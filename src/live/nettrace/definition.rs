//! What the stream says of a kind of event: provider, name, fields and their types.
//!
//! The payload of a record in a metadata block is
//!
//! ```text
//! id:i32 provider:text event:i32 name:text keywords:i64 version:i32 level:i32 fields tag*
//! fields: count:i32 (type:i32 fields? name:text)*
//! tag: size:i32 kind:u8 (1: opcode:u8 | 2: count:i32 (size:i32 name:text type)*)
//! type: code:i32, then for an object its fields, for an array the type of its elements
//! ```
//!
//! The tag 2 takes the place of the fields where they cannot describe the event, because it has arrays.

use std::sync::Arc;

use super::cursor::{Cursor, Damage};
use crate::limits::{MAX_NETTRACE_FIELDS, MAX_NETTRACE_NESTING};

/// The tag with the opcode.
const OPCODE_TAG: u8 = 1;
/// The tag with the fields of an event that has arrays.
const FIELDS_TAG: u8 = 2;

/// A kind of event.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The number by which events of this stream refer to it.
    pub id: u32,
    /// Who sends it: the name of an EventSource.
    pub provider: Arc<str>,
    /// The number of the event among those of its provider.
    pub event: u32,
    /// The name; empty for the events of the runtime itself, which have numbers only.
    pub name: Arc<str>,
    /// The groups of events of the provider that it belongs to, a bit each.
    pub keywords: u64,
    /// The version of its fields.
    pub version: u32,
    /// How important it is: 1 critical to 5 verbose, 0 always.
    pub level: u32,
    /// What part of an activity it is (start, stop, ...); `None` when that is not said.
    pub opcode: Option<u8>,
    /// What its payload holds; an error, in words, where the description cannot be read.
    pub fields: Result<Vec<Field>, String>,
}

/// A part of a payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name, which may be empty.
    pub name: Arc<str>,
    /// What it holds.
    pub kind: FieldKind,
}

/// What a field holds: the codes of `System.TypeCode`, with 17 for GUIDs and 19 for arrays, which have none there. Nested no
/// deeper than [`MAX_NETTRACE_NESTING`].
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum FieldKind {
    Boolean,
    Char,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
    Decimal,
    FileTime,
    Guid,
    Text,
    Array(Box<FieldKind>),
    Object(Vec<Field>),
}

impl Definition {
    /// Reads a record of a metadata block. An error when not even the names can be read.
    pub(super) fn read(payload: &[u8]) -> Result<Definition, Damage> {
        let mut bytes = Cursor::new(payload);
        let id = bytes.u32()?;
        let provider = bytes.text()?.into();
        let event = bytes.u32()?;
        let name = bytes.text()?.into();
        let keywords = bytes.u64()?;
        let version = bytes.u32()?;
        let level = bytes.u32()?;
        let (mut opcode, mut fields) = (None, Ok(Vec::new()));
        if !bytes.is_empty() {
            let mut reading = Reading { bytes, left: MAX_NETTRACE_FIELDS };
            fields = reading.fields(0);
            if fields.is_ok() {
                let tags = reading.tags(&mut opcode);
                fields = tags.and_then(|tagged| tagged.map_or(fields, Ok));
            }
        }
        Ok(Definition { id, provider, event, name, keywords, version, level, opcode, fields })
    }
}

struct Reading<'a> {
    bytes: Cursor<'a>,
    /// How many more fields may be described.
    left: usize,
}

impl Reading<'_> {
    /// Fields as all versions describe them: the type before the name.
    fn fields(&mut self, depth: usize) -> Result<Vec<Field>, Damage> {
        self.each_field(|reading| {
            let kind = reading.kind(depth, Reading::fields)?;
            Ok(Field { kind, name: reading.bytes.text()?.into() })
        })
    }

    /// Fields as the tag describes them: with their size, the name before the type.
    fn tagged_fields(&mut self, depth: usize) -> Result<Vec<Field>, Damage> {
        self.each_field(|reading| {
            let size = reading.bytes.count()?;
            let inside = size.checked_sub(4).ok_or_else(|| format!("a field of {size} bytes"))?;
            let bytes = Cursor::new(reading.bytes.take(inside)?);
            let mut own = Reading { bytes, left: reading.left };
            let name = own.bytes.text()?.into();
            let kind = own.kind(depth, Reading::tagged_fields)?;
            reading.left = own.left;
            Ok(Field { name, kind })
        })
    }

    fn each_field(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<Field, Damage>,
    ) -> Result<Vec<Field>, Damage> {
        let count = self.bytes.count()?;
        self.left =
            self.left.checked_sub(count).ok_or_else(|| format!("more than {MAX_NETTRACE_FIELDS} fields"))?;
        (0..count).map(|_| read(self)).collect()
    }

    fn kind(
        &mut self,
        depth: usize,
        fields: fn(&mut Self, usize) -> Result<Vec<Field>, Damage>,
    ) -> Result<FieldKind, Damage> {
        if depth >= MAX_NETTRACE_NESTING {
            return Err(format!("fields nested deeper than {MAX_NETTRACE_NESTING}"));
        }
        Ok(match self.bytes.u32()? {
            1 => FieldKind::Object(fields(self, depth + 1)?),
            3 => FieldKind::Boolean,
            4 => FieldKind::Char,
            5 => FieldKind::I8,
            6 => FieldKind::U8,
            7 => FieldKind::I16,
            8 => FieldKind::U16,
            9 => FieldKind::I32,
            10 => FieldKind::U32,
            11 => FieldKind::I64,
            12 => FieldKind::U64,
            13 => FieldKind::F32,
            14 => FieldKind::F64,
            15 => FieldKind::Decimal,
            16 => FieldKind::FileTime,
            17 => FieldKind::Guid,
            18 => FieldKind::Text,
            19 => FieldKind::Array(Box::new(self.kind(depth + 1, fields)?)),
            code => return Err(format!("a field of the unknown type {code}")),
        })
    }

    /// Reads the tags to the end; the fields that one of them describes.
    fn tags(&mut self, opcode: &mut Option<u8>) -> Result<Option<Vec<Field>>, Damage> {
        let mut fields = None;
        while !self.bytes.is_empty() {
            let size = self.bytes.count()?;
            let tag = self.bytes.u8()?;
            let bytes = Cursor::new(self.bytes.take(size)?);
            let mut inside = Reading { bytes, left: self.left };
            match tag {
                OPCODE_TAG => *opcode = Some(inside.bytes.u8()?),
                FIELDS_TAG => fields = Some(inside.tagged_fields(0)?),
                // Later versions may say more of an event.
                _ => {}
            }
        }
        Ok(fields)
    }
}
