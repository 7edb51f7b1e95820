//! The scan of one thread's stack, frame by frame.

use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::clr::gc_info::{Encoding, FrameState, LiveSlots, Told};
use crate::clr::stacks::{FrameKind, FrameVisit, StackFrame, ThreadFrames};
use crate::clr::type_system::TypeSystem;
use crate::limits;

use super::explicit::FrameRoots;
use super::frame::{ManagedFrame, SlotReader};
use super::funclets::{Managed, Part, Role, Visited, roles};
use super::live_slots::LivePoints;
use super::{SlotName, StackSlot};

/// Frames that have arguments in their caller's frame.
const WITH_ARGUMENTS: [&str; 5] = [
    "PrestubMethodFrame",
    "StubDispatchFrame",
    "ExternalMethodFrame",
    "CallCountingHelperFrame",
    "DynamicHelperFrame",
];

/// How a stack was scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// In how many frames every word counts.
    pub conservative: usize,
    /// Whether slots were left out because there were too many.
    pub cut: bool,
}

/// Scans stacks of one process.
#[derive(Debug)]
pub struct StackRootScanner<'a> {
    types: &'a TypeSystem,
    points: LivePoints<'a>,
    reader: SlotReader<'a>,
    explicit: FrameRoots,
    slots_left: AtomicU64,
}

impl<'a> StackRootScanner<'a> {
    /// A scanner of `types`' process.
    pub fn new(types: &'a TypeSystem) -> StackRootScanner<'a> {
        let (runtime, memory) = (types.runtime(), types.memory());
        let (layout, target) = (&runtime.located.layout, runtime.dump.target);
        let version = layout.number("GCInfoVersion");
        let encoding = version.and_then(|version| Encoding::of(version, target.architecture));
        StackRootScanner {
            types,
            points: LivePoints::new(memory, encoding),
            reader: SlotReader::new(memory, target),
            explicit: FrameRoots::of(layout),
            slots_left: AtomicU64::new(limits::MAX_STACK_SLOTS),
        }
    }

    /// Whether a walk found all frames of a thread, so that its roots can be told frame by frame.
    pub fn can_scan(thread: &ThreadFrames) -> bool {
        thread.frames.iter().all(|frame| frame.kind != FrameKind::Unknown && !frame.is_probable())
    }

    /// Shows the slots of a thread's stack that may hold references, from the innermost frame out.
    pub fn scan(&self, thread: &ThreadFrames, found: &mut dyn FnMut(StackSlot)) -> Scanned {
        let roles = self.roles(thread);
        let left = self.slots_left.load(Ordering::Relaxed);
        let mut scan = Scan {
            scanner: self,
            stack_end: thread.stack_end(),
            native: None,
            arguments: false,
            conservative_parents: FxHashSet::default(),
            scanned: Scanned::default(),
            slots_left: left,
            found,
        };
        let mut number = 0;
        self.types.visit_frames(thread, |visit| {
            let role = roles.get(number as usize).copied().unwrap_or(Role::Live);
            scan.frame(visit, number, role);
            number += 1;
        });
        self.slots_left.fetch_sub(left - scan.slots_left, Ordering::Relaxed);
        scan.scanned
    }

    /// The roles of a thread's frames; none where all are live.
    fn roles(&self, thread: &ThreadFrames) -> Vec<Role> {
        if !thread.frames.iter().any(|frame| frame.kind == FrameKind::Funclet) {
            return Vec::new();
        }
        let mut frames = Vec::with_capacity(thread.frames.len());
        self.types.visit_frames(thread, |visit| frames.push(self.visited(visit)));
        roles(&frames)
    }

    fn visited(&self, visit: &FrameVisit<'_>) -> Visited {
        let frame = &visit.frame;
        if let (Some(code), Some(registers)) = (visit.code, visit.registers) {
            let part = match code.info.is_funclet().then(|| self.types.is_filter(&code.info)) {
                None => Part::Method,
                Some(Some(true)) => Part::Filter,
                Some(Some(false)) => Part::Handler,
                Some(None) => Part::Funclet,
            };
            let frame_pointer = registers.value(self.reader.frame_pointer());
            return Visited::Managed(Managed { method: code.info.start, frame_pointer, part });
        }
        let leads_on = frame.kind == FrameKind::Explicit && !frame.ip.is_null();
        match frame.frame_type().filter(|_| leads_on) {
            Some(of) => {
                let inlined = of.name == "InlinedCallFrame";
                Visited::Crossing {
                    to_handlers: inlined && self.explicit.is_of_handlers(self.types.memory(), frame.sp),
                }
            }
            None if leads_on => Visited::Crossing { to_handlers: false },
            None => Visited::Other,
        }
    }
}

/// A scan on its way up a stack.
struct Scan<'s, 'a> {
    scanner: &'s StackRootScanner<'a>,
    stack_end: Addr,
    /// Where native code begins that has come since the last managed frame, with the number of that frame.
    native: Option<(Addr, u32)>,
    /// Whether an explicit frame has arguments in the next managed frame.
    arguments: bool,
    /// Methods and frame pointers of funclets of which every word counts.
    conservative_parents: FxHashSet<(Addr, Option<u64>)>,
    scanned: Scanned,
    /// How many more slots may be looked at.
    slots_left: u64,
    found: &'s mut dyn FnMut(StackSlot),
}

impl Scan<'_, '_> {
    fn frame(&mut self, visit: &FrameVisit<'_>, number: u32, role: Role) {
        match visit.frame.kind {
            FrameKind::Method | FrameKind::Funclet => {
                self.managed(visit, number, role);
                self.native = None;
                self.arguments = false;
            }
            FrameKind::Explicit if role != Role::Dead => self.explicit(&visit.frame, number),
            FrameKind::Native => {
                self.native.get_or_insert((visit.frame.sp, number));
            }
            FrameKind::Explicit | FrameKind::Unknown => {}
        }
    }

