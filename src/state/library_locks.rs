//! Locks that are objects of the libraries, read by their fields.
//!
//! Source: `System.Threading.Lock` (since 9.0), `SemaphoreSlim` and `ReaderWriterLockSlim` in
//! `src/libraries/System.Private.CoreLib/src/System/Threading` of dotnet/runtime; before 5.0 in dotnet/corefx.

use crate::bytes::Addr;
use crate::clr::sync_blocks::LockOwner;
use crate::dump::Fault;
use crate::graph::Heap;
use crate::limits;
use crate::values::Values;

use super::locks::LockKind;
use super::objects_of::objects_of;

/// The classes that are locks.
const CLASSES: &[(&str, LockKind)] = &[
    ("System.Threading.Lock", LockKind::Lock),
    ("System.Threading.SemaphoreSlim", LockKind::Semaphore),
    ("System.Threading.ReaderWriterLockSlim", LockKind::ReaderWriter),
];

/// `Lock.State`: the lowest bit of the word says that it is held, the number of waiting threads stands above these.
const LOCK_HELD: u32 = 1;
const LOCK_WAITERS_SHIFT: u32 = 7;
/// `ReaderWriterLockSlim.READER_MASK`.
const READERS: u32 = 0x0fff_ffff;

/// What a lock says of itself. Each part is `None` where that sort of lock has none, or it cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LockState {
    /// Who holds it alone.
    pub owner: Option<LockOwner>,
    /// How often its owner has entered it beyond the first time.
    pub recursion: Option<u32>,
    /// How many wait for it: threads, and for a semaphore tasks too.
    pub waiters: Option<u64>,
    /// How many may still enter a semaphore.
    pub available: Option<u64>,
    /// How many read under a lock of readers and writers.
    pub readers: Option<u64>,
}

/// The locks among the objects of the heap, and how many could not be read.
pub(super) fn library_locks(heap: &Heap, values: &Values) -> (Vec<(Addr, LockKind, LockState)>, u64) {
    let mut missing = 0;
    let mut locks = Vec::new();
    for (object, kind) in objects_of(heap, values, CLASSES) {
        match read(values, object, kind) {
            Ok(state) => locks.push((object, kind, state)),
            Err(_) => missing += 1,
        }
    }
    (locks, missing)
}

/// What the lock at `object`, which is of that kind, says of itself.
pub(super) fn read(values: &Values, object: Addr, kind: LockKind) -> Result<LockState, Fault> {
    match kind {
        LockKind::Lock => lock(values, object),
        LockKind::Semaphore => semaphore(values, object),
        LockKind::ReaderWriter => reader_writer(values, object),
        LockKind::Thin | LockKind::SyncBlock => Ok(LockState::default()),
    }
}

fn lock(values: &Values, object: Addr) -> Result<LockState, Fault> {
    let number =
        |name: &str| values.named_integer(object, &[name]).map(|n| n.and_then(|n| u32::try_from(n).ok()));
    let Some(state) = number("_state")? else { return Ok(LockState::default()) };
    let held = state & LOCK_HELD != 0;
    let owner = number("_owningThreadId")?.filter(|&owner| held && owner != 0);
    Ok(LockState {
        owner: owner.map(|owner| lock_owner(values, owner)),
        // The library counts, unlike the runtime, from the second time on.
        recursion: number("_recursionCount")?.filter(|_| held),
        waiters: Some((state >> LOCK_WAITERS_SHIFT).into()),
        ..LockState::default()
    })
}

/// Who the number in a `Lock` is: 9.0 and 10.0 have the operating system's there, NativeAOT the runtime's own.
fn lock_owner(values: &Values, id: u32) -> LockOwner {
    match values.types().runtime().located.layout.number("Lock.OwnerIsOsId") {
        Some(1) => LockOwner::OsId(id.into()),
        _ => LockOwner::ManagedId(id),
    }
}

fn semaphore(values: &Values, object: Addr) -> Result<LockState, Fault> {
    let number =
        |name: &str| values.named_integer(object, &[name]).map(|n| n.and_then(|n| u64::try_from(n).ok()));
    let threads = number("m_waitCount")?;
    let tasks = async_waiters(values, object)?;
    Ok(LockState {
        waiters: threads.map(|threads| threads.saturating_add(tasks)),
        available: number("m_currentCount")?,
        ..LockState::default()
    })
}

