//! Stacks of threads, the runtime's and all others: the memory around each stack pointer.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::dump::{Dump, MemoryRegion, NativeThread};

use super::MemoryKind;
use super::claims::Claim;

/// The stacks of all threads whose registers are in the dump.
pub(super) fn claims(runtime: &ClrRuntime) -> Vec<Claim> {
    let dump = &runtime.dump;
    let known = runtime.threads.iter().flat_map(|list| &list.threads);
    let known: FxHashMap<u64, Addr> =
        known.rev().filter_map(|thread| Some((thread.os_id?, thread.address))).collect();
    dump.threads.iter().filter_map(|thread| stack(runtime, &known, thread)).collect()
}

/// `known` are the runtime's Thread structures by the id that the operating system gave; of several the first.
fn stack(runtime: &ClrRuntime, known: &FxHashMap<u64, Addr>, thread: &NativeThread) -> Option<Claim> {
    let dump = &runtime.dump;
    let pointer = Addr(*thread.registers.get(dump.target.architecture.stack_pointer())?);
    let region = region_at(dump, pointer).filter(|region| region.file.is_none())?;
    let mut range = match region.reservation {
        Some(reservation) => of_reservation(dump, reservation),
        None => region.range.clone(),
    };
    // Other mappings may follow without a gap: what the runtime noted of its threads is exact.
    let bounds = known.get(&thread.id).and_then(|&known| bounds(runtime, known));
    if let Some((limit, base)) = bounds.filter(|(limit, base)| *limit <= pointer && pointer < *base) {
        range = range.start.max(limit)..range.end.min(base);
    }
    Some(Claim { range, kind: MemoryKind::Stack, name: Some(format!("thread {}", thread.id)) })
}

fn region_at(dump: &Dump, address: Addr) -> Option<&MemoryRegion> {
    let behind = dump.regions.partition_point(|region| region.range.start <= address);
    dump.regions.get(behind.checked_sub(1)?).filter(|region| region.range.contains(&address))
}

/// All that was reserved together: of a stack, also its guard pages.
fn of_reservation(dump: &Dump, reservation: Addr) -> Range<Addr> {
    let parts = dump.regions.iter().filter(|region| region.reservation == Some(reservation));
    let end = parts.map(|region| region.range.end).max().unwrap_or(reservation);
    reservation..end
}

/// The bounds of a thread's stack, as the runtime noted them when the thread started.
fn bounds(runtime: &ClrRuntime, thread: Addr) -> Option<(Addr, Addr)> {
    let of = |field: &str| {
        let offset = runtime.located.layout.optional_field("Thread", field)?;
        runtime.dump.memory.pointer(thread.offset(offset)).ok()
    };
    Some((of("CachedStackLimit")?, of("CachedStackBase")?))
}
