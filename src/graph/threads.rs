//! The runtime's threads.

use crate::bytes::Addr;

/// What the runtime says of a thread's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThreadState {
    /// Does not keep the process alive.
    pub background: bool,
    /// Made, but not started.
    pub unstarted: bool,
    /// Has ended.
    pub dead: bool,
    /// A worker of the thread pool.
    pub pool_worker: bool,
    /// The thread that runs finalizers.
    pub finalizer: bool,
}

/// A thread that the runtime knows.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The address of the runtime's Thread structure.
    pub address: Addr,
    /// The id the operating system gave; `None` when it has not started or has ended.
    pub os_id: Option<u64>,
    /// The runtime's own number for it.
    pub managed_id: u32,
    /// Its state.
    pub state: ThreadState,
    /// The exception in flight or last thrown, an object's address.
    pub exception: Option<Addr>,
}
