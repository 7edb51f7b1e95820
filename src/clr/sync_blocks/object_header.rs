//! The word before every object: a thin lock, the object's hash code or the index of its sync block.
//!
//! Source: `class ObjHeader` in `src/coreclr/vm/syncblk.h`; of NativeAOT `ObjectHeader.cs` in
//! `src/coreclr/nativeaot/System.Private.CoreLib/src/System/Threading`. Which bits a thin lock has differs between
//! versions: the numbers stand in the layout.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;

/// `BIT_SBLK_IS_HASH_OR_SYNCBLKINDEX`.
const HASH_OR_INDEX: u32 = 0x0800_0000;
/// `BIT_SBLK_IS_HASHCODE`.
const HASH_CODE: u32 = 0x0400_0000;
/// `BIT_SBLK_SPIN_LOCK`: the header is being changed.
const SPIN_LOCK: u32 = 0x1000_0000;
/// `MASK_HASHCODE`, and `MASK_SYNCBLOCKINDEX`, which is the same.
const LOW_BITS: u32 = 0x03ff_ffff;
/// The word's end is the object's start.
const DISTANCE: u64 = 4;

/// What the word before an object says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectHeader {
    /// Nothing that is told here.
    Plain,
    /// Its hash code.
    HashCode(u32),
    /// The index of its sync block.
    SyncBlock(u32),
    /// A thread holds its lock, for which nobody waits.
    ThinLock {
        /// The runtime's own number for the thread.
        owner: u32,
        /// How often the thread has entered it beyond the first time.
        recursion: u32,
    },
}

/// How headers are read.
#[derive(Clone, Copy, Debug)]
pub struct ObjectHeaders {
    owner_mask: u32,
    recursion_shift: u32,
    recursion_mask: u32,
}

impl ObjectHeaders {
    /// The reader of headers of a runtime with this layout; `None` when the layout does not tell the bits.
    pub fn of(layout: &Descriptor) -> Option<ObjectHeaders> {
        let number = |name: &str| u32::try_from(layout.number(name)?).ok();
        Some(ObjectHeaders {
            owner_mask: number("ThinLock.ThreadIdMask")?,
            recursion_shift: number("ThinLock.RecursionShift").filter(|&shift| shift < u32::BITS)?,
            recursion_mask: number("ThinLock.RecursionMask")?,
        })
    }

    /// Where the header of an object stands.
    pub fn place(object: Addr) -> Addr {
        Addr(object.0.wrapping_sub(DISTANCE))
    }

    /// What a header says.
    #[inline]
    pub fn decode(&self, word: u32) -> ObjectHeader {
        if word & HASH_OR_INDEX != 0 {
            let value = word & LOW_BITS;
            return if word & HASH_CODE != 0 {
                ObjectHeader::HashCode(value)
            } else {
                ObjectHeader::SyncBlock(value)
            };
        }
        match word & self.owner_mask {
            0 => ObjectHeader::Plain,
            _ if word & SPIN_LOCK != 0 => ObjectHeader::Plain,
            owner => ObjectHeader::ThinLock {
                owner,
                recursion: (word >> self.recursion_shift) & self.recursion_mask,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::synthetic::bundled;

    #[test]
    fn the_same_word_says_another_thread_where_the_bits_differ() {
        let of = |family| ObjectHeaders::of(&bundled(family)).unwrap();
        let thin = |owner, recursion| ObjectHeader::ThinLock { owner, recursion };
        for new in ["10.0", "9.0", "8.0"] {
            assert_eq!(of(new).decode(0x0002_0006), thin(6, 2), "{new}");
            assert_eq!(of(new).decode(0x003f_ffff), thin(0xffff, 63), "{new}");
        }
        for old in ["7.0", "6.0", "5.0", "3.1", "2.1", "2.0"] {
            assert_eq!(of(old).decode(0x0000_0805), thin(5, 2), "{old}");
            // Bits above are of an application domain's index, which is no part of the lock.
            assert_eq!(of(old).decode(0x0001_fc01), thin(1, 63), "{old}");
        }
    }

    #[test]
    fn hash_codes_and_indexes_are_no_locks() {
        let headers = ObjectHeaders::of(&bundled("10.0")).unwrap();
        assert_eq!(headers.decode(0), ObjectHeader::Plain);
        assert_eq!(headers.decode(0x0c00_0006), ObjectHeader::HashCode(6));
        assert_eq!(headers.decode(0x8800_0006), ObjectHeader::SyncBlock(6));
        // In the moment of a change the other bits mean nothing; a finalizer that ran is no owner.
        assert_eq!(headers.decode(0x1000_0006), ObjectHeader::Plain);
        assert_eq!(headers.decode(0x4000_0000), ObjectHeader::Plain);
    }

    #[test]
    fn a_layout_without_the_bits_has_no_headers() {
        assert!(ObjectHeaders::of(&Descriptor::default()).is_none());
        let shifted = r#"{"globals": {"ThinLock.ThreadIdMask": [1, "uint32"], "ThinLock.RecursionShift": [32, "uint8"],
            "ThinLock.RecursionMask": [1, "uint32"]}}"#;
        assert!(ObjectHeaders::of(&Descriptor::parse(shifted.as_bytes()).unwrap()).is_none());
    }
}
