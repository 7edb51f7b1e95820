//! The values behind `in`: a list of literals, or what a select gave.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::cells::{Cells, Data};
use super::scalar::{Scalar, whole};

/// A set of values.
#[derive(Clone, Debug, Default)]
pub struct ValueSet {
    numbers: FxHashSet<i128>,
    /// Real numbers that are no whole ones, by their bits.
    reals: FxHashSet<u64>,
    texts: FxHashSet<Arc<str>>,
    booleans: [bool; 2],
    lists: Vec<Scalar>,
    has_null: bool,
}

impl ValueSet {
    /// Adds a value.
    pub fn insert(&mut self, value: Scalar) {
        match value {
            Scalar::Null => self.has_null = true,
            Scalar::Boolean(b) => self.booleans[usize::from(b)] = true,
            Scalar::Integer(n) => {
                self.numbers.insert(n);
            }
            Scalar::Real(r) => match whole(r) {
                Some(n) => {
                    self.numbers.insert(n);
                }
                // No NaN equals another, so none can be found.
                None if r.is_nan() => {}
                None => {
                    self.reals.insert(r.to_bits());
                }
            },
            Scalar::Text(t) => {
                self.texts.insert(t);
            }
            Scalar::Address(n) => {
                self.numbers.insert(n.into());
            }
            list @ Scalar::List(_) => {
                if let Err(at) = self.lists.binary_search_by(|known| known.order(&list)) {
                    self.lists.insert(at, list);
                }
            }
        }
    }

    /// Adds all values of a column.
    pub fn extend(&mut self, cells: &Cells) {
        match cells.data() {
            Data::Unsigned(values) if cells.nulls().is_none() => {
                self.numbers.extend(values.iter().map(|&v| i128::from(v)));
            }
            _ => (0..cells.len()).for_each(|row| self.insert(cells.scalar(row))),
        }
    }

    /// Whether the value is in the set.
    pub fn has(&self, value: &Scalar) -> bool {
        match value {
            Scalar::Null => false,
            Scalar::Boolean(b) => self.has_boolean(*b),
            Scalar::Integer(n) => self.has_number(*n),
            Scalar::Real(r) => self.has_real(*r),
            Scalar::Text(t) => self.has_text(t),
            Scalar::Address(n) => self.has_number((*n).into()),
            Scalar::List(_) => self.lists.binary_search_by(|known| known.order(value)).is_ok(),
        }
    }

    /// Whether a null was added: then a value that is not found may still be in the set,
    /// and the answer is null instead of false.
    pub fn has_null(&self) -> bool {
        self.has_null
    }

    /// The whole numbers in the set, in no certain order.
    pub fn numbers(&self) -> impl Iterator<Item = i128> + '_ {
        self.numbers.iter().copied()
    }

    /// Whether the number is in the set.
    pub fn has_number(&self, number: i128) -> bool {
        self.numbers.contains(&number)
    }

    /// Whether the real number is in the set.
    pub fn has_real(&self, real: f64) -> bool {
        whole(real).map_or_else(|| self.reals.contains(&real.to_bits()), |n| self.has_number(n))
    }

    /// Whether the text is in the set.
    pub fn has_text(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    /// Whether the truth value is in the set.
    pub fn has_boolean(&self, value: bool) -> bool {
        self.booleans[usize::from(value)]
    }
}
