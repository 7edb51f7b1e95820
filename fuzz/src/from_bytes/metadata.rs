//! Takes any bytes for the metadata of a module: whole, and with a hole as dumps have it.

use std::borrow::Cow;

use heapql::bytes::Addr;
use heapql::clr::metadata::{Field, Metadata, MetadataError, Table, Token, UserStringIndex};
use heapql::dump::AddressSpace;
use heapql::image::SparseBytes;

/// Rows of a table that are asked for: the next ones are read as these are.
const MOST: u32 = 300;

const START: Addr = Addr(0x1_0000);
const PAGE: usize = 4096;

/// Runs the target.
pub fn run(bytes: &[u8]) {
    if let Ok(metadata) = Metadata::parse(Cow::Borrowed(bytes)) {
        ask(&metadata);
    }
    // The second page is missing.
    let Some(behind) = bytes.get(2 * PAGE..) else { return };
    let parts = vec![
        (START, bytes.get(..PAGE).unwrap_or(bytes).to_vec()),
        (START.offset(2 * PAGE as u64), behind.to_vec()),
    ];
    let memory = AddressSpace::from_memory(parts);
    if let Ok(metadata) = Metadata::parse_partial(SparseBytes::from_memory(&memory, START, bytes.len())) {
        ask(&metadata);
        let _ = metadata.into_owned().mvid();
    }
}

fn ask(metadata: &Metadata<'_>) {
    let _ = (metadata.version(), metadata.mvid(), metadata.module_name(), metadata.assembly_name());
    let _ = (metadata.assembly_version(), metadata.assembly_attribute_text("AssemblyFileVersionAttribute"));
    for row in rows(metadata, Table::TypeDef) {
        ask_type(metadata, row);
    }
    for row in rows(metadata, Table::TypeRef) {
        let _ = metadata.type_ref_name(row).map(|name| name.to_string());
        let _ = metadata.type_ref_assembly(row);
    }
    for row in rows(metadata, Table::TypeSpec) {
        let _ = metadata.type_spec(row);
    }
    for row in rows(metadata, Table::MethodDef) {
        let _ = metadata.type_of_method(row);
    }
    for index in 0..64 {
        let _ = metadata.user_string(UserStringIndex(index));
    }
}

fn ask_type(metadata: &Metadata<'_>, row: u32) {
    let token = Token { table: Table::TypeDef, rid: row };
    let _ = metadata.type_def_name(row).map(|name| name.to_string());
    let _ = (metadata.enclosing_type(row), metadata.generic_param_count(row));
    let _ = (metadata.has_attribute(token, "FlagsAttribute"), metadata.inline_array_length(row));
    if let Ok(fields) = metadata.fields_of(row) {
        fields.take(MOST as usize).for_each(|field| _ = field.and_then(|field| ask_field(metadata, field)));
    }
    if let Ok(methods) = metadata.methods_of(row) {
        assert!(methods.take(MOST as usize).count() <= MOST as usize);
    }
}

fn ask_field(metadata: &Metadata<'_>, field: u32) -> Result<(), MetadataError> {
    let _ = metadata.field_type(field);
    let _ = metadata.constant_of(Token { table: Table::Field, rid: field });
    metadata.string(metadata.row::<Field>(field)?.name).map(drop)
}

fn rows(metadata: &Metadata<'_>, table: Table) -> std::ops::Range<u32> {
    1..metadata.row_count(table).min(MOST) + 1
}
