//! Which sources and which call the cursor is among: the parentheses and selects of a statement, by its tokens.

use super::super::lexer::{Token, TokenKind};
use super::{CallSoFar, NamedSource, Rows, is_symbol, keyword_of, name_of, touch};
use crate::query::catalog::{Keyword, is_reserved};

/// What is around the cursor.
pub struct Place {
    /// The sources of the select that the cursor is in, or of those around it while it has none.
    pub sources: Vec<NamedSource>,
    /// The function whose parentheses are open.
    pub call: Option<CallSoFar>,
    /// The clause of that select that the cursor is in, by the keyword that begins it.
    pub clause: Option<Keyword>,
    /// The names of that select's columns, as far as they are written.
    pub columns: Vec<String>,
    /// The selects that `with` names.
    pub named: Vec<String>,
}

/// Parentheses, or the whole statement.
#[derive(Default)]
struct Frame {
    parent: Option<usize>,
    /// Whether it holds a select of its own.
    select: bool,
    /// The clause of the select that is being read.
    clause: Option<Keyword>,
    sources: Vec<NamedSource>,
    /// The names of the select's columns.
    columns: Vec<String>,
    /// The function whose arguments are in it, and how many.
    call: Option<CallSoFar>,
    /// Whether it is itself a source of the frame around it.
    is_source: bool,
    /// The name that `with` gives it.
    named: Option<String>,
}

struct Scan<'a> {
    text: &'a str,
    tokens: Vec<&'a Token>,
    at: usize,
    frames: Vec<Frame>,
    current: usize,
    /// The selects that `with` names, and their columns.
    named: Vec<(String, Vec<String>)>,
}

impl Place {
    /// The place between tokens of a statement that stand before the cursor and those that stand behind it.
    pub fn of(text: &str, before: &[Token], after: &[Token]) -> Place {
        let tokens = before.iter().chain(after).collect();
        let mut scan =
            Scan { text, tokens, at: 0, frames: vec![Frame::default()], current: 0, named: Vec::new() };
        // `assert` has a condition in place of items, then the clauses of a select.
        scan.frames[0].select =
            scan.tokens.first().is_some_and(|token| keyword_of(token) == Some(Keyword::Assert));
        while scan.at < before.len() {
            scan.step(before.len());
        }
        let here = scan.current;
        let call = scan.call_around(here);
        let select = scan.select_around(here);
        let clause = select.and_then(|at| scan.frames[at].clause);
        // What follows tells the sources of selects that are not read to their end yet.
        while scan.at < scan.tokens.len() && scan.is_within(here) {
            scan.step(scan.tokens.len());
        }
        let columns = select.map(|at| std::mem::take(&mut scan.frames[at].columns)).unwrap_or_default();
        let sources = scan.sources_of(here);
        let named = scan.named.into_iter().map(|(name, _)| name).collect();
        Place { sources, call, clause, columns, named }
    }
}

