//! Exceptions: `Zoo.MyException: what went wrong`, the first line of what .NET prints.

use super::members::Members;
use super::{NoText, Text};

pub(super) fn exception(members: &Members<'_>) -> Text {
    let name = members.type_name;
    // A message that was never given is made up when it is asked for, in the process's language.
    match members.own_text(&["_message"]) {
        Ok(message) => Ok(format!("{name}: {message}")),
        Err(NoText::Null) => Ok(name.to_owned()),
        Err(no_text) => Err(no_text),
    }
}
