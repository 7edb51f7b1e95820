//! The named values of enums.

use std::sync::Arc;

use super::{TypeDescription, TypeKind, TypeSystem};
use crate::clr::metadata::{self, Constant, Metadata, MetadataError, Table, Token, element_type};

/// FieldAttributes: a compile-time constant (ECMA-335 II.23.1.5).
const LITERAL: u16 = 0x40;

impl TypeSystem {
    /// Adds the named values of an enum to its description.
    pub(super) fn add_enum_values(&self, description: &mut TypeDescription) {
        if !matches!(description.kind, TypeKind::Enum(_)) {
            return;
        }
        let Some((module, row)) = self.definition_of(description.method_table) else { return };
        let Some(metadata) = self.modules.metadata(module) else {
            let module = self.module_name(module);
            description
                .tell(&format!("the metadata of {module} is not in the dump: its values have no names"));
            return;
        };
        description.is_flags =
            metadata.has_attribute(Token { table: Table::TypeDef, rid: row }, "FlagsAttribute");
        match values(metadata, row) {
            Ok(values) => description.enum_values = values,
            Err(error) => description.tell(&format!(
                "the metadata of {} is not whole: {error}: its values have no names",
                self.module_name(module)
            )),
        }
    }
}

fn values(metadata: &Metadata<'_>, type_def: u32) -> Result<Vec<(Arc<str>, i128)>, MetadataError> {
    let mut values = Vec::new();
    for row in metadata.fields_of(type_def)? {
        let row = row?;
        let field: metadata::Field = metadata.row(row)?;
        if field.flags & LITERAL == 0 {
            continue;
        }
        let constant = metadata.constant_of(Token { table: Table::Field, rid: row })?;
        if let Some(value) = constant.map(|constant| number(metadata, &constant)).transpose()?.flatten() {
            values.push((metadata.string(field.name)?.into(), value));
        }
    }
    Ok(values)
}

/// A constant as a number, its sign extended; `None` for one that is no number (or ends too soon).
fn number(metadata: &Metadata<'_>, constant: &Constant) -> Result<Option<i128>, MetadataError> {
    let bytes = metadata.blob(constant.value)?;
    let (width, signed) = match constant.kind {
        element_type::BOOLEAN | element_type::U1 => (1, false),
        element_type::I1 => (1, true),
        element_type::CHAR | element_type::U2 => (2, false),
        element_type::I2 => (2, true),
        element_type::U4 => (4, false),
        element_type::I4 => (4, true),
        element_type::U8 | element_type::NATIVE_UINT => (8, false),
        element_type::I8 | element_type::NATIVE_INT => (8, true),
        _ => return Ok(None),
    };
    let Some(bytes) = bytes.get(..width) else { return Ok(None) };
    let mut word = [0; 8];
    word.iter_mut().zip(bytes).for_each(|(to, &from)| *to = from);
    let unsigned = u64::from_le_bytes(word);
    let unused = 64 - 8 * width as u32;
    Ok(Some(if signed { ((unsigned << unused) as i64 >> unused).into() } else { unsigned.into() }))
}
