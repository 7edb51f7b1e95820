//! `System.Index` and `System.Range`, as C# writes them: `3`, `^1`, `2..^1`.

use super::members::Members;
use super::{NoText, Text};

pub(super) fn index(members: &Members<'_>) -> Text {
    let number = i32::try_from(members.integer(&["_value"])?).map_err(|_| NoText::Unknown)?;
    Ok(spelled(number))
}

pub(super) fn range(members: &Members<'_>) -> Text {
    let start = members.within(&["<Start>k__BackingField"], index)?;
    let end = members.within(&["<End>k__BackingField"], index)?;
    Ok(format!("{start}..{end}"))
}

/// An index from the end is the complement of its distance from there.
fn spelled(number: i32) -> String {
    if number < 0 { format!("^{}", !number) } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_from_the_end_has_a_caret() {
        assert_eq!([3, 0, -1, -2, i32::MIN].map(spelled), ["3", "0", "^0", "^1", "^2147483647"]);
    }
}
