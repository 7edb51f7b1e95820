//! All collections of a dump: which hold the most items, and what their empty room wastes.

use std::cmp::Reverse;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::dump::OpenDump;
use crate::graph::{ObjectId, TypeId};
use crate::query::QueryError;
use crate::values::Values;
use crate::values::collections::BoundShape;

/// Collections of one dump that are kept by themselves: those with the most items.
const BIGGEST: usize = 200;

/// Objects that a thread looks at before it looks whether it is to stop.
const CHUNK: usize = 1 << 14;

/// From how many items on a collection is kept by itself.
const LEAST: u64 = 50;

/// Collections that use a smaller part of their room are sparse: doubling alone leaves half of it, removing half of the
/// items another half.
const SPARSE_BELOW: f64 = 0.25;

/// Shapes whose items are bytes, bits and characters.
const NOT_ITEMS: [&str; 3] = ["MemoryStream", "BitArray", "StringBuilder"];

/// A collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Collection {
    /// The object.
    pub object: ObjectId,
    /// Its type.
    pub of: TypeId,
    /// Items.
    pub count: u64,
}

/// The collections of one type together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OfType {
    /// How many there are.
    pub collections: u64,
    /// How many of them use less of their room than [`SPARSE_BELOW`] says.
    pub sparse: u64,
    /// Bytes of room that no item uses.
    pub wasted: u64,
    /// Bytes that the arrays of all of them take.
    pub backing: u64,
}

/// The collections of a dump.
#[derive(Debug, Default)]
pub(super) struct Census {
    /// Those with the most items, the most first.
    pub biggest: Vec<Collection>,
    /// What those of each type waste, the most first.
    pub of_types: Vec<(TypeId, OfType)>,
}

impl Census {
    /// Those of a dump; none where it does not tell its types.
    ///
    /// # Errors
    /// It was stopped.
    pub fn of(dump: &OpenDump<'_>) -> Result<Census, QueryError> {
        let Some(values) = dump.values() else { return Ok(Census::default()) };
        let mut shapes: FxHashMap<TypeId, Arc<BoundShape>> = FxHashMap::default();
        for (at, of) in dump.heap.types.all().iter().enumerate() {
            if let Some(shape) = values.collection_shape(of.method_table).filter(|_| of.count > 0) {
                shapes.insert(TypeId(at as u32), shape);
            }
        }
        let types: Vec<TypeId> = shapes.keys().copied().collect();
        let objects = dump.objects_of(&types)?;
        let parts = objects.par_chunks(CHUNK).map(|chunk| {
            dump.check()?;
            Ok(Part::of(chunk, dump, values, &shapes))
        });
        let parts = parts.collect::<Result<Vec<Part>, QueryError>>()?;
        Ok(join(parts))
    }
}

/// The collections among some objects.
#[derive(Debug, Default)]
struct Part {
    biggest: Vec<Collection>,
    of_types: FxHashMap<TypeId, OfType>,
}

impl Part {
    fn of(
        objects: &[ObjectId],
        dump: &OpenDump<'_>,
        values: &Values,
        shapes: &FxHashMap<TypeId, Arc<BoundShape>>,
    ) -> Part {
        let mut part = Part::default();
        for &object in objects {
            let Some(of) = dump.heap.objects.type_of(object) else { continue };
            let Some(shape) = shapes.get(&of) else { continue };
            // What is damaged or not in the dump is no collection that could be judged.
            let Ok(summary) = values.summary(shape, dump.address(object)) else { continue };
            let total = part.of_types.entry(of).or_default();
            total.collections += 1;
            total.sparse += u64::from(summary.fill().is_some_and(|fill| fill < SPARSE_BELOW));
            total.wasted = total.wasted.saturating_add(summary.wasted);
            total.backing = total.backing.saturating_add(summary.backing_bytes);
            if summary.count >= LEAST && !NOT_ITEMS.contains(&&*summary.shape) {
                part.biggest.push(Collection { object, of, count: summary.count });
            }
        }
        keep_biggest(&mut part.biggest);
        part
    }
}

/// Puts parts together.
fn join(parts: Vec<Part>) -> Census {
    let mut biggest = Vec::new();
    let mut of_types: FxHashMap<TypeId, OfType> = FxHashMap::default();
    for part in parts {
        biggest.extend(part.biggest);
        for (of, more) in part.of_types {
            let total = of_types.entry(of).or_default();
            total.collections += more.collections;
            total.sparse += more.sparse;
            total.wasted = total.wasted.saturating_add(more.wasted);
            total.backing = total.backing.saturating_add(more.backing);
        }
    }
    keep_biggest(&mut biggest);
    let mut of_types: Vec<(TypeId, OfType)> = of_types.into_iter().collect();
    of_types.sort_unstable_by_key(|&(of, total)| (Reverse(total.wasted), of));
    Census { biggest, of_types }
}

fn keep_biggest(collections: &mut Vec<Collection>) {
    collections.sort_unstable_by_key(|collection| (Reverse(collection.count), collection.object));
    collections.truncate(BIGGEST);
}