    fn explicit(&mut self, frame: &StackFrame, number: u32) {
        self.native.get_or_insert((frame.sp, number));
        let Some(of) = frame.frame_type() else {
            return;
        };
        self.arguments |= WITH_ARGUMENTS.contains(&of.name);
        let memory = self.scanner.reader.memory;
        for slot in self.scanner.explicit.slots(memory, of.name, frame.sp) {
            let Ok(value) = memory.pointer(slot.address) else { continue };
            if !value.is_null() {
                (self.found)(StackSlot {
                    value,
                    address: Some(slot.address),
                    name: SlotName::itself(of.name),
                    frame: number,
                    method_desc: None,
                    interior: slot.interior,
                    pinned: false,
                    certain: slot.certain,
                });
            }
        }
    }

    fn managed(&mut self, visit: &FrameVisit<'_>, number: u32, role: Role) {
        let (Some(code), Some(registers)) = (visit.code, visit.registers) else { return };
        let state = state(&visit.frame);
        let frame = ManagedFrame {
            registers,
            caller_sp: visit.caller_sp.unwrap_or(self.stack_end),
            number,
            method_desc: code.info.method_desc,
            active: state == FrameState::Active,
        };
        let key = (code.info.start, registers.value(self.scanner.reader.frame_pointer()));
        let conservative_parent = role == Role::Parent && self.conservative_parents.contains(&key);
        if matches!(role, Role::Dead | Role::Parent) && !conservative_parent {
            return;
        }
        let live = self.scanner.points.at(registers.ip, state, &code.info);
        // A frame that may stand anywhere may stand where nothing is told.
        let told = |told: Told| !frame.active || matches!(told, Told::SafePoint | Told::Range);
        match live.filter(|live| told(live.told) && !matches!(role, Role::Unclear | Role::Parent)) {
            Some(live) => self.live(&frame, &live, role),
            None => {
                self.scanned.conservative += 1;
                if code.info.is_funclet() {
                    self.conservative_parents.insert(key);
                }
                self.scanner.reader.all(&frame, frame.caller_sp, self.found);
            }
        }
    }

    /// The slots that are live in a managed frame.
    fn live(&mut self, frame: &ManagedFrame<'_>, live: &LiveSlots, role: Role) {
        let Some(left) = self.slots_left.checked_sub(live.slots.len() as u64) else {
            self.scanned.cut = true;
            return;
        };
        self.slots_left = left;
        let sp = frame.registers.sp;
        if self.arguments {
            let end = sp.offset(live.header.outgoing_area.into()).min(frame.caller_sp);
            self.words(sp, end, frame.number);
        }
        if !self.scanner.reader.live(frame, live, role != Role::Tracked, self.found) {
            self.scanned.conservative += 1;
            self.native_below(sp);
        }
    }

    /// The words of the native code below a managed frame, which may have saved registers of it.
    fn native_below(&mut self, sp: Addr) {
        if let Some((start, number)) = self.native.take() {
            self.words(start, sp, number);
        }
    }

    fn words(&mut self, start: Addr, end: Addr, frame: u32) {
        self.scanner.reader.words(start, end, &mut |address, value| {
            (self.found)(StackSlot {
                value,
                address: Some(address),
                name: SlotName::at("sp", address.0.wrapping_sub(start.0) as i64),
                frame,
                method_desc: None,
                interior: true,
                pinned: false,
                certain: false,
            });
        });
    }
}

fn state(frame: &StackFrame) -> FrameState {
    if frame.is_interrupted_by_exception() {
        FrameState::Interrupted
    } else if frame.is_active() {
        FrameState::Active
    } else {
        FrameState::Calling
    }
}
