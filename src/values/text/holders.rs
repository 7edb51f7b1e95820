//! What holds one value: the text is that value's.

use super::members::Members;
use super::{NoText, Text};

/// `Nullable<T>`: no text without a value.
pub(super) fn nullable(members: &Members<'_>) -> Text {
    if !members.boolean(&["hasValue"])? {
        return Err(NoText::Null);
    }
    members.part(&["value"])
}

/// `Lazy<T>`: the value's, once it was made.
pub(super) fn lazy(members: &Members<'_>) -> Text {
    // The helper that knows how to make the value is let go when it is made.
    if !members.reference(&["_state", "m_state"])?.is_null() {
        return Ok("(not created)".to_owned());
    }
    members.part(&["_value", "m_value"])
}

/// The two lowest bits of the word that leads to a handle are marks since 8.0.
const HANDLE_MARKS: u64 = 3;

/// `WeakReference` and `WeakReference<T>`: the target's, or its type.
pub(super) fn weak_reference(members: &Members<'_>) -> Text {
    let handle = members.address(&["_taggedHandle", "m_handle"])?.without(HANDLE_MARKS);
    if handle.is_null() {
        return Ok("(no target)".to_owned());
    }
    let values = members.values;
    let target = values.types().memory().pointer(handle)?;
    match values.reference_text(target, members.nesting.deeper()?) {
        Err(NoText::Null) => Ok("(collected)".to_owned()),
        Err(NoText::Unknown) => {
            let name = values.types().name(values.types().type_of(target)?);
            Ok(format!("{name} at {target}"))
        }
        text => text,
    }
}
