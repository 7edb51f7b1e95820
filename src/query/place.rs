//! Whether an address is that of an object; where it is none, what lies there instead.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::diagnostic::{Diagnostic, Span};
use crate::graph::{Generation, Heap, ObjectId, Segment, Snapshot};
use crate::problem::Severity;
use crate::progress::Progress;
use crate::values::Values;

/// An object that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The name of its type.
    pub type_name: Arc<str>,
    /// Its own size in bytes; `None` where the walk over the heap did not come by.
    pub size: Option<u64>,
    /// Its generation; `None` when it lies in no segment.
    pub generation: Option<Generation>,
}

/// Proves that an object begins at `address`: by the walk over the heap, or where that was not possible or not
/// complete by the MethodTable that stands there.
///
/// # Errors
/// At `span`: the object that contains the address, or what lies there instead.
pub fn find(
    snapshot: &Snapshot,
    values: &Values,
    address: Addr,
    span: &Span,
    progress: &dyn Progress,
) -> Result<Found, Diagnostic> {
    let segment = snapshot.segments.iter().find(|s| s.start <= address && address < s.end);
    let generation = segment.map(|segment| segment.generation_at(address));
    let heap = snapshot.heap(progress).ok();
    if let Some(heap) = heap {
        if let Some((type_name, size)) = heap.objects.find(address).and_then(|id| type_and_size(heap, id)) {
            return Ok(Found { type_name, size: Some(size), generation });
        }
        if heap.objects.containing(address).is_some() {
            return Err(no_object(snapshot, heap, address, span));
        }
    }
    let complete = heap.is_some_and(|heap| heap.problems.iter().all(|p| p.severity == Severity::Note));
    match by_method_table(values, address).filter(|_| !complete && segment.is_some()) {
        Some(type_name) => Ok(Found { type_name, size: None, generation }),
        None => Err(outside(address, segment, span)),
    }
}

/// The error of an address at which no object begins: the object that contains it, or what lies there instead.
pub fn no_object(snapshot: &Snapshot, heap: &Heap, address: Addr, span: &Span) -> Diagnostic {
    let within = heap.objects.containing(address).and_then(|id| inside(heap, id, address, span));
    within.unwrap_or_else(|| {
        let segment = snapshot.segments.iter().find(|s| s.start <= address && address < s.end);
        outside(address, segment, span)
    })
}

fn type_and_size(heap: &Heap, id: ObjectId) -> Option<(Arc<str>, u64)> {
    let (block, row) = heap.objects.row(id)?;
    let of = heap.types.get(*block.types.get(row)?)?;
    Some((Arc::clone(&of.name), block.size(row)))
}

/// The name of the type whose MethodTable the first word leads to, when it can be proved to be one.
fn by_method_table(values: &Values, address: Addr) -> Option<Arc<str>> {
    let types = values.types();
    let method_table = types.type_of(address).ok()?;
    types.method_tables().shape(types.memory(), method_table).ok()?;
    Some(types.name(method_table))
}

/// The error of an address inside of an object.
fn inside(heap: &Heap, id: ObjectId, address: Addr, span: &Span) -> Option<Diagnostic> {
    let begins = heap.objects.address(id)?;
    let (name, _) = type_and_size(heap, id)?;
    let distance = address.since(begins)?;
    let owner = if &*name == "Free" { "the free space".to_owned() } else { format!("the {name}") };
    let message = format!("{address} is no object: it lies {distance} bytes inside {owner} at {begins}");
    Some(Diagnostic::new(span.clone(), message).hint(format!("`object {begins}`")))
}

/// The error of an address that lies in no object.
fn outside(address: Addr, segment: Option<&Segment>, span: &Span) -> Diagnostic {
    let message = match segment {
        None if address.is_null() => "a null reference is no object".to_owned(),
        Some(s) => format!(
            "{address} is no object: it lies in the {} segment from {} to {}, but in no object there",
            s.kind.word(),
            s.start,
            s.end
        ),
        None => format!("{address} is no object: it lies in no segment of the heap"),
    };
    Diagnostic::new(span.clone(), message)
        .hint("`select start, end, kind from segments` lists where objects lie")
}
