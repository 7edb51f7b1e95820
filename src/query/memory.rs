//! Memory as it lies in the dump: what `memory(ADDRESS, COUNT, ...)` shows.

use crate::bytes::Addr;

/// How memory is cut and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryUnit {
    /// One byte each.
    Bytes,
    /// Two bytes each, which as text are code units of UTF-16.
    Words,
    /// Four bytes each.
    Dwords,
    /// Eight bytes each: what a pointer takes.
    Qwords,
    /// One text of bytes, up to the first zero.
    Ascii,
    /// One text of UTF-16, up to the first zero.
    Utf16,
}

impl MemoryUnit {
    /// All units.
    pub const ALL: [MemoryUnit; 6] = [
        MemoryUnit::Bytes,
        MemoryUnit::Words,
        MemoryUnit::Dwords,
        MemoryUnit::Qwords,
        MemoryUnit::Ascii,
        MemoryUnit::Utf16,
    ];

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            MemoryUnit::Bytes => "bytes",
            MemoryUnit::Words => "words",
            MemoryUnit::Dwords => "dwords",
            MemoryUnit::Qwords => "qwords",
            MemoryUnit::Ascii => "ascii",
            MemoryUnit::Utf16 => "utf16",
        }
    }

    /// The unit of that word; `None` when there is none.
    pub fn of_word(word: &str) -> Option<MemoryUnit> {
        MemoryUnit::ALL.into_iter().find(|unit| unit.word().eq_ignore_ascii_case(word))
    }

    /// Bytes of a unit, of text those of a code unit.
    pub fn size(self) -> u64 {
        match self {
            MemoryUnit::Bytes | MemoryUnit::Ascii => 1,
            MemoryUnit::Words | MemoryUnit::Utf16 => 2,
            MemoryUnit::Dwords => 4,
            MemoryUnit::Qwords => 8,
        }
    }

    /// Whether it is one text and no list of units.
    pub fn is_text(self) -> bool {
        matches!(self, MemoryUnit::Ascii | MemoryUnit::Utf16)
    }
}

/// A stretch of memory and how it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryRange {
    /// Where it begins.
    pub from: Addr,
    /// How many units it has; of text at most so many.
    pub count: u64,
    /// What it is cut into.
    pub unit: MemoryUnit,
    /// How many units a row shows.
    pub per_row: u64,
}
