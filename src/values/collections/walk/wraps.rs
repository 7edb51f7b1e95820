//! What another collection holds: wrappers, views, collections that are made of others.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::type_system::{FieldType, TypeKind};
use crate::values::collections::path::{Path, Spot};
use crate::values::collections::process::{ArrayObject, Process};
use crate::values::collections::summary::Extent;
use crate::values::collections::{BoundShape, Damage, Item, ItemsEnd, Place};

use super::{Element, Taker, give_array};

/// A walk over the items of another collection.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::values::collections) struct WrapsWalk {
    /// The other collection.
    pub inner: Path,
    /// What its items hold, starting from their value; without it they are given as they are.
    pub element: Option<Element>,
    /// Whether the last comes first.
    pub last_first: bool,
}

/// A collection that is wrapped.
enum Inner {
    Array(ArrayObject),
    Collection(Arc<BoundShape>, Addr),
}

impl Inner {
    fn read(process: &dyn Process, object: Addr) -> Result<Inner, Damage> {
        let mt = process.type_of(object)?;
        if let Some(shape) = process.collection_shape(mt) {
            return Ok(Inner::Collection(shape, object));
        }
        let description = process.description(mt);
        match description.kind {
            TypeKind::Array(_) => ArrayObject::read(process, object).map(Inner::Array),
            _ => Err(Damage::NotACollection { object, type_name: description.name.clone() }),
        }
    }

    fn items(
        &self,
        process: &dyn Process,
        depth: u32,
        give: &mut dyn FnMut(Item<'_>) -> ControlFlow<()>,
    ) -> ItemsEnd {
        match self {
            Inner::Array(array) => {
                let mut taker = Taker::giving(process, depth, give);
                let stopped = give_array(&mut taker, array).is_break();
                ItemsEnd { stopped, ..taker.end }
            }
            Inner::Collection(shape, object) => shape.items(process, shape.object(*object), depth, give),
        }
    }

    fn count(&self, process: &dyn Process, depth: u32) -> Result<u64, Damage> {
        match self {
            Inner::Array(array) => Ok(array.length),
            Inner::Collection(shape, object) => shape.count(process, shape.object(*object), depth),
        }
    }
}

/// An item that is kept until it is its turn.
struct KeptItem {
    key: Option<(Addr, FieldType)>,
    value: (Addr, FieldType),
}

impl WrapsWalk {
    fn inner(&self, process: &dyn Process, spot: Spot<'_>) -> Result<Option<Inner>, Damage> {
        match self.inner.object(process, spot)? {
            Some(object) => Inner::read(process, object).map(Some),
            None => Ok(None),
        }
    }

    fn give(&self, taker: &mut Taker<'_>, item: Item<'_>) -> ControlFlow<()> {
        let Some(element) = &self.element else { return taker.give(item) };
        element.give_seen(taker, item)
    }

    pub(super) fn run(&self, taker: &mut Taker<'_>, spot: Spot<'_>) -> Result<ControlFlow<()>, Damage> {
        let (process, depth) = (taker.process, taker.depth);
        let Some(inner) = self.inner(process, spot)? else { return Ok(ControlFlow::Continue(())) };
        if !taker.wants_items() {
            taker.count(inner.count(process, depth)?);
            return Ok(ControlFlow::Continue(()));
        }
        let mut kept = Vec::new();
        let end = inner.items(process, depth, &mut |item| {
            if !self.last_first {
                return self.give(taker, item);
            }
            let key = item.key.map(|key| (key.address, key.field_type.clone()));
            kept.push(KeptItem { key, value: (item.value.address, item.value.field_type.clone()) });
            ControlFlow::Continue(())
        });
        if let Some(damage) = end.damage {
            taker.lost(end.missing, damage);
        }
        if end.stopped {
            return Ok(ControlFlow::Break(()));
        }
        Ok(kept.iter().rev().try_for_each(|item| {
            let key = item.key.as_ref().map(|(address, of)| Place::new(*address, of));
            let value = Place::new(item.value.0, &item.value.1);
            self.give(taker, Item { index: 0, key, value, details: &[] })
        }))
    }

    /// A wrapped collection's arrays are its own: only the room in them is told, else they would be counted twice.
    pub(super) fn measure(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        depth: u32,
        extent: &mut Extent,
    ) -> Result<(), Damage> {
        match self.inner(process, spot)? {
            None => {}
            Some(Inner::Array(array)) => extent.add_room(array.length, 0),
            Some(Inner::Collection(shape, object)) => {
                let inner = shape.summary(process, shape.object(object), depth)?;
                if let Some(capacity) = inner.capacity {
                    extent.add_room(capacity, 0);
                }
            }
        }
        Ok(())
    }
}
