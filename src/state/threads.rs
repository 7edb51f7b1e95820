//! Threads by what the runtime and its libraries call them, and their names.

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::sync_blocks::LockOwner;
use crate::graph::Thread;
use crate::values::Values;

/// Who holds a lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// Its position among the snapshot's threads; `None` when it is none of them: it has ended, and will never let go.
    pub thread: Option<usize>,
    /// The runtime's own number for it, where that is what the lock says or the thread has one.
    pub managed_id: Option<u32>,
}

/// The threads of a snapshot, to be found.
#[derive(Debug)]
pub struct Threads<'a> {
    all: &'a [Thread],
    by_address: FxHashMap<Addr, usize>,
    by_managed_id: FxHashMap<u32, usize>,
    by_os_id: FxHashMap<u64, usize>,
}

impl<'a> Threads<'a> {
    /// The threads of a snapshot.
    pub fn new(all: &'a [Thread]) -> Threads<'a> {
        let address = |(at, thread): (usize, &Thread)| Some((thread.address?, at));
        let managed_id = |(at, thread): (usize, &Thread)| Some((thread.managed_id?, at));
        // A number is given away again when its thread has ended, whose structure may still be in the list.
        let (ended, alive): (Vec<_>, Vec<_>) = all.iter().enumerate().partition(|(_, t)| t.state.dead);
        Threads {
            all,
            by_address: all.iter().enumerate().filter_map(address).collect(),
            by_os_id: all.iter().enumerate().filter_map(|(at, thread)| Some((thread.os_id?, at))).collect(),
            by_managed_id: ended.into_iter().chain(alive).filter_map(managed_id).collect(),
        }
    }

    /// A thread by its position.
    pub fn get(&self, position: usize) -> Option<&'a Thread> {
        self.all.get(position)
    }

    /// The position of a thread by the address of the runtime's structure.
    pub fn at(&self, address: Addr) -> Option<usize> {
        self.by_address.get(&address).copied()
    }

    /// The position of a thread by the id that the operating system gave.
    pub fn at_os_id(&self, os_id: u64) -> Option<usize> {
        self.by_os_id.get(&os_id).copied()
    }

    /// The thread whose `System.Threading.Thread` lies at `object`, as one who keeps others waiting; `None` when it is
    /// none of the runtime's.
    pub fn of_object(&self, object: Addr) -> Option<Holder> {
        let thread = self.all.iter().position(|thread| thread.object == Some(object))?;
        Some(Holder { thread: Some(thread), managed_id: self.get(thread)?.managed_id })
    }

    /// Who it is that holds a lock.
    pub fn holder(&self, owner: LockOwner) -> Holder {
        let (thread, told) = match owner {
            LockOwner::Thread(address) => (self.at(address), None),
            LockOwner::ManagedId(id) => (self.by_managed_id.get(&id).copied(), Some(id)),
            LockOwner::OsId(id) => (self.at_os_id(id), None),
        };
        let own = thread.and_then(|at| self.get(at)?.managed_id);
        Holder { thread, managed_id: told.or(own) }
    }

    /// The id that the operating system gave a holder; `None` when it has ended.
    pub fn os_id(&self, holder: Holder) -> Option<u64> {
        self.get(holder.thread?)?.os_id
    }

    /// The name that the program gave a thread; `None` when it has none, or it cannot be read.
    pub fn name(&self, values: &Values, position: usize) -> Option<String> {
        values.thread_name(self.get(position)?.object?).ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::ThreadState;

    fn thread(address: u64, managed_id: u32, os_id: u64, dead: bool) -> Thread {
        let state = ThreadState { dead, ..ThreadState::default() };
        Thread {
            address: Some(Addr(address)),
            os_id: Some(os_id),
            managed_id: Some(managed_id),
            state,
            ..Thread::default()
        }
    }

    #[test]
    fn a_number_that_was_given_away_again_is_that_of_the_living() {
        for all in [
            [thread(0x10, 4, 100, true), thread(0x20, 4, 101, false)],
            [thread(0x20, 4, 101, false), thread(0x10, 4, 100, true)],
        ] {
            let threads = Threads::new(&all);
            let holder = threads.holder(LockOwner::ManagedId(4));
            assert_eq!((threads.os_id(holder), holder.managed_id), (Some(101), Some(4)));
            let holder = threads.holder(LockOwner::OsId(101));
            assert_eq!((holder.thread, holder.managed_id), (threads.at(Addr(0x20)), Some(4)));
            let holder = threads.holder(LockOwner::Thread(Addr(0x10)));
            assert_eq!((threads.os_id(holder), holder.managed_id), (Some(100), Some(4)));
        }
    }

    #[test]
    fn who_has_ended_is_still_told_by_number() {
        let all = [thread(0x10, 1, 100, false)];
        let threads = Threads::new(&all);
        let gone = threads.holder(LockOwner::ManagedId(9));
        assert_eq!((gone, threads.os_id(gone)), (Holder { thread: None, managed_id: Some(9) }, None));
        assert_eq!(threads.holder(LockOwner::Thread(Addr(0x30))), Holder::default());
    }
}
