//! Words of SOS and of debuggers: the statements that they stand for, answered one after the other.

use std::io;
use std::time::Duration;

use super::{ExitStatus, Reply, Session};
use crate::query::{Answer, Diagnostic, QueryError};
use crate::sos;

/// How a mistake is shown in the text that it stands in.
pub(super) type Rendering<'r> = &'r dyn Fn(&Diagnostic) -> String;

/// What is to be dealt with for words.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// A statement, the one numbered `at` of so many that a word stands for, how its mistakes are shown, and what is
    /// said below its answer.
    Statement { text: &'a str, render: Rendering<'a>, closing: sos::Closing, at: usize, count: usize },
    /// An answer that explains words.
    Explanation(&'a Answer),
}

impl<'a> Part<'a> {
    /// A statement that no word stands for.
    pub(super) fn alone(text: &'a str, render: Rendering<'a>) -> Part<'a> {
        Part::Statement { text, render, closing: sos::Closing::Nothing, at: 0, count: 1 }
    }
}

impl Reply {
    /// Both answers as one: all rows, the whole time, the worse status.
    fn followed_by(self, next: Reply) -> Reply {
        match (self, next) {
            (
                Reply::Answered { status, rows, elapsed },
                Reply::Answered { status: next_status, rows: next_rows, elapsed: next_elapsed },
            ) => Reply::Answered {
                status: status.max(next_status),
                rows: rows + next_rows,
                elapsed: elapsed + next_elapsed,
            },
            (first, next) => Reply::Refused(first.status().max(next.status())),
        }
    }
}

/// The error of a statement; of one whose first word is nearly a word of SOS and means nothing else, with that word.
pub(super) fn with_word_meant(statement: &str, error: QueryError) -> QueryError {
    let QueryError::Statement(diagnostic) = error else { return error };
    let begins = statement.get(..diagnostic.span.start).is_some_and(|before| before.trim().is_empty());
    let word = statement.get(diagnostic.span.clone()).filter(|_| begins && diagnostic.hint.is_none());
    QueryError::Statement(match word.and_then(sos::meant) {
        Some(meant) => diagnostic.hint(format!("did you mean `{meant}`, a word of SOS?")),
        None => diagnostic,
    })
}

impl Session<'_> {
    /// Whether the statements that words of SOS stand for are told before they are answered.
    pub(in crate::cli) fn tell_statements(&self, tell: bool) {
        self.tells_statements.set(tell);
    }

    /// The statements that the words of SOS asked last stood for; none when no word was asked yet.
    pub(in crate::cli) fn last_statements(&self) -> Vec<String> {
        self.last_statements.borrow().clone()
    }

    /// Has `answer` answer what words stand for, one part after the other, until one is wrong.
    ///
    /// # Errors
    /// Those of `answer`.
    pub(super) fn in_words(
        &self,
        text: &str,
        render: Rendering<'_>,
        answer: &mut dyn FnMut(Part<'_>) -> io::Result<Reply>,
    ) -> io::Result<Reply> {
        let meanings = match sos::translate(text) {
            Ok(meanings) => meanings,
            Err(error) => return Ok(self.refuse(render, &QueryError::Statement(error))),
        };
        let asked = meanings.iter().filter_map(|meaning| match meaning {
            sos::Meaning::Ask(translation) => Some(&translation.statements),
            sos::Meaning::Explain(_) => None,
        });
        let asked: Vec<String> = asked.flatten().cloned().collect();
        if !asked.is_empty() {
            self.last_statements.replace(asked);
        }
        let mut whole = Reply::Answered { status: ExitStatus::Answered, rows: 0, elapsed: Duration::ZERO };
        for meaning in &meanings {
            let reply = match meaning {
                sos::Meaning::Explain(explanation) => answer(Part::Explanation(explanation))?,
                sos::Meaning::Ask(translation) => self.translated(translation, answer)?,
            };
            whole = whole.followed_by(reply);
            if matches!(whole, Reply::Refused(_)) {
                break;
            }
        }
        Ok(whole)
    }

    fn translated(
        &self,
        translation: &sos::Translation,
        answer: &mut dyn FnMut(Part<'_>) -> io::Result<Reply>,
    ) -> io::Result<Reply> {
        let messages = &self.console.messages;
        let mut whole: Option<Reply> = None;
        let count = translation.statements.len();
        for (at, text) in translation.statements.iter().enumerate() {
            if self.tells_statements.get() {
                messages.remark(&format!("{text};"));
            }
            let render: Rendering<'_> = &|diagnostic| diagnostic.render(text);
            let reply = answer(Part::Statement { text, render, closing: translation.closing, at, count })?;
            let reply = whole.map_or(reply, |whole| whole.followed_by(reply));
            whole = Some(reply);
            if matches!(reply, Reply::Refused(_)) {
                break;
            }
        }
        Ok(whole.unwrap_or(Reply::Refused(ExitStatus::Statement)))
    }
}
