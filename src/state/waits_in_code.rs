//! Threads that wait in code of the libraries, told by the methods on top of their stacks.
//!
//! Locks that are no monitors block their threads in events of the operating system, of which the runtime notes nothing.
//! Which object a thread waits for is taken from the stack of the methods that wait, and only believed where one object
//! of the fitting type stands there and none beside it.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::methods::Method;
use crate::clr::stack_roots::held_by;
use crate::clr::stacks::{FrameKind, ProcessFrames, StackFrame, ThreadFrames};
use crate::graph::Heap;
use crate::values::Values;

use super::library_locks::{self, LockState};
use super::locks::LockKind;
use super::objects_of::class_of;
use super::threads::Threads;
use super::waits::{Wait, WaitKind};

/// A sign that a thread waits: a method on top of its stack.
struct Sign {
    /// The type that declares it.
    declared_in: &'static str,
    /// Its name; `None` for all of the type's.
    method: Option<&'static str>,
    kind: WaitKind,
    /// The class of what it waits for.
    class: Option<&'static str>,
}

const fn sign(
    declared_in: &'static str,
    method: Option<&'static str>,
    kind: WaitKind,
    class: Option<&'static str>,
) -> Sign {
    Sign { declared_in, method, kind, class }
}

/// The signs, what waits by others first: a lock waits in an event.
const SIGNS: &[Sign] = &[
    sign("System.Threading.Lock", None, WaitKind::Lock, Some("System.Threading.Lock")),
    sign(
        "System.Threading.ReaderWriterLockSlim",
        None,
        WaitKind::ReaderWriter,
        Some("System.Threading.ReaderWriterLockSlim"),
    ),
    sign("System.Threading.Thread", Some("Join"), WaitKind::ThreadJoin, Some("System.Threading.Thread")),
    sign("System.Threading.Thread", Some("Sleep"), WaitKind::Sleep, None),
    sign("System.Threading.WaitHandle", None, WaitKind::WaitHandle, Some("System.Threading.WaitHandle")),
];

/// Namespaces whose methods wait for others; the method that waits is the one that called them.
const MACHINERY: &[&str] = &["System.Threading.", "System.Runtime.CompilerServices."];
/// Frames above that method: real ones are some ten.
const MOST_FRAMES: usize = 64;
/// Bytes of the stack that they take: a method may have large locals.
const MOST_BYTES: u64 = 64 << 10;

/// The stacks of threads by the methods that they wait in.
pub(super) struct WaitsInCode<'a> {
    pub heap: &'a Heap,
    pub values: &'a Values,
    pub threads: &'a Threads<'a>,
}

/// The top of a stack.
struct Top<'a> {
    /// The frames of the machinery, the innermost first.
    machinery: Vec<Method>,
    /// What the runtime's own code above them holds, which does the waiting up to 9.0.
    held: Vec<Addr>,
    /// The method that called it.
    caller: Method,
    /// Where the frames of both begin and end.
    bytes: (Addr, Addr),
    thread: &'a ThreadFrames,
}