/// The tasks that wait for a semaphore: a list of them.
fn async_waiters(values: &Values, semaphore: Addr) -> Result<u64, Fault> {
    let mut at = values.named_reference(semaphore, &["m_asyncHead"])?;
    let mut count = 0;
    while let Some(node) = at
        && count < limits::MAX_SEMAPHORE_WAITERS
    {
        count += 1;
        at = values.named_reference(node, &["Next"])?;
    }
    Ok(count)
}

fn reader_writer(values: &Values, object: Addr) -> Result<LockState, Fault> {
    // In the libraries before 3.0 the names had no underscores.
    let number = |names: &[&str]| values.named_integer(object, names);
    let owner = |names: &[&str]| {
        let id = number(names)?.and_then(|id| u32::try_from(id).ok());
        Ok(id.filter(|&id| id != 0).map(LockOwner::ManagedId))
    };
    let writer = owner(&["_writeLockOwnerId", "writeLockOwnerId"])?;
    let upgrader = owner(&["_upgradeLockOwnerId", "upgradeLockOwnerId"])?;
    let mut waiters = None;
    for names in [
        ["_numWriteWaiters", "numWriteWaiters"],
        ["_numReadWaiters", "numReadWaiters"],
        ["_numWriteUpgradeWaiters", "numWriteUpgradeWaiters"],
        ["_numUpgradeWaiters", "numUpgradeWaiters"],
    ] {
        let more = number(&names)?.and_then(|n| u64::try_from(n).ok());
        waiters = more.map(|more| more.saturating_add(waiters.unwrap_or(0))).or(waiters);
    }
    let owners = number(&["_owners", "owners"])?.and_then(|owners| u32::try_from(owners).ok());
    Ok(LockState {
        owner: writer.or(upgrader),
        waiters,
        readers: owners.map(|owners| u64::from(owners & READERS)),
        ..LockState::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::{Holds, Kennel, element};
    use crate::values::synthetic::{class, kennel, values};

    const NUMBER: Holds = Holds::Number(element::I4);

    /// What the lock of `class` says of itself whose fields hold these numbers, 4 bytes each.
    fn state(of: &str, kind: LockKind, fields: &[(&str, u32)]) -> LockState {
        let mut kennel: Kennel = kennel();
        let plan: Vec<_> = (0..).zip(fields).map(|(at, (name, _))| (*name, 4 * at, NUMBER)).collect();
        let bytes = (4 * fields.len() as u32).next_multiple_of(8);
        let class = class(&mut kennel.process, of, bytes, &plan);
        let words: Vec<u64> = fields
            .chunks(2)
            .map(|pair| u64::from(pair[0].1) | pair.get(1).map_or(0, |second| u64::from(second.1) << 32))
            .collect();
        let object = kennel.object(class, &words);
        read(&values(kennel.process), Addr(object), kind).unwrap()
    }

    #[test]
    fn a_lock_names_its_owner_by_the_operating_systems_id() {
        let lock = |state_word, owner| {
            let fields = [("_owningThreadId", owner), ("_state", state_word), ("_recursionCount", 2)];
            state("System.Threading.Lock", LockKind::Lock, &fields)
        };
        let held = LockState {
            owner: Some(LockOwner::OsId(4711)),
            recursion: Some(2),
            waiters: Some(3),
            ..LockState::default()
        };
        assert_eq!(lock(1 | 3 << 7, 4711), held);
        // What stands there when nobody holds it is left over.
        assert_eq!(lock(0, 4711), LockState { waiters: Some(0), ..LockState::default() });
    }

    #[test]
    fn a_semaphore_counts_those_who_wait_and_who_may_enter() {
        let fields = [("m_currentCount", 0), ("m_waitCount", 5)];
        let told = state("System.Threading.SemaphoreSlim", LockKind::Semaphore, &fields);
        let expected = LockState { waiters: Some(5), available: Some(0), ..LockState::default() };
        assert_eq!(told, expected);
    }

    #[test]
    fn a_lock_of_readers_and_writers_is_its_writers_then_its_upgraders() {
        let lock = |writer, upgrader| {
            let fields = [
                ("_writeLockOwnerId", writer),
                ("_upgradeLockOwnerId", upgrader),
                ("_numWriteWaiters", 1),
                ("_numReadWaiters", 2),
                ("_owners", 0x4000_0000 | 4),
            ];
            state("System.Threading.ReaderWriterLockSlim", LockKind::ReaderWriter, &fields)
        };
        let told = LockState { waiters: Some(3), readers: Some(4), ..LockState::default() };
        let by = |id| LockState { owner: Some(LockOwner::ManagedId(id)), ..told };
        assert_eq!([lock(7, 0), lock(0, 8), lock(7, 8), lock(0, 0)], [by(7), by(8), by(7), told]);
    }
}
