//! Collections as rows: what a List, a Dictionary, a ConcurrentQueue holds, how full it is and what its empty room costs.
//!
//! A collection is recognised by its fields, whatever its type is called; a type that derives from one is one too. The
//! shapes are data (`data/shapes.json`, the form is described in `docs/collections.md`), so that a new runtime or a
//! user's own collection needs no new program. How text is made of what is found is not known here.

mod expression;
mod form;
mod kind;
mod path;
mod place;
mod process;
mod shape;
mod shapes;
mod summary;
mod walk;

use std::ops::ControlFlow;
use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::handles;
use crate::clr::type_system::{TypeDescription, TypeKind};
use crate::dump::{AddressSpace, Fault};

use super::Values;
use process::{ArrayObject, Process};
use walk::{Taker, give_array};

pub use place::{Damage, Detail, Item, ItemsEnd, Place};
pub use shape::BoundShape;
pub use shapes::CollectionShapes;
pub use summary::CollectionSummary;

/// The shapes and which types they were bound to.
#[derive(Debug, Default)]
pub(super) struct Collections {
    shapes: CollectionShapes,
    bound: RwLock<FxHashMap<Addr, Option<Arc<BoundShape>>>>,
}

impl Collections {
    /// Recognises collections by `shapes`.
    pub fn new(shapes: CollectionShapes) -> Collections {
        Collections { shapes, bound: RwLock::default() }
    }

    /// The shape of the type at `mt`: found once, then remembered.
    fn shape(&self, process: &dyn Process, mt: Addr) -> Option<Arc<BoundShape>> {
        if let Ok(bound) = self.bound.read()
            && let Some(shape) = bound.get(&mt)
        {
            return shape.clone();
        }
        let shape = self.shapes.bind(process, &process.description(mt)).map(Arc::new);
        match self.bound.write() {
            // Where another thread was faster, its shape is kept: that one remembers offsets already.
            Ok(mut bound) => bound.entry(mt).or_insert(shape).clone(),
            Err(_) => shape,
        }
    }
}

impl Process for Values {
    fn memory(&self) -> &AddressSpace {
        self.types().memory()
    }

    fn description(&self, mt: Addr) -> Arc<TypeDescription> {
        self.types().description(mt)
    }

    fn collection_shape(&self, mt: Addr) -> Option<Arc<BoundShape>> {
        self.collections.shape(self, mt)
    }

    fn secondary(&self, handle: Addr) -> Result<Addr, Damage> {
        let layout = &self.types().runtime().located.layout;
        handles::secondary(self.types().memory(), layout, handle)?.ok_or(Damage::NotADependentHandle(handle))
    }
}

impl Values {
    /// The shape of the collections of the type at `mt`; `None` when it is no collection. Arrays have none, though
    /// [`Values::items`] gives theirs.
    pub fn collection_shape(&self, mt: Addr) -> Option<Arc<BoundShape>> {
        self.collections.shape(self, mt)
    }

    /// How many items the object at `object` holds and what its room costs; `None` when it is no collection, or one that
    /// only wraps what is none that is known. Reads fields and lengths of arrays only, where the shape keeps its count; else
    /// it walks the items.
    ///
    /// # Errors
    /// A part that is needed is missing or damaged.
    pub fn collection(&self, object: Addr) -> Option<Result<CollectionSummary, Damage>> {
        summary_of(self, object)
    }

    /// The same for an object whose shape is known: for a scan over the objects of a type.
    ///
    /// # Errors
    /// A part that is needed is missing or damaged. [`Damage::NotACollection`] is neither: what it wraps is not known.
    pub fn summary(&self, shape: &BoundShape, object: Addr) -> Result<CollectionSummary, Damage> {
        shape.summary(self, shape.object(object), 0)
    }

    /// Gives the items of the collection or the elements of the array at `object` to `give`, until it breaks off; `None`
    /// when it is neither.
    ///
    /// # Errors
    /// The object's type is not in the dump. What is missing of the items stands in the [`ItemsEnd`].
    pub fn items(
        &self,
        object: Addr,
        give: &mut dyn FnMut(Item<'_>) -> ControlFlow<()>,
    ) -> Result<Option<ItemsEnd>, Fault> {
        items_of(self, object, give)
    }

    /// Gives the items of a collection that is a struct in place (an `ImmutableArray<T>` in a field), whose data begin at
    /// `data`; `None` when the type at `mt` is no collection.
    pub fn items_in_place(
        &self,
        data: Addr,
        mt: Addr,
        give: &mut dyn FnMut(Item<'_>) -> ControlFlow<()>,
    ) -> Option<ItemsEnd> {
        let shape = self.collection_shape(mt)?;
        Some(shape.items(self, shape.in_place(data), 0, give))
    }
}

/// What is in the object at `object`, if it is a collection.
fn summary_of(process: &dyn Process, object: Addr) -> Option<Result<CollectionSummary, Damage>> {
    let mt = match process.type_of(object) {
        Ok(mt) => mt,
        Err(fault) => return Some(Err(fault.into())),
    };
    let shape = process.collection_shape(mt)?;
    match shape.summary(process, shape.object(object), 0) {
        Err(Damage::NotACollection { .. }) => None,
        known => Some(known),
    }
}

/// Gives the items of the object at `object`, if it is a collection or an array.
fn items_of(
    process: &dyn Process,
    object: Addr,
    give: &mut dyn FnMut(Item<'_>) -> ControlFlow<()>,
) -> Result<Option<ItemsEnd>, Fault> {
    let mt = process.type_of(object)?;
    if let Some(shape) = process.collection_shape(mt) {
        return Ok(Some(shape.items(process, shape.object(object), 0, give)));
    }
    if !matches!(process.description(mt).kind, TypeKind::Array(_)) {
        return Ok(None);
    }
    let mut taker = Taker::giving(process, 0, give);
    let flow = match ArrayObject::read(process, object) {
        Ok(array) => give_array(&mut taker, &array),
        Err(damage) => {
            taker.lost(0, damage);
            ControlFlow::Continue(())
        }
    };
    Ok(Some(ItemsEnd { stopped: flow.is_break(), ..taker.end }))
}

#[cfg(test)]
mod tests;
