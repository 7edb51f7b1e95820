//! All locks: those of objects' monitors, which the runtime keeps, and those that are objects themselves.

use crate::bytes::Addr;
use crate::clr::sync_blocks::{LockOwner, ObjectHeaders, SyncBlocks, sync_blocks};
use crate::graph::{Heap, Snapshot};
use crate::problem::Problem;
use crate::values::Values;

use super::library_locks::{LockState, library_locks};
use super::thin_locks::{ThinLock, thin_locks};
use super::threads::{Holder, Threads};

/// What sort of lock it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockKind {
    /// An object's monitor, held in the object's header: nobody waits for it.
    Thin,
    /// An object's monitor in its sync block.
    SyncBlock,
    /// A `System.Threading.Lock`.
    Lock,
    /// A `SemaphoreSlim`.
    Semaphore,
    /// A `ReaderWriterLockSlim`.
    ReaderWriter,
}

impl LockKind {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            LockKind::Thin => "thin",
            LockKind::SyncBlock => "sync_block",
            LockKind::Lock => "lock",
            LockKind::Semaphore => "semaphore",
            LockKind::ReaderWriter => "reader_writer",
        }
    }
}

/// A lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The object that is locked, or is the lock.
    pub object: Addr,
    /// What sort of lock it is.
    pub kind: LockKind,
    /// Who holds it alone; `None` when nobody does, or that sort of lock has no owner.
    pub holder: Option<Holder>,
    /// How often its owner has entered it beyond the first time; `None` without an owner, or where it is not told.
    pub recursion: Option<u32>,
    /// How many wait to enter: threads, and for a semaphore tasks too.
    pub waiters: Option<u64>,
    /// How many may still enter a semaphore; `None` for all others.
    pub available: Option<u64>,
    /// How many read under a lock of readers and writers; `None` for all others.
    pub readers: Option<u64>,
}

/// All locks of a dump.
#[derive(Clone, Debug, Default)]
pub struct Locks {
    /// Thin locks in the order of the heap, sync blocks in the order of their table, then the libraries' locks.
    pub all: Vec<Lock>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// The locks of a snapshot whose heap and values these are. Linear in the objects of the heap: each header is read.
pub fn locks(snapshot: &Snapshot, heap: &Heap, values: &Values) -> Locks {
    let runtime = values.types().runtime();
    let threads = Threads::new(&snapshot.threads);
    let mut locks = Locks::default();
    if let Some(headers) = ObjectHeaders::of(&runtime.located.layout) {
        let (thin, missing) = thin_locks(heap, &runtime.dump.memory, headers);
        locks.all.extend(thin.iter().map(|lock| of_header(lock, &threads)));
        locks.lost(missing, "the headers of", "thin locks may be missing");
    } else {
        let message = "thin locks are not known for this runtime, and are missing";
        locks.problems.push(Problem::loss(message));
    }
    let SyncBlocks { blocks, problems } = sync_blocks(runtime);
    locks.all.extend(blocks.iter().map(|block| {
        let monitor = block.monitor;
        let state = LockState {
            owner: monitor.owner,
            recursion: monitor.owner.map(|_| monitor.recursion),
            waiters: Some(monitor.waiters.into()),
            ..LockState::default()
        };
        of_state(block.object, LockKind::SyncBlock, state, &threads)
    }));
    locks.problems.extend(problems);
    let (of_libraries, missing) = library_locks(heap, values);
    locks.all.extend(of_libraries.iter().map(|&(at, kind, state)| of_state(at, kind, state, &threads)));
    locks.lost(missing, "the fields of", "those that are locks are missing");
    locks
}

impl Locks {
    fn lost(&mut self, count: u64, what: &str, so: &str) {
        if count > 0 {
            let message = format!("{what} {count} objects are not in the dump: {so}");
            self.problems.push(Problem::loss(message));
        }
    }
}

fn of_header(lock: &ThinLock, threads: &Threads<'_>) -> Lock {
    let state = LockState {
        owner: Some(LockOwner::ManagedId(lock.owner)),
        recursion: Some(lock.recursion),
        waiters: Some(0),
        ..LockState::default()
    };
    of_state(lock.object, LockKind::Thin, state, threads)
}

fn of_state(object: Addr, kind: LockKind, state: LockState, threads: &Threads<'_>) -> Lock {
    Lock {
        object,
        kind,
        holder: state.owner.map(|owner| threads.holder(owner)),
        recursion: state.recursion,
        waiters: state.waiters,
        available: state.available,
        readers: state.readers,
    }
}
