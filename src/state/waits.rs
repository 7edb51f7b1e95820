//! Who waits for what: threads that are blocked, the objects at which they are, and who would have to let go.
//!
//! What stands here is certain: the runtime itself notes at which monitor a thread is blocked, and most of the libraries'
//! own locks block their threads in the monitor of an object of theirs, by which they are found. What else blocks
//! threads, the methods on their stacks tell.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::bytes::Addr;
use crate::clr::stacks::{ThreadStack, stacks};
use crate::clr::sync_blocks::{BlockedThread, Blocking, SyncBlocks, blocked_threads, sync_blocks};
use crate::graph::{Heap, Snapshot};
use crate::problem::Problem;
use crate::values::Values;

use super::objects_of::{class_of, objects_of};
use super::threads::{Holder, Threads};
use super::waits_in_code::WaitsInCode;

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitKind {
    /// To enter an object's monitor.
    MonitorEnter,
    /// For a pulse of an object's monitor.
    MonitorWait,
    /// For room in a `SemaphoreSlim`.
    Semaphore,
    /// For a `ManualResetEventSlim` to be set.
    Event,
    /// For a task to end.
    Task,
    /// To enter a `System.Threading.Lock`.
    Lock,
    /// To enter a `ReaderWriterLockSlim`.
    ReaderWriter,
    /// For another thread to end.
    ThreadJoin,
    /// For an event, a semaphore or a mutex of the operating system.
    WaitHandle,
    /// For time to pass.
    Sleep,
}

impl WaitKind {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            WaitKind::MonitorEnter => "monitor_enter",
            WaitKind::MonitorWait => "monitor_wait",
            WaitKind::Semaphore => "semaphore",
            WaitKind::Event => "event",
            WaitKind::Task => "task",
            WaitKind::Lock => "lock",
            WaitKind::ReaderWriter => "reader_writer",
            WaitKind::ThreadJoin => "thread_join",
            WaitKind::WaitHandle => "wait_handle",
            WaitKind::Sleep => "sleep",
        }
    }
}

/// A thread that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The position of the thread among the snapshot's.
    pub thread: usize,
    /// What it waits for.
    pub kind: WaitKind,
    /// The object that it waits for; `None` where that is not certain.
    pub object: Option<Addr>,
    /// Who holds that; `None` when nobody does, or what it waits for has no owner.
    pub holder: Option<Holder>,
    /// For how many milliseconds at most; `None` for ever, and where it is not told.
    pub timeout_ms: Option<u32>,
    /// The method of the program that waits, `Namespace.Type.Method`; `None` where the stack does not tell it.
    pub method: Option<Arc<str>>,
}

/// All threads that wait.
#[derive(Clone, Debug, Default)]
pub struct Waits {
    /// In the order of the snapshot's threads.
    pub all: Vec<Wait>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// The classes of the libraries that block their threads in the monitor of an object of theirs: what such a thread
/// waits for, and the fields that refer to that object.
const IN_MONITORS: &[(&str, (WaitKind, &[&str]))] = &[
    ("System.Threading.SemaphoreSlim", (WaitKind::Semaphore, &["m_lockObjAndDisposed", "m_lockObj"])),
    ("System.Threading.ManualResetEventSlim", (WaitKind::Event, &["m_lock"])),
];
/// The event in which a thread waits for a task.
const EVENT_OF_TASK: &str = "System.Threading.Tasks.Task+SetOnInvokeMres";
const TASK: &str = "System.Threading.Tasks.Task";
/// What follows a task: one object, or a list of them.
const CONTINUATION: &[&str] = &["m_continuationObject"];
const LIST_ITEMS: &[&str] = &["_items"];
/// Words of a stack that are looked through for the task: it lies in the frame of the method that waits.
const STACK_WORDS: usize = 4096;

/// The threads of a snapshot that wait, if its heap and values are these.
pub fn waits(snapshot: &Snapshot, heap: &Heap, values: &Values) -> Waits {
    let runtime = values.types().runtime();
    let blocks = sync_blocks(runtime);
    let threads = Threads::new(&snapshot.threads);
    let blocked = blocked_threads(runtime, &blocks);
    let owners = match blocked.iter().any(|blocked| blocked.blocking == Blocking::Wait) {
        true => monitor_owners(heap, values),
        false => FxHashMap::default(),
    };
    let finder = Finder { heap, values, blocks: &blocks, owners, threads: &threads };
    let mut all: Vec<Wait> = blocked.iter().filter_map(|blocked| finder.wait(blocked)).collect();
    finder.name_tasks(&mut all);
    let code = WaitsInCode { heap, values, threads: &threads };
    for wait in &mut all {
        wait.method = code.method(wait.thread);
    }
    let noted: FxHashSet<usize> = all.iter().map(|wait| wait.thread).collect();
    let waiting = snapshot.threads.iter().enumerate().filter(|(_, thread)| thread.state.waiting);
    let others = waiting.map(|(at, _)| at).filter(|at| !noted.contains(at));
    all.extend(others.filter_map(|thread| code.wait(thread)));
    all.sort_by_key(|wait| wait.thread);
    let mut problems = blocks.problems;
    problems.extend(values.types().frames().problems.iter().cloned());
    Waits { all, problems }
}

/// The objects of the libraries by the object in whose monitor they block.
fn monitor_owners(heap: &Heap, values: &Values) -> FxHashMap<Addr, (Addr, WaitKind)> {
    let classes = objects_of(heap, values, IN_MONITORS);
    // One that cannot be read leaves its waiting threads at the monitor's object.
    let monitor = |(object, (kind, fields)): (Addr, (WaitKind, &[&str]))| {
        Some((values.named_reference(object, fields).ok()??, (object, kind)))
    };
    classes.into_iter().filter_map(monitor).collect()
}

struct Finder<'a> {
    heap: &'a Heap,
    values: &'a Values,
    blocks: &'a SyncBlocks,
    owners: FxHashMap<Addr, (Addr, WaitKind)>,
    threads: &'a Threads<'a>,
}

