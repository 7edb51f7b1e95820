//! Patterns of `like`: `%` is any run of characters, `_` is one, an escape character makes the next one ordinary.

/// A pattern, ready to be matched.
#[derive(Clone, Debug, PartialEq)]
pub struct LikePattern {
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    AnyRun,
    AnyOne,
    One(char),
}

impl LikePattern {
    /// Reads a pattern; `None` when it ends with a lone escape character.
    pub fn new(pattern: &str, escape: Option<char>) -> Option<LikePattern> {
        let mut pieces = Vec::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            pieces.push(match c {
                c if Some(c) == escape => Piece::One(chars.next()?),
                '%' => Piece::AnyRun,
                '_' => Piece::AnyOne,
                c => Piece::One(c),
            });
        }
        Some(LikePattern { pieces })
    }

    /// Whether all of `text` fits the pattern, letter by letter in the same case.
    /// Costs at most the product of both lengths.
    pub fn matches(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let mut at = 0;
        // Where to go on when what follows the last run does not fit: one character later.
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            if self.pieces.get(at) == Some(&Piece::AnyRun) {
                at += 1;
                retry = Some((at, rest.clone()));
                continue;
            }
            let fits = match (self.pieces.get(at), rest.next()) {
                (None, None) => return true,
                (Some(Piece::AnyOne), Some(_)) => true,
                (Some(Piece::One(wanted)), Some(c)) => *wanted == c,
                (Some(_), None) => return false,
                _ => false,
            };
            if fits {
                at += 1;
                continue;
            }
            let Some((start, mut later)) = retry.take() else { return false };
            if later.next().is_none() {
                return false;
            }
            (at, rest) = (start, later.clone());
            retry = Some((start, later));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(text: &str, pattern: &str) -> bool {
        LikePattern::new(pattern, Some('\\')).unwrap().matches(text)
    }

    #[test]
    fn runs_and_single_characters() {
        for (text, pattern) in [
            ("Zoo.Dog", "Zoo.%"),
            ("Zoo.Dog", "%Dog"),
            ("Zoo.Dog", "%o.%"),
            ("Zoo.Dog", "Z__.D%g"),
            ("Zoo.Dog", "%%%"),
            ("", "%"),
            ("", ""),
            ("aXbXc", "a%X%c"),
            ("aab", "%ab"),
            ("größe", "gr__e"),
        ] {
            assert!(like(text, pattern), "{text} like {pattern}");
        }
        for (text, pattern) in
            [("Zoo.Dog", "zoo%"), ("Zoo", "Zoo_"), ("Zoo", ""), ("", "_"), ("abc", "%b"), ("ab", "a%bb")]
        {
            assert!(!like(text, pattern), "{text} not like {pattern}");
        }
    }

    #[test]
    fn escaped_characters_are_ordinary() {
        assert!(like("100%", r"100\%") && !like("1000", r"100\%"));
        assert!(like(r"a\b", r"a\\b") && like("a_b", r"a\_b") && !like("axb", r"a\_b"));
        assert_eq!(LikePattern::new("a!", Some('!')), None);
        assert!(LikePattern::new(r"a\", None).unwrap().matches(r"a\"));
    }

    #[test]
    fn many_runs_take_no_exponential_time() {
        assert!(!like(&"a".repeat(5000), &format!("{}b", "a%".repeat(100))));
    }
}
