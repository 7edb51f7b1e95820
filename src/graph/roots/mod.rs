//! What keeps objects alive from outside of the heap, by the names that a person uses.

mod kind;

use std::sync::Arc;

use crate::bytes::Addr;
use crate::problem::Problem;

use super::ObjectId;
pub use kind::RootKind;

/// A root.
#[derive(Clone, Debug)]
pub struct Root {
    /// What sort of root it is.
    pub kind: RootKind,
    /// The slot that holds the reference: a static's, a handle's, a word of the stack; `None` where it is in no memory
    /// (a register).
    pub address: Option<Addr>,
    /// The object.
    pub object: ObjectId,
    /// `Type.Field` of a static, the method of a stack frame; `None` where there is no such name.
    pub name: Option<Arc<str>>,
    /// The operating system's id of the thread, of thread statics and stacks.
    pub os_id: Option<u64>,
}

/// All roots of a dump.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// The roots, sorted by kind, then in the order in which they were found.
    pub all: Vec<Root>,
    /// Slots of arrays on the heap in which the runtime keeps statics: (array, address of the slot), sorted. What
    /// stands in them is listed by the static's name, so that nobody needs to hear of the array.
    pub slots_of_statics: Vec<(ObjectId, Addr)>,
    /// What had to be left out.
    pub problems: Vec<Problem>,
}

impl Roots {
    /// The objects from which everything that is alive is reached, each once, ascending.
    pub fn entries(&self) -> Vec<ObjectId> {
        let alive = self.all.iter().filter(|root| root.kind.keeps_alive());
        let mut entries: Vec<ObjectId> = alive.map(|root| root.object).collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }
}
