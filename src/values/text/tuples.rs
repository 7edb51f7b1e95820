//! Tuples `(5, five)` and pairs `[key, value]`, as .NET prints them.

use super::Text;
use super::members::Members;
use super::structs::joined;

/// The first seven, of a struct and of a class; an eighth is a tuple of those that follow.
const ITEMS: [[&str; 2]; 7] = [
    ["Item1", "m_Item1"],
    ["Item2", "m_Item2"],
    ["Item3", "m_Item3"],
    ["Item4", "m_Item4"],
    ["Item5", "m_Item5"],
    ["Item6", "m_Item6"],
    ["Item7", "m_Item7"],
];
const REST: [&str; 2] = ["Rest", "m_Rest"];

/// `System.ValueTuple` and `System.Tuple` of any number of items.
pub(super) fn tuple(members: &Members<'_>) -> Text {
    let items = ITEMS.iter().filter(|names| members.find(*names).is_some());
    let items = joined(items.map(|names| members.part(names)))?;
    if members.find(&REST).is_none() {
        return Ok(format!("({items})"));
    }
    // `(…, (8, 9))` reads `(…, 8, 9)`, as it was written.
    let rest = members.part(&REST)?;
    let rest = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(&rest);
    Ok(format!("({items}, {rest})"))
}

/// `KeyValuePair<K, V>` and `DictionaryEntry`.
pub(super) fn key_value_pair(members: &Members<'_>) -> Text {
    Ok(format!("[{}, {}]", members.part(&["key", "_key"])?, members.part(&["value", "_value"])?))
}
