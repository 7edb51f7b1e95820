//! Sync blocks: what the runtime keeps beside an object whose header has no room for it, above all its monitor once
//! somebody waits for it.
//!
//! Source: `SyncTableEntry`, `SyncBlock`, `SyncBlockCache` and `AwareLock` in `src/coreclr/vm/syncblk.h`, of versions
//! before 5.0 in `src/vm`. Entry n of the table leads to the block and to the object, whose header says n. A monitor is
//! one word of state: whether it is held, and how many threads wait to enter; in 2.0 the number of those stands one bit
//! above, since 2.1 six.

mod blocked;
mod object_header;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::limits;
use crate::problem::Problem;

pub use blocked::{BlockedThread, Blocking, blocked_threads};
pub use object_header::{ObjectHeader, ObjectHeaders};

/// A held monitor's lowest bit.
const HELD: u32 = 1;
/// The bit of a block's own index that says something else: a free object, a precious block.
const INDEX_BITS: u32 = 0x7fff_ffff;
/// An entry's object with this bit set is a link to the next free entry.
const FREE: u64 = 1;

/// Who holds a lock, as the runtime says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockOwner {
    /// By its Thread structure.
    Thread(Addr),
    /// By the runtime's own number for it.
    ManagedId(u32),
    /// By the id that the operating system gave.
    OsId(u64),
}

/// An object's monitor in its sync block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Monitor {
    /// Who holds it; `None` when nobody does.
    pub owner: Option<LockOwner>,
    /// How often its owner has entered it beyond the first time.
    pub recursion: u32,
    /// How many threads wait to enter.
    pub waiters: u32,
}

/// A sync block in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncBlock {
    /// Its number in the table, from 1 on.
    pub index: u32,
    /// Where it lies.
    pub address: Addr,
    /// The object that it belongs to.
    pub object: Addr,
    /// The object's monitor.
    pub monitor: Monitor,
}

/// All sync blocks in use.
#[derive(Clone, Debug, Default)]
pub struct SyncBlocks {
    /// In the order of the table.
    pub blocks: Vec<SyncBlock>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl SyncBlocks {
    /// The block with this index.
    pub fn get(&self, index: u32) -> Option<&SyncBlock> {
        self.blocks.binary_search_by_key(&index, |block| block.index).ok().and_then(|at| self.blocks.get(at))
    }
}

/// Reads the sync blocks of `runtime`; none of one that has no such table (NativeAOT).
///
/// What cannot be read is left out and told in [`SyncBlocks::problems`].
pub fn sync_blocks(runtime: &ClrRuntime) -> SyncBlocks {
    let (memory, located) = (&runtime.dump.memory, &runtime.located);
    let mut read = SyncBlocks::default();
    if located.globals.address("SyncTableEntries").is_none() {
        return read;
    }
    let Some(fields) = Fields::of(&located.layout) else {
        read.problems
            .push(Problem::loss("the sync blocks are not known for this runtime: locks are missing"));
        return read;
    };
    let Some(table) = located.globals.pointer(memory, "SyncTableEntries") else {
        read.problems.push(Problem::loss("the table of sync blocks is not in the dump: locks are missing"));
        return read;
    };
    let cache = located.globals.pointer(memory, "SyncBlockCache");
    let used = located.layout.optional_field("SyncBlockCache", "FreeSyncTableIndex");
    // The first index that was never given out; where nothing tells it, the first entry that was never written does.
    let end = cache.zip(used).and_then(|(cache, used)| memory.u32(cache.offset(used)).ok());
    fields.read(memory, table, end.filter(|&end| end <= limits::MAX_SYNC_BLOCKS), &mut read);
    read
}

/// How many of the first entries of what may be the table prove that it is: blocks that carry their entry's number, or
/// objects whose header does.
pub(in crate::clr) fn proofs(memory: &AddressSpace, layout: &Descriptor, table: Addr) -> usize {
    const LOOKED_AT: u32 = 64;
    let Some(fields) = Fields::of(layout) else { return 0 };
    let proves = |index: &u32| matches!(fields.entry(memory, table, *index), Ok(Entry::Used(_)));
    (1..=LOOKED_AT).filter(proves).count()
}

/// Offsets of the table's entries and of the blocks.
struct Fields {
    entry_size: u64,
    block: u64,
    object: u64,
    own_index: u64,
    state: u64,
    /// Where in the state the number of waiting threads begins.
    waiters_shift: u32,
    recursion: u64,
    owner: OwnerPlace,
    headers: Option<ObjectHeaders>,
}

#[derive(Clone, Copy)]
enum OwnerPlace {
    Thread(u64),
    ManagedId(u64),
}

/// What an entry of the table is.
enum Entry {
    /// Of a sync block.
    Used(SyncBlock),
    /// Given back.
    Free,
    /// Never given out.
    Unused,
    /// None of these.
    Wrong,
}

impl Fields {
    fn of(layout: &Descriptor) -> Option<Fields> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        let (state, waiters_shift) = match of("SyncBlock", "LockState") {
            Some(state) => (state, 6),
            None => (of("SyncBlock", "MonitorHeld")?, 1),
        };
        let by_id = of("SyncBlock", "HoldingThreadId").map(OwnerPlace::ManagedId);
        Some(Fields {
            entry_size: of("SyncTableEntry", Descriptor::SIZE)?,
            block: of("SyncTableEntry", "SyncBlock")?,
            object: of("SyncTableEntry", "Object")?,
            own_index: of("SyncBlock", "SyncIndex")?,
            state,
            waiters_shift,
            recursion: of("SyncBlock", "Recursion")?,
            owner: by_id.or_else(|| of("SyncBlock", "HoldingThread").map(OwnerPlace::Thread))?,
            headers: ObjectHeaders::of(layout),
        })
    }

