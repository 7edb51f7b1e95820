//! What a person reads: the contents of strings, the names of enums, dates, decimals, tuples, addresses of the net.
//!
//! The text stands *beside* the plain value. Where a value says all there is (a number, a reference to an object that is
//! nothing but its fields) there is none. A text is in .NET's own invariant spelling where it has one, so that it can
//! be searched for in logs and sources; dates are ISO 8601.
//!
//! Types are known by their full names, members by theirs, in every spelling that versions 2.0 to 10.0 use: the list
//! stands in [`readings`]. What is out of a type's range (hostile or torn bytes) has no text; its raw parts remain.

mod builder;
mod dates;
mod decimal;
mod delegates;
mod enums;
mod exceptions;
mod guid;
mod holders;
mod integers;
mod members;
mod named;
mod network;
mod ranges;
mod readings;
mod reflection;
mod structs;
mod tuples;
mod version;

pub(super) use readings::Readings;

use std::sync::Arc;

use super::{Plain, Value, Values};
use crate::bytes::Addr;
use crate::clr::type_system::{FieldShape, FieldType, Primitive, TypeDescription, TypeKind};
use crate::dump::Fault;
use crate::{limits, text};
use readings::Reading;

/// Offset of the data in a box, and of the fields in an object.
const DATA: u64 = 8;

/// Why a value has no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoText {
    /// What it would be made of is not in the dump.
    Missing(Fault),
    /// It is a null reference, or a nullable without a value.
    Null,
    /// Its type has none, or its bytes are none that the type allows.
    Unknown,
}

impl From<Fault> for NoText {
    fn from(fault: Fault) -> Self {
        NoText::Missing(fault)
    }
}

/// The text of a value, or why it has none.
type Text = Result<String, NoText>;

/// How deep a text is within another one. The outermost is whole; parts are cut short.
#[derive(Clone, Copy, Debug, Default)]
struct Nesting(u32);

impl Nesting {
    fn deeper(self) -> Result<Nesting, NoText> {
        if self.0 >= limits::MAX_TEXT_NESTING { Err(NoText::Unknown) } else { Ok(Nesting(self.0 + 1)) }
    }
}

impl Values {
    /// What a person reads of the value of type `of` at `place`: of a reference to a string its contents, of an enum
    /// its name, of a struct its fields. `None` for null, and where the plain value says all.
    ///
    /// # Errors
    /// Something that the text would be made of is not in the dump.
    pub fn text(&self, place: Addr, of: &FieldType) -> Result<Option<String>, Fault> {
        told(self.value_text(place, of, Nesting::default()))
    }

    /// The text of a value, and of one that has none the plain value; `None` for null and where neither is told.
    ///
    /// # Errors
    /// As for [`Values::text`].
    pub fn spelled(&self, place: Addr, of: &FieldType) -> Result<Option<String>, Fault> {
        if let Some(text) = self.text(place, of)? {
            return Ok(Some(text));
        }
        let plain = self.plain(place, of)?;
        Ok((plain != Plain::None).then(|| plain.to_string()))
    }

    /// What a person reads of the object at `object`: a string's contents, a boxed value, or what the object
    /// stands for (a version, an address of the net, the method of a delegate). `None` for null and for objects that
    /// are nothing but their fields.
    ///
    /// # Errors
    /// Something that the text would be made of is not in the dump.
    pub fn object_text(&self, object: Addr) -> Result<Option<String>, Fault> {
        told(self.reference_text(object, Nesting::default()))
    }

    /// What a person reads of the value in the box at `object`, a plain number included; `None` when it is no box.
    ///
    /// # Errors
    /// As for [`Values::object_text`].
    pub fn boxed_text(&self, object: Addr) -> Result<Option<String>, Fault> {
        let description = self.types().description(self.types().type_of(object)?);
        told(self.box_text(object, &description, Nesting::default()))
    }

