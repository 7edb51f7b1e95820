//! The runtime's threads and their allocation contexts.

use super::Process;
use crate::synth::layout::AllocationPlace;
use crate::synth::minidump::MinidumpThread;

/// A thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadKey(pub(super) usize);

/// A thread to be written.
#[derive(Clone, Debug)]
pub(in crate::synth) struct ThreadPlan {
    pub os_id: u32,
    pub state: u32,
    pub allocation: (u64, u64),
}

impl ThreadPlan {
    /// The thread as Windows lists it.
    pub(super) fn native(&self) -> MinidumpThread {
        MinidumpThread { id: self.os_id, stack_end: 0x1000, ..MinidumpThread::default() }
    }
}

impl Process {
    /// Adds a thread, at the end of the list. Its managed id is its position, from 1 on.
    pub fn thread(&mut self) -> ThreadKey {
        let number = self.threads.len();
        self.threads.push(ThreadPlan {
            os_id: super::PROCESS_ID + number as u32,
            state: 0,
            allocation: (0, 0),
        });
        ThreadKey(number)
    }

    /// Sets the runtime's word on a thread's state (`Thread::ThreadState`).
    pub fn set_thread_state(&mut self, thread: ThreadKey, state: u32) {
        self.threads[thread.0].state = state;
    }

    /// Gives a thread an allocation context.
    pub fn set_allocation_context(&mut self, thread: ThreadKey, pointer: u64, limit: u64) {
        self.threads[thread.0].allocation = (pointer, limit);
    }

    /// Writes the list: the ThreadStore's address, and those of the Threads. A process has at least two.
    pub(super) fn write_threads(&mut self) -> (u64, Vec<u64>) {
        while self.threads.len() < 2 {
            self.thread();
        }
        let layout = &self.family.layout().thread;
        let addresses: Vec<u64> = self.threads.iter().map(|_| self.native.allocate(1280)).collect();
        for (number, plan) in self.threads.clone().into_iter().enumerate() {
            let at = addresses[number];
            self.native.put32(at + layout.state, plan.state);
            self.native.put32(at + layout.id, number as u32 + 1);
            self.native.put32(at + layout.os_id, plan.os_id);
            self.native.put64(at + layout.last_thrown, 0);
            let next = addresses.get(number + 1).map_or(0, |next| next + layout.link);
            self.native.put64(at + layout.link, next);
            let context = match layout.allocation {
                AllocationPlace::Inside(offset) => at + offset,
                AllocationPlace::Behind(pointer, offset) => {
                    let locals = self.native.allocate(64);
                    self.native.put64(at + pointer, locals);
                    locals + offset
                }
            };
            self.native.put64(context, plan.allocation.0);
            self.native.put64(context + 8, plan.allocation.1);
        }
        let store = self.native.allocate(256);
        self.native.put64(store + layout.store_first, addresses[0] + layout.link);
        self.native.put32(store + layout.store_count, addresses.len() as u32);
        (store, addresses)
    }
}