    /// Reads the entries below `end`, or up to the first that was never given out.
    fn read(&self, memory: &AddressSpace, table: Addr, end: Option<u32>, read: &mut SyncBlocks) {
        let mut wrong = 0_u64;
        for index in 1..end.unwrap_or(limits::MAX_SYNC_BLOCKS) {
            match self.entry(memory, table, index) {
                Ok(Entry::Used(block)) => read.blocks.push(block),
                Ok(Entry::Free) => {}
                Ok(Entry::Unused) if end.is_none() => break,
                Ok(Entry::Unused | Entry::Wrong) => wrong += 1,
                Err(fault) => {
                    let message =
                        format!("the table of sync blocks cannot be read from entry {index} on: {fault}");
                    read.problems.push(Problem::loss(message));
                    break;
                }
            }
        }
        if wrong > 0 {
            let message = format!("{wrong} entries of the table of sync blocks lead to no sync block");
            read.problems.push(Problem::loss(message));
        }
    }

    fn entry(&self, memory: &AddressSpace, table: Addr, index: u32) -> Result<Entry, Fault> {
        let entry = table.offset(self.entry_size * u64::from(index));
        let address = memory.pointer(entry.offset(self.block))?;
        let object = memory.pointer(entry.offset(self.object))?;
        if object.0 & FREE != 0 {
            return Ok(Entry::Free);
        }
        if address.is_null() && object.is_null() {
            return Ok(Entry::Unused);
        }
        let says_index = |place: Addr| memory.u32(place).map(|word| word & INDEX_BITS == index);
        let own = says_index(address.offset(self.own_index)) == Ok(true);
        // The block's number is written late: while a block is new only the object's header names it.
        if !own && !self.header_names(memory, object, index) {
            return Ok(Entry::Wrong);
        }
        Ok(match self.monitor(memory, address) {
            Ok(monitor) => Entry::Used(SyncBlock { index, address, object, monitor }),
            Err(_) => Entry::Wrong,
        })
    }

    fn header_names(&self, memory: &AddressSpace, object: Addr, index: u32) -> bool {
        let header = memory.u32(ObjectHeaders::place(object)).ok();
        let says = header.zip(self.headers).map(|(word, headers)| headers.decode(word));
        says == Some(ObjectHeader::SyncBlock(index))
    }

    fn monitor(&self, memory: &AddressSpace, block: Addr) -> Result<Monitor, Fault> {
        let state = memory.u32(block.offset(self.state))?;
        let waiters = state >> self.waiters_shift;
        if state & HELD == 0 {
            return Ok(Monitor { waiters, ..Monitor::default() });
        }
        let owner = match self.owner {
            OwnerPlace::Thread(at) => LockOwner::Thread(memory.pointer(block.offset(at))?),
            OwnerPlace::ManagedId(at) => LockOwner::ManagedId(memory.u32(block.offset(at))?),
        };
        // The runtime counts the first time too.
        let recursion = memory.u32(block.offset(self.recursion))?.saturating_sub(1);
        Ok(Monitor { owner: Some(owner), recursion, waiters })
    }
}

#[cfg(test)]
mod tests;
