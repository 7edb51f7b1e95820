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
        Unit::Other(unit) => format!("{} {unit}", short(value)),
    };
    if rate {
        text.push_str(if *unit == Unit::None { " /s" } else { "/s" });
    }
    text
}

/// One decimal from ten on, more below, where they tell something.
fn short(value: f64) -> String {
    let rounded =
        if value.abs() >= 10.0 { (value * 10.0).round() / 10.0 } else { (value * 1000.0).round() / 1000.0 };
    let mut text = Vec::new();
    push_short_real(rounded, &mut text);
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
            (16.666_666, ms.clone(), true, "16.7 ms/s"),
            (0.0, ms, false, "0 ms"),
            (f64::NAN, Unit::None, false, "NaN"),
        ];
        for (value, unit, rate, text) in cases {
            assert_eq!(shown(value, &unit, rate), text);
        }
    }
}
