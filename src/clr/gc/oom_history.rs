//! What the GC notes when it cannot give out memory, of the last time of each heap.
//!
//! Source: `struct oom_history` and `enum oom_reason` in `src/coreclr/gc/gcinterface.h` and `gcinterface.dac.h` of dotnet/runtime
//! v8.0 to v10.0; `src/gc/gcinterface.h` of dotnet/coreclr v2.0 and v3.1 has the same members.

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};

/// Offsets in an `oom_history`.
const REASON: u64 = 0;
const ALLOCATION: u64 = 8;
const COLLECTION: u64 = 32;
const FAILURE: u64 = 40;
const FAILED_BYTES: u64 = 48;
const LARGE: u64 = 64;

/// What went wrong (`oom_reason`), from number 1 on, by the words of `gcinterface.h`.
const REASONS: [&str; 6] =
    ["budget", "cant_commit", "cant_reserve", "loh", "low_mem", "unproductive_full_gc"];
/// What the GC wanted memory for that the system refused (`failure_get_memory`), from number 1 on.
const FAILURES: [&str; 5] =
    ["reserve_segment", "commit_segment_beg", "commit_eph_segment", "grow_table", "commit_table"];

/// The last time that a heap could not give out memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OomHistory {
    /// Why.
    pub reason: &'static str,
    /// How many bytes the program had asked for.
    pub allocation: u64,
    /// The number of the collection after which it happened.
    pub collection: u64,
    /// What the GC had wanted memory for that the system refused, and how many bytes; `None` where it refused none.
    pub refused: Option<(&'static str, u64)>,
    /// Whether it was for a large object.
    pub large: bool,
}

impl OomHistory {
    /// Reads the `oom_history` at `at`; `None` when there was no such time, or the reason is none that is known.
    ///
    /// # Errors
    /// It is not in the dump.
    pub fn read(memory: &AddressSpace, at: Addr) -> Result<Option<OomHistory>, Fault> {
        let word = |names: &[&'static str], number: u32| {
            usize::try_from(number).ok()?.checked_sub(1).and_then(|at| names.get(at)).copied()
        };
        let Some(reason) = word(&REASONS, memory.u32(at.offset(REASON))?) else { return Ok(None) };
        let refused = word(&FAILURES, memory.u32(at.offset(FAILURE))?);
        let bytes = memory.u64(at.offset(FAILED_BYTES))?;
        Ok(Some(OomHistory {
            reason,
            allocation: memory.u64(at.offset(ALLOCATION))?,
            collection: memory.u64(at.offset(COLLECTION))?,
            refused: refused.map(|what| (what, bytes)),
            large: memory.u32(at.offset(LARGE))? != 0,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::synthetic::{space, zeros};

    const AT: u64 = 0x1000;

    #[test]
    fn the_last_time_is_told_and_none_where_there_was_none() {
        let mut memory = zeros(AT, AT + 0x100);
        let read = |memory: &crate::synth::Memory| OomHistory::read(&space(memory.clone()), Addr(AT));
        assert_eq!(read(&memory), Ok(None));
        for (offset, word) in [(0, 2_u64), (8, 4096), (32, 17), (40, 3), (48, 65536), (64, 1)] {
            memory.write_u64(AT + offset, word);
        }
        let told = OomHistory {
            reason: "cant_commit",
            allocation: 4096,
            collection: 17,
            refused: Some(("commit_eph_segment", 65536)),
            large: true,
        };
        assert_eq!(read(&memory), Ok(Some(told)));
        memory.write_u64(AT, 99);
        assert_eq!(read(&memory), Ok(None), "a reason that nothing is known of");
        memory.forget(AT + 8, AT + 0x100);
        memory.write_u64(AT, 1);
        assert!(read(&memory).is_err());
    }
}
