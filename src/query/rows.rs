//! The rows of an answer as whoever writes them takes them: at hand, or found while they are taken.

use std::fmt;
use std::io;

use super::exec::Scanned;
use super::{Answer, AnswerColumn, Cells, QueryError};

/// The rows of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    head: &'a Answer,
    scanned: Option<&'a Scanned<'a>>,
}

impl<'a> Rows<'a> {
    /// Those of an answer that is at hand.
    pub fn whole(answer: &'a Answer) -> Rows<'a> {
        Rows { head: answer, scanned: None }
    }

    pub(super) fn scanned(head: &'a Answer, scanned: &'a Scanned<'a>) -> Rows<'a> {
        Rows { head, scanned: Some(scanned) }
    }

    /// The answer without warnings and time, and without values where those are still to be found.
    pub fn head(&self) -> &'a Answer {
        self.head
    }

    /// The answer, where it is at hand.
    pub fn at_hand(&self) -> Option<&'a Answer> {
        self.scanned.is_none().then_some(self.head)
    }

    /// The answer with its rows; `None` where these are more than `limit`, of which not all were found then.
    ///
    /// # Errors
    /// As for [`Rows::for_each`].
    pub fn collect(&self, limit: usize) -> io::Result<Option<Answer>> {
        let mut parts: Vec<Vec<Cells>> = vec![Vec::new(); self.head.columns.len()];
        let mut count = 0;
        let cells =
            |columns: &[AnswerColumn]| -> Vec<Cells> { columns.iter().map(|c| c.cells.clone()).collect() };
        self.for_each(cells, |batch| {
            count += batch.first().map_or(0, Cells::len);
            parts.iter_mut().zip(batch).for_each(|(all, cells)| all.push(cells));
            Ok(count <= limit)
        })?;
        if count > limit {
            return Ok(None);
        }
        let mut answer = self.head.clone();
        answer.columns.iter_mut().zip(parts).for_each(|(column, parts)| column.cells = Cells::concat(parts));
        Ok(Some(answer))
    }

    /// Makes something of each batch of rows, on any thread, and hands it on in the order of the rows, until `take`
    /// says that it has enough. An answer at hand is one batch. The rows can be gone through again, and are the same.
    ///
    /// # Errors
    /// Those of `take`; a [`QueryError`] within an [`io::Error`] when the statement was stopped or a batch does not fit
    /// into memory.
    pub fn for_each<T: Send>(
        &self,
        make: impl Fn(&[AnswerColumn]) -> T + Sync,
        mut take: impl FnMut(T) -> io::Result<bool>,
    ) -> io::Result<()> {
        match self.scanned {
            Some(scanned) => scanned.for_each(make, take),
            None => take(make(&self.head.columns)).map(drop),
        }
    }
}

/// An answer whose rows were handed on.
#[derive(Debug)]
pub struct Delivered {
    /// The answer; without its rows where they were not at hand.
    pub answer: Answer,
    /// How many rows it has.
    pub rows: usize,
}

/// Why rows were not handed on, or not all.
#[derive(Debug)]
pub enum RunError {
    /// There is no answer.
    Query(QueryError),
    /// They could not be taken.
    Output(io::Error),
}

impl RunError {
    /// The error of taking rows, which may be one of finding them.
    pub(super) fn of_output(error: io::Error) -> RunError {
        error.downcast().map_or_else(RunError::Output, RunError::Query)
    }
}

impl<E: Into<QueryError>> From<E> for RunError {
    fn from(error: E) -> RunError {
        RunError::Query(error.into())
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Query(error) => error.fmt(f),
            RunError::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            RunError::Query(error) => error.source(),
            RunError::Output(error) => error.source(),
        }
    }
}
