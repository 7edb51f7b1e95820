//! Two arrays, keys in one and values in the other: SortedList, the frozen dictionaries.

use std::ops::ControlFlow;

use crate::values::collections::expression::Expression;
use crate::values::collections::path::{Path, Spot};
use crate::values::collections::process::{ArrayObject, Process};
use crate::values::collections::summary::Extent;
use crate::values::collections::{Damage, Item, Place};

use super::Taker;
use super::elements::each_slot;

/// A walk over two arrays at once.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::values::collections) struct ParallelWalk {
    /// The array of keys.
    pub keys: Path,
    /// The array of values.
    pub values: Path,
    /// How many slots are in use; without it all.
    pub slots: Option<Expression>,
}

impl ParallelWalk {
    fn arrays(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
    ) -> Result<Option<(ArrayObject, ArrayObject)>, Damage> {
        let (keys, values) = (self.keys.object(process, spot)?, self.values.object(process, spot)?);
        let (Some(keys), Some(values)) = (keys, values) else { return Ok(None) };
        Ok(Some((ArrayObject::read(process, keys)?, ArrayObject::read(process, values)?)))
    }

    pub(super) fn run(&self, taker: &mut Taker<'_>, spot: Spot<'_>) -> Result<ControlFlow<()>, Damage> {
        let Some((keys, values)) = self.arrays(taker.process, spot)? else {
            return Ok(ControlFlow::Continue(()));
        };
        let (Some(key), Some(value)) = (keys.shape(), values.shape()) else {
            return Ok(ControlFlow::Continue(()));
        };
        let room = keys.length.min(values.length);
        let slots = match &self.slots {
            Some(slots) => slots.count(taker.process, spot, room)?,
            None => room,
        };
        if !taker.wants_items() {
            taker.count(slots);
            return Ok(ControlFlow::Continue(()));
        }
        Ok(each_slot(taker, &keys, 0..slots, false, &mut |taker, index| {
            let at = values.data.offset(index * values.element_size);
            if let Err(fault) = taker.process.memory().bytes(at, values.element_size as usize) {
                taker.lost(1, Damage::Missing(fault));
                return ControlFlow::Continue(());
            }
            let key = Place::new(keys.data.offset(index * keys.element_size), &key.element);
            let value = Place::new(at, &value.element);
            taker.give(Item { index: 0, key: Some(key), value, details: &[] })
        }))
    }

    pub(super) fn measure(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        extent: &mut Extent,
    ) -> Result<(), Damage> {
        let Some((keys, values)) = self.arrays(process, spot)? else {
            extent.add_room(0, 0);
            return Ok(());
        };
        extent.add_array(&keys);
        extent.add_array(&values);
        extent.add_room(keys.length.min(values.length), keys.element_size + values.element_size);
        Ok(())
    }
}
