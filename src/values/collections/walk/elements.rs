//! The elements of an array, as far as the dump holds them.

use std::ops::{ControlFlow, Range};

use crate::bytes::Addr;
use crate::dump::AddressSpace;
use crate::values::collections::path::Spot;
use crate::values::collections::process::ArrayObject;
use crate::values::collections::{Damage, Item, Place};

use super::{Element, Taker};

/// How many elements are looked at together: what is missing as a whole is not asked for one by one, so that an array
/// which only claims to be long costs little.
const CHUNK: u64 = 4096;

/// Gives what the elements of `slots` hold, from the last to the first with `last_first`.
pub(super) fn give_elements(
    taker: &mut Taker<'_>,
    array: &ArrayObject,
    slots: Range<u64>,
    last_first: bool,
    element: &Element,
) -> ControlFlow<()> {
    let Some(shape) = array.shape() else { return ControlFlow::Continue(()) };
    each_slot(taker, array, slots, last_first, &mut |taker, index| {
        let address = array.data.offset(index * array.element_size);
        let spot = Spot::Value(Place::new(address, &shape.element));
        element.give(taker, spot, Some(array.address))
    })
}

/// Gives the elements of an array of any rank, each an item.
pub(in crate::values::collections) fn give_array(
    taker: &mut Taker<'_>,
    array: &ArrayObject,
) -> ControlFlow<()> {
    let Some(shape) = array.shape() else { return ControlFlow::Continue(()) };
    if !taker.wants_items() {
        taker.count(array.length);
        return ControlFlow::Continue(());
    }
    each_slot(taker, array, 0..array.length, false, &mut |taker, index| {
        let address = array.data.offset(index * array.element_size);
        let value = Place::new(address, &shape.element);
        taker.give(Item { index: 0, key: None, value, details: &[] })
    })
}

/// Calls `visit` for every slot that the dump holds, and notes the others as lost.
pub(super) fn each_slot(
    taker: &mut Taker<'_>,
    array: &ArrayObject,
    slots: Range<u64>,
    last_first: bool,
    visit: &mut dyn FnMut(&mut Taker<'_>, u64) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut rest = slots;
    while !rest.is_empty() {
        let count = CHUNK.min(rest.end - rest.start);
        let chunk = if last_first {
            rest.end -= count;
            rest.end..rest.end + count
        } else {
            rest.start += count;
            rest.start - count..rest.start
        };
        visit_chunk(taker, array, chunk, last_first, visit)?;
    }
    ControlFlow::Continue(())
}

fn visit_chunk(
    taker: &mut Taker<'_>,
    array: &ArrayObject,
    chunk: Range<u64>,
    last_first: bool,
    visit: &mut dyn FnMut(&mut Taker<'_>, u64) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let memory = taker.process.memory();
    let size = array.element_size;
    let count = chunk.end - chunk.start;
    let start = array.data.offset(chunk.start.wrapping_mul(size));
    let bytes = count.saturating_mul(size);
    let whole = memory.run_at(start).is_ok_and(|run| run.bytes.len() as u64 >= bytes);
    if !whole && !any_saved(memory, start, bytes) {
        if let Err(fault) = memory.run_at(start) {
            taker.lost(count, Damage::Missing(fault));
        }
        return ControlFlow::Continue(());
    }
    for step in 0..count {
        let index = if last_first { chunk.end - 1 - step } else { chunk.start + step };
        let address = array.data.offset(index.wrapping_mul(size));
        // A struct may cross the border of what is there; bytes() finds that out without a copy in nearly all cases.
        if !whole && let Err(fault) = memory.bytes(address, size as usize) {
            taker.lost(1, Damage::Missing(fault));
            continue;
        }
        visit(taker, index)?;
    }
    ControlFlow::Continue(())
}

/// Whether the dump holds any of these bytes. What goes beyond the end of all addresses is no array.
fn any_saved(memory: &AddressSpace, start: Addr, bytes: u64) -> bool {
    let end = start.0.checked_add(bytes);
    end.is_some_and(|end| memory.runs(start, Addr(end)).next().is_some())
}
