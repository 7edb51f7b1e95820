//! The threads of the process.

use crate::bytes::Addr;
use crate::clr::{self, ThreadState};

/// A thread.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The id the operating system gave; `None` when it has not started or has ended.
    pub os_id: Option<u64>,
    /// The runtime's own number for it; `None` when the runtime's threads cannot be read.
    pub managed_id: Option<u32>,
    /// Its state, as far as the runtime tells it.
    pub state: ThreadState,
    /// The exception in flight or last thrown, an object's address.
    pub exception: Option<Addr>,
}

impl From<&clr::Thread> for Thread {
    fn from(thread: &clr::Thread) -> Thread {
        Thread {
            os_id: thread.os_id,
            managed_id: thread.managed_id,
            state: thread.state,
            exception: thread.exception,
        }
    }
}
