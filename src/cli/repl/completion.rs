//! What the word at the cursor can become: keywords, tables, columns, functions, types, settings.

use std::borrow::Cow;
use std::sync::Arc;

use crate::output::sanitize::is_hazardous;
use crate::query::catalog;

use super::setting::SETTINGS;

/// The names of a heap's types, sorted, each once, without those that cannot be typed.
pub(super) struct TypeNames(Vec<Arc<str>>);

impl TypeNames {
    pub(super) fn new(mut names: Vec<Arc<str>>) -> Self {
        // A quote has no spelling in a quoted name, and a control character none at a prompt.
        names.retain(|name| !name.chars().any(|c| c == '"' || is_hazardous(c)));
        names.sort_unstable();
        names.dedup();
        TypeNames(names)
    }

    /// The names that start with `prefix`; if there are none, those of which a part after a dot,
    /// a plus or a bracket does.
    fn matching<'a>(&'a self, prefix: &'a str) -> Vec<&'a str> {
        let start = self.0.partition_point(|name| &**name < prefix);
        let whole = self.0[start..].iter().take_while(|name| name.starts_with(prefix));
        let whole: Vec<_> = whole.map(|name| &**name).collect();
        if !whole.is_empty() {
            return whole;
        }
        let starts_part = |name: &str| {
            name.match_indices(prefix).any(|(at, _)| name[..at].ends_with(['.', '+', '<', '[', ' ']))
        };
        self.0.iter().map(|name| &**name).filter(|name| starts_part(name)).collect()
    }
}

/// Where the word at `position` of `line` starts, and what can stand in its place. Without
/// `types` (the heap is not built) names of types are not offered.
pub(super) fn complete<'a>(
    line: &'a str,
    position: usize,
    types: Option<&'a TypeNames>,
) -> (usize, Vec<Cow<'a, str>>) {
    let before = &line[..position];
    if before.trim_start().starts_with('\\') {
        return complete_setting(before);
    }
    if let Some(quote) = open_quote(before) {
        let prefix = &before[quote + 1..];
        let names = types.filter(|_| !prefix.is_empty()).map_or(Vec::new(), |t| t.matching(prefix));
        return (quote + 1, names.into_iter().map(Cow::Borrowed).collect());
    }
    let start = before.rfind(|c: char| !is_word(c)).map_or(0, |at| at + char_length(before, at));
    let word = &before[start..];
    let mut candidates = plain_words(line, before[..start].trim_end(), word);
    if let Some(types) = types.filter(|_| !word.is_empty()) {
        candidates.extend(types.matching(word).into_iter().map(quoted_if_needed));
    }
    (start, candidates)
}

/// The settings, or the values of one.
fn complete_setting(before: &str) -> (usize, Vec<Cow<'static, str>>) {
    let start = before.rfind([' ', '\\']).map_or(0, |at| at + 1);
    let typed = &before[start..];
    let name = before[..start].trim().trim_start_matches('\\');
    let words: Vec<&'static str> = match SETTINGS.iter().find(|(known, ..)| *known == name) {
        Some((_, values, _)) => values.to_vec(),
        None if name.is_empty() => SETTINGS.iter().map(|(known, ..)| *known).collect(),
        None => Vec::new(),
    };
    (start, words.into_iter().filter(|word| word.starts_with(typed)).map(Cow::Borrowed).collect())
}

/// The byte at which a quote opens that is not closed again.
fn open_quote(text: &str) -> Option<usize> {
    let mut open: Option<(usize, char)> = None;
    for (at, c) in text.char_indices() {
        open = match open {
            None if matches!(c, '\'' | '"') => Some((at, c)),
            Some((_, quote)) if quote == c => None,
            other => other,
        };
    }
    open.map(|(at, _)| at)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '@' | '`')
}

fn char_length(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

/// The language's own words: after `from` and `describe` tables, elsewhere keywords, functions and
/// the columns of the table that the statement is about.
fn plain_words(line: &str, before: &str, word: &str) -> Vec<Cow<'static, str>> {
    let last = before.rsplit(|c: char| !is_word(c)).next().unwrap_or_default();
    let names_table = ["from", "describe"].iter().any(|keyword| last.eq_ignore_ascii_case(keyword));
    let mut words: Vec<Cow<'static, str>> = Vec::new();
    if names_table {
        words.extend(catalog::tables().iter().map(|table| Cow::Borrowed(table.name)));
    } else {
        words.extend(columns(line).map(Cow::Borrowed));
        words.extend(catalog::functions().iter().map(|f| Cow::Owned(format!("{}(", f.name))));
        words.extend(catalog::keywords().iter().map(|keyword| in_case_of(word, keyword.word)));
    }
    let lower = word.to_ascii_lowercase();
    words.retain(|candidate| candidate.to_ascii_lowercase().starts_with(&lower));
    words.sort_unstable();
    words.dedup();
    words
}

