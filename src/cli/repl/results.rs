//! The numbers of answers: each is kept as `$1`, `$2` and so on, for the next statements, as long as there is room.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::limits::{MAX_KEPT_ANSWERS, MAX_NUMBERED_BYTES};
use crate::query::{Answer, Environment};
use crate::units::{grouped, human_bytes};

/// The answers that have numbers.
#[derive(Debug, Default)]
pub(super) struct Results {
    /// How many were numbered so far.
    last: u32,
    /// Those that are kept, oldest first.
    kept: VecDeque<Kept>,
    limits: Limits,
}

#[derive(Debug)]
struct Kept {
    number: u32,
    bytes: u64,
}

#[derive(Debug)]
struct Limits {
    answers: usize,
    bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { answers: MAX_KEPT_ANSWERS, bytes: MAX_NUMBERED_BYTES }
    }
}

/// The name of a numbered answer.
fn name(number: u32) -> String {
    format!("${number}")
}

impl Results {
    /// Keeps an answer and returns its name. The oldest are forgotten where there is no room for all; `None` when it
    /// alone is too big to be kept.
    pub(super) fn keep(&mut self, answer: &Arc<Answer>, environment: &mut Environment) -> Option<String> {
        let bytes = answer.bytes();
        if bytes > self.limits.bytes {
            return None;
        }
        self.last += 1;
        self.kept.push_back(Kept { number: self.last, bytes });
        environment.keep(&name(self.last), Arc::clone(answer));
        let over = |kept: &VecDeque<Kept>, limits: &Limits| {
            kept.len() > limits.answers || kept.iter().map(|kept| kept.bytes).sum::<u64>() > limits.bytes
        };
        while over(&self.kept, &self.limits) {
            let Some(oldest) = self.kept.pop_front() else { break };
            environment.forget(&name(oldest.number));
        }
        Some(name(self.last))
    }

    /// The answers that are kept, a line each.
    pub(super) fn listing(&self, environment: &Environment) -> String {
        let mut text = String::new();
        for kept in &self.kept {
            let name = name(kept.number);
            let Some(answer) = environment.answer(&name) else { continue };
            let rows = answer.row_count();
            let noun = if rows == 1 { "row" } else { "rows" };
            let size = human_bytes(kept.bytes as f64);
            let query = answer.query.replace(char::is_whitespace, " ");
            text.push_str(&format!(
                "{name:>5}  {:>12} {noun:4}  {size:>9}  {query}\n",
                grouped(rows as i128)
            ));
        }
        if text.is_empty() {
            text.push_str("no answer is kept yet: each that has rows gets a number\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{AnswerColumn, Kind, ValueRef};

    fn answer(rows: usize) -> Arc<Answer> {
        let numbers = (0..rows).map(|n| ValueRef::Integer(n as i128));
        let columns = vec![AnswerColumn::new("n", Kind::Integer, numbers)];
        Arc::new(Answer { query: format!("select\n{rows}"), columns, ..Answer::default() })
    }

    fn names(environment: &Environment) -> Vec<&str> {
        environment.answers().collect()
    }

    #[test]
    fn answers_are_numbered_in_turn() {
        let (mut results, mut environment) = (Results::default(), Environment::default());
        assert_eq!(results.keep(&answer(1), &mut environment).as_deref(), Some("$1"));
        assert_eq!(results.keep(&answer(2), &mut environment).as_deref(), Some("$2"));
        assert_eq!(names(&environment), ["$1", "$2"]);
        let listing = results.listing(&environment);
        assert!(listing.contains("1 row ") && listing.contains("2 rows"), "{listing}");
        assert!(listing.contains("select 2\n"), "a statement takes one line: {listing}");
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let limits = Limits { answers: 2, bytes: 1 << 20 };
        let (mut results, mut environment) =
            (Results { limits, ..Results::default() }, Environment::default());
        for _ in 0..3 {
            results.keep(&answer(1), &mut environment);
        }
        assert_eq!(names(&environment), ["$2", "$3"]);
    }

    #[test]
    fn big_ones_push_out_others_and_too_big_ones_get_no_number() {
        let limits = Limits { answers: 9, bytes: 20_000 };
        let (mut results, mut environment) =
            (Results { limits, ..Results::default() }, Environment::default());
        results.keep(&answer(1000), &mut environment);
        results.keep(&answer(2000), &mut environment);
        assert_eq!(names(&environment), ["$2"]);
        assert_eq!(results.keep(&answer(3000), &mut environment), None);
        assert_eq!(names(&environment), ["$2"], "what is there stays");
    }

    #[test]
    fn nothing_kept_is_told() {
        assert!(Results::default().listing(&Environment::default()).starts_with("no answer is kept yet"));
    }
}
