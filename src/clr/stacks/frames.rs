//! The frames of all threads, as the walk found them.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::dump::Architecture;
use crate::limits;
use crate::problem::Problem;

use super::code_table::{CodeTable, ManagedCode};
use super::explicit_frames::{FrameType, kind_at};
use super::start::{ThreadStart, starts};
use super::walk::{FrameVisit, Walker};

/// What a frame is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FrameKind {
    /// A managed method.
    Method,
    /// A funclet of a managed method: a handler or filter of exceptions, which the runtime calls.
    Funclet,
    /// A structure that the runtime has left on the stack.
    Explicit,
    /// Native code.
    Native,
    /// What cannot be told: the walk ends here, or goes on behind a gap.
    Unknown,
}

impl FrameKind {
    /// As tables spell it.
    pub fn word(self) -> &'static str {
        match self {
            FrameKind::Method => "method",
            FrameKind::Funclet => "funclet",
            FrameKind::Explicit => "explicit",
            FrameKind::Native => "native",
            FrameKind::Unknown => "unknown",
        }
    }

    /// Whether it is managed code.
    pub fn is_managed(self) -> bool {
        matches!(self, FrameKind::Method | FrameKind::Funclet)
    }
}

/// A frame, as small as a stack that has overflown asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackFrame {
    /// Where its code goes on; of an explicit frame, where managed code goes on behind it; null where that is not told.
    pub ip: Addr,
    /// The stack pointer; of an explicit frame, where it lies.
    pub sp: Addr,
    /// Of managed code, its number among the codes; of an explicit frame, 1 more than its kind's number, or 0.
    pub(super) about: u32,
    /// What it is of.
    pub kind: FrameKind,
    pub(super) flags: u8,
}

impl StackFrame {
    /// Its code is executing and may have been stopped at any instruction, in a prologue or an epilogue too.
    pub(super) const ACTIVE: u8 = 1;
    /// It is at the instruction where a fault interrupted it, or was stopped, and does not wait for a call.
    pub(super) const INTERRUPTED: u8 = 2;
    /// An exception interrupted it: it will not go on where it is.
    pub(super) const BY_EXCEPTION: u8 = 4;
    /// It was found by a frame pointer only, so that frames may be missing between it and the one before.
    pub(super) const PROBABLE: u8 = 8;

    /// Whether its code is executing, and not waiting for a call to return.
    pub fn is_active(&self) -> bool {
        self.flags & Self::ACTIVE != 0
    }

    /// Whether an exception interrupted it.
    pub fn is_interrupted_by_exception(&self) -> bool {
        self.flags & Self::BY_EXCEPTION != 0
    }

    /// Whether frames may be missing between it and the one before: it was found without unwind information.
    pub fn is_probable(&self) -> bool {
        self.flags & Self::PROBABLE != 0
    }

    /// The address by which its code is found: of a frame that waits for a call to return, one within the call, since the return
    /// address may lie behind the method's end.
    pub fn code_address(&self) -> Addr {
        if self.flags & (Self::ACTIVE | Self::INTERRUPTED) != 0 {
            self.ip
        } else {
            Addr(self.ip.0.wrapping_sub(1))
        }
    }

    /// The kind of an explicit frame; `None` for other frames, and where it is not known.
    pub fn frame_type(&self) -> Option<&'static FrameType> {
        let place = self.about.checked_sub(1).filter(|_| self.kind == FrameKind::Explicit)?;
        kind_at(u16::try_from(place).ok()?)
    }
}

/// The frames of a thread.
#[derive(Clone, Debug)]
pub struct ThreadFrames {
    /// The id the operating system gave.
    pub os_id: u64,
    /// The runtime's Thread structure; `None` for a thread that the runtime does not know.
    pub thread: Option<Addr>,
    /// The runtime's number of the thread.
    pub managed_id: Option<u32>,
    /// The frames, the innermost first.
    pub frames: Vec<StackFrame>,
    /// Where the walk began.
    pub(super) start: ThreadStart,
}

impl ThreadFrames {
    /// The end of the part of memory that is taken for the thread's stack.
    pub fn stack_end(&self) -> Addr {
        self.start.end
    }

    /// The frames of managed code.
    pub fn managed(&self) -> impl Iterator<Item = &StackFrame> {
        self.frames.iter().filter(|frame| frame.kind.is_managed())
    }
}

