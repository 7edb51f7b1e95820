//! What a text in quotes can become, by the column that it is compared with.

use crate::query::MemoryUnit;
use crate::query::catalog;
use crate::query::cursor::{Cursor, NamedSource, Quote, Rows};

use super::Known;

/// The values that what is `typed` in quotes can become.
pub(super) fn in_quotes(quote: &Quote, at: &Cursor, typed: &str, known: &Known<'_>) -> Vec<String> {
    let begins = |word: &&str| word.starts_with(typed);
    if at.call.as_ref().is_some_and(|call| call.name == "memory") {
        return MemoryUnit::ALL
            .map(MemoryUnit::word)
            .iter()
            .copied()
            .filter(begins)
            .map(str::to_owned)
            .collect();
    }
    let Some(compared) = quote.compared.as_deref() else { return Vec::new() };
    let words: Vec<&str> =
        at.sources.iter().flat_map(|source| words_of(compared, source)).copied().filter(begins).collect();
    if !words.is_empty() {
        return words.into_iter().map(str::to_owned).collect();
    }
    let of_modules = |source: &NamedSource| matches!(&source.rows, Rows::Named(name) if name == "modules");
    if compared == "module" || (compared == "name" && at.sources.iter().any(of_modules)) {
        return module_names(typed, known);
    }
    let names_types = matches!(compared, "type" | "parent" | "instances" | "type_of")
        || compared.ends_with("_type")
        || compared == "declared_in";
    let types = known.types().filter(|_| names_types && !typed.is_empty());
    types.map_or_else(Vec::new, |types| types.matching(typed).into_iter().map(str::to_owned).collect())
}

/// The words of a column that has but a few.
fn words_of(column: &str, source: &NamedSource) -> &'static [&'static str] {
    match &source.rows {
        // A type's objects have the columns of `objects`.
        Rows::Named(name) => {
            catalog::words(if catalog::table(name).is_some() { name } else { "objects" }, column)
        }
        Rows::Function(_) => catalog::words("objects", column),
        Rows::Select(_) => &[],
    }
}

/// The names of the modules of the open dumps that begin so, sorted.
pub(super) fn module_names(typed: &str, known: &Known<'_>) -> Vec<String> {
    let modules = known.session.snapshots().iter().flat_map(|snapshot| &snapshot.modules);
    let fits = |name: &&str| name.starts_with(typed) && !name.contains(['\'', '"']);
    let mut names: Vec<String> =
        modules.map(|module| module.name.as_str()).filter(fits).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    names
}
