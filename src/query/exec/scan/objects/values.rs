//! Columns of what stands in the objects.

use std::sync::Arc;

use super::columns::Column;
use super::{Batch, FREE, Morsel, ObjectScan};
use crate::bytes::Addr;
use crate::clr::type_system::TypeKind;
use crate::dump::Fault;
use crate::graph::{ObjectBlock, TypeInfo};
use crate::query::Kind;
use crate::query::cells::Cells;
use crate::query::scalar::Scalar;
use crate::text::from_utf16_le;
use crate::values::collections::{CollectionSummary, Damage};
use crate::values::{ExceptionFrame, Values};

/// What an array has before its elements: the MethodTable and the component count. One of several dimensions, or
/// with a lower bound, has the length of each dimension behind that, and then the lower bounds.
const ARRAY_HEADER: u64 = 16;
/// The most dimensions that the runtime allows: a forged type may claim any number.
const MAX_RANK: u32 = 32;
/// The word before every object, which counts to its base size.
const OBJECT_HEADER: u64 = 8;

impl ObjectScan<'_> {
    /// The name of each type's elements; null for types that are no arrays.
    pub(super) fn element_types(&self) -> Cells {
        let element = |values: &Values, of: &TypeInfo| {
            let TypeKind::Array(shape) = &values.types().description(of.method_table).kind else {
                return None;
            };
            Some(Arc::clone(&shape.element.name))
        };
        let names = self.types().iter().map(|of| {
            let values = self.snapshot.values.as_deref().filter(|_| of.rank > 0);
            values.and_then(|values| element(values, of))
        });
        let names: Vec<Option<Arc<str>>> = names.collect();
        Cells::texts(names.iter().map(Option::as_deref))
    }

    /// What the collections of each type are; null for types that are none.
    pub(super) fn shapes(&self) -> Cells {
        let values = self.snapshot.values.as_deref();
        let shape = |of: &TypeInfo| values?.collection_shape(of.method_table).map(|s| Arc::clone(s.name()));
        let names: Vec<Option<Arc<str>>> = self.types().iter().map(shape).collect();
        Cells::texts(names.iter().map(Option::as_deref))
    }

    /// A column of what stands in the objects of a batch.
    pub(super) fn values(&self, column: Column, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let Some(values) = self.snapshot.values.as_deref() else { return Cells::null(batch.len()) };
        match column {
            Column::Value => self.object_texts(values, morsel, batch),
            Column::Text => self.strings(values, morsel, batch),
            Column::Lengths => self.array_lengths(morsel, batch),
            Column::Used => self.used(values, morsel, batch),
            Column::InnerExceptions => {
                let lists = self.read(morsel, batch, "inner exceptions", |b, row| {
                    inner_exceptions(values, b.address(row))
                });
                Cells::scalars(Kind::List, lists.into_iter().map(Option::unwrap_or_default))
            }
            Column::Thread | Column::InFlight | Column::Nesting => self.thrown(column, morsel, batch),
            Column::Locked => self.locked(morsel, batch),
            Column::Message => {
                let messages =
                    self.read(morsel, batch, "messages", |b, row| values.exception_message(b.address(row)));
                Cells::texts(messages.iter().map(Option::as_deref))
            }
            Column::HResult => {
                let numbers =
                    self.read(morsel, batch, "HRESULTs", |b, row| values.exception_hresult(b.address(row)));
                Cells::optional(numbers.into_iter().map(|number| number.map(u64::from)))
            }
            Column::Inner => {
                let inner = self
                    .read(morsel, batch, "inner exceptions", |b, row| values.exception_inner(b.address(row)));
                Cells::optional(inner.into_iter().map(|address| address.map(|address| address.0)))
            }
            Column::Stack => {
                let stacks = self.read(morsel, batch, "stacks", |b, row| stack(values, b.address(row)));
                Cells::scalars(Kind::List, stacks.into_iter().map(Option::unwrap_or_default))
            }
            Column::Count => {
                Cells::optional(self.collections(values, morsel, batch, |summary| Some(summary.count)))
            }
            Column::Capacity => {
                Cells::optional(self.collections(values, morsel, batch, |summary| summary.capacity))
            }
            Column::Wasted => {
                Cells::optional(self.collections(values, morsel, batch, |summary| Some(summary.wasted)))
            }
            Column::Fill => {
                let fills = self.collections(values, morsel, batch, CollectionSummary::fill);
                let fill = |fill: Option<f64>| fill.map_or(Scalar::Null, Scalar::Real);
                Cells::scalars(Kind::Real, fills.into_iter().map(fill))
            }
            _ => Cells::null(batch.len()),
        }
    }

    /// A number of each collection.
    fn collections<T>(
        &self,
        values: &Values,
        morsel: &Morsel,
        batch: &Batch<'_>,
        part: impl Fn(&CollectionSummary) -> Option<T>,
    ) -> Vec<Option<T>> {
        self.read(morsel, batch, "items", |block, row| {
            let shape = values.collection_shape(self.type_of(block, row).method_table);
            let Some(shape) = shape else { return Ok(None) };
            match values.summary(&shape, block.address(row)) {
                Ok(summary) => Ok(part(&summary)),
                // What it wraps is none that is known: nothing is missing.
                Err(Damage::NotACollection { .. }) => Ok(None),
                Err(damage) => Err(damage),
            }
        })
    }

    fn type_of(&self, block: &ObjectBlock, row: usize) -> &TypeInfo {
        &self.types()[block.types[row].0 as usize]
    }

    fn strings(&self, values: &Values, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let texts = self.read(morsel, batch, "texts", |block, row| {
            values.string_bytes(block.address(row)).map(|units| Some(from_utf16_le(&units)))
        });
        Cells::texts(texts.iter().map(Option::as_deref))
    }

    fn object_texts(&self, values: &Values, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let texts = self.read(morsel, batch, "values", |block, row| {
            // Free space has a MethodTable of its own, but is no object.
            if &*self.type_of(block, row).name == FREE {
                return Ok(None);
            }
            values.object_text(block.address(row))
        });
        Cells::texts(texts.iter().map(Option::as_deref))
    }

    fn array_lengths(&self, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let memory = &self.snapshot.memory;
        let lists = self.read(morsel, batch, "lengths", |block, row| {
            let of = self.type_of(block, row);
            let at =
                |place: u64| memory.u32(block.address(row).offset(place)).map(|n| Scalar::Integer(n.into()));
            let lengths = match u64::from(of.rank.min(MAX_RANK)) {
                0 => return Ok::<_, Fault>(None),
                rank if data_offset(of) > ARRAY_HEADER => {
                    (0..rank).map(|n| at(ARRAY_HEADER + 4 * n)).collect::<Result<_, _>>()?
                }
                _ => vec![at(8)?],
            };
            Ok(Some(Scalar::List(lengths.into())))
        });
        Cells::scalars(Kind::List, lists.into_iter().map(Option::unwrap_or_default))
    }

    fn used(&self, values: &Values, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let used = self.read(morsel, batch, "elements", |block, row| {
            let (of, object) = (self.type_of(block, row), block.address(row));
            if of.rank == 0 {
                return Ok(None);
            }
            let length = self.snapshot.memory.u32(object.offset(8))?;
            values.used_elements(object.offset(data_offset(of)), length.into(), of.element_size).map(Some)
        });
        Cells::optional(used)
    }

    /// Whether each object's monitor is held.
    fn locked(&self, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let Some(held) = &self.held else { return Cells::null(batch.len()) };
        let locked = self.read(morsel, batch, "headers", |block, row| {
            // What stands before free space was left there by somebody else.
            if &*self.type_of(block, row).name == FREE {
                return Ok(Some(false));
            }
            held.is_held(&self.snapshot.memory, block.address(row)).map(Some)
        });
        let cell = |locked: Option<bool>| locked.map_or(Scalar::Null, Scalar::Boolean);
        Cells::scalars(Kind::Boolean, locked.into_iter().map(cell))
    }
}

