//! The memory that a statement may take, and the account of what it has taken.
//!
//! One rule for every operator that holds rows: what is known beforehand to be too much is refused before anything of
//! it is taken ([`Budget::expect`]), and what grows while it is found is held against the limit as it grows
//! ([`Account::hold`]). Scans, batches and streamed rows are not counted: they do not grow with the answer.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, ErrorKind};
use crate::memory_limit::MemoryLimit;
use crate::query::QueryError;
use crate::units::{grouped, human_bytes};

/// Bytes that every statement may take: a machine that lacks these cannot open a dump either. Most statements end
/// below, and the machine is not asked for them.
const FREE: u64 = 64 << 20;

/// What a statement may take, and what it has taken.
#[derive(Debug)]
pub struct Budget {
    limit: MemoryLimit,
    /// What may be taken in all, once that was asked.
    allowed: OnceLock<u64>,
    taken: AtomicU64,
}

impl Budget {
    /// Nothing is taken yet.
    pub fn new(limit: MemoryLimit) -> Budget {
        Budget { limit, allowed: OnceLock::new(), taken: AtomicU64::new(0) }
    }

    /// Refuses what is known beforehand not to fit: `rows` of `what` at `row_bytes` each. Takes nothing.
    ///
    /// # Errors
    /// [`QueryError::Data`] of the kind [`ErrorKind::Memory`], with the figures.
    pub fn expect(&self, what: &str, rows: u64, row_bytes: u64) -> Result<(), QueryError> {
        let bytes = rows.saturating_mul(row_bytes);
        let taken = self.taken.load(Ordering::Relaxed);
        let allowed = self.allowed(taken.saturating_add(bytes), taken);
        if taken.saturating_add(bytes) <= allowed {
            return Ok(());
        }
        Err(self.refusal(format!(
            "{what} would not fit into memory: {} rows of about {row_bytes} bytes are {}, and {} may be used",
            grouped(i128::from(rows)),
            human_bytes(bytes as f64),
            human_bytes(allowed.saturating_sub(taken) as f64),
        )))
    }

    /// An account of something that grows. What it holds is given back when it is dropped.
    pub fn account(&self, what: &'static str) -> Account<'_> {
        Account { budget: self, what, bytes: 0 }
    }

    /// What may be taken in all. The machine is asked when so much is wanted that it may matter.
    fn allowed(&self, wanted: u64, taken: u64) -> u64 {
        match self.limit {
            MemoryLimit::Bytes(bytes) => bytes,
            MemoryLimit::Available if wanted <= FREE => FREE,
            // What is taken already is not available any more.
            limit => *self.allowed.get_or_init(|| {
                limit.bytes().map_or(u64::MAX, |bytes| bytes.saturating_add(taken).max(FREE))
            }),
        }
    }

    fn refusal(&self, message: String) -> QueryError {
        let more = match self.limit {
            MemoryLimit::Available => "--memory 8gb allows more than three quarters of what is available",
            MemoryLimit::Bytes(_) => "a larger --memory allows more",
        };
        let hint = format!(
            "take fewer rows (`limit`, `where`), fewer columns or fewer groups; a select without order and groups is \
             written while it is scanned (--format csv, ndjson); {more}"
        );
        QueryError::from(std::sync::Arc::new(Error::new(ErrorKind::Memory, message).hint(hint)))
    }
}

/// What one operator, or one thread of it, holds.
#[derive(Debug)]
pub struct Account<'b> {
    budget: &'b Budget,
    what: &'static str,
    bytes: u64,
}

impl Account<'_> {
    /// States that so many bytes are held now.
    ///
    /// # Errors
    /// [`QueryError::Data`] of the kind [`ErrorKind::Memory`] when all accounts together hold too much.
    pub fn hold(&mut self, bytes: u64) -> Result<(), QueryError> {
        let more = bytes.saturating_sub(self.bytes);
        let less = self.bytes.saturating_sub(bytes);
        self.bytes = bytes;
        self.budget.taken.fetch_sub(less, Ordering::Relaxed);
        let before = self.budget.taken.fetch_add(more, Ordering::Relaxed);
        let allowed = self.budget.allowed(before + more, before);
        if more == 0 || before + more <= allowed {
            return Ok(());
        }
        Err(self.budget.refusal(format!(
            "stopped before memory runs out: {} take {} so far, and {} may be used",
            self.what,
            human_bytes((before + more) as f64),
            human_bytes(allowed as f64),
        )))
    }

    /// States that so many bytes more are held.
    ///
    /// # Errors
    /// As for [`Account::hold`].
    pub fn add(&mut self, bytes: u64) -> Result<(), QueryError> {
        self.hold(self.bytes.saturating_add(bytes))
    }

    /// What is held stays taken until the statement ends.
    pub fn keep(mut self) {
        self.bytes = 0;
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        self.budget.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<(), QueryError>) -> String {
        match result {
            Err(QueryError::Data(error)) => {
                assert_eq!(error.kind(), ErrorKind::Memory);
                assert!(error.hint_text().unwrap().contains("--memory"));
                error.message().to_owned()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_known_to_be_too_much_is_refused_with_the_figures() {
        let budget = Budget::new(MemoryLimit::Bytes(10 << 20));
        budget.expect("the answer", 1000, 10 << 10).unwrap();
        assert_eq!(
            message(budget.expect("the answer", 2_000_000, 16)),
            "the answer would not fit into memory: 2,000,000 rows of about 16 bytes are 30.5 MB, and 10.0 MB may be used"
        );
        message(budget.expect("the answer", u64::MAX, u64::MAX));
    }

    #[test]
    fn accounts_share_the_budget_and_give_back() {
        let budget = Budget::new(MemoryLimit::Bytes(1000));
        let mut first = budget.account("the groups");
        first.hold(600).unwrap();
        let mut second = budget.account("the rows of the answer");
        assert_eq!(
            message(second.hold(600)),
            "stopped before memory runs out: the rows of the answer take 1.2 KB so far, and 1000 B may be used"
        );
        second.hold(400).unwrap();
        first.hold(500).unwrap();
        second.add(100).unwrap();
        drop(first);
        second.add(400).unwrap();
        message(budget.expect("the answer", 101, 1));
        second.keep();
        message(budget.expect("the answer", 101, 1));
    }

    #[test]
    fn small_answers_do_not_ask_the_machine() {
        let budget = Budget::new(MemoryLimit::Available);
        budget.account("the groups").hold(FREE).unwrap();
        assert!(budget.allowed.get().is_none());
        message(budget.expect("the answer", 1 << 40, 1 << 10));
    }
}
