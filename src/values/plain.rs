//! A value as the answers' column `value` has it: a plain number, true or false, an address, or nothing.

use std::fmt;

use super::{Value, Values};
use crate::bytes::Addr;
use crate::clr::type_system::FieldType;
use crate::dump::Fault;

/// A plain value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plain {
    /// No value of its own: a null reference; a struct, whose fields have the values; what cannot be told.
    None,
    /// True or false.
    Boolean(bool),
    /// A whole number: a char is its code unit, an enum its number.
    Integer(i128),
    /// A real number. A `System.Single` is the number whose digits are the fewest that tell it from its neighbours, not
    /// the one that its bits widen to: 0.1, not 0.10000000149011612.
    Real(f64),
    /// A reference or pointer. A null pointer is an address too, a null reference is none.
    Address(Addr),
}

impl Value {
    /// The value as the column `value` has it.
    pub fn plain(self) -> Plain {
        match self {
            Value::Boolean(truth) => Plain::Boolean(truth),
            Value::Char(unit) => Plain::Integer(unit.into()),
            Value::Integer(number) => Plain::Integer(number),
            Value::Single(number) => Plain::Real(widened(number)),
            Value::Double(number) => Plain::Real(number),
            Value::Reference(address) if address.is_null() => Plain::None,
            Value::Reference(address) | Value::Pointer(address) => Plain::Address(address),
            Value::Struct { .. } | Value::Opaque => Plain::None,
        }
    }
}

/// The double with the fewest digits that are also the single's.
fn widened(number: f32) -> f64 {
    // Digits of a number, NaN and inf, all of which are read back.
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}

impl Values {
    /// The value of type `of` at `place`, as the column `value` has it.
    ///
    /// # Errors
    /// It is not in the dump.
    pub fn plain(&self, place: Addr, of: &FieldType) -> Result<Plain, Fault> {
        self.read(place, &of.shape).map(Value::plain)
    }
}

impl fmt::Display for Plain {
    /// As C# would print it, independent of any culture; `null` for no value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Plain::None => f.write_str("null"),
            Plain::Boolean(truth) => write!(f, "{truth}"),
            Plain::Integer(number) => write!(f, "{number}"),
            Plain::Real(number) => f.write_str(&real_text(*number)),
            Plain::Address(address) => write!(f, "{address}"),
        }
    }
}

/// The fewest digits that read back as the number, without `.0`; very large and small ones with an exponent.
pub(super) fn real_text(number: f64) -> String {
    if !number.is_finite() {
        return crate::units::real_word(number).to_owned();
    }
    let text = format!("{number:?}");
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_shortest_digits() {
        assert_eq!(Value::Single(0.1).plain(), Plain::Real(0.1));
        assert_eq!(Value::Single(f32::MAX).plain(), Plain::Real(3.4028235e38));
        assert_eq!(Value::Single(f32::from_bits(1)).plain(), Plain::Real(1e-45));
        assert_eq!(Value::Double(-0.1).plain().to_string(), "-0.1");
        assert_eq!(Value::Double(4.0).plain().to_string(), "4");
        assert_eq!(Value::Double(1e300).plain().to_string(), "1e300");
        assert_eq!(Value::Single(f32::NEG_INFINITY).plain(), Plain::Real(f64::NEG_INFINITY));
        assert!(matches!(Value::Single(f32::NAN).plain(), Plain::Real(nan) if nan.is_nan()));
        assert_eq!(Value::Double(f64::NAN).plain().to_string(), "NaN");
    }

    #[test]
    fn a_null_reference_is_nothing_and_a_null_pointer_an_address() {
        assert_eq!(Value::Reference(Addr::NULL).plain(), Plain::None);
        assert_eq!(Value::Pointer(Addr::NULL).plain(), Plain::Address(Addr::NULL));
        assert_eq!(Value::Reference(Addr(16)).plain().to_string(), "0x10");
        assert_eq!(Value::Char(0x20ac).plain(), Plain::Integer(8364));
        assert_eq!(Value::Opaque.plain().to_string(), "null");
    }
}
