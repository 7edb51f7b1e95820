//! Which decisions of the grammar a sentence is made of: the way from the start to the sentence.

use std::collections::{BTreeMap, BTreeSet};

use super::ebnf::{Expr, Grammar};
use crate::query::catalog::is_reserved;

/// A decision of a production, by its number there.
pub type Decision = (String, usize);

/// Reads one sentence. Where it can be read in several ways, one of them counts.
pub struct Derivation<'g> {
    grammar: &'g Grammar,
    text: Vec<char>,
    /// Where an expression that begins at a place can end.
    ends: BTreeMap<(*const Expr, usize), BTreeSet<usize>>,
    decisions: BTreeSet<Decision>,
}

impl<'g> Derivation<'g> {
    /// The decisions that lead from the production `start` to all of `text`; `None` when it is no sentence.
    pub fn of(grammar: &'g Grammar, start: &str, text: &str) -> Option<BTreeSet<Decision>> {
        let text = text.chars().collect();
        let mut derivation = Derivation { grammar, text, ends: BTreeMap::new(), decisions: BTreeSet::new() };
        let ends = derivation.production_ends(start, 0);
        let end = ends.into_iter().find(|&end| derivation.skip(end) == derivation.text.len())?;
        derivation.walk_production(start, 0, end);
        Some(derivation.decisions)
    }

    /// The place behind white space and comments.
    fn skip(&self, mut at: usize) -> usize {
        loop {
            if self.text.get(at).is_some_and(|c| c.is_whitespace()) {
                at += 1;
            } else if self.text[at..].starts_with(&['-', '-']) {
                at += self.text[at..].iter().position(|c| *c == '\n').unwrap_or(self.text.len() - at);
            } else {
                return at;
            }
        }
    }

    fn is_word(&self, at: usize) -> bool {
        self.text.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_')
    }

    fn production_ends(&mut self, name: &str, at: usize) -> BTreeSet<usize> {
        let grammar = self.grammar;
        let expr = &grammar.productions[name];
        if name.starts_with(char::is_lowercase) {
            return self.expr_ends(expr, at, false);
        }
        // A token is as long as it can be, and no word or number goes on behind it.
        let start = self.skip(at);
        let longest = self.expr_ends(expr, start, true).last().copied();
        longest.into_iter().filter(|&end| self.is_token(name, start, end)).collect()
    }

    fn is_token(&self, name: &str, start: usize, end: usize) -> bool {
        let closed = ["TEXT", "QUOTED"].contains(&name) || !self.is_word(end);
        let word: String = self.text[start..end].iter().collect();
        closed && !(name == "WORD" && is_reserved(&word)) && !(name == "INTEGER" && self.goes_on(end))
    }

    /// Whether a number has a fraction.
    fn goes_on(&self, at: usize) -> bool {
        self.text.get(at) == Some(&'.') && self.text.get(at + 1).is_some_and(char::is_ascii_digit)
    }

    fn expr_ends(&mut self, expr: &'g Expr, at: usize, in_token: bool) -> BTreeSet<usize> {
        let key = (std::ptr::from_ref(expr), at);
        if let Some(known) = self.ends.get(&key) {
            return known.clone();
        }
        let ends = match expr {
            Expr::Literal(literal) => self.literal_end(literal, at, in_token).into_iter().collect(),
            Expr::Class { chars, negated } => {
                let fits = self.text.get(at).is_some_and(|c| chars.contains(c) != *negated);
                fits.then_some(at + 1).into_iter().collect()
            }
            // Within a token nothing may stand between the parts.
            Expr::Name(name) if in_token => {
                let grammar = self.grammar;
                self.expr_ends(&grammar.productions[name.as_str()], at, true)
            }
            Expr::Name(name) => self.production_ends(name, at),
            Expr::Choice(parts) => parts.iter().flat_map(|p| self.expr_ends(p, at, in_token)).collect(),
            Expr::Sequence(parts) => parts.iter().fold(BTreeSet::from([at]), |ends, part| {
                ends.into_iter().flat_map(|end| self.expr_ends(part, end, in_token)).collect()
            }),
            Expr::Repeat { part, least, most } => {
                let (mut all, mut last) = (BTreeSet::new(), BTreeSet::from([at]));
                let mut count = 0;
                loop {
                    if count >= *least {
                        all.extend(last.iter().copied());
                    }
                    if count == *most || last.is_empty() {
                        break all;
                    }
                    last = last.into_iter().flat_map(|end| self.expr_ends(part, end, in_token)).collect();
                    last.retain(|end| count < *least || !all.contains(end));
                    count += 1;
                }
            }
        };
        self.ends.insert(key, ends.clone());
        ends
    }

