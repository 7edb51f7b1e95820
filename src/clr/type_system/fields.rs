//! The fields that a type declares: FieldDescs joined with metadata.

use std::ops::Range;
use std::sync::Arc;

use super::eeclass::EEClass;
use super::field_desc::{FieldDesc, FieldDescFields};
use super::resolve::{ResolvedType, Scope, Values};
use super::{
    Classes, Field, FieldShape, FieldType, Primitive, StaticField, StaticPlace, TypeDescription, TypeSystem,
};
use crate::bytes::Addr;
use crate::clr::metadata::{self, Metadata, MetadataError, element_type};
use crate::clr::types::{MethodTableFlags, TypeHandle};
use crate::dump::Fault;
use crate::limits::MAX_FIELDS_OF_TYPE;

/// What a field's type is called when nothing tells it.
const UNKNOWN_TYPE: &str = "?";

/// The type whose fields are read, and what it takes to understand them.
struct Declarer<'a> {
    module: Addr,
    arguments: Vec<TypeHandle>,
    metadata: Option<&'a Metadata<'static>>,
    field_descs: &'a FieldDescFields,
}

impl TypeSystem {
    /// Adds the fields that the type declares itself to its description.
    pub(super) fn add_fields(
        &self,
        description: &mut TypeDescription,
        flags: MethodTableFlags,
        class: &EEClass,
    ) {
        if let Err(fault) = self.try_add_fields(description, flags, class) {
            description.tell(&format!("what the runtime knows of its fields is not in the dump: {fault}"));
        }
    }

    fn try_add_fields(
        &self,
        description: &mut TypeDescription,
        flags: MethodTableFlags,
        class: &EEClass,
    ) -> Result<(), Fault> {
        let inherited = match description.parent {
            Some(parent) => self.class(parent).transpose()?.map_or(0, |class| class.instance_fields),
            None => 0,
        };
        let instance = class.instance_fields.saturating_sub(inherited);
        if instance.saturating_add(class.static_fields) > MAX_FIELDS_OF_TYPE {
            description.tell("it claims more fields than a type can have");
            return Ok(());
        }
        if instance == 0 && class.static_fields == 0 {
            return Ok(());
        }
        let Some(Classes { field_descs, .. }) = &self.classes else { return Ok(()) };
        let declarer = self.declarer(description, field_descs)?;
        self.add_instance_fields(description, &declarer, class.field_descs, instance)?;
        let mt = description.method_table;
        let (list, first) = self.static_field_descs(mt, flags, class, instance, field_descs)?;
        self.add_static_fields(description, &declarer, list, first..first.saturating_add(class.static_fields))
    }

