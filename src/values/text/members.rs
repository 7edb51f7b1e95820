//! The members of a value that is being read, by their names.

use super::{Nesting, NoText, Text};
use crate::bytes::Addr;
use crate::clr::type_system::{Field, FieldShape, TypeDescription};
use crate::values::{Plain, Value, Values};

/// The names of one member, newest version first.
pub(super) type Names = [&'static str];

/// A struct, or the fields of an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Members<'a> {
    pub values: &'a Values,
    /// The name of the value's own type.
    pub type_name: &'a str,
    /// The type whose members these are: its own, or a base.
    pub description: &'a TypeDescription,
    /// Where the data begin.
    pub data: Addr,
    pub nesting: Nesting,
}

impl Members<'_> {
    /// The member of the first of the names that there is.
    pub fn find(&self, names: &Names) -> Option<&Field> {
        names.iter().find_map(|name| self.description.field(name))
    }

    fn member(&self, names: &Names) -> Result<&Field, NoText> {
        self.find(names).ok_or(NoText::Unknown)
    }

    /// The object that has these fields. For a struct this means nothing.
    pub fn object(&self) -> Addr {
        Addr(self.data.0.wrapping_sub(super::DATA))
    }

    /// Where a field lies.
    pub fn place(&self, field: &Field) -> Addr {
        self.data.offset(field.offset.into())
    }

    /// A whole number: of an enum its number.
    pub fn integer(&self, names: &Names) -> Result<i128, NoText> {
        let field = self.member(names)?;
        match self.values.read(self.place(field), &field.field_type.shape)?.plain() {
            Plain::Integer(number) => Ok(number),
            Plain::Address(address) => Ok(address.0.into()),
            _ => Err(NoText::Unknown),
        }
    }

    /// True or false.
    pub fn boolean(&self, names: &Names) -> Result<bool, NoText> {
        let field = self.member(names)?;
        match self.values.read(self.place(field), &field.field_type.shape)? {
            Value::Boolean(truth) => Ok(truth),
            _ => Err(NoText::Unknown),
        }
    }

    /// A real number.
    pub fn real(&self, names: &Names) -> Result<f64, NoText> {
        let field = self.member(names)?;
        match self.values.read(self.place(field), &field.field_type.shape)?.plain() {
            Plain::Real(number) => Ok(number),
            _ => Err(NoText::Unknown),
        }
    }

    /// A reference, which may be null.
    pub fn reference(&self, names: &Names) -> Result<Addr, NoText> {
        let field = self.member(names)?;
        match self.values.read(self.place(field), &field.field_type.shape)? {
            Value::Reference(object) => Ok(object),
            _ => Err(NoText::Unknown),
        }
    }

    /// A native int or pointer, as an address.
    pub fn address(&self, names: &Names) -> Result<Addr, NoText> {
        // A native int is signed; an address of the upper half is as good as any other.
        self.integer(names).map(|number| Addr(number as u64))
    }

    /// The text of a member, as a part of this value's text.
    pub fn part(&self, names: &Names) -> Text {
        self.field_part(self.member(names)?)
    }

    /// The text of a field, as a part of this value's text.
    pub fn field_part(&self, field: &Field) -> Text {
        self.values.part_text(self.place(field), &field.field_type, self.nesting.deeper()?)
    }

    /// The text that a member has of its own; null and what has none is told apart.
    pub fn own_text(&self, names: &Names) -> Text {
        let field = self.member(names)?;
        self.values.value_text(self.place(field), &field.field_type, self.nesting)
    }

    /// Calls `read` with the members of a member that is a struct.
    pub fn within<T>(
        &self,
        names: &Names,
        read: impl FnOnce(&Members<'_>) -> Result<T, NoText>,
    ) -> Result<T, NoText> {
        let field = self.member(names)?;
        let FieldShape::Struct { method_table } = field.field_type.shape else { return Err(NoText::Unknown) };
        let description = self.values.types().description(method_table);
        let (data, nesting) = (self.place(field), self.nesting.deeper()?);
        let type_name = &description.name;
        read(&Members { values: self.values, type_name, description: &description, data, nesting })
    }
}
