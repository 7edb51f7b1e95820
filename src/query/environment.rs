//! What a statement can refer to besides the dumps: parameters, and answers that were kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Answer;
use super::ast::Literal;
use super::lexer::{TokenKind, tokens};
use crate::limits::MAX_KEPT_BYTES;

/// Parameters (`:min`) and kept answers (`from big`, `from $3`) by their names.
#[derive(Debug, Default)]
pub struct Environment {
    parameters: BTreeMap<String, Literal>,
    answers: BTreeMap<String, Arc<Answer>>,
}

impl Environment {
    /// Neither parameters nor answers.
    pub const fn new() -> Environment {
        Environment { parameters: BTreeMap::new(), answers: BTreeMap::new() }
    }

    /// Gives a parameter a value: what one literal spells (`10`, `1mb`, `0x7f00`, `'text'`, `true`, `null`) is that
    /// literal, anything else is text. A value that was there before is replaced.
    pub fn set_parameter(&mut self, name: &str, value: &str) {
        self.parameters.insert(name.to_owned(), literal(value));
    }

    /// The value of a parameter; `None` when it was given none.
    pub(in crate::query) fn parameter(&self, name: &str) -> Option<&Literal> {
        self.parameters.get(name)
    }

    /// The names of the parameters, in alphabetical order.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.parameters.keys().map(String::as_str)
    }

    /// Keeps an answer: under a name of `let`, or as `$1`, `$2` and so on. One that was there before is replaced. What is
    /// kept together is bounded ([`MAX_KEPT_BYTES`]): the oldest numbered answers make room. Whether there was room; an
    /// answer that is too big is not kept, and neither is the one before it under its name.
    pub fn keep(&mut self, name: &str, answer: Arc<Answer>) -> bool {
        self.answers.remove(name);
        let bytes = answer.bytes();
        while self.kept_bytes().saturating_add(bytes) > MAX_KEPT_BYTES {
            let number = |name: &String| name.strip_prefix('$')?.parse::<u64>().ok();
            let oldest = self.answers.keys().filter_map(number).min();
            let Some(oldest) = oldest else { return false };
            self.answers.remove(&format!("${oldest}"));
        }
        self.answers.insert(name.to_owned(), answer);
        true
    }

    /// How many bytes the kept answers take.
    pub fn kept_bytes(&self) -> u64 {
        self.answers.values().map(|answer| answer.bytes()).sum()
    }

    /// Forgets an answer.
    pub fn forget(&mut self, name: &str) {
        self.answers.remove(name);
    }

    /// A kept answer; `None` when there is none of that name.
    pub fn answer(&self, name: &str) -> Option<&Arc<Answer>> {
        self.answers.get(name)
    }

    /// The names of the kept answers, in alphabetical order.
    pub fn answers(&self) -> impl Iterator<Item = &str> {
        self.answers.keys().map(String::as_str)
    }
}

/// The value that a text given from outside stands for. It is never more than a value, whatever it spells.
fn literal(value: &str) -> Literal {
    let text = || Literal::Text(value.into());
    let (negative, digits) = match value.trim().strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, value),
    };
    let Ok(tokens) = tokens(digits) else { return text() };
    match (tokens.as_slice(), negative) {
        ([token], false) => match &token.kind {
            TokenKind::Integer(n) => Literal::Integer(*n),
            TokenKind::Real(r) => Literal::Real(*r),
            TokenKind::Size(n) => Literal::Size(*n),
            TokenKind::Address(n) => Literal::Address(*n),
            TokenKind::Text(t) => Literal::Text(t.as_str().into()),
            TokenKind::Word(w) if w == "null" => Literal::Null,
            TokenKind::Word(w) if w == "true" => Literal::Boolean(true),
            TokenKind::Word(w) if w == "false" => Literal::Boolean(false),
            _ => text(),
        },
        ([token], true) => match token.kind {
            TokenKind::Integer(n) => n.checked_neg().map_or_else(text, Literal::Integer),
            TokenKind::Real(r) => Literal::Real(-r),
            _ => text(),
        },
        _ => text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_the_literal_that_it_spells_and_else_text() {
        let cases = [
            ("10", "10"),
            ("-3", "-3"),
            ("2.5", "2.5"),
            ("1kb", "1024b"),
            ("0x7F", "0x7f"),
            ("'a b'", "'a b'"),
            ("null", "null"),
            ("Zoo.Dog", "'Zoo.Dog'"),
            ("", "''"),
            ("1; select", "'1; select'"),
            ("'open", "'''open'"),
            ("-1kb", "'-1kb'"),
        ];
        for (value, expected) in cases {
            assert_eq!(literal(value).to_string(), expected, "{value}");
        }
    }

    #[test]
    fn what_is_set_or_kept_again_is_replaced() {
        let mut environment = Environment::new();
        environment.set_parameter("min", "1");
        environment.set_parameter("min", "2");
        assert_eq!(environment.parameter("min"), Some(&Literal::Integer(2)));
        assert_eq!(environment.parameters().collect::<Vec<_>>(), ["min"]);
        environment.keep("big", Arc::new(Answer::default()));
        assert!(environment.answer("big").is_some() && environment.answer("small").is_none());
        environment.forget("big");
        assert_eq!(environment.answers().count(), 0);
    }
}
