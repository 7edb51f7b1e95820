//! Numbers of a measure, and their changes.

use std::cmp::Ordering;

use crate::query::ValueRef;

/// A value of a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Amount {
    /// A whole number, of bytes or things.
    Whole(i128),
    /// A number with a fraction.
    Real(f64),
}

impl Amount {
    /// The number of a cell; `None` where it is none.
    pub(super) fn of(value: &ValueRef<'_>) -> Option<Amount> {
        match *value {
            ValueRef::Integer(number) => Some(Amount::Whole(number)),
            ValueRef::Bytes(bytes) => Some(Amount::Whole(bytes.into())),
            ValueRef::Real(number) => Some(Amount::Real(number)),
            _ => None,
        }
    }

    /// The number as a cell.
    pub(super) fn value(self) -> ValueRef<'static> {
        match self {
            Amount::Whole(number) => ValueRef::Integer(number),
            Amount::Real(number) => ValueRef::Real(number),
        }
    }

    /// What is added to `before` to give this.
    pub(super) fn change_from(self, before: Amount) -> Amount {
        match (self, before) {
            (Amount::Whole(after), Amount::Whole(before)) => Amount::Whole(after.saturating_sub(before)),
            (after, before) => Amount::Real(after.real() - before.real()),
        }
    }

    /// How the number compares with 0; equal for NaN.
    pub(super) fn sign(self) -> Ordering {
        match self {
            Amount::Whole(number) => number.cmp(&0),
            Amount::Real(number) => number.partial_cmp(&0.0).unwrap_or(Ordering::Equal),
        }
    }

    /// Its distance from 0, in whole numbers.
    pub(super) fn magnitude(self) -> u128 {
        match self {
            Amount::Whole(number) => number.unsigned_abs(),
            Amount::Real(number) => number.abs() as u128,
        }
    }

    fn real(self) -> f64 {
        match self {
            Amount::Whole(number) => number as f64,
            Amount::Real(number) => number,
        }
    }
}
