//! Sentences of a grammar: at random, but through a decision that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::super::synthetic::Numbers;
use super::ebnf::{Expr, Grammar};

/// How deep productions are nested before only the shortest ways are taken.
const DEPTH: usize = 17;

/// A decision of a production, by its number there.
type Decision = (String, usize);

/// Makes sentences.
pub struct Generator<'g> {
    grammar: &'g Grammar,
    /// How deep each production goes at least.
    shortest: BTreeMap<&'g str, usize>,
    /// The decisions that sentences went through.
    pub covered: BTreeSet<Decision>,
}

/// A sentence in the making.
struct Sentence<'w> {
    text: String,
    numbers: Numbers,
    /// The decision that is still to be met.
    wanted: Option<(&'w str, usize)>,
    /// Whether a token is being written, in which nothing may be put between parts.
    in_token: bool,
}

impl<'g> Generator<'g> {
    pub fn new(grammar: &'g Grammar) -> Generator<'g> {
        let mut shortest = BTreeMap::new();
        // Productions that are reached by ways already measured, again and again until all are.
        while shortest.len() < grammar.productions.len() {
            let before = shortest.len();
            for (name, expr) in &grammar.productions {
                if !shortest.contains_key(name.as_str())
                    && let Some(depth) = least_depth(expr, &shortest)
                {
                    shortest.insert(name.as_str(), depth + 1);
                }
            }
            assert!(shortest.len() > before, "some productions never end");
        }
        Generator { grammar, shortest, covered: BTreeSet::new() }
    }

    /// A sentence of `start` that goes through a decision, or `None` when many attempts did not meet it.
    pub fn sentence(
        &mut self,
        start: &str,
        wanted: Option<(&str, usize)>,
        numbers: Numbers,
    ) -> Option<String> {
        let mut numbers = numbers;
        for _ in 0..2000 {
            numbers.below(1000);
            let numbers = numbers.clone();
            let mut sentence = Sentence { text: String::new(), numbers, wanted, in_token: false };
            self.production(start, 0, &mut sentence);
            if sentence.wanted.is_none() {
                return Some(sentence.text);
            }
        }
        None
    }

    fn production(&mut self, name: &str, depth: usize, sentence: &mut Sentence<'_>) {
        let grammar = self.grammar;
        let token = name.starts_with(char::is_uppercase);
        let outer = sentence.in_token;
        if token && !outer {
            sentence.space();
        }
        let start = sentence.text.len();
        sentence.in_token = token;
        let expr = &grammar.productions[name];
        if expr.decisions() == 0 {
            self.meet(name, 0, sentence);
        }
        self.write(name, expr, 0, depth + 1, sentence);
        sentence.in_token = outer;
        // A word that is made at random must not be a keyword.
        if name == "WORD" && crate::query::catalog::Keyword::of(&sentence.text[start..]).is_some() {
            sentence.text.push('_');
        }
    }

    fn meet(&mut self, name: &str, decision: usize, sentence: &mut Sentence<'_>) {
        self.covered.insert((name.to_owned(), decision));
        if sentence.wanted == Some((name, decision)) {
            sentence.wanted = None;
        }
    }

    /// Writes an expression of the production `name`; `first` is the number of its first decision.
    fn write(&mut self, name: &str, expr: &Expr, first: usize, depth: usize, sentence: &mut Sentence<'_>) {
        match expr {
            Expr::Literal(text) => sentence.literal(text),
            Expr::Name(other) => self.production(other, depth, sentence),
            Expr::Class { chars, negated } => sentence.character(chars, *negated),
            Expr::Sequence(parts) => {
                let mut first = first;
                for part in parts {
                    self.write(name, part, first, depth, sentence);
                    first += part.decisions();
                }
            }
            Expr::Choice(parts) => {
                let taken = self.choose(name, parts, first, depth, sentence);
                self.meet(name, first + taken, sentence);
                let before: usize = parts[..taken].iter().map(Expr::decisions).sum();
                self.write(name, &parts[taken], first + parts.len() + before, depth, sentence);
            }
            Expr::Repeat { part, least, most } => {
                let options = most.min(&2) - least + 1;
                let taken = match sentence.wanted {
                    Some((wanted, at)) if wanted == name && (first..first + options).contains(&at) => {
                        at - first
                    }
                    _ if depth > DEPTH => 0,
                    _ => sentence.numbers.below(options as u64) as usize,
                };
                self.meet(name, first + taken, sentence);
                for _ in 0..least + taken {
                    self.write(name, part, first + options, depth, sentence);
                }
            }
        }
    }

    fn choose(
        &self,
        name: &str,
        parts: &[Expr],
        first: usize,
        depth: usize,
        sentence: &mut Sentence<'_>,
    ) -> usize {
        if let Some((wanted, at)) = sentence.wanted
            && wanted == name
        {
            if (first..first + parts.len()).contains(&at) {
                return at - first;
            }
            // The decision may be within one of the alternatives.
            let mut inner = first + parts.len();
            for (taken, part) in parts.iter().enumerate() {
                if (inner..inner + part.decisions()).contains(&at) {
                    return taken;
                }
                inner += part.decisions();
            }
        }
        if depth > DEPTH {
            let depths = parts.iter().map(|p| least_depth(p, &self.shortest).unwrap_or(usize::MAX));
            return depths.enumerate().min_by_key(|(_, depth)| *depth).map_or(0, |(taken, _)| taken);
        }
        sentence.numbers.below(parts.len() as u64) as usize
    }
}

/// How deep an expression goes at least; `None` when that is not known yet.
fn least_depth(expr: &Expr, known: &BTreeMap<&str, usize>) -> Option<usize> {
    match expr {
        Expr::Literal(_) | Expr::Class { .. } => Some(0),
        Expr::Name(name) => known.get(name.as_str()).copied(),
        Expr::Sequence(parts) => {
            parts.iter().map(|p| least_depth(p, known)).try_fold(0, |a, b| Some(a.max(b?)))
        }
        Expr::Choice(parts) => parts.iter().filter_map(|p| least_depth(p, known)).min(),
        Expr::Repeat { least: 0, .. } => Some(0),
        Expr::Repeat { part, .. } => least_depth(part, known),
    }
}

impl Sentence<'_> {
    fn literal(&mut self, text: &str) {
        if self.in_token {
            return self.text.push_str(text);
        }
        self.space();
        // Keywords may be written in any case.
        match self.numbers.below(3) {
            0 => self.text.push_str(&text.to_uppercase()),
            _ => self.text.push_str(text),
        }
    }

    fn character(&mut self, chars: &[char], negated: bool) {
        if negated {
            const SOME: [char; 9] = ['a', 'Z', ' ', '%', 'ß', ';', '-', '\\', '漢'];
            let allowed: Vec<char> = SOME.into_iter().filter(|c| !chars.contains(c)).collect();
            self.text.push(allowed[self.numbers.below(allowed.len() as u64) as usize]);
        } else {
            self.text.push(chars[self.numbers.below(chars.len() as u64) as usize]);
        }
    }

    fn space(&mut self) {
        let space = [" ", " ", "\n", "\t ", " -- it's \"so\"; (\n"][self.numbers.below(5) as usize];
        self.text.push_str(space);
    }
}
