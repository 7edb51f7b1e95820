//! What the GC keeps about its heap: tables of cards and bricks, mark bits, the map of regions.
//!
//! All of them lie together behind a `card_table_info`, which says how long they are and leads to the ones that they
//! replaced and that some thread may still use.
//!
//! Source: `card_table_info` in `src/coreclr/gc/gcpriv.h`, `GetGCBookkeepingMemoryRegions` in
//! `src/coreclr/debug/daccess/request.cpp` of dotnet/runtime v8.0 to v10.0.

use std::ops::Range;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::gc::GcDacVars;
use crate::dump::Fault;

/// In a `card_table_info`: how many use it, the bytes of all tables, the cards of the next one.
const USERS: u64 = 0;
const SIZE: u64 = 8;
const NEXT: u64 = 16;
/// Tables that were replaced: a heap that grows leaves few behind.
const MAX_REPLACED: usize = 32;

/// The ranges of the tables; none where the GC does not tell them.
pub(super) fn ranges(runtime: &ClrRuntime) -> Vec<Range<Addr>> {
    let (memory, located) = (&*runtime.dump.memory, &runtime.located);
    let mut ranges = Vec::new();
    let mut read = || -> Option<Result<(), Fault>> {
        let vars = located.globals.pointer(memory, "GcDacVars")?;
        let vars = GcDacVars::at(memory, &located.layout, vars).ok()?;
        let header = vars.word("card_table_info_size").ok()??.0;
        let mut at = vars.pointer_in("bookkeeping_start").ok()??;
        for _ in 0..MAX_REPLACED {
            let follow = || {
                Ok((
                    memory.u32(at.offset(USERS))?,
                    memory.u64(at.offset(SIZE))?,
                    memory.pointer(at.offset(NEXT))?,
                ))
            };
            let (users, size, next) = match follow() {
                Ok(told) => told,
                Err(fault) => return Some(Err(fault)),
            };
            if users != 0 {
                ranges.push(at..Addr(at.0.saturating_add(size)));
            }
            // The next one is told by where its cards begin, behind its description.
            at = Addr(next.0.checked_sub(header).filter(|&start| start != 0)?);
        }
        None
    };
    // Tables that are not in the dump end the chain; those before are told.
    let _ended = read();
    ranges
}

/// The address space from which the GC takes its regions; `None` with segments, between which anything may lie.
pub(super) fn region_space(runtime: &ClrRuntime) -> Option<Range<Addr>> {
    let regions = runtime.gc.as_ref().is_ok_and(|gc| gc.heaps.regions);
    let bound = |name: &str| runtime.located.globals.pointer(&runtime.dump.memory, name);
    Some(bound("LowestAddress")?..bound("HighestAddress")?).filter(|_| regions)
}
