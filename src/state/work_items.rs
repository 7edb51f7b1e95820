//! What waits in the queues of the thread pool.
//!
//! One queue of the pool is for all threads, with others for what is urgent or less so; where there are many processors, more
//! of its kind; and each of the pool's threads has a local one, a ring from which others steal.
//!
//! Source: `ThreadPool.cs` of dotnet/coreclr v2.0 to v3.1, `ThreadPoolWorkQueue.cs` of dotnet/runtime v5.0 to v10.0.

use std::ops::ControlFlow;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::fields::{follow, number, type_name};
use super::instances::instances;
use super::tasks::method_of_task;
use super::untold::{CORE_LIBRARY, Source, untold};
use crate::bytes::Addr;
use crate::graph::{Heap, Thread};
use crate::limits::MAX_WORK_ITEMS;
use crate::problem::Problem;
use crate::values::Values;

/// The pool's own queues, one object with several.
const QUEUES: &str = "System.Threading.ThreadPoolWorkQueue";
/// Its fields with the queues, in the order in which the pool's threads look into them.
const GLOBAL: &[(&str, Queue)] = &[
    ("highPriorityWorkItems", Queue::HighPriority),
    ("timeSensitiveWorkQueue", Queue::HighPriority),
    ("workItems", Queue::Global),
    ("lowPriorityWorkItems", Queue::LowPriority),
];
/// Its field with more queues of the same kind as the global one.
const ASSIGNABLE: &[&str] = &["_assignableWorkItemQueues"];
/// A thread's own queue: a ring whose indexes only grow.
const LOCAL: &str = "System.Threading.ThreadPoolWorkQueue+WorkStealingQueue";
const RING: &[&str] = &["m_array"];
const MASK: &[&str] = &["m_mask"];
const HEAD: &[&str] = &["m_headIndex"];
const TAIL: &[&str] = &["m_tailIndex"];
/// What a thread of the pool has: its queue and itself.
const THREAD_LOCALS: &str = "System.Threading.ThreadPoolWorkQueueThreadLocals";
const THREAD_QUEUE: &[&str] = &["workStealingQueue"];
const THREAD: &[&str] = &["currentThread"];
const THREAD_ID: &[&str] = &["_managedThreadId", "m_ManagedThreadId"];

/// What work items call, and with what.
const CALLBACK: &[&str] = &["_callback", "callback", "_timerCallback", "m_timerCallback", "_action"];
const STATE: &[&str] = &["_state", "state", "m_state"];

/// A kind of queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    /// For what is urgent.
    HighPriority,
    /// A thread's own.
    Local,
    /// For all threads.
    Global,
    /// For what can wait.
    LowPriority,
}

impl Queue {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Queue::HighPriority => "high_priority",
            Queue::Local => "local",
            Queue::Global => "global",
            Queue::LowPriority => "low_priority",
        }
    }
}

/// A work item that waits.
#[derive(Clone, Debug)]
pub struct WorkItem {
    /// The kind of queue that it waits in.
    pub queue: Queue,
    /// The operating system's id of the thread whose queue it is; `None` for the pool's own queues and where it cannot be told.
    pub thread: Option<u64>,
    /// Its place in the queue, from 0: the next to be taken. Of a thread's own queue the next to be stolen; the thread itself
    /// takes from the other end.
    pub position: u64,
    /// The object: a callback, a task, an async call.
    pub object: Addr,
    /// Its type.
    pub type_name: Option<Arc<str>>,
    /// The method that it calls; `None` where it cannot be told.
    pub callback: Option<Arc<str>>,
    /// What the method gets: its state, or the object that it is called on.
    pub target: Option<Addr>,
    /// The type of that.
    pub target_type: Option<Arc<str>>,
}

/// What waits in the queues of the thread pool, queue by queue and in the order of each, and what is not told of it.
pub fn work_items(threads: &[Thread], values: &Values, heap: &Heap) -> (Vec<WorkItem>, Vec<Problem>) {
    let mut places = Places { values, found: Vec::new(), missing: 0, room: MAX_WORK_ITEMS };
    for queues in instances_of(heap, QUEUES) {
        places.of_pool(queues);
    }
    let threads = threads_of_queues(threads, values, heap);
    for queue in instances_of(heap, LOCAL) {
        places.of_thread(queue, threads.get(&queue).copied());
    }
    let source = Source { rows: "work items", of: QUEUES, fields: &["workItems"], module: CORE_LIBRARY };
    let mut problems: Vec<Problem> = untold(values, heap, source).into_iter().collect();
    if places.missing > 0 {
        let message =
            format!("{} of the thread pool's queues are not in the dump, or only in part", places.missing);
        problems.push(Problem::loss(message));
    }
    if places.room == 0 {
        let message = format!(
            "the queues of the thread pool have more than the {MAX_WORK_ITEMS} places that are looked at"
        );
        problems.push(Problem::loss(message));
    }
    let items = places.found.into_par_iter().map(|place| item(values, &place)).collect();
    (items, problems)
}

