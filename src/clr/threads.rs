//! The runtime's threads.
//!
//! Source: `class Thread` and `class ThreadStore` in `src/coreclr/vm/threads.h`; of NativeAOT `struct ThreadBuffer` in
//! `src/coreclr/nativeaot/Runtime/thread.h`, which has no state and no number of its own.

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::problem::Problem;

use super::gc::AllocContextFields;
use super::layout::Descriptor;
use super::thread_exceptions::ExceptionPlaces;

/// `TS_Background`.
const BACKGROUND: u32 = 0x200;
/// `TS_Unstarted`.
const UNSTARTED: u32 = 0x400;
/// `TS_Dead`.
const DEAD: u32 = 0x800;
/// `TS_Interruptible`, set while a thread waits, sleeps or joins.
const WAITING: u32 = 0x0200_0000;
/// `TS_TPWorkerThread`.
const POOL_WORKER: u32 = 0x0100_0000;

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
    /// Waits for something, sleeps, or joins another thread.
    pub waiting: bool,
    /// The thread for which the runtime has stopped all others, or is about to: mostly to collect.
    pub suspending: bool,
}

/// A thread that the runtime knows.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The address of the runtime's Thread structure.
    pub address: Addr,
    /// The id the operating system gave; `None` when it has not started or has ended.
    pub os_id: Option<u64>,
    /// The runtime's own number for it; `None` where the runtime gives none (NativeAOT).
    pub managed_id: Option<u32>,
    /// Its state.
    pub state: ThreadState,
    /// The exception that it threw last, an object's address; `None` for none, and once the runtime has forgotten it.
    pub exception: Option<Addr>,
    /// The exceptions that it has in flight, the innermost first: thrown, and not yet done with by their handlers. `None` where
    /// that is not told.
    pub in_flight: Option<Vec<Addr>>,
    /// Where it allocates, and up to where it may; both null when it does not.
    pub allocation: (Addr, Addr),
    /// Its `System.Threading.Thread`; `None` when no managed code ever asked for that.
    pub object: Option<Addr>,
}

/// Offsets of the fields, resolved once.
struct Offsets {
    link: u64,
    /// Which place in the next thread a link leads to.
    link_target: u64,
    state: Option<u64>,
    id: Option<u64>,
    os_id: u64,
    exceptions: ExceptionPlaces,
    /// The handle of the managed object.
    object: Option<u64>,
    /// The way from the Thread to its allocation context: a distance, or one behind a pointer.
    alloc_context: Option<u64>,
    thread_locals: Option<(u64, u64)>,
    context: AllocContextFields,
}

impl Offsets {
    fn new(layout: &Descriptor) -> Result<Offsets> {
        let of = |field: &str| layout.field("Thread", field);
        let optional = |field: &str| layout.optional_field("Thread", field);
        // Since 9.0 the context lies in the RuntimeThreadLocals.
        let thread_locals = match layout.optional_field("Thread", "RuntimeThreadLocals") {
            Some(pointer) => Some((pointer, layout.field("RuntimeThreadLocals", "AllocContext")?)),
            None => None,
        };
        Ok(Offsets {
            link: of("LinkNext")?,
            link_target: optional("LinkTarget").map_or_else(|| of("LinkNext"), Ok)?,
            state: optional("State"),
            id: optional("Id"),
            os_id: of("OSId")?,
            exceptions: ExceptionPlaces::of(layout)?,
            object: optional("GCHandle"),
            alloc_context: optional("AllocContext"),
            thread_locals,
            context: AllocContextFields::of_threads(layout)?,
        })
    }
}

/// The list of threads and what it says of itself.
#[derive(Clone, Debug)]
pub struct ThreadList {
    /// The threads that could be read, in the order of the list.
    pub threads: Vec<Thread>,
    /// How many there should be.
    pub declared: u32,
    /// Whether the list was followed to its end.
    pub complete: bool,
    /// The missing memory at which the list broke, if it broke at such.
    pub broken_at: Option<Fault>,
}

impl ThreadList {
    /// Whether the list ended by itself and with as many threads as it says.
    pub fn is_sound(&self) -> bool {
        self.complete && self.threads.len() == self.declared as usize
    }
}

/// Threads that the runtime keeps in variables of their own; `None` where it has none.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpecialThreads {
    /// The one that runs finalizers.
    pub finalizer: Option<Addr>,
    /// The one for which all others are stopped.
    pub suspending: Option<Addr>,
}

