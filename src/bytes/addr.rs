//! Newtypes for places: a virtual address of the dumped process, an offset in a file.

use std::fmt;

/// A virtual address of the dumped process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Addr(pub u64);

impl Addr {
    /// The null pointer.
    pub const NULL: Addr = Addr(0);

    /// Whether this is the null pointer.
    pub fn is_null(self) -> bool {
        self.0 == 0
    }

    /// The address `offset` bytes on; wraps, as the process's own arithmetic would
    /// (a wrapped address is not in the dump, so reading it is a fault).
    #[must_use]
    pub fn offset(self, offset: u64) -> Addr {
        Addr(self.0.wrapping_add(offset))
    }

    /// The address with the bits of `mask` cleared.
    #[must_use]
    pub fn without(self, mask: u64) -> Addr {
        Addr(self.0 & !mask)
    }

    /// The distance from `base` to this address, or `None` when it lies before.
    pub fn since(self, base: Addr) -> Option<u64> {
        self.0.checked_sub(base.0)
    }
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// An offset in a file, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct FileOffset(pub u64);

impl fmt::Display for FileOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}
