//! The rows of one object: its fields with their values, structs opened, elements of arrays after them.

use std::fmt;
use std::sync::Arc;

use super::arrays::{ArrayView, NotAnArray};
use super::{Plain, Values};
use crate::bytes::Addr;
use crate::clr::type_system::{Field, FieldShape, FieldType, TypeDescription, TypeKind};
use crate::clr::types::NotAMethodTable;
use crate::dump::Fault;
use crate::limits;

/// Offset of the fields in an object, and of the value in a box.
const DATA: u64 = 8;

/// Why there is no object to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnObject {
    /// Nothing can be read there, or the MethodTable that it names is not in the dump.
    Missing(Fault),
    /// The word there leads to no MethodTable.
    NoMethodTable(Addr),
}

impl fmt::Display for NotAnObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotAnObject::Missing(fault) => fault.fmt(f),
            NotAnObject::NoMethodTable(word) => write!(f, "{word}, which stands there, leads to no type"),
        }
    }
}

/// A field or an element, and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name; of what is in a struct or an element the way there: `N.Inner.Tag`, `[2,3].Tag`.
    pub field: String,
    /// Bytes from the start of the data, 8 bytes behind the start of the object.
    pub offset: u64,
    /// Its type.
    pub type_name: Arc<str>,
    /// Its plain value; none for structs, null references and what is missing.
    pub value: Plain,
    /// What a person reads, if that is more than the plain value.
    pub text: Option<String>,
    /// Whether the value is a reference to an object, and no pointer.
    pub is_reference: bool,
    /// What of it is not in the dump: its bytes, or those that its text would be made of.
    pub missing: Option<Fault>,
}

/// An object, opened.
#[derive(Clone, Debug)]
pub struct ObjectView {
    /// Where it begins.
    pub address: Addr,
    /// Its type.
    pub description: Arc<TypeDescription>,
    /// Its size in bytes; `None` when what it depends on is not in the dump.
    pub size: Option<u64>,
    /// Its fields, then its elements.
    pub rows: Vec<Row>,
    /// How many elements come after those in `rows`.
    pub elements_left_out: u64,
    /// Whether rows of fields were left out: more than any real type has, or structs within structs without end.
    pub fields_left_out: bool,
    /// Why an array has no elements in `rows`, where it should.
    pub no_elements: Option<NotAnArray>,
}

impl Values {
    /// The object at `address` with the values of its fields and of its first `max_elements` elements.
    ///
    /// A box has a row `(boxed)` with its value first, a string one `(string)` with its whole text. A field that is a struct has
    /// a row, then its fields have theirs. Inline arrays and fixed buffers have rows for their elements too.
    ///
    /// # Errors
    /// There is no object. Whatever is missing within it is told in the rows.
    pub fn object(&self, address: Addr, max_elements: u64) -> Result<ObjectView, NotAnObject> {
        let types = self.types();
        let method_table = types.type_of(address).map_err(NotAnObject::Missing)?;
        let shape = types.method_tables().shape(types.memory(), method_table).map_err(|no| match no {
            NotAMethodTable::Fault(fault) => NotAnObject::Missing(fault),
            NotAMethodTable::Inconsistent => NotAnObject::NoMethodTable(method_table),
        })?;
        let description = types.description(method_table);
        let count = if shape.component_size == 0 { Ok(0) } else { types.memory().u32(address.offset(DATA)) };
        let size = u64::from(shape.base_size);
        let size = count.ok().map(|count| size + u64::from(shape.component_size) * u64::from(count));

        let mut rows = Rows {
            values: self,
            object: address,
            rows: Vec::new(),
            max_elements,
            max_rows: limits::MAX_FIELD_ROWS,
            cut: false,
        };
        rows.whole(&description);
        rows.fields(address.offset(DATA), &description, "", 0);
        let mut view = ObjectView {
            address,
            description: Arc::clone(&description),
            size,
            fields_left_out: false,
            rows: Vec::new(),
            elements_left_out: 0,
            no_elements: None,
        };
        if let TypeKind::Array(_) = description.kind {
            match self.array(address) {
                Ok(array) => view.elements_left_out = rows.elements(&array),
                Err(no_array) => view.no_elements = Some(no_array),
            }
        }
        view.fields_left_out = rows.cut;
        view.rows = rows.rows;
        Ok(view)
    }

