//! What was meant by statements that other languages would take, and by the usual slips of the hand.

use super::input::Expected;
use crate::diagnostic::nearest;
use crate::query::catalog::{Keyword, function};
use crate::query::lexer::{Token, TokenKind};

/// The clauses of a select in the order in which they stand.
const CLAUSES: [Keyword; 6] =
    [Keyword::From, Keyword::Where, Keyword::Group, Keyword::Having, Keyword::Order, Keyword::Limit];

/// Words that begin a statement elsewhere, and what does it here.
const FIRST_WORDS: &[(&[&str], &str)] = &[
    (&["show", "list", "ls"], "`tables` lists the tables, `describe NAME` the columns of one"),
    (&["desc"], "`describe NAME` shows the columns of a table or a type"),
    (
        &["insert", "update", "delete", "create", "drop", "alter", "truncate", "set"],
        "a dump is only read: no statement changes anything",
    ),
    (&["use", "open", "connect", "attach"], "dumps are named on the command line: `heapql DUMP...`"),
    (&["from"], "a statement begins with `select`: `select type, size from objects`"),
    (&["where", "group", "order"], "a statement begins with `select`: `select type, count group by type`"),
    (&["count", "sum", "max", "min", "avg"], "a statement begins with `select`: `select count from strings`"),
    (&["include"], "`include 'FILE'` stands in scripts, which `heapql run` answers"),
];

/// Words within a select, and what is said here instead.
const WORDS: &[(&[&str], &str)] = &[
    (&["isnull"], "`x is null`"),
    (&["notnull"], "`x is not null`"),
    (&["ilike"], "`lower(x) like '...'` compares in any case"),
    (&["rlike", "regexp", "similar", "matches"], "`x ~ '...'` compares with a regular expression"),
    (&["fetch", "top"], "`limit N` at the end keeps so many rows"),
    (
        &["b", "kb", "mb", "gb", "tb", "kib", "mib", "gib"],
        "a unit stands right behind its number: `10kb`, `2.5mb`, `1gb`",
    ),
    (&["xor"], "`a != b` of two conditions is true where one of them is"),
];

/// What was meant perhaps where token `at` does not fit; `None` where that is not known.
pub(super) fn hint(tokens: &[Token], at: usize, expected: &[Expected]) -> Option<String> {
    let slip = Slip { tokens, at, expected };
    match slip.kind(0) {
        Some(TokenKind::Word(word)) => slip.on_word(&word.to_ascii_lowercase()),
        Some(TokenKind::Symbol(symbol)) => slip.on_symbol(symbol).map(str::to_owned),
        Some(TokenKind::Quoted(name)) if slip.expects("in single quotes") => {
            Some(format!("text stands in single quotes: '{name}'"))
        }
        Some(TokenKind::Text(_)) if slip.is_word(1, "as") => {
            Some("a name stands without quotes, or in double ones".to_owned())
        }
        Some(TokenKind::Text(_)) if slip.is_word(1, "in") => {
            Some("a list stands in parentheses: `in ('a', 'b')`".to_owned())
        }
        Some(TokenKind::Integer(_)) if slip.is_word(1, "top") => {
            Some("`limit N` at the end keeps so many rows".to_owned())
        }
        _ => slip.missing_second_word(),
    }
}

struct Slip<'a> {
    tokens: &'a [Token],
    at: usize,
    expected: &'a [Expected],
}