impl WaitsInCode<'_> {
    /// The method of the program in which the thread at a position waits: `Namespace.Type.Method`.
    pub fn method(&self, thread: usize) -> Option<Arc<str>> {
        Some(self.top(self.frames_of(thread)?)?.caller.name)
    }

    /// What the thread at a position waits for, as far as its stack tells it.
    pub fn wait(&self, thread: usize) -> Option<Wait> {
        let top = self.top(self.frames_of(thread)?)?;
        let types = self.values.types();
        let shows = |sign: &&Sign| {
            top.machinery.iter().any(|method| {
                *types.name(method.method_table) == *sign.declared_in
                    && sign.method.is_none_or(|name| method_name(method) == name)
            })
        };
        let sign = SIGNS.iter().find(shows)?;
        let object = sign.class.and_then(|class| self.only_object(&top, class, sign.kind));
        let owner = object.and_then(|object| self.state(object, sign.kind).owner);
        let joined = object.filter(|_| sign.kind == WaitKind::ThreadJoin);
        let holder = match joined {
            Some(object) => self.threads.of_object(object),
            None => owner.map(|owner| self.threads.holder(owner)),
        };
        Some(Wait {
            thread,
            kind: sign.kind,
            object,
            holder,
            timeout_ms: None,
            method: Some(top.caller.name),
        })
    }

    fn walked(&self) -> &ProcessFrames {
        self.values.types().frames()
    }

    fn frames_of(&self, thread: usize) -> Option<&ThreadFrames> {
        self.walked().thread(self.threads.get(thread)?.os_id?)
    }

    /// The frames on top of a stack; `None` for one without a method of the program, as those of idle threads.
    fn top<'f>(&self, thread: &'f ThreadFrames) -> Option<Top<'f>> {
        let (mut machinery, mut held, mut start) = (Vec::new(), Vec::new(), None);
        let is_machinery =
            |method: &Method| MACHINERY.iter().any(|namespace| method.name.starts_with(namespace));
        let mut frames = thread.frames.iter().take(MOST_FRAMES);
        let caller = loop {
            let frame = frames.next()?;
            match frame.kind {
                FrameKind::Explicit => held.extend(held_by(self.values.types(), frame)),
                kind if kind.is_managed() => {
                    start.get_or_insert(frame.sp);
                    match self.method_of(frame) {
                        Some(method) if !is_machinery(&method) => break method,
                        method => machinery.extend(method),
                    }
                }
                _ => {}
            }
        };
        let start = start?;
        let mut above = frames.filter(|frame| frame.kind.is_managed());
        let end = above.next().map_or_else(|| thread.stack_end(), |frame| frame.sp);
        Some(Top { machinery, held, caller, bytes: (start, end.min(start.offset(MOST_BYTES))), thread })
    }

    fn method_of(&self, frame: &StackFrame) -> Option<Method> {
        self.values.types().method(self.walked().code(frame)?.info.method_desc)
    }

    /// The object of a class that stands in these frames, if it is the only one that may be waited for.
    fn only_object(&self, top: &Top<'_>, class: &str, kind: WaitKind) -> Option<Addr> {
        let mut found = None;
        let own = self.threads.at_os_id(top.thread.os_id).and_then(|thread| self.threads.get(thread)?.object);
        let runs = self.values.types().memory().runs(top.bytes.0, top.bytes.1);
        let words = runs.flat_map(|run| run.words().map(|(_, word)| Addr(u64::from_le_bytes(word))));
        for object in top.held.iter().copied().chain(words) {
            let fits = Some(object) != own && self.is_of(object, class) && self.may_block(object, kind);
            if fits && found.is_some_and(|other| other != object) {
                return None;
            }
            found = found.or(fits.then_some(object));
        }
        found
    }

    fn is_of(&self, object: Addr, class: &str) -> bool {
        let of = self.heap.objects.find(object).and_then(|id| self.heap.objects.type_of(id));
        let of = of.and_then(|id| self.heap.types.all().get(id.0 as usize));
        of.is_some_and(|of| class_of(self.values, of.method_table, &[(class, ())]).is_some())
    }

    /// Whether a lock is one that somebody waits for.
    fn may_block(&self, object: Addr, kind: WaitKind) -> bool {
        match kind {
            WaitKind::Lock | WaitKind::ReaderWriter => self.state(object, kind).waiters != Some(0),
            _ => true,
        }
    }

    fn state(&self, object: Addr, kind: WaitKind) -> LockState {
        let kind = match kind {
            WaitKind::Lock => LockKind::Lock,
            WaitKind::ReaderWriter => LockKind::ReaderWriter,
            _ => return LockState::default(),
        };
        // What is not in the dump says nothing.
        library_locks::read(self.values, object, kind).unwrap_or_default()
    }
}

/// A method's own name.
fn method_name(method: &Method) -> &str {
    method.name.rsplit('.').next().unwrap_or_default()
}
