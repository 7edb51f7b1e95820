//! Types and methods as objects: `System.Type`, `MethodInfo`, `ConstructorInfo`.

use super::members::Members;
use super::{NoText, Text};
use crate::clr::types::TypeHandle;

/// The name of the type that the handle leads to.
pub(super) fn runtime_type(members: &Members<'_>) -> Text {
    let handle = members.address(&["m_handle"])?;
    if handle.is_null() {
        return Err(NoText::Unknown);
    }
    Ok(members.values.types().handle_name(TypeHandle::from_word(handle)).as_ref().to_owned())
}

pub(super) fn method(members: &Members<'_>) -> Text {
    let method = members.values.types().method(members.address(&["m_handle"])?);
    method.map(|method| method.name.as_ref().to_owned()).ok_or(NoText::Unknown)
}
