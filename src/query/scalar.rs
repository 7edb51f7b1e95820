//! One value by itself: a literal, a constant, a member of a set.

use std::cmp::Ordering;
use std::sync::Arc;

use super::ast::Literal;

/// A value without its kind: an address, a number of bytes and a plain number are all `Integer`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Scalar {
    /// No value.
    #[default]
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction.
    Real(f64),
    /// Text.
    Text(Arc<str>),
}

impl Scalar {
    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Scalar::Null)
    }

    /// The order of two values of one class; numbers compare with numbers of the other form.
    /// Null comes last, as when sorting; a NaN comes behind all numbers.
    pub fn order(&self, other: &Scalar) -> Ordering {
        match (self, other) {
            (Scalar::Null, Scalar::Null) => Ordering::Equal,
            (Scalar::Null, _) => Ordering::Greater,
            (_, Scalar::Null) => Ordering::Less,
            (Scalar::Boolean(a), Scalar::Boolean(b)) => a.cmp(b),
            (Scalar::Integer(a), Scalar::Integer(b)) => a.cmp(b),
            (Scalar::Text(a), Scalar::Text(b)) => a.cmp(b),
            (a, b) => order_reals(a.as_real().unwrap_or(f64::NAN), b.as_real().unwrap_or(f64::NAN)),
        }
    }

    /// The number as a real one.
    pub fn as_real(&self) -> Option<f64> {
        match self {
            Scalar::Integer(n) => Some(*n as f64),
            Scalar::Real(r) => Some(*r),
            _ => None,
        }
    }
}

/// The order of real numbers, NaN behind all others and equal to itself; -0 equals 0.
pub fn order_reals(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

impl From<&Literal> for Scalar {
    fn from(literal: &Literal) -> Scalar {
        match literal {
            Literal::Null => Scalar::Null,
            Literal::Boolean(b) => Scalar::Boolean(*b),
            Literal::Integer(n) => Scalar::Integer(*n),
            Literal::Real(r) => Scalar::Real(*r),
            Literal::Size(n) | Literal::Address(n) => Scalar::Integer(i128::from(*n)),
            Literal::Text(t) => Scalar::Text(Arc::clone(t)),
        }
    }
}
