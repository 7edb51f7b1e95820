//! Which object refers to which: the graph of the heap, forward and backward.

mod address_index;
mod attached;
mod dangling;
mod extract;
mod losses;
mod rows;
mod slots;
mod transpose;
mod type_references;

use crate::clr::ClrRuntime;
use crate::error::Result;
use crate::problem::Problem;
use crate::progress::Progress;

use super::{Heap, ObjectId};

pub(super) use attached::{attached, unattached};
pub use dangling::{DanglingReference, DanglingReferences};
pub use rows::{NoRows, Rows};
pub use slots::{Slot, SlotReader};

/// The references of all objects.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// For every object the objects that it keeps alive, in the order of its slots and as often as it refers to them;
    /// behind them the dependents that handles attach to it, and the loader allocator of its type.
    pub forward: Rows,
    /// What had to be left out: memory that is not in the dump, references to no object.
    pub problems: Vec<Problem>,
}

impl References {
    /// Reads the references of all objects of `heap` out of the dump of `runtime`. `attached` are those that stand in no
    /// object: pairs of a key and the dependent that a handle attaches to it, sorted.
    ///
    /// # Errors
    /// The dump holds no heap. What cannot be followed is no error but stands in [`References::problems`].
    pub fn read(
        runtime: &ClrRuntime,
        heap: &Heap,
        attached: &[(ObjectId, ObjectId)],
        progress: &dyn Progress,
    ) -> Result<References> {
        extract::extract(runtime, heap, attached, progress)
    }
}

impl Rows {
    /// The rows turned around: for every object those in whose rows it stands, as often as it does, ascending.
    #[must_use]
    pub fn transposed(&self) -> Rows {
        transpose::transpose(self)
    }
}
