//! Which object refers to which: the graph of the heap, forward and backward.

mod address_index;
mod attached;
mod dangling;
mod extract;
mod losses;
mod row_starts;
mod rows;
mod slots;
#[cfg(test)]
mod tests;
mod transpose;
mod type_references;

use crate::clr::ClrRuntime;
use crate::error::Result;
use crate::problem::Problem;
use crate::progress::Progress;

use super::Heap;

pub(super) use attached::unattached;
pub use dangling::{DanglingReference, DanglingReferences};
pub use losses::Dangling;
pub use row_starts::{RowGroup, WideGroup};
pub use rows::{NoRows, RowColumns, Rows};
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
    /// Reads the references of all objects of `heap` out of the dump of `runtime`. With them come those that lead to no
    /// object: whether something is lost with these depends on who holds them, see [`Dangling::problem`].
    ///
    /// # Errors
    /// The dump holds no heap. What cannot be followed is no error but stands in [`References::problems`].
    pub fn of(
        runtime: &ClrRuntime,
        heap: &Heap,
        progress: &dyn Progress,
    ) -> Result<(References, Option<Dangling>)> {
        let mut problems = Vec::new();
        let attached = attached::dependents(runtime, &heap.objects, &mut problems);
        let (read, dangling) = extract::extract(runtime, heap, &attached, progress)?;
        problems.extend(read.problems);
        Ok((References { forward: read.forward, problems }, dangling))
    }
}

impl Rows {
    /// The rows turned around: for every object those in whose rows it stands, as often as it does, ascending.
    #[must_use]
    pub fn transposed(&self) -> Rows {
        transpose::transpose(self)
    }
}
