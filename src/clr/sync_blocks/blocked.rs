//! Threads that are blocked at a monitor, as the runtime itself notes it for debuggers.
//!
//! A thread that has to wait to enter a monitor, or waits in it for a pulse, leaves a record of that on its stack, which
//! its Thread leads to: the monitor, for how long, and which of both it is. Nothing has to be guessed from the stack.
//!
//! Source: `struct DebugBlockingItem` and `class ThreadDebugBlockingInfo` in `src/coreclr/vm/threads.h`,
//! `AwareLock::EnterEpilogHelper` and `SyncBlock::Wait` in `src/coreclr/vm/syncblk.cpp`; the same since 2.0.

use rustc_hash::FxHashMap;

use super::SyncBlocks;
use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::dump::AddressSpace;

/// Offsets within `DebugBlockingItem`.
const MONITOR: u64 = 0;
const APP_DOMAIN: u64 = 8;
const KIND: u64 = 16;
const TIMEOUT: u64 = 20;
/// `INFINITE`.
const WITHOUT_END: u32 = u32::MAX;
/// Words of a Thread among which the place of the record is looked for, where the layout does not tell it: no version's
/// Thread is larger.
const THREAD_WORDS: u64 = 512;

/// What a thread waits for at a monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blocking {
    /// To enter.
    Enter,
    /// For a pulse, while others may enter.
    Wait,
}

/// A thread that is blocked at a monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockedThread {
    /// The thread's structure.
    pub thread: Addr,
    /// The index of the sync block whose monitor it is.
    pub sync_block: u32,
    /// What it waits for.
    pub blocking: Blocking,
    /// For how many milliseconds at most; `None` for ever.
    pub timeout_ms: Option<u32>,
}

/// The threads of `runtime` that are blocked at a monitor of one of `blocks`, in the order of the threads.
pub fn blocked_threads(runtime: &ClrRuntime, blocks: &SyncBlocks) -> Vec<BlockedThread> {
    let threads: Vec<Addr> =
        runtime.threads.iter().flat_map(|list| &list.threads).map(|thread| thread.address).collect();
    let memory = &*runtime.dump.memory;
    let records = Records {
        memory,
        monitors: blocks.blocks.iter().map(|block| (block.address, block.index)).collect(),
        app_domain: runtime.located.globals.pointer(memory, "AppDomain"),
    };
    // Without a sync block nobody can wait, and nothing has to be looked for.
    if records.monitors.is_empty() {
        return Vec::new();
    }
    let told = runtime.located.layout.optional_field("Thread", "DebugBlockingInfo");
    let by_layout = told.map(|offset| records.at(&threads, offset)).unwrap_or_default();
    if !by_layout.is_empty() {
        return by_layout;
    }
    records.searched(&threads)
}

struct Records<'a> {
    memory: &'a AddressSpace,
    /// The index of each sync block by its address, where its monitor is too.
    monitors: FxHashMap<Addr, u32>,
    app_domain: Option<Addr>,
}

impl Records<'_> {
    /// The records that all threads have at an offset.
    fn at(&self, threads: &[Addr], offset: u64) -> Vec<BlockedThread> {
        threads.iter().filter_map(|&thread| self.record(thread, offset).ok()?).collect()
    }

    /// The records at the offset where most threads have one and none has anything else.
    fn searched(&self, threads: &[Addr]) -> Vec<BlockedThread> {
        let mut best = Vec::new();
        for offset in (0..THREAD_WORDS).map(|word| 8 * word) {
            let records: Result<Vec<_>, NoRecord> =
                threads.iter().map(|&thread| self.record(thread, offset)).collect();
            let records: Vec<_> = records.into_iter().flatten().flatten().collect();
            if records.len() > best.len() {
                best = records;
            }
        }
        best
    }

    /// What the word at an offset of a thread leads to: nothing where it is null.
    fn record(&self, thread: Addr, offset: u64) -> Result<Option<BlockedThread>, NoRecord> {
        let record = self.memory.pointer(thread.offset(offset)).map_err(|_| NoRecord)?;
        if record.is_null() {
            return Ok(None);
        }
        let word = |offset: u64| self.memory.pointer(record.offset(offset)).map_err(|_| NoRecord);
        let half = |offset: u64| self.memory.u32(record.offset(offset)).map_err(|_| NoRecord);
        let &sync_block = self.monitors.get(&word(MONITOR)?).ok_or(NoRecord)?;
        if self.app_domain.is_some_and(|domain| word(APP_DOMAIN) != Ok(domain)) {
            return Err(NoRecord);
        }
        // The record by which a thread stands in the queue of those to be pulsed begins alike, and has an address here.
        let blocking = match half(KIND)? {
            0 => Blocking::Enter,
            1 => Blocking::Wait,
            _ => return Err(NoRecord),
        };
        let timeout_ms = Some(half(TIMEOUT)?).filter(|&timeout| timeout != WITHOUT_END);
        Ok(Some(BlockedThread { thread, sync_block, blocking, timeout_ms }))
    }
}

/// A word that leads to something else.
#[derive(Debug, PartialEq, Eq)]
struct NoRecord;

#[cfg(test)]
mod tests;
