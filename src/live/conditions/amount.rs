//! A number of a condition with its unit, as it was written.

use std::fmt;

use super::super::counters::names::Quantity;
use crate::units::SIZE_UNITS;

/// The unit of an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountUnit {
    /// None: things, or whatever the counter counts in.
    Plain,
    /// One of [`SIZE_UNITS`]: its name and its bits.
    Size(&'static str, u32),
    /// A share of a hundred.
    Percent,
}

impl AmountUnit {
    /// The unit of this name, in any case.
    pub(super) fn named(name: &str) -> Option<AmountUnit> {
        if name == "%" {
            return Some(AmountUnit::Percent);
        }
        let sizes = SIZE_UNITS.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        sizes.map(|&(name, bits)| AmountUnit::Size(name, bits))
    }

    /// Why a counter of this quantity is not measured in this unit; `None` when it is.
    pub(super) fn misfit(self, quantity: Quantity) -> Option<&'static str> {
        match (quantity, self) {
            (Quantity::Bytes, AmountUnit::Plain) => Some("counts bytes: a unit is missing"),
            (Quantity::Bytes, AmountUnit::Percent) => Some("counts bytes, which `%` is no unit of"),
            (Quantity::Percent, AmountUnit::Size(..)) => Some("is a share of a hundred, not a size"),
            (Quantity::Milliseconds, AmountUnit::Size(..)) => Some("counts milliseconds, not bytes"),
            (Quantity::Milliseconds, AmountUnit::Percent) => {
                Some("counts milliseconds, which `%` is no unit of")
            }
            (Quantity::Things, AmountUnit::Size(..)) => Some("counts things, not bytes"),
            (Quantity::Things, AmountUnit::Percent) => Some("counts things, which `%` is no unit of"),
            _ => None,
        }
    }
}

/// How much: never negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    /// The number as it was written.
    pub number: f64,
    /// Its unit.
    pub unit: AmountUnit,
    /// Whether `/s` was written behind it. Rates are for a second, with it or without.
    pub per_second: bool,
}

impl Amount {
    /// The number in what samples count in: bytes, where it is a size.
    pub fn value(&self) -> f64 {
        match self.unit {
            AmountUnit::Size(_, bits) => self.number * f64::from(bits).exp2(),
            AmountUnit::Plain | AmountUnit::Percent => self.number,
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        match self.unit {
            AmountUnit::Plain => {}
            AmountUnit::Size(name, _) => f.write_str(name)?,
            AmountUnit::Percent => f.write_str("%")?,
        }
        f.write_str(if self.per_second { "/s" } else { "" })
    }
}