/// Reads the list of threads of the ThreadStore at `store`, of whose threads some are `special`.
///
/// # Errors
/// The store itself is not in the dump, or the layout lacks a field. A list that breaks is cut there and told in `problems`.
pub fn threads(
    memory: &AddressSpace,
    layout: &Descriptor,
    store: Addr,
    special: SpecialThreads,
    problems: &mut Vec<Problem>,
) -> Result<ThreadList> {
    let offsets = Offsets::new(layout)?;
    let declared = match layout.optional_field("ThreadStore", "ThreadCount") {
        Some(offset) => Some(memory.u32(store.offset(offset))?),
        None => None,
    };
    let most = declared.map_or(limits::MAX_THREADS, |count| limits::MAX_THREADS.min(count as usize));
    let mut link = memory.pointer(store.offset(layout.field("ThreadStore", "FirstThreadLink")?))?;
    let mut list = ThreadList { threads: Vec::new(), declared: 0, complete: true, broken_at: None };
    let mut seen = FxHashSet::default();
    while !link.is_null() {
        if !seen.insert(link) {
            list.complete = false;
            problems.push(Problem::loss(format!("the list of threads runs in a circle at {link}")));
            break;
        }
        // Going on could take as long as the file is large, and the rest would be believed by nobody.
        if list.threads.len() >= most {
            list.complete = false;
            let message =
                format!("the list of threads goes on behind the {most} that are declared or read at most");
            problems.push(Problem::loss(message));
            break;
        }
        match thread(memory, &offsets, Addr(link.0.wrapping_sub(offsets.link_target)), special) {
            Ok((thread, next)) => {
                list.threads.push(thread);
                link = next;
            }
            Err(fault) => {
                list.complete = false;
                list.broken_at = Some(fault);
                let read = list.threads.len();
                let of = declared.map_or_else(String::new, |declared| format!(" of {declared}"));
                problems.push(Problem::loss(format!("the list of threads breaks after {read}{of}: {fault}")));
                break;
            }
        }
    }
    list.declared = declared.unwrap_or(list.threads.len() as u32);
    if list.threads.is_empty() {
        return Err(Error::new(ErrorKind::MissingMemory, "no thread of the runtime can be read").at(store));
    }
    Ok(list)
}

fn thread(
    memory: &AddressSpace,
    offsets: &Offsets,
    at: Addr,
    special: SpecialThreads,
) -> Result<(Thread, Addr), Fault> {
    let optional = |offset: Option<u64>| offset.map(|offset| memory.u32(at.offset(offset))).transpose();
    let state = optional(offsets.state)?.unwrap_or(0);
    let os_id = u64::from(memory.u32(at.offset(offsets.os_id))?);
    let exceptions = offsets.exceptions.read(memory, at)?;
    let thread = Thread {
        address: at,
        // 0 before the start; the runtime writes a mark of its own (0xbaadf00d) once the thread has ended.
        os_id: (os_id != 0 && os_id != 0xbaad_f00d).then_some(os_id),
        managed_id: optional(offsets.id)?,
        state: ThreadState {
            background: state & BACKGROUND != 0,
            unstarted: state & UNSTARTED != 0,
            dead: state & DEAD != 0,
            pool_worker: state & POOL_WORKER != 0,
            finalizer: special.finalizer == Some(at),
            waiting: state & WAITING != 0,
            suspending: special.suspending == Some(at),
        },
        exception: exceptions.last_thrown,
        in_flight: exceptions.in_flight,
        allocation: allocation(memory, offsets, at)?,
        object: object(memory, offsets, at),
    };
    Ok((thread, memory.pointer(at.offset(offsets.link))?))
}

/// The managed object of `thread`. A handle that cannot be read says nothing of the thread.
fn object(memory: &AddressSpace, offsets: &Offsets, thread: Addr) -> Option<Addr> {
    let handle = memory.pointer(thread.offset(offsets.object?)).ok().filter(|handle| !handle.is_null())?;
    memory.pointer(handle).ok().filter(|object| !object.is_null())
}

fn allocation(memory: &AddressSpace, offsets: &Offsets, thread: Addr) -> Result<(Addr, Addr), Fault> {
    let context = match (offsets.thread_locals, offsets.alloc_context) {
        (Some((pointer, inner)), _) => {
            let locals = memory.pointer(thread.offset(pointer))?;
            if locals.is_null() {
                return Ok((Addr::NULL, Addr::NULL));
            }
            locals.offset(inner)
        }
        (None, Some(distance)) => thread.offset(distance),
        (None, None) => return Ok((Addr::NULL, Addr::NULL)),
    };
    offsets.context.read(memory, context)
}

#[cfg(test)]
mod tests;