/// The methods that an exception went through; where a frame's method is not known its instruction pointer.
fn stack(values: &Values, exception: Addr) -> Result<Option<Scalar>, Fault> {
    let frames = values.exception_stack(exception)?;
    let frame = |frame: &ExceptionFrame| match &frame.method {
        Some(method) => Scalar::Text(Arc::clone(method)),
        None => Scalar::Address(frame.ip.0),
    };
    if !frames.is_empty() {
        return Ok(Some(Scalar::List(frames.iter().map(frame).collect())));
    }
    // One that came from elsewhere has its stack as text.
    let text = values.exception_stack_text(exception)?;
    let lines = |text: String| text.lines().map(|line| Scalar::Text(line.trim().into())).collect();
    Ok(text.map(|text| Scalar::List(lines(text))))
}

/// All exceptions that an exception was made from; null for none.
fn inner_exceptions(values: &Values, exception: Addr) -> Result<Option<Scalar>, Fault> {
    let inner = values.inner_exceptions(exception)?;
    Ok((!inner.is_empty()).then(|| Scalar::List(inner.iter().map(|one| Scalar::Address(one.0)).collect())))
}

/// Where the elements of an array begin.
fn data_offset(of: &TypeInfo) -> u64 {
    u64::from(of.base_size).saturating_sub(OBJECT_HEADER).max(ARRAY_HEADER)
}
