//! The references that threads' stacks and registers hold, as the collector would find them: by the GC info of each managed
//! frame (`live_slots`), without what exceptions have unwound already (`funclets`), and with what the runtime's own code
//! protects (`explicit`).
//!
//! Where that cannot be told of a frame, all of its words and registers are candidates, marked as not certain. Whether a
//! value leads to an object the graph knows; what points at the stack itself leads to none. References that native code
//! protects on its own, in lists apart from explicit frames (5.0 and later), are not known here.

mod explicit;
mod frame;
mod funclets;
mod live_slots;
mod scan;
mod slot_name;

pub use scan::{Scanned, StackRootScanner};
pub use slot_name::SlotName;

use crate::bytes::Addr;
use crate::clr::stacks::StackFrame;
use crate::clr::type_system::TypeSystem;

/// The objects that an explicit frame is known to hold for the runtime's own code; none for other frames.
pub fn held_by(types: &TypeSystem, frame: &StackFrame) -> Vec<Addr> {
    let Some(of) = frame.frame_type() else { return Vec::new() };
    let memory = types.memory();
    let slots = explicit::FrameRoots::of(&types.runtime().located.layout).slots(memory, of.name, frame.sp);
    let certain = slots.into_iter().filter(|slot| slot.certain && !slot.interior);
    certain.filter_map(|slot| memory.pointer(slot.address).ok()).filter(|object| !object.is_null()).collect()
}

/// A slot of a stack or a register that may hold a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackSlot {
    /// What stands in it; never null.
    pub value: Addr,
    /// Where it stands; of a register where it was saved, `None` for one that is still in the processor.
    pub address: Option<Addr>,
    /// What the slot is called within its frame.
    pub name: SlotName,
    /// The place of its frame among those of the thread.
    pub frame: u32,
    /// The MethodDesc of the frame; `None` for explicit frames and native code.
    pub method_desc: Option<Addr>,
    /// Whether the value may point inside of an object.
    pub interior: bool,
    /// Whether the object may not be moved.
    pub pinned: bool,
    /// Whether it is known to hold a reference.
    pub certain: bool,
}
