//! Bytes that are needed for a while only.

use std::fmt;
use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

use super::room::ask_for_large_pages;

/// Bytes, all 0 at first, that go back to the operating system as soon as they are dropped: an allocator keeps some
/// megabytes for the next time, which then count to the memory that is used.
pub struct Scratch(Place);

enum Place {
    Mapped(MmapMut),
    Allocated(Vec<u8>),
}

impl Scratch {
    /// So many bytes of 0.
    pub fn zeros(len: usize) -> Scratch {
        Scratch(match MmapMut::map_anon(len) {
            Ok(mut mapped) => {
                // Written at once: see `room::zeros`.
                ask_for_large_pages(&mut mapped);
                mapped.fill(0);
                Place::Mapped(mapped)
            }
            Err(_) => Place::Allocated(vec![0; len]),
        })
    }
}

impl Deref for Scratch {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Place::Mapped(bytes) => bytes,
            Place::Allocated(bytes) => bytes,
        }
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [u8] {
        match &mut self.0 {
            Place::Mapped(bytes) => bytes,
            Place::Allocated(bytes) => bytes,
        }
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scratch of {} bytes", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_bytes_is_zero_at_first_and_keeps_what_is_written() {
        for len in [0, 1, 4095, 100_000] {
            let mut scratch = Scratch::zeros(len);
            assert!(scratch.len() == len && scratch.iter().all(|&byte| byte == 0), "{scratch:?}");
            scratch.fill(7);
            assert_eq!(scratch.iter().map(|&byte| usize::from(byte)).sum::<usize>(), 7 * len);
        }
    }
}
