//! The objects of certain classes of the libraries, found by a pass over the types of all objects.

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::graph::{Heap, TypeId};
use crate::limits::MAX_TYPE_ANCESTORS;
use crate::values::Values;

use super::instances::instances;

/// The objects that are of one of `classes` or derive from it, in the order of the heap, each with what stands beside
/// the class.
pub(super) fn objects_of<T: Copy + Send + Sync>(
    heap: &Heap,
    values: &Values,
    classes: &[(&str, T)],
) -> Vec<(Addr, T)> {
    let types = heap.types.all();
    let of_types: Vec<Option<T>> =
        types.par_iter().map(|of| class_of(values, of.method_table, classes)).collect();
    let class = |of: TypeId| of_types.get(of.0 as usize).copied().flatten();
    let found = instances(heap, |of, _| class(of).is_some());
    found.into_iter().filter_map(|found| Some((found.address, class(found.of)?))).collect()
}

/// What stands beside the class that the type at `mt` is, or the nearest that it derives from; `None` for none.
pub(super) fn class_of<T: Copy>(values: &Values, mt: Addr, classes: &[(&str, T)]) -> Option<T> {
    let types = values.types();
    let mut at = mt;
    // A damaged chain may never end.
    for _ in 0..MAX_TYPE_ANCESTORS {
        let name = types.name(at);
        if let Some((_, class)) = classes.iter().find(|(class, _)| *class == &*name) {
            return Some(*class);
        }
        at = types.method_tables().parent(types.memory(), at).ok().filter(|parent| !parent.is_null())?;
    }
    None
}
