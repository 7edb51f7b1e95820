//! The bits of numbers in an array: BitArray.

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use crate::clr::type_system::{FieldShape, FieldType};
use crate::values::collections::expression::Expression;
use crate::values::collections::path::{Path, Spot};
use crate::values::collections::process::{ArrayObject, Process};
use crate::values::collections::summary::Extent;
use crate::values::collections::{Damage, Item, Place};

use super::Taker;
use super::elements::each_slot;

/// What a bit is. Without a shape: who does not know of [`Place::bit`] shall not take it for a whole byte.
static BIT: LazyLock<FieldType> =
    LazyLock::new(|| FieldType { name: Arc::from("System.Boolean"), shape: FieldShape::Unknown });

/// A walk over bits, the lowest of the first number first. Numbers are little-endian, so bit `n` is bit `n % 8` of byte `n / 8`
/// whatever their size.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::values::collections) struct BitsWalk {
    /// The array of numbers.
    pub array: Path,
    /// How many bits are in use.
    pub count: Expression,
}

impl BitsWalk {
    pub(super) fn run(&self, taker: &mut Taker<'_>, spot: Spot<'_>) -> Result<ControlFlow<()>, Damage> {
        let Some(array) = self.array.object(taker.process, spot)? else {
            return Ok(ControlFlow::Continue(()));
        };
        let array = ArrayObject::read(taker.process, array)?;
        let bits_each = 8 * array.element_size;
        let count = self.count.count(taker.process, spot, array.length.saturating_mul(bits_each))?;
        if !taker.wants_items() {
            taker.count(count);
            return Ok(ControlFlow::Continue(()));
        }
        let (given_before, lost_before) = (taker.end.given, taker.end.missing);
        let flow = each_slot(taker, &array, 0..count.div_ceil(bits_each), false, &mut |taker, index| {
            let data = array.data.offset(index * array.element_size);
            (0..bits_each.min(count - index * bits_each)).try_for_each(|bit| {
                let address = data.offset(bit / 8);
                let value = Place { address, field_type: &BIT, bit: Some((bit % 8) as u8) };
                taker.give(Item { index: 0, key: None, value, details: &[] })
            })
        });
        if flow.is_continue() {
            // Numbers were lost, here bits are counted.
            taker.end.missing = lost_before + count - (taker.end.given - given_before);
        }
        Ok(flow)
    }

    pub(super) fn measure(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        extent: &mut Extent,
    ) -> Result<(), Damage> {
        let Some(array) = self.array.object(process, spot)? else { return Ok(()) };
        let array = ArrayObject::read(process, array)?;
        extent.add_array(&array);
        extent.add_bits(array.length.saturating_mul(8 * array.element_size));
        Ok(())
    }
}