impl<'a> Scan<'a> {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frames[self.current]
    }

    /// Whether what is read next is in that frame or in one inside of it.
    fn is_within(&self, frame: usize) -> bool {
        let mut of = Some(self.current);
        while let Some(at) = of.filter(|&at| at != frame) {
            of = self.frames[at].parent;
        }
        of.is_some()
    }

    fn open(&mut self, frame: Frame) {
        self.frames.push(Frame { parent: Some(self.current), ..frame });
        self.current = self.frames.len() - 1;
    }

    /// Reads a token, or the name of a source, but none from `end` on.
    fn step(&mut self, end: usize) {
        let token = self.tokens[self.at];
        self.at += 1;
        if is_symbol(token, "(") {
            let call = self.called().map(|name| CallSoFar { name, arguments: 0 });
            self.open(Frame { call, named: self.named_by_with(), ..Frame::default() });
        } else if is_symbol(token, ")") {
            self.close(end);
        } else if is_symbol(token, ",") {
            self.frame().call.iter_mut().for_each(|call| call.arguments += 1);
        } else {
            match keyword_of(token) {
                Some(Keyword::Select) => self.select(),
                Some(Keyword::From) if self.frame().select => self.source(end),
                // No reserved words: a column may bear such a name.
                Some(Keyword::Join) if self.is_among_sources() => self.source(end),
                Some(Keyword::On) if self.is_among_sources() => self.frame().clause = Some(Keyword::On),
                Some(Keyword::As) => {}
                Some(keyword) if is_clause(keyword) => self.frame().clause = Some(keyword),
                _ => self.item(token),
            }
        }
    }

    /// The name right before the parenthesis that was read last.
    fn called(&self) -> Option<String> {
        let at = self.at.checked_sub(2)?;
        let (name, open) = (self.tokens[at], self.tokens[self.at - 1]);
        let is_name = keyword_of(name).is_none_or(|keyword| !keyword.doc().reserved);
        name_of(name).filter(|_| is_name && touch(&name.span, &open.span))
    }

    /// The name of what begins with the parenthesis that was read last: `with NAME as (`.
    fn named_by_with(&self) -> Option<String> {
        let [earlier @ .., name, as_word, _] = &self.tokens[..self.at] else { return None };
        let is_with = earlier.first().is_some_and(|token| keyword_of(token) == Some(Keyword::With));
        let follows = earlier
            .last()
            .is_some_and(|token| keyword_of(token) == Some(Keyword::With) || is_symbol(token, ","));
        let is_named = is_with && follows && !self.frames[self.current].select;
        name_of(name).filter(|_| is_named && keyword_of(as_word) == Some(Keyword::As))
    }

    fn is_in_items(&self) -> bool {
        self.frames[self.current].clause == Some(Keyword::Select)
    }

    /// Whether what is read belongs to the sources of a select, or to a condition between them.
    fn is_among_sources(&self) -> bool {
        let frame = &self.frames[self.current];
        let point = self.at.checked_sub(2).is_some_and(|before| is_symbol(self.tokens[before], "."));
        !point && !frame.sources.is_empty() && matches!(frame.clause, Some(Keyword::From | Keyword::On))
    }

    fn select(&mut self) {
        if self.frame().select {
            // Another one beside it, behind `union` and the like: its names are its own.
            let frame = self.frame();
            let (parent, is_source) = (frame.parent, std::mem::take(&mut frame.is_source));
            let columns = frame.columns.clone();
            let (named, clause) = (frame.named.take(), Some(Keyword::Select));
            self.frames.push(Frame {
                parent,
                is_source,
                columns,
                select: true,
                named,
                clause,
                ..Frame::default()
            });
            self.current = self.frames.len() - 1;
            return;
        }
        let frame = self.frame();
        (frame.select, frame.clause) = (true, Some(Keyword::Select));
    }

    /// Notes the name that an item of a select has, as far as one token tells: its last word.
    fn item(&mut self, token: &Token) {
        if !self.is_in_items() {
            return;
        }
        use Keyword::{Except, Intersect, Union};
        let ends = self.tokens.get(self.at).is_none_or(|next| {
            let ends = |keyword| is_clause(keyword) || [Except, Intersect, Union].contains(&keyword);
            keyword_of(next).is_some_and(ends) || is_symbol(next, ",") || is_symbol(next, ")")
        });
        if let Some(name) = name_of(token).filter(|_| ends) {
            self.frame().columns.push(name);
        }
    }

    fn close(&mut self, end: usize) {
        let Some(parent) = self.frame().parent else { return };
        let frame = self.frame();
        let (is_source, columns) = (frame.is_source, frame.columns.clone());
        let call = frame.call.as_ref().map(|call| call.name.clone());
        if let Some(name) = frame.named.take() {
            self.named.push((name, columns.clone()));
        }
        self.current = parent;
        if is_source {
            let rows = call.map_or(Rows::Select(columns), Rows::Function);
            self.add_source(rows, None, end);
        }
    }

    /// Reads what stands behind `from` or `join`.
    fn source(&mut self, end: usize) {
        let mut dump = None;
        self.frame().clause = Some(Keyword::From);
        if let Some(TokenKind::Dump(number)) = self.peek(end).map(|t| &t.kind) {
            dump = Some(*number);
            self.at += 1;
            if !self.peek(end).is_some_and(|t| is_symbol(t, ".")) {
                return self.add_source(Rows::Named("objects".into()), dump, end);
            }
            self.at += 1;
        }
        let Some(first) = self.peek(end) else { return };
        if is_symbol(first, "(") {
            self.at += 1;
            return self.open(Frame { is_source: true, ..Frame::default() });
        }
        let Some(name) = self.name(end) else { return };
        if self.peek(end).is_some_and(|t| is_symbol(t, "(")) {
            self.at += 1;
            let call = Some(CallSoFar { name, arguments: 0 });
            return self.open(Frame { is_source: true, call, ..Frame::default() });
        }
        self.add_source(Rows::Named(name), dump, end);
    }

    /// Reads the name of a table or a type; a plus that ends it is left out.
    fn name(&mut self, end: usize) -> Option<String> {
        let first = self.peek(end)?;
        if let TokenKind::Quoted(name) = &first.kind {
            self.at += 1;
            return Some(name.clone());
        }
        let TokenKind::Word(word) = &first.kind else { return None };
        if is_reserved(word) {
            return None;
        }
        let start = first.span.start;
        let mut last = first.span.clone();
        self.at += 1;
        while let Some(next) = self.peek(end).filter(|next| touch(&last, &next.span)) {
            let joins = [".", "+", "[", "]"].iter().any(|s| is_symbol(next, s)) || name_of(next).is_some();
            if !joins {
                break;
            }
            last = next.span.clone();
            self.at += 1;
        }
        Some(self.text[start..last.end].trim_end_matches('+').to_owned())
    }

    /// Adds a source under the alias that follows, if one does.
    fn add_source(&mut self, rows: Rows, dump: Option<u32>, end: usize) {
        use Keyword::{Inner, Join, Left, On, Outer, To};
        let named = self.peek(end).is_some_and(|t| keyword_of(t) == Some(Keyword::As));
        self.at += usize::from(named);
        // The words of joins are no aliases without `as`.
        let is_alias = |t: &&Token| {
            keyword_of(t).is_none_or(|keyword| {
                let of_joins = [Inner, Join, Left, On, Outer, To].contains(&keyword);
                !keyword.doc().reserved && (named || !of_joins)
            })
        };
        let alias = self.peek(end).filter(is_alias).and_then(name_of);
        self.at += usize::from(alias.is_some());
        self.frame().sources.push(NamedSource { rows, alias, dump });
    }

    fn peek(&self, end: usize) -> Option<&'a Token> {
        self.tokens.get(self.at).copied().filter(|_| self.at < end)
    }

    /// The nearest call around a place of a frame, but not beyond a select.
    fn call_around(&self, frame: usize) -> Option<CallSoFar> {
        let mut of = Some(frame);
        while let Some(at) = of {
            let frame = &self.frames[at];
            if frame.select {
                return None;
            }
            if let Some(call) = &frame.call {
                return Some(call.clone());
            }
            of = frame.parent;
        }
        None
    }

    /// The frame of the select around a place of a frame, or the whole statement.
    fn select_around(&self, frame: usize) -> Option<usize> {
        let mut of = Some(frame);
        while let Some(at) = of {
            if self.frames[at].select {
                return Some(at);
            }
            of = self.frames[at].parent;
        }
        None
    }

    /// The sources of the select around a place of a frame; objects where it has none.
    fn sources_of(&mut self, frame: usize) -> Vec<NamedSource> {
        let at = self.select_around(frame).unwrap_or_default();
        let mut sources = std::mem::take(&mut self.frames[at].sources);
        if sources.is_empty() {
            sources.push(NamedSource { rows: Rows::Named("objects".into()), alias: None, dump: None });
        }
        for source in &mut sources {
            let Rows::Named(name) = &source.rows else { continue };
            let found = self.named.iter().find(|(named, _)| named == name).cloned();
            if let Some((name, columns)) = found.filter(|_| source.dump.is_none()) {
                source.rows = Rows::Select(columns);
                source.alias.get_or_insert(name);
            }
        }
        sources
    }
}

/// Whether a keyword begins a clause of a select.
fn is_clause(keyword: Keyword) -> bool {
    use Keyword::{From, Group, Having, Limit, Order, Where};
    [From, Where, Group, Having, Order, Limit].contains(&keyword)
}
