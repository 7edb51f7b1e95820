//! How the program ends: the exit statuses of the contract.

use std::process::ExitCode;

use crate::error::{Error, ErrorKind};
use crate::problem::{Problem, Severity};

/// How a command ended, the better before the worse: of several statements the worst counts.
///
/// An answer in part is still an answer, so every failure outweighs it. A gate that fails is an answer too, but must be
/// seen; what keeps gates from being looked at outweighs it. A dump that cannot be
/// asked outweighs a wrong statement, which outweighs nothing but answers; a command line that is
/// wrong says nothing about dump or statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ExitStatus {
    /// Everything was answered in full. Also when the reader of the output went away.
    Answered,
    /// Answered in part: something was left out and told.
    Partial,
    /// A condition of `--fail-if` holds.
    GateFailed,
    /// A statement is wrong.
    Statement,
    /// A dump cannot be opened, or lacks what a statement asks for.
    Dump,
    /// The command line is wrong, or a file it names cannot be read or written.
    Usage,
    /// The user stopped it.
    Interrupted,
}

impl ExitStatus {
    /// The number that the shell sees.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Answered => 0,
            Self::Statement => 1,
            Self::Usage => 2,
            Self::Dump => 3,
            Self::GateFailed => 4,
            Self::Partial => 5,
            // What a shell reports of a process that SIGINT killed.
            Self::Interrupted => 130,
        }
    }

    /// Of a statement that a dump does not answer. One that asks for more than fits into memory is to be written
    /// differently, as a wrong one is.
    pub(super) fn of_error(error: &Error) -> ExitStatus {
        if error.kind() == ErrorKind::Memory { Self::Statement } else { Self::Dump }
    }

    /// Partial when one of the problems affects numbers.
    pub(super) fn of_problems<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> ExitStatus {
        let lossy = problems.into_iter().any(|problem| problem.severity == Severity::Loss);
        if lossy { Self::Partial } else { Self::Answered }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> ExitCode {
        ExitCode::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_contracts() {
        use ExitStatus::{Answered, Dump, GateFailed, Interrupted, Partial, Statement, Usage};
        let codes =
            [Answered, Statement, Usage, Dump, GateFailed, Partial, Interrupted].map(ExitStatus::code);
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 130]);
    }

    #[test]
    fn every_failure_outweighs_an_answer_in_part() {
        assert_eq!(ExitStatus::Partial.max(ExitStatus::Answered), ExitStatus::Partial);
        assert_eq!(ExitStatus::Partial.max(ExitStatus::Statement), ExitStatus::Statement);
        assert_eq!(ExitStatus::Dump.max(ExitStatus::Statement), ExitStatus::Dump);
    }

    #[test]
    fn a_gate_that_fails_outweighs_answers_only() {
        assert_eq!(ExitStatus::GateFailed.max(ExitStatus::Partial), ExitStatus::GateFailed);
        assert_eq!(ExitStatus::GateFailed.max(ExitStatus::Statement), ExitStatus::Statement);
    }

    #[test]
    fn notes_leave_the_answer_whole() {
        let (note, loss) = (Problem::note("a name"), Problem::loss("a page"));
        assert_eq!(ExitStatus::of_problems([&note]), ExitStatus::Answered);
        assert_eq!(ExitStatus::of_problems([&note, &loss]), ExitStatus::Partial);
    }
}
