//! The fields of types and of what their fields lead to, out of the descriptions that the open dumps hold. Nothing is
//! walked for them: as long as a heap is not, its types have no names here.

use std::collections::BTreeSet;

use crate::bytes::Addr;
use crate::clr::type_system::{FieldShape, FieldType, TypeKind, TypeSystem};
use crate::graph::Snapshot;
use crate::output::sanitize::is_hazardous;
use crate::query::cursor::Step;

/// Types of a name whose fields are told: load contexts may hold the same type many times.
const MAX_TYPES: usize = 8;

/// The names of the fields that a path of `steps` from an object of the type `name` leads to, sorted.
pub(super) fn fields_behind(snapshot: &Snapshot, name: &str, steps: &[Step]) -> Vec<String> {
    let (Some(heap), Some(values)) = (snapshot.built_heap(), &snapshot.values) else { return Vec::new() };
    let system = values.types();
    let named = heap.types.all().iter().filter(|info| &*info.name == name).map(|info| info.method_table);
    let mut types: Vec<Addr> = named.take(MAX_TYPES).collect();
    if types.is_empty() {
        // An interface, a base class: no object is of exactly that type.
        types = system.named(name);
        types.truncate(MAX_TYPES);
    }
    for step in steps {
        types = types.iter().filter_map(|&mt| behind(system, mt, step)).collect();
        types.dedup();
    }
    let fields: BTreeSet<String> = types.iter().flat_map(|&mt| field_names(system, mt)).collect();
    fields.into_iter().collect()
}

fn field_names(system: &TypeSystem, mt: Addr) -> Vec<String> {
    let description = system.description(mt);
    let typed = description.fields.iter().filter(|field| is_word(&field.name));
    typed.map(|field| field.name.to_string()).collect()
}

/// Whether a name can be written behind a point as it is: compilers name hidden fields `<Name>k__BackingField`.
fn is_word(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| (c.is_alphanumeric() || c == '_') && !is_hazardous(c))
}

/// The type that a step from an object of the type at `mt` leads to, as it is declared.
fn behind(system: &TypeSystem, mt: Addr, step: &Step) -> Option<Addr> {
    let description = system.description(mt);
    match step {
        Step::Member(name) => declared(&description.field(name)?.field_type),
        Step::Element => match &description.kind {
            TypeKind::Array(shape) => declared(&shape.element),
            _ => None,
        },
    }
}

fn declared(of: &FieldType) -> Option<Addr> {
    match of.shape {
        FieldShape::Struct { method_table } => Some(method_table),
        FieldShape::Reference { method_table } => method_table,
        _ => None,
    }
}
