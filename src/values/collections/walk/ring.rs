//! A part of an array that goes on at its begin: Queue, the segments of ConcurrentQueue, ConcurrentBag's queues.

use std::ops::{ControlFlow, Range};

use crate::values::collections::Damage;
use crate::values::collections::expression::Expression;
use crate::values::collections::path::{Path, Spot};
use crate::values::collections::process::{ArrayObject, Process};
use crate::values::collections::summary::Extent;

use super::elements::give_elements;
use super::{Element, Taker};

/// What tells the end of a ring.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::values::collections) enum RingEnd {
    /// How many slots are in use.
    Count(Expression),
    /// The slot behind the last. Head and tail may have gone round any number of times; equal ones are an empty ring,
    /// and so is a tail that is ahead by twice the array: ConcurrentQueue moves the tail of a closed segment so far
    /// (`FreezeOffset` in ConcurrentQueueSegment.cs).
    Tail(Expression),
}

/// A walk round an array.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::values::collections) struct RingWalk {
    /// The array.
    pub array: Path,
    /// The first slot in use.
    pub head: Expression,
    /// Where they end.
    pub end: RingEnd,
    /// What a slot holds.
    pub element: Element,
}

/// The slots of a ring that are in use.
struct Span {
    array: ArrayObject,
    /// Those up to the end of the array.
    to_end: Range<u64>,
    /// Those with which it goes on at its begin.
    from_begin: Range<u64>,
}

impl RingWalk {
    /// The slots in use; `None` where there is no array.
    fn span(&self, process: &dyn Process, spot: Spot<'_>) -> Result<Option<Span>, Damage> {
        let Some(array) = self.array.object(process, spot)? else { return Ok(None) };
        let array = ArrayObject::read(process, array)?;
        let length = array.length as i64;
        let head = self.head.value(process, spot)?;
        let slot = |number: i64| if length == 0 { 0 } else { number.rem_euclid(length) as u64 };
        let first = slot(head);
        let count = match &self.end {
            RingEnd::Count(count) => count.count(process, spot, array.length)?,
            RingEnd::Tail(tail) => {
                let tail = tail.value(process, spot)?;
                match tail.wrapping_sub(head) {
                    0 => 0,
                    ahead if ahead == 2 * length => 0,
                    _ if first < slot(tail) => slot(tail) - first,
                    _ => array.length - first + slot(tail),
                }
            }
        };
        let to_end = count.min(array.length - first);
        Ok(Some(Span { array, to_end: first..first + to_end, from_begin: 0..count - to_end }))
    }

    pub(super) fn run(&self, taker: &mut Taker<'_>, spot: Spot<'_>) -> Result<ControlFlow<()>, Damage> {
        let Some(Span { array, to_end, from_begin }) = self.span(taker.process, spot)? else {
            return Ok(ControlFlow::Continue(()));
        };
        if self.element.is_one_item() && !taker.wants_items() {
            taker.count(to_end.end - to_end.start + from_begin.end);
            return Ok(ControlFlow::Continue(()));
        }
        let mut flow = give_elements(taker, &array, to_end, false, &self.element);
        if flow.is_continue() {
            flow = give_elements(taker, &array, from_begin, false, &self.element);
        }
        Ok(flow)
    }

    pub(super) fn measure(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        extent: &mut Extent,
    ) -> Result<(), Damage> {
        let Some(array) = self.array.object(process, spot)? else {
            extent.add_room(0, 0);
            return Ok(());
        };
        let array = ArrayObject::read(process, array)?;
        extent.add_array(&array);
        extent.add_room(array.length, array.element_size);
        Ok(())
    }
}
