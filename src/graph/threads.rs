//! The threads of the process.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::bytes::Addr;
use crate::clr::{self, ThreadState};
use crate::dump::NativeThread;

/// A thread.
#[derive(Clone, Debug, Default)]
pub struct Thread {
    /// The runtime's Thread structure; `None` for a thread that the runtime does not know.
    pub address: Option<Addr>,
    /// The id the operating system gave; `None` when it has not started or has ended.
    pub os_id: Option<u64>,
    /// The runtime's own number for it; `None` for a thread that the runtime does not know, or does not number.
    pub managed_id: Option<u32>,
    /// Its state, as far as the runtime tells it.
    pub state: ThreadState,
    /// The exception that it threw last, an object's address; `None` for none.
    pub exception: Option<Addr>,
    /// The exceptions that it has in flight, the innermost first; `None` where that is not told.
    pub in_flight: Option<Vec<Addr>>,
    /// Where it allocates, and up to where it may; both null when it does not.
    pub allocation: (Addr, Addr),
    /// Its `System.Threading.Thread`; `None` when no managed code ever asked for that.
    pub object: Option<Addr>,
    /// The name that the operating system has for it, where the dump says it (minidumps).
    pub os_name: Option<String>,
}

impl Thread {
    /// The threads of a process: those that the runtime knows, in its order, then all others in that of the dump.
    pub fn all(known: &[clr::Thread], native: &[NativeThread]) -> Vec<Thread> {
        let mut names = FxHashMap::default();
        for thread in native {
            names.entry(thread.id).or_insert(&thread.name);
        }
        let name = |id: Option<u64>| names.get(&id?).and_then(|name| (*name).clone());
        let mut threads: Vec<Thread> =
            known.iter().map(|thread| Thread { os_name: name(thread.os_id), ..thread.into() }).collect();
        let told: FxHashSet<u64> = known.iter().filter_map(|thread| thread.os_id).collect();
        threads.extend(native.iter().filter(|native| !told.contains(&native.id)).map(Thread::from));
        threads
    }
}

impl From<&clr::Thread> for Thread {
    fn from(thread: &clr::Thread) -> Thread {
        Thread {
            address: Some(thread.address),
            os_id: thread.os_id,
            managed_id: thread.managed_id,
            state: thread.state,
            exception: thread.exception,
            in_flight: thread.in_flight.clone(),
            allocation: thread.allocation,
            object: thread.object,
            os_name: None,
        }
    }
}

impl From<&NativeThread> for Thread {
    fn from(thread: &NativeThread) -> Thread {
        Thread { os_id: Some(thread.id), os_name: thread.name.clone(), ..Thread::default() }
    }
}
