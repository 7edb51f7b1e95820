//! Where the references lie in objects of a type.

use std::sync::Arc;

use crate::clr::type_system::{Field, FieldShape, FieldType, TypeDescription, TypeKind, TypeSystem};
use crate::limits;
use crate::values::arrays;

/// Offset of the fields in an object, and of the value in a box.
const DATA: u64 = 8;

/// What has a name, in the order of offsets.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    parts: Vec<Part>,
}

/// Something that has a name.
#[derive(Debug, PartialEq)]
pub(super) struct Part {
    /// Bytes from the start of what the plan is of: an object or an element.
    pub offset: u64,
    /// Where it ends; what is not known to end does so where the next part begins.
    end: u64,
    /// The fields on the way to it. Within elements it begins with a dot, or is empty for an element itself.
    pub name: Arc<str>,
    pub content: Content,
}

/// What lies in a part.
#[derive(Debug, PartialEq)]
pub(super) enum Content {
    /// A reference.
    Reference,
    /// Anything: its type is not told.
    Unknown,
    /// Elements, one behind the other.
    Repeated {
        /// Bytes from one to the next: one or more.
        stride: u64,
        /// What each of them holds.
        element: Plan,
    },
}

/// Whether indexes of elements depend on the array.
pub(super) fn has_dimensions(description: &TypeDescription) -> bool {
    matches!(&description.kind, TypeKind::Array(shape) if !shape.sz)
}

impl Plan {
    /// The plan of objects of a type, elements of arrays included. Offsets count from the start of the object.
    pub fn of_objects(types: &TypeSystem, description: &TypeDescription) -> Plan {
        let mut parts = Parts { types, parts: Vec::new(), room: limits::MAX_FIELD_ROWS };
        match &description.kind {
            TypeKind::Array(shape) => {
                let stride = u64::from(shape.element_size);
                let element = parts.of_element(&shape.element, 0);
                let rank = if shape.sz { 0 } else { shape.rank };
                parts.repeated(arrays::elements_offset(rank), u64::MAX, stride, "", element);
            }
            _ => parts.fields(DATA, description, "", 0),
        }
        parts.plan()
    }

    /// The part in which `offset` lies.
    pub fn part_at(&self, offset: u64) -> Option<&Part> {
        let behind = self.parts.partition_point(|part| part.offset <= offset);
        self.parts.get(behind.checked_sub(1)?).filter(|part| offset < part.end)
    }
}

/// Parts being collected.
struct Parts<'a> {
    types: &'a TypeSystem,
    parts: Vec<Part>,
    /// How many more there may be: a damaged struct may hold itself, more than once.
    room: usize,
}

impl Parts<'_> {
    fn plan(mut self) -> Plan {
        self.parts.sort_by_key(|part| part.offset);
        Plan { parts: self.parts }
    }

    fn fields(&mut self, data: u64, description: &TypeDescription, prefix: &str, depth: usize) {
        if let (Some(count), [field]) = (description.repeated, description.fields.as_slice()) {
            return self.inline_array(data, description.data_size, count, field, prefix, depth);
        }
        for field in &description.fields {
            let name = format!("{prefix}{}", field.name);
            self.value(data + u64::from(field.offset), &name, &field.field_type, depth);
        }
    }

    fn value(&mut self, offset: u64, name: &str, of: &FieldType, depth: usize) {
        if depth >= limits::MAX_STRUCT_NESTING || self.room == 0 {
            return;
        }
        // Structs without references take room as well: they cost time.
        self.room -= 1;
        match of.shape {
            FieldShape::Reference { .. } => self.push(offset, offset + 8, name, Content::Reference),
            FieldShape::OpaqueStruct | FieldShape::Unknown => {
                self.push(offset, u64::MAX, name, Content::Unknown);
            }
            FieldShape::Struct { method_table } => {
                let description = self.types.description(method_table);
                // A primitive's only field is itself.
                if !matches!(description.kind, TypeKind::Primitive(_)) {
                    self.fields(offset, &description, &format!("{name}."), depth + 1);
                }
            }
            FieldShape::Primitive(_)
            | FieldShape::Enum { .. }
            | FieldShape::Pointer
            | FieldShape::FunctionPointer => {}
        }
    }

    /// The elements of an inline array or a fixed buffer of `size` bytes.
    fn inline_array(&mut self, data: u64, size: u32, count: u32, field: &Field, prefix: &str, depth: usize) {
        let stride = u64::from(size / count.max(1));
        let element = self.of_element(&field.field_type, depth + 1);
        let name = prefix.strip_suffix('.').unwrap_or(prefix);
        let first = data + u64::from(field.offset);
        self.repeated(first, first + stride * u64::from(count), stride, name, element);
    }

    fn repeated(&mut self, offset: u64, end: u64, stride: u64, name: &str, element: Plan) {
        if stride > 0 && !element.parts.is_empty() {
            self.push(offset, end, name, Content::Repeated { stride, element });
        }
    }

    fn of_element(&mut self, of: &FieldType, depth: usize) -> Plan {
        let mut parts = Parts { types: self.types, parts: Vec::new(), room: self.room };
        parts.value(0, "", of, depth);
        self.room = parts.room;
        parts.plan()
    }

    fn push(&mut self, offset: u64, end: u64, name: &str, content: Content) {
        self.parts.push(Part { offset, end, name: name.into(), content });
    }
}