    fn declarer<'a>(
        &'a self,
        description: &mut TypeDescription,
        field_descs: &'a FieldDescFields,
    ) -> Result<Declarer<'a>, Fault> {
        let mt = description.method_table;
        let module = self.method_tables.defining_module(self.memory(), mt)?;
        let metadata = self.modules.metadata(module);
        if metadata.is_none() {
            let module = self.module_name(module);
            description.tell(&format!(
                "the metadata of {module} is not in the dump (--files DIR names a folder with the file)"
            ));
        }
        let arguments = self.method_tables.instantiation(self.memory(), mt)?;
        Ok(Declarer { module, arguments, metadata, field_descs })
    }

    fn add_instance_fields(
        &self,
        description: &mut TypeDescription,
        declarer: &Declarer<'_>,
        list: Addr,
        count: u32,
    ) -> Result<(), Fault> {
        let declared_in = description.method_table;
        let inherited = description.fields.len();
        for index in 0..count {
            let field = declarer.field_descs.read(self.memory(), list, index)?;
            let (name, field_type) = self.name_and_type(description, declarer, &field);
            let FieldDesc { row, offset, .. } = field;
            description.fields.push(Field { name, declared_in, row, offset, field_type });
        }
        if let Some(own) = description.fields.get_mut(inherited..) {
            own.sort_by_key(|field| field.row);
        }
        Ok(())
    }

    fn add_static_fields(
        &self,
        description: &mut TypeDescription,
        declarer: &Declarer<'_>,
        list: Addr,
        places: Range<u32>,
    ) -> Result<(), Fault> {
        for index in places {
            let field = declarer.field_descs.read(self.memory(), list, index)?;
            let (name, field_type) = self.name_and_type(description, declarer, &field);
            let is_object = matches!(field.element_type, element_type::CLASS | element_type::VALUE_TYPE);
            description.static_fields.push(StaticField {
                name,
                declared_in: description.method_table,
                offset: field.offset,
                row: field.row,
                field_type,
                place: match field {
                    FieldDesc { is_in_image: true, .. } => StaticPlace::Image,
                    FieldDesc { is_thread_static: true, .. } => StaticPlace::Thread,
                    _ => StaticPlace::Ordinary,
                },
                // A struct's slot leads to a box, but for constant data, which lie in the image as they are.
                by_reference: is_object && !field.is_in_image,
            });
        }
        description.static_fields.sort_by_key(|field| field.row);
        Ok(())
    }

    /// The list with the FieldDescs of the type's static fields, and the place of the first: an instance of a
    /// generic type has a list of its own, since each instance has its own statics.
    fn static_field_descs(
        &self,
        mt: Addr,
        flags: MethodTableFlags,
        class: &EEClass,
        instance_fields: u32,
        field_descs: &FieldDescFields,
    ) -> Result<(Addr, u32), Fault> {
        let shared = (class.field_descs, instance_fields);
        if !flags.is_generic() || flags.is_generic_definition() || class.static_fields == 0 {
            return Ok(shared);
        }
        let Some(list) = self.method_tables.generic_static_fields(self.memory(), mt)? else {
            return Ok(shared);
        };
        // What stands there where a type has no such list is something else.
        let leads_back = field_descs.method_table(self.memory(), list, 0) == Ok(mt);
        Ok(if leads_back { (list, 0) } else { shared })
    }

    /// The name and the type of a field.
    fn name_and_type(
        &self,
        description: &mut TypeDescription,
        declarer: &Declarer<'_>,
        field: &FieldDesc,
    ) -> (Arc<str>, FieldType) {
        let mut told = |error: MetadataError| {
            let module = self.module_name(declarer.module);
            description.tell(&format!("the metadata of {module} is not whole: {error}"));
        };
        let name = declarer.metadata.and_then(|m| field_name(m, field.row).map_err(&mut told).ok());
        let name = name.unwrap_or_else(|| {
            format!("{}!{:08x}", self.module_name(declarer.module), 0x0400_0000 | field.row).into()
        });
        let signature = declarer.metadata.and_then(|m| m.field_type(field.row).map_err(&mut told).ok());
        let scope = Scope { module: declarer.module, arguments: &declarer.arguments };
        let resolved = match signature {
            Some(signature) => self.resolve(&signature, scope),
            None => ResolvedType::unknown(match Primitive::from_element_type(field.element_type) {
                Some(primitive) => primitive.type_name(),
                None => UNKNOWN_TYPE,
            }),
        };
        let shape = self.shape(&resolved, Some(field.element_type));
        (name, FieldType { name: resolved.name, shape })
    }

    /// The type of an array's elements.
    pub(super) fn element_type(&self, element: TypeHandle) -> FieldType {
        let resolved = self.of_handle(element);
        let shape = self.shape(&resolved, None);
        FieldType { name: resolved.name, shape }
    }

    /// How values lie in memory. Where the FieldDesc, by which the runtime itself goes, contradicts the signature,
    /// the FieldDesc holds.
    fn shape(&self, resolved: &ResolvedType, field_desc: Option<u8>) -> FieldShape {
        let by_signature = self.shape_by_signature(resolved, field_desc);
        match field_desc {
            Some(kind) if !agrees(&by_signature, kind) => shape_by_field_desc(kind),
            _ => by_signature,
        }
    }

    fn shape_by_signature(&self, resolved: &ResolvedType, field_desc: Option<u8>) -> FieldShape {
        let exact = resolved.exact.and_then(|handle| self.method_table_of(handle));
        match resolved.values {
            Values::Primitive(primitive) => FieldShape::Primitive(primitive),
            Values::Enum(underlying) => FieldShape::Enum { method_table: exact, underlying },
            Values::Struct => {
                let shared = || resolved.canonical.and_then(|handle| self.method_table_of(handle));
                let number = field_desc.and_then(Primitive::from_element_type);
                match (exact.or_else(shared), number) {
                    (Some(method_table), _) => FieldShape::Struct { method_table },
                    // A struct whose FieldDesc says number is an enum.
                    (None, Some(underlying)) => FieldShape::Enum { method_table: None, underlying },
                    (None, None) => FieldShape::OpaqueStruct,
                }
            }
            Values::Reference => FieldShape::Reference { method_table: exact },
            Values::Pointer => FieldShape::Pointer,
            Values::FunctionPointer => FieldShape::FunctionPointer,
            Values::Unknown => field_desc.map_or(FieldShape::Unknown, shape_by_field_desc),
        }
    }

    /// Bytes that a value of that shape takes; `None` where it is not known.
    pub fn size_of(&self, shape: &FieldShape) -> Option<u32> {
        match *shape {
            FieldShape::Primitive(primitive) | FieldShape::Enum { underlying: primitive, .. } => {
                Some(primitive.size())
            }
            FieldShape::Struct { method_table } => {
                let class = self.class(method_table)?.ok()?;
                let base_size = self.method_tables.base_size(self.memory(), method_table).ok()?;
                base_size.checked_sub(class.padding.into())
            }
            FieldShape::Reference { .. } | FieldShape::Pointer | FieldShape::FunctionPointer => Some(8),
            FieldShape::OpaqueStruct | FieldShape::Unknown => None,
        }
    }
}

fn field_name(metadata: &Metadata<'_>, row: u32) -> Result<Arc<str>, MetadataError> {
    let field: metadata::Field = metadata.row(row)?;
    metadata.string(field.name).map(Arc::from)
}

/// Whether a shape can be that of a field whose FieldDesc has this element type.
fn agrees(shape: &FieldShape, kind: u8) -> bool {
    match kind {
        element_type::CLASS => matches!(shape, FieldShape::Reference { .. }),
        element_type::VALUE_TYPE => matches!(shape, FieldShape::Struct { .. } | FieldShape::OpaqueStruct),
        _ => match shape {
            FieldShape::Primitive(primitive) | FieldShape::Enum { underlying: primitive, .. } => {
                Primitive::from_element_type(kind).is_some_and(|number| number.size() == primitive.size())
            }
            FieldShape::Pointer | FieldShape::FunctionPointer => true,
            _ => false,
        },
    }
}

fn shape_by_field_desc(kind: u8) -> FieldShape {
    match kind {
        element_type::CLASS => FieldShape::Reference { method_table: None },
        element_type::VALUE_TYPE => FieldShape::OpaqueStruct,
        element_type::POINTER | element_type::BY_REFERENCE => FieldShape::Pointer,
        element_type::FUNCTION_POINTER => FieldShape::FunctionPointer,
        _ => Primitive::from_element_type(kind).map_or(FieldShape::Unknown, FieldShape::Primitive),
    }
}