    /// What lies at `address` read as the type with the MethodTable `method_table`, whatever it says itself: the fields of a
    /// struct, whose data begin there, or of an object, whose data come behind its MethodTable. Elements are not read.
    ///
    /// # Errors
    /// That is no MethodTable. Whatever is missing at the address is told in the rows.
    pub fn object_as(&self, address: Addr, method_table: Addr) -> Result<ObjectView, NotAnObject> {
        let types = self.types();
        let shape = types.method_tables().shape(types.memory(), method_table).map_err(|no| match no {
            NotAMethodTable::Fault(fault) => NotAnObject::Missing(fault),
            NotAMethodTable::Inconsistent => NotAnObject::NoMethodTable(method_table),
        })?;
        let description = types.description(method_table);
        let is_value = shape.flags.is_value_type();
        let object = if is_value { Addr(address.0.wrapping_sub(DATA)) } else { address };
        let max_rows = limits::MAX_FIELD_ROWS;
        let mut rows = Rows { values: self, object, rows: Vec::new(), max_elements: 0, max_rows, cut: false };
        if matches!(description.kind, TypeKind::Primitive(_) | TypeKind::Enum(_)) {
            rows.whole(&description);
        }
        rows.fields(object.offset(DATA), &description, "", 0);
        Ok(ObjectView {
            address,
            size: Some(if is_value { description.data_size.into() } else { shape.base_size.into() }),
            fields_left_out: rows.cut,
            rows: rows.rows,
            description,
            elements_left_out: 0,
            no_elements: None,
        })
    }

    /// The size in bytes of the object at `address`, before rounding up to the alignment; `None` where what it depends on
    /// is not in the dump.
    pub fn object_size(&self, address: Addr) -> Option<u64> {
        let types = self.types();
        let method_table = types.type_of(address).ok()?;
        let shape = types.method_tables().shape(types.memory(), method_table).ok()?;
        let components = match shape.component_size {
            0 => 0,
            size => u64::from(size) * u64::from(types.memory().u32(address.offset(DATA)).ok()?),
        };
        Some(u64::from(shape.base_size) + components)
    }

    /// The rows of the value of type `of` at `place`, which is called `name`: its own, and of a struct those of its
    /// fields. Their offsets count from `place`.
    pub fn value_rows(&self, name: &str, place: Addr, of: &FieldType) -> Vec<Row> {
        let object = Addr(place.0.wrapping_sub(DATA));
        let max_elements = limits::MAX_FIELD_ROWS as u64;
        let max_rows = limits::MAX_FIELD_ROWS;
        let mut rows = Rows { values: self, object, rows: Vec::new(), max_elements, max_rows, cut: false };
        rows.opened(name, place, of, 0);
        rows.rows
    }
}

/// Rows being made.
struct Rows<'a> {
    values: &'a Values,
    object: Addr,
    rows: Vec<Row>,
    max_elements: u64,
    /// How many rows there may be before fields are left out.
    max_rows: usize,
    /// Whether that cap was met, or the one of structs within structs.
    cut: bool,
}