/// The columns of the table after `from`, or of objects, which is what a select without it asks.
fn columns(line: &str) -> impl Iterator<Item = &'static str> {
    let mut words = line.split(|c: char| !is_word(c)).filter(|word| !word.is_empty());
    let named = words.by_ref().find(|word| word.eq_ignore_ascii_case("from")).and_then(|_| words.next());
    let table = |name: &str| catalog::tables().iter().find(|table| table.name == name);
    let table = named.and_then(table).or_else(|| table("objects"));
    table.into_iter().flat_map(|table| table.columns).map(|column| column.name)
}

/// A keyword in capitals for who types in capitals.
fn in_case_of(typed: &str, keyword: &'static str) -> Cow<'static, str> {
    let capitals = typed.chars().any(char::is_uppercase) && !typed.chars().any(char::is_lowercase);
    if capitals { Cow::Owned(keyword.to_ascii_uppercase()) } else { Cow::Borrowed(keyword) }
}

/// A type's name as a statement spells it.
fn quoted_if_needed(name: &str) -> Cow<'_, str> {
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    if plain { Cow::Borrowed(name) } else { Cow::Owned(format!("\"{name}\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names() -> TypeNames {
        let names = [
            "Zoo.Dog",
            "Zoo.Cat",
            "System.String",
            "System.Collections.Generic.List<System.String>",
            "Bad\u{1b}[0m",
            "Zoo.Dog",
        ];
        TypeNames::new(names.map(Arc::from).to_vec())
    }

    /// Completes at the mark `|`; the start is shown by what precedes it.
    fn at(line: &str) -> (String, Vec<String>) {
        let position = line.find('|').unwrap();
        let line = line.replace('|', "");
        let names = names();
        let (start, words) = complete(&line, position, Some(&names));
        (line[..start].to_owned(), words.into_iter().map(Cow::into_owned).collect())
    }

    fn words(line: &str) -> Vec<String> {
        at(line).1
    }

    #[test]
    fn keywords_follow_the_case_of_what_is_typed() {
        assert_eq!(at("sel|"), ("".into(), vec!["select".into()]));
        assert_eq!(words("SEL|"), ["SELECT"]);
    }

    #[test]
    fn tables_stand_after_from_and_describe() {
        assert_eq!(at("select kind from seg|"), ("select kind from ".into(), vec!["segments".into()]));
        assert!(words("describe |").contains(&"objects".into()));
        assert!(!words("select * from |").contains(&"select".into()));
    }

    #[test]
    fn columns_are_those_of_the_table_asked() {
        assert!(words("select fre| from segments").contains(&"free".into()));
        assert!(words("select fre|").is_empty());
        assert!(words("select gen, ad|").contains(&"address".into()));
    }

    #[test]
    fn statements_about_several_dumps_are_offered() {
        assert_eq!(words("surv|"), ["survivors"]);
        assert_eq!(words("survivors of Zoo.D|"), ["Zoo.Dog"]);
        assert_eq!(words("diff sel|"), ["select"]);
    }

    #[test]
    fn functions_open_their_parenthesis() {
        assert!(words("select low|").contains(&"lower(".into()));
    }

    #[test]
    fn types_are_quoted_where_the_language_wants_it() {
        assert_eq!(words("select count from Zoo.D|"), ["Zoo.Dog"]);
        assert_eq!(words("from System.Coll|"), ["\"System.Collections.Generic.List<System.String>\""]);
        assert_eq!(
            at("from \"System.Coll|"),
            ("from \"".into(), vec!["System.Collections.Generic.List<System.String>".into()])
        );
        assert_eq!(words("where type = 'Zoo.|"), ["Zoo.Cat", "Zoo.Dog"]);
    }

    #[test]
    fn a_type_is_found_by_a_part_of_its_name() {
        assert_eq!(words("from Dog|"), ["Zoo.Dog"]);
        assert_eq!(words("where type = 'List|"), ["System.Collections.Generic.List<System.String>"]);
    }

    #[test]
    fn names_that_would_trick_a_terminal_are_not_offered() {
        assert!(words("from Bad|").is_empty());
    }

    #[test]
    fn without_a_heap_no_types_are_offered() {
        let (_, words) = complete("from Zoo.", 9, None);
        assert!(words.is_empty());
    }

    #[test]
    fn settings_and_their_values() {
        assert_eq!(at("\\fo|"), ("\\".into(), vec!["format".into()]));
        assert_eq!(
            words("\\format |"),
            ["table", "json", "csv", "ndjson", "markdown", "html", "parquet", "dot", "mermaid"]
        );
        assert_eq!(words("\\timing of|"), ["off"]);
        assert!(words("\\unknown |").is_empty());
    }

    proptest! {
        #[test]
        fn any_line_at_any_place_is_survived(line in "\\PC{0,30}", cut in 0_usize..31) {
            let position = line.char_indices().map(|(at, _)| at).chain([line.len()]).nth(cut);
            let position = position.unwrap_or(line.len());
            let (start, _) = complete(&line, position, Some(&names()));
            prop_assert!(start <= position && line.is_char_boundary(start));
        }
    }
}
