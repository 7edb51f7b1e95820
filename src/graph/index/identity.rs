//! Which dump an index belongs to.

use std::fmt;

use bytemuck::{Pod, Zeroable};

/// What tells a dump from every other dump, whatever it is called and whenever it was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Identity {
    /// Bytes of the dump, unpacked.
    pub length: u64,
    /// A hash over what differs between dumps, in two halves.
    pub hash: [u64; 2],
}

impl fmt::Display for Identity {
    /// As a part of a file's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [high, low] = self.hash;
        write!(f, "{:x}-{high:016x}{low:016x}", self.length)
    }
}