/// Where a work item waits.
struct Place {
    queue: Queue,
    thread: Option<u64>,
    position: u64,
    object: Addr,
}

struct Places<'a> {
    values: &'a Values,
    found: Vec<Place>,
    /// Queues that lack something.
    missing: u64,
    /// Places in queues that may still be looked at.
    room: usize,
}

impl Places<'_> {
    /// The items of the pool's own queues.
    fn of_pool(&mut self, queues: Addr) {
        for &(name, queue) in GLOBAL {
            if let Some(items) = follow(self.values, queues, &[name]) {
                self.of_queue(items, queue);
            }
        }
        let Some(more) = follow(self.values, queues, ASSIGNABLE) else { return };
        let mut assignable = Vec::new();
        self.each(more, |object| assignable.push(object));
        assignable.into_iter().for_each(|items| self.of_queue(items, Queue::Global));
    }

    fn of_queue(&mut self, items: Addr, queue: Queue) {
        let mut found = Vec::new();
        self.each(items, |object| found.push(object));
        let places = (0..).zip(found);
        self.found.extend(places.map(|(position, object)| Place { queue, thread: None, position, object }));
    }

    /// Gives the objects that a collection holds.
    fn each(&mut self, collection: Addr, mut give: impl FnMut(Addr)) {
        let room = &mut self.room;
        let end = self.values.items(collection, &mut |item| {
            let Some(left) = room.checked_sub(1) else { return ControlFlow::Break(()) };
            *room = left;
            let object = self.values.types().memory().pointer(item.value.address);
            object.ok().filter(|object| !object.is_null()).into_iter().for_each(&mut give);
            ControlFlow::Continue(())
        });
        if !matches!(end, Ok(Some(end)) if end.missing == 0 && end.damage.is_none()) {
            self.missing += 1;
        }
    }

    /// The items of a thread's own queue.
    fn of_thread(&mut self, queue: Addr, thread: Option<u64>) {
        let number = |field| number(self.values, queue, field);
        let (Some(head), Some(tail), Some(mask)) = (number(HEAD), number(TAIL), number(MASK)) else {
            self.missing += 1;
            return;
        };
        let ring = follow(self.values, queue, RING).and_then(|ring| self.values.array(ring).ok());
        let Some(ring) = ring else {
            self.missing += 1;
            return;
        };
        let count = (tail - head).clamp(0, i128::from(ring.count));
        let mut position = 0;
        for index in head..head + count {
            let Some(left) = self.room.checked_sub(1) else { return };
            self.room = left;
            let object = ring.place((index & mask) as u32);
            let object = object.map(|object| self.values.types().memory().pointer(object));
            match object {
                // What somebody took from the middle leaves a hole.
                Some(Ok(Addr::NULL)) => {}
                Some(Ok(object)) => {
                    self.found.push(Place { queue: Queue::Local, thread, position, object });
                    position += 1;
                }
                _ => {
                    self.missing += 1;
                    return;
                }
            }
        }
    }
}

fn instances_of(heap: &Heap, name: &str) -> Vec<Addr> {
    let mut found: Vec<Addr> =
        instances(heap, |_, of| &*of.name == name).iter().map(|instance| instance.address).collect();
    found.sort_unstable();
    found
}

/// The operating system's ids of the threads that have queues of their own, by their queues.
fn threads_of_queues(threads: &[Thread], values: &Values, heap: &Heap) -> FxHashMap<Addr, u64> {
    let threads = threads.iter().filter_map(|thread| Some((thread.managed_id?, thread.os_id?)));
    let os_ids: FxHashMap<u32, u64> = threads.collect();
    let of_thread = |locals: Addr| {
        let thread = follow(values, locals, THREAD)?;
        let id = number(values, thread, THREAD_ID)?;
        Some((follow(values, locals, THREAD_QUEUE)?, *os_ids.get(&u32::try_from(id).ok()?)?))
    };
    instances_of(heap, THREAD_LOCALS).into_iter().filter_map(of_thread).collect()
}

fn item(values: &Values, place: &Place) -> WorkItem {
    let &Place { queue, thread, position, object } = place;
    let type_name = |object| type_name(values, object);
    let call = follow(values, object, CALLBACK)
        .and_then(|callback| values.delegate(callback).ok()?.into_iter().next());
    let (method, called_on) = call.map_or((None, None), |call| (call.method, call.target));
    let target = follow(values, object, STATE).or(called_on);
    let own = || Some(format!("{}.Execute", type_name(object)?).into());
    WorkItem {
        queue,
        thread,
        position,
        object,
        type_name: type_name(object),
        callback: method.or_else(|| method_of_task(values, object)).or_else(own),
        target,
        target_type: target.and_then(type_name),
    }
}

#[cfg(test)]
mod tests;
