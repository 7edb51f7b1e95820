//! A number of a counter as people read it.

use super::sample::{Sample, Unit};
use crate::units::{human_bytes, push_short_real};

impl Sample {
    /// The number with its unit: `512.3 MB`, `12.4 %`, `1,234`, `50.1 MB/s`, `3 /s`.
    pub fn shown(&self) -> String {
        shown(self.value, &self.unit, self.kind.is_rate())
    }
}

/// A number of this unit, for a second or not. Text of the process (a unit) is left as it is.
pub fn shown(value: f64, unit: &Unit, rate: bool) -> String {
    let mut text = match unit {
        Unit::Bytes => human_bytes(value),
        Unit::Percent => format!("{value:.1} %"),
        Unit::None => short(value),
        Unit::Other(unit) if **unit == *"s" => seconds(value),
        Unit::Other(unit) => format!("{} {unit}", short(value)),
    };
    if rate {
        text.push_str(if *unit == Unit::None { " /s" } else { "/s" });
    }
    text
}

/// Seconds in the unit of which there is at least one: most that programs measure are far shorter.
fn seconds(value: f64) -> String {
    let magnitude = value.abs();
    let (factor, unit) = match magnitude {
        _ if magnitude >= 1.0 || magnitude == 0.0 => (1.0, "s"),
        _ if magnitude >= 1e-3 => (1e3, "ms"),
        _ => (1e6, "µs"),
    };
    format!("{} {unit}", short(value * factor))
}

/// One decimal from ten on, two below. A rate of one a second is told as 1, though intervals are never quite a second.
fn short(value: f64) -> String {
    let steps = if value.abs() >= 10.0 { 10.0 } else { 100.0 };
    let mut text = Vec::new();
    push_short_real((value * steps).round() / steps, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let ms = Unit::Other("ms".into());
        let cases = [
            (536_870_912.0, Unit::Bytes, false, "512.0 MB"),
            (52_428_800.0, Unit::Bytes, true, "50.0 MB/s"),
            (12.345, Unit::Percent, false, "12.3 %"),
            (1234.0, Unit::None, false, "1,234"),
            (0.999_610_424, Unit::None, true, "1 /s"),
            (0.25, Unit::None, true, "0.25 /s"),
            (1.004, Unit::None, true, "1 /s"),
            (-0.001, Unit::None, false, "0"),
            (16.666_666, ms.clone(), true, "16.7 ms/s"),
            (0.000_412, Unit::Other("s".into()), false, "412 µs"),
            (0.121, Unit::Other("s".into()), true, "121 ms/s"),
            (0.0, Unit::Other("s".into()), false, "0 s"),
            (61.25, Unit::Other("s".into()), false, "61.3 s"),
            (0.0, ms, false, "0 ms"),
            (f64::NAN, Unit::None, false, "NaN"),
        ];
        for (value, unit, rate, text) in cases {
            assert_eq!(shown(value, &unit, rate), text);
        }
    }
}