    /// A reader of the texts of structs of the type at `method_table`: for many of them, what is looked up once a type is
    /// looked up once.
    pub fn struct_texts(&self, method_table: Addr) -> StructTexts<'_> {
        StructTexts { values: self, reading: self.readings.of(self.types(), method_table) }
    }

    fn value_text(&self, place: Addr, of: &FieldType, nesting: Nesting) -> Text {
        match (self.read(place, &of.shape)?, &of.shape) {
            (Value::Char(unit), _) => Ok(text::stand_in(unit).to_string()),
            (Value::Integer(number), FieldShape::Enum { method_table: Some(method_table), underlying }) => {
                Ok(enums::name(&self.types().description(*method_table), *underlying, number))
            }
            (Value::Reference(object), _) => self.reference_text(object, nesting),
            (Value::Struct { data, method_table }, _) => self.struct_text(data, method_table, nesting),
            _ => Err(NoText::Unknown),
        }
    }

    fn reference_text(&self, object: Addr, nesting: Nesting) -> Text {
        if object.is_null() {
            return Err(NoText::Null);
        }
        let reading = self.readings.of(self.types(), self.types().type_of(object)?);
        match reading.description.kind {
            TypeKind::String => self.string_contents(object, nesting),
            TypeKind::Class => match reading.decoder {
                Some(decoder) => decoder(&reading.members(self, object.offset(DATA), nesting)),
                None => Err(NoText::Unknown),
            },
            _ => self.box_text(object, &reading.description, nesting),
        }
    }

    fn string_contents(&self, object: Addr, nesting: Nesting) -> Text {
        if nesting.0 == 0 {
            return Ok(self.string(object)?);
        }
        let mut text = self.string_prefix(object, limits::MAX_NESTED_STRING_UNITS)?;
        if self.string_length(object)? as usize > limits::MAX_NESTED_STRING_UNITS {
            text.push('…');
        }
        Ok(text)
    }

    fn box_text(&self, object: Addr, description: &TypeDescription, nesting: Nesting) -> Text {
        let data = object.offset(DATA);
        let number = |primitive| self.read(data, &FieldShape::Primitive(primitive));
        match description.kind {
            TypeKind::Primitive(Primitive::Char) => match number(Primitive::Char)? {
                Value::Char(unit) => Ok(text::stand_in(unit).to_string()),
                _ => Err(NoText::Unknown),
            },
            TypeKind::Primitive(primitive) => Ok(number(primitive)?.plain().to_string()),
            TypeKind::Enum(underlying) => match number(underlying)?.plain() {
                Plain::Integer(number) => Ok(enums::name(description, underlying, number)),
                other => Ok(other.to_string()),
            },
            TypeKind::Struct => self.struct_text(data, description.method_table, nesting),
            _ => Err(NoText::Unknown),
        }
    }

    fn struct_text(&self, data: Addr, method_table: Addr, nesting: Nesting) -> Text {
        self.struct_texts(method_table).read(data, nesting)
    }

    /// A value as a part of another text: what has no text of its own is its plain value, or the name of its type.
    fn part_text(&self, place: Addr, of: &FieldType, nesting: Nesting) -> Text {
        match self.value_text(place, of, nesting) {
            Err(NoText::Null) => Ok("null".to_owned()),
            Err(NoText::Unknown) => match self.read(place, &of.shape)? {
                Value::Reference(object) => {
                    Ok(self.types().name(self.types().type_of(object)?).as_ref().to_owned())
                }
                Value::Struct { .. } | Value::Opaque => Ok(of.name.as_ref().to_owned()),
                value => Ok(value.plain().to_string()),
            },
            text => text,
        }
    }
}

/// The texts of structs of one type.
#[derive(Clone, Debug)]
pub struct StructTexts<'v> {
    values: &'v Values,
    reading: Arc<Reading>,
}

impl StructTexts<'_> {
    /// What a person reads of the struct whose data begin at `data`; `None` where its bytes are none that the type allows.
    ///
    /// # Errors
    /// Something that the text would be made of is not in the dump.
    pub fn text(&self, data: Addr) -> Result<Option<String>, Fault> {
        told(self.read(data, Nesting::default()))
    }

    fn read(&self, data: Addr, nesting: Nesting) -> Text {
        let members = self.reading.members(self.values, data, nesting);
        match self.reading.decoder {
            Some(decoder) => decoder(&members),
            None => structs::fields(&members),
        }
    }
}

fn told(text: Text) -> Result<Option<String>, Fault> {
    match text {
        Ok(text) => Ok(Some(text)),
        Err(NoText::Missing(fault)) => Err(fault),
        Err(NoText::Null | NoText::Unknown) => Ok(None),
    }
}

#[cfg(test)]
mod tests;
