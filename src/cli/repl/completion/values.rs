//! What a text in quotes can become, by the column that it is compared with.

use crate::graph::{Generation, RootKind};
use crate::query::cursor::{NamedSource, Quote, Rows};

use super::names::TypeNames;

/// The values that what is `typed` in quotes can become.
pub(super) fn in_quotes(
    quote: &Quote,
    sources: &[NamedSource],
    typed: &str,
    types: Option<&TypeNames>,
) -> Vec<String> {
    let Some(compared) = quote.compared.as_deref() else { return Vec::new() };
    if let Some(words) = words_of(compared, sources) {
        return words.into_iter().filter(|word| word.starts_with(typed)).map(str::to_owned).collect();
    }
    let names_types = matches!(compared, "type" | "parent" | "instances" | "type_of")
        || compared.ends_with("_type")
        || compared == "declared_in";
    let Some(types) = types.filter(|_| names_types && !typed.is_empty()) else { return Vec::new() };
    types.matching(typed).into_iter().map(str::to_owned).collect()
}

/// The words of a column that has but a few.
fn words_of(column: &str, sources: &[NamedSource]) -> Option<Vec<&'static str>> {
    let is_of = |table: &str| sources.iter().any(|s| matches!(&s.rows, Rows::Named(name) if name == table));
    match column {
        "gen" => Some(Generation::ALL.map(Generation::word).to_vec()),
        "kind" if is_of("roots") => Some(RootKind::ALL.iter().map(|kind| kind.word()).collect()),
        _ => None,
    }
}