impl Rows<'_> {
    /// The row for what an object is as a whole: the value in a box, the text of a string.
    fn whole(&mut self, description: &TypeDescription) {
        let data = self.object.offset(DATA);
        let shape = match description.kind {
            TypeKind::String => {
                let text = self.values.string(self.object).map(Some);
                let row = self.row("(string)", data, &description.name, Ok(Plain::None), text);
                self.rows.push(row);
                return;
            }
            TypeKind::Primitive(primitive) => FieldShape::Primitive(primitive),
            TypeKind::Enum(underlying) => {
                FieldShape::Enum { method_table: Some(description.method_table), underlying }
            }
            TypeKind::Struct => FieldShape::Struct { method_table: description.method_table },
            _ => return,
        };
        let of = FieldType { name: Arc::clone(&description.name), shape };
        self.value("(boxed)", data, &of);
    }

    /// The rows of the fields of an object or a struct whose data begin at `data`.
    fn fields(&mut self, data: Addr, description: &TypeDescription, prefix: &str, depth: usize) {
        for field in &description.fields {
            let path = format!("{prefix}{}", field.name);
            self.opened(&path, data.offset(field.offset.into()), &field.field_type, depth);
        }
        if let (Some(count), [field]) = (description.repeated, description.fields.as_slice()) {
            self.repeated(data, description.data_size, count, field, prefix, depth);
        }
    }

    /// The row of a value and, if it is a struct, those of its fields.
    fn opened(&mut self, path: &str, place: Addr, of: &FieldType, depth: usize) {
        if self.rows.len() >= self.max_rows || depth >= limits::MAX_STRUCT_NESTING {
            self.cut = true;
            return;
        }
        self.value(path, place, of);
        if let FieldShape::Struct { method_table } = of.shape {
            let description = self.values.types().description(method_table);
            // A primitive's only field is itself.
            if !matches!(description.kind, TypeKind::Primitive(_)) {
                self.fields(place, &description, &format!("{path}."), depth + 1);
            }
        }
    }

    /// The rows of all elements of an inline array or a fixed buffer, beside that of the field which is declared.
    fn repeated(&mut self, data: Addr, size: u32, count: u32, field: &Field, prefix: &str, depth: usize) {
        let stride = u64::from(size / count.max(1));
        let path = prefix.strip_suffix('.').unwrap_or(prefix);
        for i in 0..u64::from(count).min(self.max_elements) {
            let place = data.offset(u64::from(field.offset) + i * stride);
            self.opened(&format!("{path}[{i}]"), place, &field.field_type, depth);
        }
        self.cut |= u64::from(count) > self.max_elements;
    }

    /// The rows of an array's first elements; how many are left out.
    fn elements(&mut self, array: &ArrayView) -> u64 {
        let before = self.rows.len();
        for number in 0..array.count {
            let shown = u64::from(number);
            let Some(place) = array.place(number) else { break };
            if shown >= self.max_elements || self.rows.len() - before > limits::MAX_ELEMENT_ROWS {
                return u64::from(array.count) - shown;
            }
            self.max_rows = self.rows.len() + limits::MAX_FIELD_ROWS;
            self.opened(&array.index_text(number), place, array.element(), 0);
        }
        0
    }

    fn value(&mut self, path: &str, place: Addr, of: &FieldType) {
        let value = self.values.plain(place, of);
        let text = match value {
            Ok(_) => self.values.text(place, of),
            Err(_) => Ok(None),
        };
        let row = self.row(path, place, &of.name, value, text);
        let is_reference = matches!(of.shape, FieldShape::Reference { .. });
        self.rows.push(Row { is_reference, ..row });
    }

    fn row(
        &self,
        path: &str,
        place: Addr,
        type_name: &Arc<str>,
        value: Result<Plain, Fault>,
        text: Result<Option<String>, Fault>,
    ) -> Row {
        let data = self.object.offset(DATA);
        Row {
            field: path.to_owned(),
            offset: place.since(data).unwrap_or(0),
            type_name: Arc::clone(type_name),
            missing: value.err().or(text.as_ref().err().copied()),
            value: value.unwrap_or(Plain::None),
            text: text.unwrap_or(None),
            is_reference: false,
        }
    }
}

#[cfg(test)]
mod tests;
