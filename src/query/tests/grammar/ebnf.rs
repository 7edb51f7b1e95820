//! Reads the grammar file: the EBNF of the W3C.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// An expression of the grammar.
#[derive(Clone, Debug)]
pub enum Expr {
    /// These characters.
    Literal(String),
    /// Another production.
    Name(String),
    /// One character of those, or of all others.
    Class { chars: Vec<char>, negated: bool },
    /// One after the other.
    Sequence(Vec<Expr>),
    /// One of several.
    Choice(Vec<Expr>),
    /// So many times: `?`, `*`, `+`.
    Repeat { part: Box<Expr>, least: usize, most: usize },
}

/// All productions by name.
#[derive(Debug)]
pub struct Grammar {
    pub productions: BTreeMap<String, Expr>,
}

impl Grammar {
    /// Reads the productions. Panics where the text is no grammar.
    pub fn read(text: &str) -> Grammar {
        let mut text = text.to_owned();
        while let Some(start) = text.find("/*") {
            let end = start + text[start..].find("*/").expect("the comment is closed") + 2;
            text.replace_range(start..end, " ");
        }
        let mut productions = BTreeMap::new();
        let mut current = String::new();
        let mut parts: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            match line.split_once("::=") {
                Some((name, rest)) => {
                    current = name.trim().to_owned();
                    parts.push((current.clone(), rest.to_owned()));
                }
                None if line.trim().is_empty() => {}
                None => {
                    let last = parts.last_mut().unwrap_or_else(|| panic!("{line} after {current}"));
                    last.1.push(' ');
                    last.1.push_str(line);
                }
            }
        }
        for (name, body) in parts {
            let mut reader = Reader { chars: body.chars().peekable() };
            let expr = reader.choice();
            assert_eq!(reader.peek(), None, "{name}");
            assert!(productions.insert(name.clone(), expr).is_none(), "{name} twice");
        }
        let grammar = Grammar { productions };
        for expr in grammar.productions.values() {
            grammar.check(expr);
        }
        grammar
    }

    fn check(&self, expr: &Expr) {
        match expr {
            Expr::Name(name) => assert!(self.productions.contains_key(name), "{name} is nowhere"),
            Expr::Sequence(parts) | Expr::Choice(parts) => parts.iter().for_each(|p| self.check(p)),
            Expr::Repeat { part, .. } => self.check(part),
            Expr::Literal(_) | Expr::Class { .. } => {}
        }
    }

    /// Every decision of every production, by its number: each alternative, and each repetition left
    /// out, taken once and, where it may be, taken more often.
    pub fn choices(&self) -> Vec<(String, usize)> {
        let mut choices = Vec::new();
        for (name, expr) in &self.productions {
            // A comment is between tokens, where the generator puts it; the test of that is the lexer's.
            if name != "COMMENT" {
                choices.extend((0..expr.decisions().max(1)).map(|n| (name.clone(), n)));
            }
        }
        choices
    }
}

impl Expr {
    /// How many decisions there are in an expression.
    pub fn decisions(&self) -> usize {
        match self {
            Expr::Literal(_) | Expr::Name(_) | Expr::Class { .. } => 0,
            Expr::Sequence(parts) => parts.iter().map(Expr::decisions).sum(),
            Expr::Choice(parts) => parts.len() + parts.iter().map(Expr::decisions).sum::<usize>(),
            Expr::Repeat { part, least, most } => most.min(&2) - least + 1 + part.decisions(),
        }
    }
}

struct Reader<'a> {
    chars: Peekable<Chars<'a>>,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        while self.chars.next_if(|c| c.is_whitespace()).is_some() {}
        self.chars.peek().copied()
    }

    fn choice(&mut self) -> Expr {
        let mut parts = vec![self.sequence()];
        while self.peek() == Some('|') {
            self.chars.next();
            parts.push(self.sequence());
        }
        if parts.len() == 1 { parts.remove(0) } else { Expr::Choice(parts) }
    }

    fn sequence(&mut self) -> Expr {
        let mut parts = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            parts.push(self.repeated());
        }
        assert!(!parts.is_empty(), "an empty alternative");
        if parts.len() == 1 { parts.remove(0) } else { Expr::Sequence(parts) }
    }

    fn repeated(&mut self) -> Expr {
        let part = self.one();
        let (least, most) = match self.chars.peek() {
            Some('?') => (0, 1),
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            _ => return part,
        };
        self.chars.next();
        Expr::Repeat { part: Box::new(part), least, most }
    }

    fn until(&mut self, end: char) -> String {
        let mut text = String::new();
        loop {
            match self.chars.next().expect("something is not closed") {
                c if c == end => return text,
                c => text.push(c),
            }
        }
    }

    fn one(&mut self) -> Expr {
        match self.peek().expect("an expression") {
            quote @ ('\'' | '"') => {
                self.chars.next();
                Expr::Literal(self.until(quote))
            }
            '[' => {
                self.chars.next();
                class(&self.until(']'))
            }
            '(' => {
                self.chars.next();
                let inner = self.choice();
                assert_eq!(self.peek(), Some(')'));
                self.chars.next();
                inner
            }
            _ => {
                let mut name = String::new();
                while let Some(c) = self.chars.next_if(|c| c.is_alphanumeric() || *c == '-') {
                    name.push(c);
                }
                assert!(!name.is_empty(), "{:?} is no expression", self.chars.peek());
                Expr::Name(name)
            }
        }
    }
}

/// The characters of a class.
fn class(text: &str) -> Expr {
    let negated = text.starts_with('^');
    let text = text.trim_start_matches('^').replace("#xA", "\n");
    let all: Vec<char> = text.chars().collect();
    let mut chars = Vec::new();
    let mut at = 0;
    while at < all.len() {
        if at + 2 < all.len() && all[at + 1] == '-' {
            chars.extend(all[at]..=all[at + 2]);
            at += 3;
        } else {
            chars.push(all[at]);
            at += 1;
        }
    }
    Expr::Class { chars, negated }
}
