//! One value by itself: a literal, a constant, a member of a set.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::ast::Literal;
use super::cells::text_bytes;
use crate::units::real_word;

/// A value without its kind: in columns of one kind an address, a number of bytes and a plain number are all
/// `Integer`. Where values of different sorts stand in one column, or in a list, an address says what it is.
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
    /// An address among values of other sorts; it compares like the number that it is.
    Address(u64),
    /// A list.
    List(Arc<[Scalar]>),
}

impl Scalar {
    /// The bytes that it takes, with what it holds elsewhere.
    pub fn bytes(&self) -> usize {
        size_of::<Scalar>()
            + match self {
                Scalar::Text(text) => text_bytes(text),
                Scalar::List(items) => items.iter().map(Scalar::bytes).sum(),
                _ => 0,
            }
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Scalar::Null)
    }

    /// The order of two values: of different classes truth values, then numbers, text, lists, and null last,
    /// as when sorting. Numbers compare with numbers of the other form, a NaN comes behind all of them; lists
    /// element by element.
    pub fn order(&self, other: &Scalar) -> Ordering {
        match (self, other) {
            (Scalar::Boolean(a), Scalar::Boolean(b)) => a.cmp(b),
            (Scalar::Text(a), Scalar::Text(b)) => a.cmp(b),
            (Scalar::List(a), Scalar::List(b)) => {
                let unequal = a.iter().zip(b.iter()).map(|(a, b)| a.order(b)).find(|order| order.is_ne());
                unequal.unwrap_or_else(|| a.len().cmp(&b.len()))
            }
            (a, b) => match (a.as_whole(), b.as_whole(), a.as_real(), b.as_real()) {
                (Some(a), Some(b), ..) => a.cmp(&b),
                (_, _, Some(a), Some(b)) => order_reals(a, b),
                _ => a.class().cmp(&b.class()),
            },
        }
    }

    /// The class of the value: only values of one class compare.
    pub fn class(&self) -> Class {
        match self {
            Scalar::Boolean(_) => Class::Boolean,
            Scalar::Integer(_) | Scalar::Real(_) | Scalar::Address(_) => Class::Number,
            Scalar::Text(_) => Class::Text,
            Scalar::List(_) => Class::List,
            Scalar::Null => Class::Null,
        }
    }

    /// The whole number.
    pub fn as_whole(&self) -> Option<i128> {
        match self {
            Scalar::Integer(n) => Some(*n),
            Scalar::Address(n) => Some(i128::from(*n)),
            _ => None,
        }
    }

    /// The number as a real one.
    pub fn as_real(&self) -> Option<f64> {
        match self {
            Scalar::Real(r) => Some(*r),
            _ => self.as_whole().map(|n| n as f64),
        }
    }
}

/// What values compare with, in the order in which values of different classes are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// True and false.
    Boolean,
    /// Numbers of all forms, addresses too.
    Number,
    /// Text.
    Text,
    /// Lists.
    List,
    /// No value.
    Null,
}

/// The value as text: numbers and words as JSON spells them, text without quotes, a list in brackets. What the
/// functions of text make of a value of any sort.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Null => f.write_str("null"),
            Scalar::Boolean(b) => write!(f, "{b}"),
            Scalar::Integer(n) => write!(f, "{n}"),
            Scalar::Real(r) if !r.is_finite() => f.write_str(real_word(*r)),
            Scalar::Real(r) => write!(f, "{r:?}"),
            Scalar::Text(t) => f.write_str(t),
            Scalar::Address(a) => write!(f, "{a:#x}"),
            Scalar::List(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// A real number that equals a whole one, as that: so 2.0 is found among whole numbers.
pub fn whole(real: f64) -> Option<i128> {
    // Within this bound every float that is whole converts exactly.
    (real.fract() == 0.0 && real.abs() < 1e30).then_some(real as i128)
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