impl Finder<'_> {
    fn wait(&self, blocked: &BlockedThread) -> Option<Wait> {
        let block = self.blocks.get(blocked.sync_block)?;
        let (object, kind) = match blocked.blocking {
            Blocking::Enter => (block.object, WaitKind::MonitorEnter),
            Blocking::Wait => {
                self.owners.get(&block.object).copied().unwrap_or((block.object, WaitKind::MonitorWait))
            }
        };
        let owner = block.monitor.owner.filter(|_| kind == WaitKind::MonitorEnter);
        Some(Wait {
            thread: self.threads.at(blocked.thread)?,
            kind,
            object: Some(object),
            holder: owner.map(|owner| self.threads.holder(owner)),
            timeout_ms: blocked.timeout_ms,
            method: None,
        })
    }

    /// Says of the threads that wait in the event of a task for which task it is.
    fn name_tasks(&self, waits: &mut [Wait]) {
        let is_of_task = |event: Addr| {
            let mt = self.values.types().type_of(event).ok()?;
            class_of(self.values, mt, &[(EVENT_OF_TASK, ())])
        };
        let mut of_tasks: Vec<&mut Wait> = waits
            .iter_mut()
            .filter(|wait| wait.object.is_some_and(|event| is_of_task(event).is_some()))
            .collect();
        if of_tasks.is_empty() {
            return;
        }
        let stacks = stacks(self.values.types().runtime());
        let by_thread: FxHashMap<Addr, &ThreadStack> =
            stacks.threads.iter().map(|stack| (stack.thread, stack)).collect();
        for wait in &mut of_tasks {
            let event = wait.object.take();
            wait.kind = WaitKind::Task;
            let address = self.threads.get(wait.thread).and_then(|thread| thread.address);
            let stack = address.and_then(|address| by_thread.get(&address));
            wait.object = stack.zip(event).and_then(|(stack, event)| self.task_of(stack, event));
        }
    }

    /// The task on a stack that is to set `event` when it ends.
    fn task_of(&self, stack: &ThreadStack, event: Addr) -> Option<Addr> {
        let words = stack.words(self.values.types().memory()).take(STACK_WORDS).map(|(_, word)| word);
        let mut words = words.chain(stack.registers.iter().map(|&word| Addr(word)));
        words.find(|&word| self.is_task(word) && self.continues_with(word, event))
    }

    fn is_task(&self, object: Addr) -> bool {
        let row = self.heap.objects.find(object).and_then(|id| self.heap.objects.type_of(id));
        let of = row.and_then(|id| self.heap.types.all().get(id.0 as usize));
        of.is_some_and(|of| class_of(self.values, of.method_table, &[(TASK, ())]).is_some())
    }

    fn continues_with(&self, task: Addr, event: Addr) -> bool {
        let Ok(Some(continuation)) = self.values.named_reference(task, CONTINUATION) else { return false };
        if continuation == event {
            return true;
        }
        let items = self.values.named_reference(continuation, LIST_ITEMS).ok().flatten();
        let Some(array) = items.and_then(|items| self.values.array(items).ok()) else { return false };
        let memory = self.values.types().memory();
        let elements = (0..u64::from(array.count)).map(|index| array.elements().offset(8 * index));
        // What cannot be read is behind the end of what is there: nothing follows.
        elements.map_while(|at| memory.pointer(at).ok()).any(|element| element == event)
    }
}
