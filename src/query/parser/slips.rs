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
    (&["include"], "`include 'FILE'`, in single quotes, stands in scripts, which `heapql run` answers"),
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
    (&["minus"], "`except` leaves out the rows of the second select"),
    (&["using"], "`on a.x = b.x` says which rows belong together"),
    (&["filter"], "`count(if(CONDITION, 1, null))`, `sum(if(CONDITION, x, 0))`: an aggregate of some rows"),
    (
        &["qualify"],
        "name the window in a select in parentheses: `from (select ..., rank() over (...) as place) where ...`",
    ),
    (&["materialized"], "a select under `with` is answered once: `with NAME as (SELECT)`"),
];

/// What is said of a word behind another one, or two.
const BEHIND: &[(&[&str], &str, &str)] = &[
    (&["union"], "distinct", "`union` alone gives each row once"),
    (&["except"], "all", "`except` gives each row once"),
    (&["intersect"], "all", "`intersect` gives each row once"),
    (&["is", "not"], "like", "`not` stands before: `x not like '...'`"),
    (&["is", "not"], "in", "`not` stands before: `x not in (...)`"),
    (&["is", "not"], "between", "`not` stands before: `x not between 1 and 10`"),
];

const COMMENT: &str = "`--` begins a comment, which ends with the line";

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
        Some(TokenKind::Integer(_) | TokenKind::Parameter(_)) if slip.is_word(1, "offset") => {
            Some("`offset` stands behind `limit N`".to_owned())
        }
        Some(TokenKind::Text(_)) if slip.expects_keyword(Keyword::From) => {
            Some("`as` gives a name, without quotes or in double ones".to_owned())
        }
        Some(TokenKind::Quoted(name)) if slip.expects_keyword(Keyword::From) => {
            Some(format!("`as` gives a name: `as \"{name}\"`"))
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

    fn next_is_symbol(&self, wanted: &str) -> bool {
        matches!(self.tokens.get(self.at + 1).map(|t| &t.kind), Some(TokenKind::Symbol(symbol)) if *symbol == wanted)
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
        let behind = BEHIND.iter().find(|(before, second, _)| {
            word == *second && before.iter().rev().enumerate().all(|(at, first)| self.is_word(at + 1, first))
        });
        if let Some((_, _, hint)) = behind {
            return Some((*hint).to_owned());
        }
        if self.is_word(1, "in") && matches!(self.expected, [Expected::Symbol("(")]) {
            return Some(
                "a list or a select stands in parentheses: `in ('a', 'b')`, `in (select ...)`".to_owned(),
            );
        }
        if self.is_word(1, "recursive") && self.is_word(2, "with") {
            return Some(
                "there is no recursion: `reachable(...)` and `paths to` follow references".to_owned(),
            );
        }
        let keyword = Keyword::of(word);
        if matches!(keyword, Some(Keyword::Select))
            && self.is_symbol(1, "(")
            && ["any", "some", "all"].iter().any(|quantifier| self.is_word(2, quantifier))
        {
            return Some("`in (select ...)` compares with each, `> (select max(x) ...)` with one".to_owned());
        }
        if matches!(
            keyword,
            Some(Keyword::Like | Keyword::Between | Keyword::In | Keyword::Is | Keyword::And | Keyword::Or)
        ) && self.expects("an expression")
        {
            return Some(format!("something is missing before `{word}`"));
        }
        if matches!(word, "rows" | "range" | "groups") && self.is_within("over") {
            return Some(
                "with an order, a window goes from its first row to the row and its equals".to_owned(),
            );
        }
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
        listed(WORDS)
            .or_else(|| self.missing_second_word())
            .or_else(|| self.missing_between(keyword))
            .or_else(|| self.missing_and(keyword))
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

    /// `where size > 3 size < 5`: two conditions stand beside each other.
    fn missing_and(&self, keyword: Option<Keyword>) -> Option<String> {
        let is_among_conditions = self.expects_keyword(Keyword::And)
            && self.expects_keyword(Keyword::Group)
            && !self.expects_keyword(Keyword::From);
        let near = || self.near_keyword(self.word(0)?);
        (keyword.is_none() && is_among_conditions && near().is_none())
            .then(|| "`and` and `or` join conditions".to_owned())
    }

    /// `type size`, `avg size`, `* objects`: something is missing between two words.
    fn missing_between(&self, keyword: Option<Keyword>) -> Option<String> {
        let word = self.word(0)?;
        if keyword.is_some_and(|keyword| keyword.doc().reserved) || !self.expects_keyword(Keyword::From) {
            return None;
        }
        // Of one letter every short word would be near.
        if word.len() > 1 && self.near_keyword(word).is_some() {
            return None;
        }
        if self.is_symbol(1, "*") {
            return Some(format!("`from` stands before a source: `from {word}`"));
        }
        if self.is_symbol(1, ")") {
            return Some(format!("`as` gives a name: `... as {word}`"));
        }
        let before = self.word(1)?;
        if function(&before.to_ascii_lowercase()).is_some() {
            return Some(format!("what a function is about stands in parentheses: `{before}({word})`"));
        }
        Some(format!(
            "a comma stands between columns: `{before}, {word}`; `as` gives a name: `{before} as {word}`"
        ))
    }

    /// The keyword that could stand here and is spelled nearly like the word.
    fn near_keyword(&self, word: &str) -> Option<&'static str> {
        let keywords = self.expected.iter().filter_map(|e| match e {
            Expected::Keyword(k) | Expected::Operator(k) => Some(k.word()),
            _ => None,
        });
        nearest(word, keywords)
    }

    fn on_symbol(&self, symbol: &str) -> Option<&'static str> {
        match symbol {
            "*" if self.is_symbol(1, "/") => Some(COMMENT),
            "/" if self.next_is_symbol("*") => Some(COMMENT),
            "(" if self.at == 0 => Some(
                "a statement begins with `select`; a select in parentheses is a source: `from (select ...)`",
            ),
            "(" if self.is_word(2, "with") => {
                Some("`as` in the select names its columns: `with a as (select 1 as n)`")
            }
            "[" if self.expects("an expression") => {
                Some("names with special characters stand in double quotes")
            }
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
