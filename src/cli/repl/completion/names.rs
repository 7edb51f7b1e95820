//! The names of a heap's types, sorted for looking up what begins with something.

use std::borrow::Cow;
use std::sync::Arc;

use crate::output::sanitize::is_hazardous;

/// The names of types, each once, without those that cannot be typed.
#[derive(Debug, Default)]
pub(in crate::cli::repl) struct TypeNames(Vec<Arc<str>>);

impl TypeNames {
    pub(in crate::cli::repl) fn new(mut names: Vec<Arc<str>>) -> Self {
        // A quote has no spelling in a quoted name, and a control character none at a prompt.
        names.retain(|name| !name.chars().any(|c| matches!(c, '"' | '\'') || is_hazardous(c)));
        names.sort_unstable();
        names.dedup();
        TypeNames(names)
    }

    /// The names that start with `prefix`.
    pub(super) fn starting(&self, prefix: &str) -> Vec<&str> {
        let start = self.0.partition_point(|name| &**name < prefix);
        let whole = self.0[start..].iter().take_while(|name| name.starts_with(prefix));
        whole.map(|name| &**name).collect()
    }

    /// The names that start with `prefix`; if there are none, those of which a part after a dot, a plus or a bracket
    /// does, in whatever case.
    pub(super) fn matching(&self, prefix: &str) -> Vec<&str> {
        let whole = self.starting(prefix);
        if !whole.is_empty() {
            return whole;
        }
        let lower = prefix.to_lowercase();
        let starts_part = |name: &&str| {
            let lower_name = name.to_lowercase();
            let mut places = lower_name.match_indices(&lower);
            places.any(|(at, _)| at == 0 || lower_name[..at].ends_with(['.', '+', '<', '[', ' ']))
        };
        self.0.iter().map(|name| &**name).filter(starts_part).collect()
    }

    /// Whether a type bears that name.
    pub(in crate::cli::repl) fn contains(&self, name: &str) -> bool {
        self.0.binary_search_by(|known| (**known).cmp(name)).is_ok()
    }
}

/// A type's name as a statement spells it.
pub(super) fn quoted_if_needed(name: &str) -> Cow<'_, str> {
    // The grammar's `type-name`: words with points and pluses between them, and the brackets of arrays.
    let words = name.trim_end_matches(['[', ',', ']']);
    let is_word = |word: &str| {
        let begins = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
        begins && word.chars().all(|c| c.is_alphanumeric() || c == '_') && !word.eq_ignore_ascii_case("to")
    };
    let plain = words.split(['.', '+']).all(is_word);
    if plain { Cow::Borrowed(name) } else { Cow::Owned(format!("\"{name}\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> TypeNames {
        let names = ["Zoo.Dog", "Zoo.Cat", "List<Zoo.Dog>", "Bad\u{1b}[0m", "Zoo.Dog", "It's"];
        TypeNames::new(names.map(Arc::from).to_vec())
    }

    #[test]
    fn the_start_of_a_name_goes_before_the_start_of_a_part() {
        assert_eq!(names().matching("Zoo."), ["Zoo.Cat", "Zoo.Dog"]);
        assert_eq!(names().matching("Dog"), ["List<Zoo.Dog>", "Zoo.Dog"]);
        assert_eq!(names().matching("cat"), ["Zoo.Cat"], "case does not matter there");
        assert_eq!(names().matching("List<"), ["List<Zoo.Dog>"]);
        assert!(names().matching("og").is_empty());
    }

    #[test]
    fn names_that_would_trick_a_terminal_or_a_statement_are_left_out() {
        assert!(names().matching("Bad").is_empty() && names().matching("It").is_empty());
    }

    #[test]
    fn names_with_brackets_are_quoted() {
        assert_eq!(quoted_if_needed("Zoo.Dog"), "Zoo.Dog");
        assert_eq!(quoted_if_needed("List<Zoo.Dog>"), "\"List<Zoo.Dog>\"");
        assert_eq!(quoted_if_needed("Zoo.Outer+Inner[]"), "Zoo.Outer+Inner[]");
        assert_eq!(quoted_if_needed("Zoo.<Park>d__6"), "\"Zoo.<Park>d__6\"");
    }
}
