//! Text to condition: recursive descent over few words.

use std::ops::Range;
use std::time::Duration;

use super::super::counters::names::{RUNTIME, nearest_runtime_counter, runtime_counter, twins_of_instrument};
use super::amount::{Amount, AmountUnit};
use super::condition::{Check, Comparison, Condition, CounterName, Part, Test};
use super::tokens::{Token, TokenKind, tokens};
use crate::diagnostic::Diagnostic;
use crate::limits::{MAX_CONDITION_NESTING, MAX_CONDITION_TESTS, MAX_CONDITION_WINDOW};
use crate::units::parse_duration;

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    ///
    /// What cannot be understood, with its place and what was meant perhaps.
    pub fn parse(text: &str) -> Result<Condition, Diagnostic> {
        let tokens = tokens(text)?;
        let mut parser =
            Parser { tokens: &tokens, at: 0, end: text.trim_end().len(), tests: Vec::new(), depth: 0 };
        let root = parser.any()?;
        if let Some(token) = parser.peek() {
            return Err(parser.unexpected_rest(token));
        }
        Ok(Condition { tests: parser.tests, root })
    }
}

const COMPARISON: &str = "`>`, `>=`, `<`, `<=` or `grows`";
const SIZES: &str = "a size is written `500mb` or `1.5gb`";

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    /// Where the text ends.
    end: usize,
    tests: Vec<Test>,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Token<'a>> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    /// Takes the next token if it is this word, in any case, or this sign.
    fn takes(&mut self, text: &str) -> bool {
        let is =
            |token: &&Token<'_>| token.kind != TokenKind::Bracketed && token.text.eq_ignore_ascii_case(text);
        let found = self.peek().filter(is).is_some();
        self.at += usize::from(found);
        found
    }

    /// The next token's place, or the end of the text.
    fn place(&self) -> Range<usize> {
        self.peek().map_or(self.end..self.end, |token| token.span.clone())
    }

    fn any(&mut self) -> Result<Part, Diagnostic> {
        self.joined(&["or", "||"], Part::Any, Self::all)
    }

    fn all(&mut self) -> Result<Part, Diagnostic> {
        self.joined(&["and", "&&"], Part::All, Self::part)
    }

    fn joined(
        &mut self,
        words: &[&str],
        join: fn(Vec<Part>) -> Part,
        inner: fn(&mut Self) -> Result<Part, Diagnostic>,
    ) -> Result<Part, Diagnostic> {
        let first = inner(self)?;
        let mut parts = vec![first];
        while words.iter().any(|word| self.takes(word)) {
            parts.push(inner(self)?);
        }
        Ok(if parts.len() > 1 { join(parts) } else { parts.swap_remove(0) })
    }

    fn part(&mut self) -> Result<Part, Diagnostic> {
        let place = self.place();
        if !self.takes("(") {
            return self.test();
        }
        self.depth += 1;
        if self.depth > MAX_CONDITION_NESTING {
            let message = format!("parentheses nested deeper than {MAX_CONDITION_NESTING}");
            return Err(Diagnostic::new(place, message));
        }
        let inside = self.any()?;
        self.depth -= 1;
        if self.takes(")") {
            return Ok(inside);
        }
        match self.peek() {
            Some(token) => Err(self.unexpected_rest(token)),
            None => Err(Diagnostic::new(place, "this parenthesis is not closed").expected("`)`")),
        }
    }

    fn test(&mut self) -> Result<Part, Diagnostic> {
        if self.tests.len() >= MAX_CONDITION_TESTS {
            let message = format!("more than {MAX_CONDITION_TESTS} counters in one condition");
            return Err(Diagnostic::new(self.place(), message));
        }
        let counter = self.counter()?;
        let check = self.check(&counter)?;
        self.tests.push(Test { counter, check });
        Ok(Part::Test(self.tests.len() - 1))
    }

    fn counter(&mut self) -> Result<CounterName, Diagnostic> {
        const EXAMPLE: &str =
            "a condition is written `gc-heap-size > 500mb` or `working-set grows 100mb in 1m`";
        let place = self.place();
        let Some(word) = self.next().filter(|token| token.kind == TokenKind::Word) else {
            return Err(Diagnostic::new(place, "the name of a counter is missing").hint(EXAMPLE));
        };
        if word.text.starts_with(|c: char| c.is_ascii_digit()) {
            let message = format!("`{}` is no counter", word.text);
            return Err(Diagnostic::new(place, message).hint(format!("the counter comes first: {EXAMPLE}")));
        }
        if let Some(bracketed) = self.peek().filter(|token| token.kind == TokenKind::Bracketed) {
            self.at += 1;
            return provider_counter(word, bracketed);
        }
        if let Some(known) = runtime_counter(word.text) {
            return Ok(CounterName { provider: RUNTIME.into(), name: known.name.into() });
        }
        if twins_of_instrument(word.text).next().is_some() {
            return Ok(CounterName { provider: RUNTIME.into(), name: word.text.into() });
        }
        let unknown = Diagnostic::new(place, format!("the runtime has no counter `{}`", word.text));
        Err(match nearest_runtime_counter(word.text) {
            Some(near) => unknown.hint(format!("did you mean `{near}`?")),
            None => unknown.hint("a counter of another provider or a meter is written `Provider[counter]`"),
        })
    }

    fn check(&mut self, counter: &CounterName) -> Result<Check, Diagnostic> {
        let place = self.place();
        let comparisons = [
            (">", Comparison::Above),
            (">=", Comparison::AtLeast),
            ("<", Comparison::Below),
            ("<=", Comparison::AtMost),
        ];
        if let Some((_, comparison)) = comparisons.into_iter().find(|(sign, _)| self.takes(sign)) {
            return Ok(Check::Compare(comparison, self.amount(counter)?));
        }
        if self.takes("grows") {
            let _ = self.takes("by");
            let by = self.amount(counter)?;
            return Ok(Check::Grows { by, within: self.window()? });
        }
        let Some(token) = self.peek() else {
            return Err(Diagnostic::new(place, format!("what is asked of `{counter}`?")).expected(COMPARISON));
        };
        let wrong = Diagnostic::new(place, format!("`{}` compares nothing", token.text)).expected(COMPARISON);
        Err(match token.text {
            "=" | "==" | "!=" | "<>" => wrong.hint("counters are measured, and hardly ever equal a number"),
            _ => wrong,
        })
    }

    fn amount(&mut self, counter: &CounterName) -> Result<Amount, Diagnostic> {
        let known = Some(counter).filter(|counter| counter.provider == RUNTIME);
        let quantity = known.and_then(|counter| runtime_counter(&counter.name)).map(|known| known.quantity);
        let place = self.place();
        let Some(word) = self.next().filter(|token| token.kind == TokenKind::Word) else {
            return Err(Diagnostic::new(place, "a number is missing").hint(SIZES));
        };
        let (text, per_second) = match word.text.strip_suffix("/s") {
            Some(text) => (text, true),
            None => (word.text, false),
        };
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let Some(number) = number.parse::<f64>().ok().filter(|number| number.is_finite()) else {
            return Err(Diagnostic::new(place, format!("`{}` is no number", word.text)).hint(SIZES));
        };
        // A unit may stand apart from its number: `500 mb`.
        let apart = || self.peek().filter(|token| AmountUnit::named(token.text).is_some());
        let mut place = place;
        let unit = match (unit, apart()) {
            ("", Some(token)) => {
                self.at += 1;
                place.end = token.span.end;
                AmountUnit::named(token.text)
            }
            ("", None) => Some(AmountUnit::Plain),
            (unit, _) => AmountUnit::named(unit),
        };
        let Some(unit) = unit else {
            let message = format!("`{}` has no unit that is known", word.text);
            return Err(Diagnostic::new(place, message).expected("`b`, `kb`, `mb`, `gb`, `tb` or `%`"));
        };
        if let Some(misfit) = quantity.and_then(|quantity| unit.misfit(quantity)) {
            let misfit = Diagnostic::new(place, format!("`{counter}` {misfit}"));
            return Err(if unit == AmountUnit::Plain { misfit.hint(SIZES) } else { misfit });
        }
        Ok(Amount { number, unit, per_second })
    }

    fn window(&mut self) -> Result<Duration, Diagnostic> {
        const EXAMPLE: &str = "a time is written `30s`, `5m` or `1h`";
        let place = self.place();
        if !self.takes("in") && !self.takes("within") {
            let missing = Diagnostic::new(place, "in what time does it grow?").expected("`in` and a time");
            return Err(missing.hint(EXAMPLE));
        }
        let place = self.place();
        let Some(word) = self.next() else {
            return Err(Diagnostic::new(place, "a time is missing").hint(EXAMPLE));
        };
        let Some(time) = parse_duration(word.text).filter(|time| !time.is_zero()) else {
            return Err(Diagnostic::new(place, format!("`{}` is no time", word.text)).hint(EXAMPLE));
        };
        if time > MAX_CONDITION_WINDOW {
            return Err(Diagnostic::new(place, "growth is looked at over a day at most").hint(EXAMPLE));
        }
        Ok(time)
    }

    fn unexpected_rest(&self, token: &Token<'_>) -> Diagnostic {
        let stray = token.kind == TokenKind::Sign && token.text == ")";
        let message =
            if stray { "this parenthesis was not opened" } else { "the condition should end here, or go on" };
        let mistake = Diagnostic::new(token.span.clone(), message);
        if stray { mistake } else { mistake.expected("`and`, `or` or the end") }
    }
}

/// A counter of a provider that is named: the runtime may have counters that are not known here.
fn provider_counter(provider: &Token<'_>, bracketed: &Token<'_>) -> Result<CounterName, Diagnostic> {
    let name = bracketed.text.trim();
    if name.is_empty() || name.contains(',') {
        let message = "a condition compares one counter";
        return Err(Diagnostic::new(bracketed.span.clone(), message).expected("a name in brackets"));
    }
    let is_runtime = provider.text.eq_ignore_ascii_case(RUNTIME);
    let provider = if is_runtime { RUNTIME } else { provider.text };
    let known = runtime_counter(name).filter(|_| is_runtime);
    Ok(CounterName { provider: provider.into(), name: known.map_or(name, |known| known.name).into() })
}
