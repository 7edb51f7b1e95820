//! Why a walk could not go on from one object to the next.

use std::fmt;

use crate::bytes::Addr;
use crate::dump::Fault;

/// Why the next object cannot be told from the place where it should begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Its memory is not in the dump.
    MissingMemory(Fault),
    /// Its first word leads to where the dump holds no memory, so that its size is not known.
    MissingMethodTable {
        /// Where the object begins.
        at: Addr,
        /// Where its MethodTable should be.
        method_table: Addr,
    },
    /// Its first word leads to no MethodTable.
    BadMethodTable {
        /// Where the object should begin.
        at: Addr,
        /// The word, without the marks of the collector.
        word: u64,
    },
    /// It would reach past the end of its segment.
    PastEnd {
        /// Where it begins.
        at: Addr,
        /// How many bytes it would have.
        size: u64,
        /// The end of the segment's objects.
        end: Addr,
    },
    /// A collection under way wrote its plan over an object that it found dead, or over one whose end it keeps aside.
    Overwritten {
        /// Where the object begins.
        at: Addr,
        /// The object behind it, in front of which the plan stands.
        plug: Addr,
    },
}

impl Broken {
    /// All kinds, in the order in which they are told.
    pub const KINDS: [&'static str; 5] =
        ["missing_memory", "missing_method_table", "bad_method_table", "past_end", "overwritten"];

    /// The place of its kind among [`Self::KINDS`].
    pub fn number(self) -> usize {
        match self {
            Broken::MissingMemory(_) => 0,
            Broken::MissingMethodTable { .. } => 1,
            Broken::BadMethodTable { .. } => 2,
            Broken::PastEnd { .. } => 3,
            Broken::Overwritten { .. } => 4,
        }
    }

    /// Its kind, in the words of the table `damage`.
    pub fn kind(self) -> &'static str {
        Self::KINDS.get(self.number()).copied().unwrap_or_default()
    }

    /// Whether exactly one object is skipped, the header of which the collector overwrote.
    pub fn is_overwritten(self) -> bool {
        matches!(self, Broken::Overwritten { .. })
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Broken::MissingMemory(fault) => fault.fmt(f),
            Broken::MissingMethodTable { at, method_table } => {
                write!(f, "the MethodTable of the object at {at}, at {method_table}, is not in the dump")
            }
            Broken::BadMethodTable { at, word } => {
                write!(f, "the word at {at} ({word:#x}) leads to no MethodTable")
            }
            Broken::PastEnd { at, size, end } => {
                write!(f, "the object at {at} would have {size} bytes, past the segment's end at {end}")
            }
            Broken::Overwritten { at, plug } => {
                write!(f, "the collection under way wrote over the object at {at} what it plans for {plug}")
            }
        }
    }
}
