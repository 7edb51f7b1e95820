//! The values of a column, packed: what operators compute with and answers consist of.
//!
//! Whole numbers take 8 bytes, or 16 in the rare column whose values need them; text is a number
//! into a list of texts that columns share; nulls are bits beside. A column does not know its
//! kind: addresses, numbers of bytes and plain numbers look alike here.

mod bitmap;
mod build;
mod columns;
mod text_list;

use std::cmp::Ordering;
use std::sync::Arc;

pub use bitmap::Bitmap;
pub(in crate::query) use build::narrow;
pub(in crate::query) use columns::Columns;
pub(in crate::query) use text_list::TextList;

use super::answer::{Kind, ValueRef};
use super::scalar::{Scalar, order_reals};
use crate::bytes::Addr;

/// The values of a column.
#[derive(Clone, Debug)]
pub struct Cells {
    data: Data,
    /// Which rows are null; `None` for no row.
    nulls: Option<Bitmap>,
}

/// Values one after the other. Where a row is null, its value here means nothing.
#[derive(Clone, Debug)]
pub enum Data {
    /// Text.
    Text(Texts),
    /// Whole numbers that fit.
    Unsigned(Vec<u64>),
    /// Whole numbers of any size and sign.
    Wide(Vec<i128>),
    /// Real numbers.
    Real(Vec<f64>),
    /// Truth values.
    Boolean(Vec<bool>),
    /// Values of any sort, lists too. They cost more than all others, and columns of them are small.
    Mixed(Vec<Scalar>),
}

/// Text as numbers into a list. Texts may occur more than once in the list.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// The list.
    pub values: Arc<Vec<Arc<str>>>,
    /// One a row.
    pub codes: Vec<u32>,
}

impl Texts {
    /// The text of a row that is not null.
    #[inline]
    pub fn get(&self, row: usize) -> &Arc<str> {
        &self.values[self.codes[row] as usize]
    }

    /// The bytes that the list takes: the texts with their counters, and what points at them.
    fn list_bytes(&self) -> usize {
        self.values.iter().map(text_bytes).sum()
    }
}

/// The bytes that a text takes with its two counters and what points at it.
pub(in crate::query) fn text_bytes(text: &Arc<str>) -> usize {
    text.len() + 2 * size_of::<usize>() + size_of_val(text)
}

impl<'a> From<&'a Scalar> for ValueRef<'a> {
    fn from(value: &'a Scalar) -> ValueRef<'a> {
        match value {
            Scalar::Null => ValueRef::Null,
            Scalar::Boolean(b) => ValueRef::Boolean(*b),
            Scalar::Integer(n) => ValueRef::Integer(*n),
            Scalar::Real(r) => ValueRef::Real(*r),
            Scalar::Text(t) => ValueRef::Text(t),
            Scalar::Address(a) => ValueRef::Address(Addr(*a)),
            Scalar::List(items) => ValueRef::List(items.iter().map(ValueRef::from).collect()),
        }
    }
}