    fn literal_end(&self, literal: &str, at: usize, in_token: bool) -> Option<usize> {
        let start = if in_token { at } else { self.skip(at) };
        let mut end = start;
        for c in literal.chars() {
            if !self.text.get(end)?.eq_ignore_ascii_case(&c) {
                return None;
            }
            end += 1;
        }
        let is_word = literal.starts_with(char::is_alphabetic) && !in_token;
        // `<` is not the beginning of `<=`, nor a point one of a fraction.
        let longer = !in_token && ["<", ">", "|", "!"].contains(&literal) && {
            let whole: String = self.text[start..(end + 1).min(self.text.len())].iter().collect();
            ["<=", ">=", "<>", "||", "!="].contains(&whole.as_str())
        };
        let goes_on = longer || is_word && self.is_word(end);
        (!goes_on).then_some(end)
    }

    fn walk_production(&mut self, name: &str, at: usize, end: usize) {
        let grammar = self.grammar;
        let expr = &grammar.productions[name];
        let token = name.starts_with(char::is_uppercase);
        let start = if token { self.skip(at) } else { at };
        if expr.decisions() == 0 {
            self.decisions.insert((name.to_owned(), 0));
        }
        self.walk(name, expr, 0, start..end, token);
    }

    /// Notes the decisions of a way through `expr` over a part of the text that it is known to fit.
    fn walk(&mut self, name: &str, expr: &'g Expr, first: usize, part: std::ops::Range<usize>, token: bool) {
        let (at, end) = (part.start, part.end);
        match expr {
            Expr::Literal(_) | Expr::Class { .. } => {}
            Expr::Name(other) => self.walk_production(other, at, end),
            Expr::Choice(parts) => {
                let fits = |this: &mut Self, p: &'g Expr| this.expr_ends(p, at, token).contains(&end);
                let taken = parts.iter().position(|p| fits(self, p)).expect("an alternative fits");
                self.decisions.insert((name.to_owned(), first + taken));
                let before: usize = parts[..taken].iter().map(Expr::decisions).sum();
                self.walk(name, &parts[taken], first + parts.len() + before, at..end, token);
            }
            Expr::Sequence(parts) => {
                let parts: Vec<(&Expr, usize)> = parts
                    .iter()
                    .scan(first, |first, part| {
                        let own = *first;
                        *first += part.decisions();
                        Some((part, own))
                    })
                    .collect();
                self.walk_parts(name, &parts, at..end, token);
            }
            Expr::Repeat { part, least, most } => {
                let options = most.min(&2) - least + 1;
                let count = self.repetitions(part, (*least, *most), at..end, token);
                self.decisions.insert((name.to_owned(), first + (count - least).min(options - 1)));
                let parts = vec![(&**part, first + options); count];
                self.walk_parts(name, &parts, at..end, token);
            }
        }
    }

    /// How often a part stands in a piece of the text.
    fn repetitions(
        &mut self,
        part: &'g Expr,
        (least, most): (usize, usize),
        of: std::ops::Range<usize>,
        token: bool,
    ) -> usize {
        let mut ends = BTreeSet::from([of.start]);
        for count in 0..=most {
            if count >= least && ends.contains(&of.end) {
                return count;
            }
            ends = ends.into_iter().flat_map(|at| self.expr_ends(part, at, token)).collect();
        }
        panic!("the repetition was known to fit")
    }

    /// Parts that together fit a piece of the text: one after the other, each as long as leaves room for the rest.
    fn walk_parts(
        &mut self,
        name: &str,
        parts: &[(&'g Expr, usize)],
        of: std::ops::Range<usize>,
        token: bool,
    ) {
        // Where each part can begin; then from the last part back, where each begins.
        let mut starts = vec![BTreeSet::from([of.start])];
        for (part, _) in parts {
            let from = starts.last().expect("there is a first").clone();
            starts.push(from.into_iter().flat_map(|at| self.expr_ends(part, at, token)).collect());
        }
        let mut end = of.end;
        for (index, &(part, first)) in parts.iter().enumerate().rev() {
            let begins = starts[index].clone().into_iter();
            let fitting = begins.into_iter().find(|&at| self.expr_ends(part, at, token).contains(&end));
            let start = fitting.expect("the parts were known to fit");
            self.walk(name, part, first, start..end, token);
            end = start;
        }
    }
}
