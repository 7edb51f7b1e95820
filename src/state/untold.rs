//! Why a table that is read from the library's own objects may be empty where the program has such.

use crate::graph::Heap;
use crate::problem::Problem;
use crate::values::{FieldPlace, Values};

/// What to tell where the objects of the type `of` cannot be read, of which `fields` is one; `None` where they can, or the
/// program has no such type.
pub(super) fn untold(values: &Values, heap: &Heap, of: &str, fields: &[&str]) -> Option<Problem> {
    let types = values.types().named(of);
    if types.iter().any(|&mt| FieldPlace::of(values, mt, fields).is_some()) {
        return None;
    }
    let in_heap = heap.types.all().iter().any(|known| &*known.name == of);
    if types.is_empty() && !in_heap {
        return heap.types.unnamed();
    }
    let message = format!("the dump does not tell the fields of {of}: nothing is read from its objects");
    Some(Problem::note(message))
}