/// The frames of all threads.
#[derive(Debug, Default)]
pub struct ProcessFrames {
    /// The threads that the runtime knows, in its order; behind them those that it does not know. Threads of which the dump holds no
    /// registers are not there.
    pub threads: Vec<ThreadFrames>,
    /// What could not be told.
    pub problems: Vec<Problem>,
    codes: CodeTable,
}

impl ProcessFrames {
    /// What is known of the code of a managed frame; `None` for other frames.
    pub fn code(&self, frame: &StackFrame) -> Option<Arc<ManagedCode>> {
        frame.kind.is_managed().then(|| self.codes.get(frame.about)).flatten()
    }

    /// The thread with that id of the operating system.
    pub fn thread(&self, os_id: u64) -> Option<&ThreadFrames> {
        self.threads.iter().find(|thread| thread.os_id == os_id)
    }
}

/// The walked stacks of a process, made when they are first asked for.
pub(in crate::clr) type WalkedFrames = OnceLock<ProcessFrames>;

impl TypeSystem {
    /// The frames of all threads, walked at the first call.
    pub fn frames(&self) -> &ProcessFrames {
        self.walked_frames().get_or_init(|| walk_all(self))
    }

    /// Walks the stack of a thread again and shows every frame with its registers, which are not kept: see [`FrameVisit`].
    pub fn visit_frames(&self, thread: &ThreadFrames, mut visit: impl FnMut(&FrameVisit<'_>)) {
        if let Some(walker) = Walker::new(self, &self.frames().codes) {
            walker.walk(&thread.start, limits::MAX_STACK_FRAMES, &mut visit);
        }
    }
}

fn walk_all(types: &TypeSystem) -> ProcessFrames {
    let codes = CodeTable::default();
    let mut problems = Vec::new();
    let starts = starts(types, &mut problems);
    let Some(walker) = Walker::new(types, &codes) else {
        problems.push(Problem::note("stacks cannot be walked: the layout of this runtime does not tell how"));
        return ProcessFrames { problems, ..ProcessFrames::default() };
    };
    let walk = |start| frames_of(&walker, start, limits::MAX_STACK_FRAMES);
    let mut walked: Vec<(ThreadFrames, bool)> = starts.into_par_iter().map(walk).collect();
    walk_handlers(&walker, &mut walked);
    if types.runtime().dump.target.architecture == Architecture::Arm64 {
        let message = "stacks of arm64 are walked by frame pointers: methods without one are left out, and stack pointers are about right";
        problems.push(Problem::note(message));
    }
    let cut = walked.iter().filter(|(_, whole)| !whole).count();
    if cut > 0 {
        let most = limits::MAX_STACK_FRAMES;
        let message =
            format!("the stacks of {cut} threads have more than {most} frames: the rest is left out");
        problems.push(Problem::loss(message));
    }
    let threads = walked.into_iter().map(|(thread, _)| thread).collect();
    drop(walker);
    ProcessFrames { threads, problems, codes }
}

/// Walks the threads again that may stand in a handler on a stack of its own, since no managed frame was found. Nothing keeps those of a
/// damaged dump apart, so that all together have as many frames as one.
fn walk_handlers(walker: &Walker<'_>, walked: &mut [(ThreadFrames, bool)]) {
    let mut left = limits::MAX_STACK_FRAMES;
    for (thread, whole) in walked.iter_mut().filter(|(thread, _)| thread.managed().next().is_none()) {
        let again = walker.elsewhere(&thread.start).map(|start| frames_of(walker, start, left));
        if let Some(found) = again.filter(|(again, _)| again.managed().next().is_some()) {
            (*thread, *whole) = found;
            left = left.saturating_sub(thread.frames.len());
        }
    }
}

/// The frames of a thread, and whether those are all.
fn frames_of(walker: &Walker<'_>, start: ThreadStart, most: usize) -> (ThreadFrames, bool) {
    let mut frames = Vec::new();
    let whole = walker.walk(&start, most, &mut |visit| frames.push(visit.frame));
    let (os_id, thread, managed_id) = (start.os_id, start.thread, start.managed_id);
    (ThreadFrames { os_id, thread, managed_id, frames, start }, whole)
}
