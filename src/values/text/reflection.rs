//! Types and methods as objects: `System.Type`, `MethodInfo`, `ConstructorInfo`.

use super::members::Members;
use super::{NoText, Text};
use crate::clr::types::TypeHandle;

/// The name of the type that the handle leads to. What has no MethodTable (pointers, type parameters) has no text.
pub(super) fn runtime_type(members: &Members<'_>) -> Text {
    match TypeHandle::from_word(members.address(&["m_handle"])?) {
        TypeHandle::MethodTable(method_table) if !method_table.is_null() => {
            Ok(members.values.types().name(method_table).as_ref().to_owned())
        }
        _ => Err(NoText::Unknown),
    }
}

pub(super) fn method(members: &Members<'_>) -> Text {
    let method = members.values.types().method(members.address(&["m_handle"])?);
    method.map(|method| method.name.as_ref().to_owned()).ok_or(NoText::Unknown)
}