impl Cells {
    /// A column of `data` in which the rows of `nulls` are null.
    pub fn new(data: Data, nulls: Option<Bitmap>) -> Cells {
        Cells { data, nulls: nulls.filter(|n| n.count() > 0) }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::Text(t) => t.codes.len(),
            Data::Unsigned(v) => v.len(),
            Data::Wide(v) => v.len(),
            Data::Real(v) => v.len(),
            Data::Boolean(v) => v.len(),
            Data::Mixed(v) => v.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes that the column takes. A list of texts that other columns share is not counted.
    pub fn bytes(&self) -> u64 {
        let of_data = match &self.data {
            Data::Text(t) => {
                size_of_val(&t.codes[..]) + if Arc::strong_count(&t.values) == 1 { t.list_bytes() } else { 0 }
            }
            Data::Unsigned(v) => size_of_val(&v[..]),
            Data::Wide(v) => size_of_val(&v[..]),
            Data::Real(v) => size_of_val(&v[..]),
            Data::Boolean(v) => size_of_val(&v[..]),
            Data::Mixed(v) => v.iter().map(Scalar::bytes).sum(),
        };
        (of_data + self.nulls.as_ref().map_or(0, |nulls| nulls.len() / 8)) as u64
    }

    /// The values.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// Which rows are null; `None` for no row.
    pub fn nulls(&self) -> Option<&Bitmap> {
        self.nulls.as_ref()
    }

    /// Whether a row is null.
    #[inline]
    pub fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|n| n.get(row))
    }

    /// The value of a row; null past the end.
    pub fn scalar(&self, row: usize) -> Scalar {
        if row >= self.len() || self.is_null(row) {
            return Scalar::Null;
        }
        match &self.data {
            Data::Text(t) => Scalar::Text(Arc::clone(t.get(row))),
            Data::Unsigned(v) => Scalar::Integer(i128::from(v[row])),
            Data::Wide(v) => Scalar::Integer(v[row]),
            Data::Real(v) => Scalar::Real(v[row]),
            Data::Boolean(v) => Scalar::Boolean(v[row]),
            Data::Mixed(v) => v[row].clone(),
        }
    }

    /// The value of a row as one of an answer; null past the end.
    pub fn value(&self, kind: Kind, row: usize) -> ValueRef<'_> {
        if row >= self.len() || self.is_null(row) {
            return ValueRef::Null;
        }
        match &self.data {
            Data::Text(t) => ValueRef::Text(t.get(row)),
            Data::Unsigned(v) => match kind {
                Kind::Bytes => ValueRef::Bytes(v[row]),
                Kind::Address => ValueRef::Address(Addr(v[row])),
                _ => ValueRef::Integer(i128::from(v[row])),
            },
            Data::Wide(v) => ValueRef::Integer(v[row]),
            Data::Real(v) => ValueRef::Real(v[row]),
            Data::Boolean(v) => ValueRef::Boolean(v[row]),
            Data::Mixed(v) => ValueRef::from(&v[row]),
        }
    }

    /// The order of two rows, nulls last.
    pub fn order(&self, a: usize, b: usize) -> Ordering {
        match (self.is_null(a), self.is_null(b)) {
            (false, false) => self.order_values(a, b),
            (null_a, null_b) => null_a.cmp(&null_b),
        }
    }

    /// The order of the values of two rows that are not null.
    pub fn order_values(&self, a: usize, b: usize) -> Ordering {
        match &self.data {
            Data::Text(t) => t.get(a).cmp(t.get(b)),
            Data::Unsigned(v) => v[a].cmp(&v[b]),
            Data::Wide(v) => v[a].cmp(&v[b]),
            Data::Real(v) => order_reals(v[a], v[b]),
            Data::Boolean(v) => v[a].cmp(&v[b]),
            Data::Mixed(v) => v[a].order(&v[b]),
        }
    }

    /// The rows at `positions`, in that order. Panics when one is past the end.
    pub fn gather<P>(&self, positions: P) -> Cells
    where
        P: Iterator<Item = usize> + Clone,
    {
        let rows = positions.clone();
        let data = match &self.data {
            Data::Text(t) => {
                Data::Text(Texts { values: Arc::clone(&t.values), codes: rows.map(|p| t.codes[p]).collect() })
            }
            Data::Unsigned(v) => Data::Unsigned(rows.map(|p| v[p]).collect()),
            Data::Wide(v) => Data::Wide(rows.map(|p| v[p]).collect()),
            Data::Real(v) => Data::Real(rows.map(|p| v[p]).collect()),
            Data::Boolean(v) => Data::Boolean(rows.map(|p| v[p]).collect()),
            Data::Mixed(v) => Data::Mixed(rows.map(|p| v[p].clone()).collect()),
        };
        let nulls = self.nulls.as_ref().map(|nulls| {
            let mut picked = Bitmap::default();
            positions.for_each(|p| picked.push(nulls.get(p)));
            picked
        });
        Cells::new(data, nulls)
    }
}