impl<'a> Slip<'a> {
    /// The token so many places before the one that does not fit.
    fn kind(&self, back: usize) -> Option<&'a TokenKind> {
        self.at.checked_sub(back).and_then(|at| self.tokens.get(at)).map(|token| &token.kind)
    }

    fn word(&self, back: usize) -> Option<&'a str> {
        match self.kind(back) {
            Some(TokenKind::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn is_word(&self, back: usize, wanted: &str) -> bool {
        self.word(back).is_some_and(|word| word.eq_ignore_ascii_case(wanted))
    }

    fn is_symbol(&self, back: usize, wanted: &str) -> bool {
        matches!(self.kind(back), Some(TokenKind::Symbol(symbol)) if *symbol == wanted)
    }

    /// Whether something was expected whose description ends like this.
    fn expects(&self, ending: &str) -> bool {
        self.expected.iter().any(|e| matches!(e, Expected::What(what) if what.ends_with(ending)))
    }

    fn expects_keyword(&self, keyword: Keyword) -> bool {
        self.expected
            .iter()
            .any(|e| matches!(e, Expected::Keyword(k) | Expected::Operator(k) if *k == keyword))
    }

    fn on_word(&self, word: &str) -> Option<String> {
        let listed = |list: &[(&[&str], &str)]| {
            list.iter().find(|(words, _)| words.contains(&word)).map(|(_, hint)| (*hint).to_owned())
        };
        if self.at == 0 {
            return listed(FIRST_WORDS);
        }
        if self.expects("in single quotes") {
            return Some("text stands in single quotes: `type like 'Zoo.%'`".to_owned());
        }
        let keyword = Keyword::of(word);
        if let Some(clause) = keyword.filter(|k| CLAUSES.contains(k)) {
            if self.is_symbol(1, ",") {
                return Some(format!("a comma is left over before `{word}`"));
            }
            if let Some(later) = self.later_clause(clause) {
                return Some(format!("`{word}` stands before `{}`", later.word()));
            }
            if self.expects("an expression") {
                return Some(format!("something is missing before `{word}`"));
            }
        }
        if matches!(keyword, Some(Keyword::Asc | Keyword::Desc))
            && (self.is_word(1, "by") || self.is_symbol(1, ","))
        {
            return Some(format!("`{word}` stands behind what is ordered: `order by size {word}`"));
        }
        if matches!(keyword, Some(Keyword::As)) && self.is_within("cast") {
            return Some("`to_number(x)` and `text(x)` make other sorts of values".to_owned());
        }
        listed(WORDS).or_else(|| self.missing_second_word()).or_else(|| self.missing_between(keyword))
    }

    /// The clause before this place that should stand behind `clause`.
    fn later_clause(&self, clause: Keyword) -> Option<Keyword> {
        let rank = |keyword| CLAUSES.iter().position(|known| *known == keyword);
        let before = self.tokens.get(..self.at)?;
        // Of this select only: not of one in parentheses before it.
        let mut depth = 0_i32;
        for token in before.iter().rev() {
            match &token.kind {
                TokenKind::Symbol(")") => depth += 1,
                TokenKind::Symbol("(") if depth == 0 => return None,
                TokenKind::Symbol("(") => depth -= 1,
                TokenKind::Word(word) if depth == 0 => {
                    let found = Keyword::of(word).filter(|k| rank(*k) > rank(clause));
                    if found.is_some() {
                        return found;
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Whether the place is among the arguments of a function of that name.
    fn is_within(&self, name: &str) -> bool {
        (2..=self.at).any(|back| self.is_word(back, name) && self.is_symbol(back - 1, "("))
    }

    /// `group type`, `roots 0x10`: of two words the second is missing.
    fn missing_second_word(&self) -> Option<String> {
        match (self.word(1), self.expected) {
            (Some(first), [Expected::Keyword(second)]) if Keyword::of(first).is_some() => {
                Some(format!("the words are `{} {}`", first.to_ascii_lowercase(), second.word()))
            }
            _ => None,
        }
    }

    /// `type size`, `avg size`, `* objects`: something is missing between two words.
    fn missing_between(&self, keyword: Option<Keyword>) -> Option<String> {
        let word = self.word(0)?;
        if keyword.is_some_and(|keyword| keyword.doc().reserved) || !self.expects_keyword(Keyword::From) {
            return None;
        }
        let keywords = self.expected.iter().filter_map(|e| match e {
            Expected::Keyword(k) | Expected::Operator(k) => Some(k.word()),
            _ => None,
        });
        if nearest(word, keywords).is_some() {
            return None;
        }
        if self.is_symbol(1, "*") {
            return Some(format!("`from` stands before a source: `from {word}`"));
        }
        let before = self.word(1)?;
        if function(&before.to_ascii_lowercase()).is_some() {
            return Some(format!("what a function is about stands in parentheses: `{before}({word})`"));
        }
        Some(format!(
            "a comma stands between columns: `{before}, {word}`; `as` gives a name: `{before} as {word}`"
        ))
    }

    fn on_symbol(&self, symbol: &str) -> Option<&'static str> {
        match symbol {
            "=" if self.is_symbol(1, "=") => Some("one `=` compares"),
            "=" | ">" | "<" if self.is_symbol(1, "=") => Some("greater or equal is `>=`, less or equal `<=`"),
            ">" | "<" if self.is_symbol(1, symbol) => Some("`>` and `<` compare; bits are not shifted"),
            "," if self.is_word(2, "limit") => Some("`limit N offset M` leaves out M rows and keeps N"),
            "," if self.expects_keyword(Keyword::Join) => {
                Some("sources are joined: `from A a join B b on a.x = b.y`")
            }
            "," if self.is_word(2, "between") => Some("`between 1 and 10`"),
            "=" | "<" | ">" | "<=" | ">=" | "!=" | "<>" if self.joins_before() => {
                Some("`or` is one of two conditions; `||` joins texts")
            }
            "%" if self.is_word(2, "like") => Some("text stands in single quotes: `type like 'Zoo.%'`"),
            _ => None,
        }
    }

    /// Whether `||` stands a few tokens before.
    fn joins_before(&self) -> bool {
        (1..=4).any(|back| self.is_symbol(back, "||"))
    }
}
