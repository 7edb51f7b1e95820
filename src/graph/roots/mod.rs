//! What keeps objects alive from outside of the heap, by the names that a person uses.

mod build;
mod finalizers;
mod handles;
mod kind;
mod stacks;
mod statics;

use std::ops::Range;
use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::stack_roots::SlotName;
use crate::problem::Problem;

use super::ObjectId;
pub(super) use build::build_roots;
pub use kind::RootKind;
pub use stacks::StackRoots;

/// A root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// What sort of root it is.
    pub kind: RootKind,
    /// The slot that holds the reference: a static's, a handle's, a word of the stack; `None` where it is in no memory
    /// (a register that was not saved).
    pub address: Option<Addr>,
    /// The object.
    pub object: ObjectId,
    /// `Type.Field` of a static, the method of a stack frame; `None` where there is no such name.
    pub name: Option<Arc<str>>,
    /// The operating system's id of the thread, of thread statics and stacks.
    pub os_id: Option<u64>,
    /// Whether it keeps its object alive by itself: that of a kind that does, but for the statics of a type that can be
    /// unloaded, which live as long as its loader allocator does.
    pub keeps_alive: bool,
    /// Whether the word points inside of the object and not at its start; only words of stacks may.
    pub interior: bool,
    /// Whether it keeps the object from being moved: pinned handles, and slots of stacks that a `fixed` is for.
    pub pinned: bool,
    /// Whether it is known to hold a reference; false of words of stacks that may be left over from before.
    pub certain: bool,
    /// Of a root on a stack, the place of its frame among those of the thread; `None` where that is not told.
    pub frame: Option<u32>,
    /// Of a root on a stack, what the slot is called within its frame; `None` where that is not told.
    pub slot: Option<SlotName>,
}

impl Root {
    /// A root of a kind, without a name.
    pub fn new(kind: RootKind, address: Option<Addr>, object: ObjectId) -> Root {
        Root {
            kind,
            address,
            object,
            name: None,
            os_id: None,
            keeps_alive: kind.keeps_alive(),
            interior: false,
            pinned: matches!(kind, RootKind::PinnedHandle | RootKind::AsyncPinnedHandle),
            certain: true,
            frame: None,
            slot: None,
        }
    }
}

/// All roots of a dump.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// The roots, sorted by kind, then in the order in which they were found.
    pub all: Vec<Root>,
    /// Slots of arrays on the heap in which the runtime keeps statics: (array, address of the slot), sorted. What
    /// stands in them is listed by the static's name, so that nobody needs to hear of the array.
    pub slots_of_statics: Vec<(ObjectId, Addr)>,
    /// The objects on frozen segments, as ranges of ids: nothing ever collects them. They have no rows among the roots,
    /// there may be many (8.0 and later put string literals there).
    pub frozen: Vec<Range<u32>>,
    /// What had to be left out.
    pub problems: Vec<Problem>,
}

impl Roots {
    /// The objects from which everything that is alive is reached, each once, ascending: those of the roots that keep
    /// alive, and all on frozen segments.
    pub fn entries(&self) -> Vec<ObjectId> {
        let alive = self.all.iter().filter(|root| root.keeps_alive);
        let frozen = self.frozen.iter().cloned().flatten().map(ObjectId);
        let mut entries: Vec<ObjectId> = alive.map(|root| root.object).chain(frozen).collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// Whether an object lies on a frozen segment.
    pub fn is_frozen(&self, object: ObjectId) -> bool {
        self.frozen.iter().any(|range| range.contains(&object.0))
    }

    /// The static whose value stands in a slot of an array on the heap; `None` for every other slot.
    pub fn static_in(&self, array: ObjectId, slot: Addr) -> Option<&Root> {
        self.slots_of_statics.binary_search(&(array, slot)).ok()?;
        let mut statics = self.all.iter().take_while(|root| root.kind <= RootKind::ThreadStatic);
        statics.find(|root| root.address == Some(slot))
    }
}
