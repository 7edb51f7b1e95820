//! Objects that stand for something with a name: a URI, a culture, a file, a thread. The text is that name.

use super::members::Members;
use super::readings::NAMES;
use super::{NoText, Text};

/// The first of the members in [`NAMES`] that the object has and that is not null.
pub(super) fn named(members: &Members<'_>) -> Text {
    for name in NAMES.iter().filter(|name| members.find(&[**name]).is_some()) {
        match members.own_text(&[*name]) {
            Err(NoText::Null) => {}
            text => return text,
        }
    }
    Err(NoText::Unknown)
}
