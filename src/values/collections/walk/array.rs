//! The slots of an array: List, Stack, Dictionary's entries, a table of chains.

use std::ops::ControlFlow;

use crate::values::collections::Damage;
use crate::values::collections::expression::Expression;
use crate::values::collections::path::{Path, Spot};
use crate::values::collections::process::{ArrayObject, Process};
use crate::values::collections::summary::Extent;

use super::elements::give_elements;
use super::{Element, Taker};

/// A walk over the slots of an array.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::values::collections) struct ArrayWalk {
    /// The array.
    pub array: Path,
    /// The first slot that counts; without it the first of all.
    pub start: Option<Expression>,
    /// How many slots are in use; without it all to the end.
    pub slots: Option<Expression>,
    /// Whether the last slot comes first.
    pub last_first: bool,
    /// What a slot holds.
    pub element: Element,
}

impl ArrayWalk {
    /// The array; `None` where none was made yet.
    fn array(&self, process: &dyn Process, spot: Spot<'_>) -> Result<Option<ArrayObject>, Damage> {
        match self.array.object(process, spot)? {
            Some(array) => ArrayObject::read(process, array).map(Some),
            None => Ok(None),
        }
    }

    fn start(&self, process: &dyn Process, spot: Spot<'_>, array: &ArrayObject) -> Result<u64, Damage> {
        self.start.as_ref().map_or(Ok(0), |start| start.count(process, spot, array.length))
    }

    pub(super) fn run(&self, taker: &mut Taker<'_>, spot: Spot<'_>) -> Result<ControlFlow<()>, Damage> {
        let Some(array) = self.array(taker.process, spot)? else { return Ok(ControlFlow::Continue(())) };
        let start = self.start(taker.process, spot, &array)?;
        let room = array.length - start;
        let slots = self.slots.as_ref().map_or(Ok(room), |slots| slots.count(taker.process, spot, room));
        let slots = slots.or_else(|damage| match damage {
            // All that there can be is given, and that it is not what the collection says.
            Damage::Count { .. } => {
                taker.lost(0, damage);
                Ok(room)
            }
            other => Err(other),
        })?;
        if self.element.is_one_item() && !taker.wants_items() {
            taker.count(slots);
            return Ok(ControlFlow::Continue(()));
        }
        Ok(give_elements(taker, &array, start..start + slots, self.last_first, &self.element))
    }

    pub(super) fn measure(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        extent: &mut Extent,
    ) -> Result<(), Damage> {
        let Some(array) = self.array(process, spot)? else {
            if self.element.each.is_none() {
                extent.add_room(0, 0);
            }
            return Ok(());
        };
        extent.add_array(&array);
        if self.element.each.is_none() {
            let start = self.start(process, spot, &array)?;
            extent.add_room(array.length - start, array.element_size);
        }
        Ok(())
    }
}
