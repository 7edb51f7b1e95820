//! Numbers as people read and write them: thousands separators, sizes in units, short reals, durations, moments.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The units of sizes as people write them, and how many bits each shifts: powers of 1024.
pub const SIZE_UNITS: &[(&str, u32)] = &[("b", 0), ("kb", 10), ("mb", 20), ("gb", 30), ("tb", 40)];

/// Appends a whole number with a comma between groups of three digits: `-1,234,567`.
pub fn push_grouped(number: i128, out: &mut Vec<u8>) {
    let mut digits = itoa::Buffer::new();
    let digits = digits.format(number.unsigned_abs());
    if number < 0 {
        out.push(b'-');
    }
    for (i, digit) in digits.bytes().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(b',');
        }
        out.push(digit);
    }
}

/// A whole number with a comma between groups of three digits.
pub fn grouped(number: impl Into<i128>) -> String {
    let number = number.into();
    let mut out = Vec::with_capacity(16);
    push_grouped(number, &mut out);
    String::from_utf8(out).expect("digits are ASCII")
}

/// How many characters [`grouped`] takes, without making the text.
pub fn grouped_width(number: i128) -> usize {
    let digits = number.unsigned_abs().checked_ilog10().map_or(1, |log| log as usize + 1);
    digits + (digits - 1) / 3 + usize::from(number < 0)
}

/// A number of bytes in the largest unit (powers of 1024, as the language reads them) of which there
/// is at least one, with one decimal: `512 B`, `1.5 KB`, `9.3 GB`.
pub fn human_bytes(bytes: f64) -> String {
    const UNITS: [&str; 6] = ["KB", "MB", "GB", "TB", "PB", "EB"];
    let mut value = bytes;
    let mut unit = None;
    for bigger in UNITS {
        // 1023.95 would be printed as 1024.0 of this unit: it is 1.0 of the next.
        if value.abs() < 1023.95 {
            break;
        }
        value /= 1024.0;
        unit = Some(bigger);
    }
    unit.map_or_else(|| format!("{} B", value.round()), |unit| format!("{value:.1} {unit}"))
}

/// Appends a real number for a table: at most three decimals with separators from 1 on, four
/// significant digits below. The exact value is for JSON and CSV.
pub fn push_short_real(number: f64, out: &mut Vec<u8>) {
    let magnitude = number.abs();
    if !number.is_finite() {
        out.extend_from_slice(real_word(number).as_bytes());
    } else if magnitude >= 1e15 || (magnitude != 0.0 && magnitude < 1e-4) {
        out.extend_from_slice(format!("{number:.3e}").as_bytes());
    } else {
        let decimals = if magnitude >= 1.0 || number == 0.0 { 3 } else { 7 };
        let text = format!("{magnitude:.decimals$}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let fraction = fraction.trim_end_matches('0');
        if number < 0.0 && !(fraction.is_empty() && whole == "0") {
            out.push(b'-');
        }
        push_grouped(whole.parse().unwrap_or(0), out);
        if !fraction.is_empty() {
            out.push(b'.');
            out.extend_from_slice(fraction.as_bytes());
        }
    }
}

/// The word for a real number that has no digits: `NaN`, `Infinity`, `-Infinity`.
pub fn real_word(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number < 0.0 {
        "-Infinity"
    } else {
        "Infinity"
    }
}

/// A duration in the unit that suits it: `850 µs`, `12 ms`, `3.4 s`, `2 min 5 s`.
pub fn duration(elapsed: Duration) -> String {
    let micros = elapsed.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{} ms", micros / 1_000),
        1_000_000..60_000_000 => format!("{:.1} s", elapsed.as_secs_f64()),
        _ => format!("{} min {} s", elapsed.as_secs() / 60, elapsed.as_secs() % 60),
    }
}

/// A moment in UTC to the second: `2026-11-22 12:30:46`. Moments before 1970 are told as its first.
pub fn utc(moment: SystemTime) -> String {
    let seconds = moment.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (year, month, day) = date(DAYS_TO_1970 + seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// A moment in UTC to the millisecond, as ISO 8601 writes it: `2026-11-22T12:30:46.123Z`. Moments before 1970 are told as its
/// first.
pub fn utc_milliseconds(moment: SystemTime) -> String {
    let milliseconds = moment.duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_millis());
    format!("{}.{milliseconds:03}Z", utc(moment).replace(' ', "T"))
}

/// Days from 0001-01-01 to 1970-01-01.
const DAYS_TO_1970: u64 = 719_162;

/// Year, month and day of the day that lies so many days after 0001-01-01, in the Gregorian calendar. Counted are years
/// from March on, so that the odd day is a year's last, in eras of 400 years, after which the calendar repeats.
pub fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 306; // From 0000-03-01 to 0001-01-01.
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // Five months from March on have 153 days, whichever five follow each other.
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// A duration as people write it, a whole number with a unit: `500ms`, `30s`, `5m` (or `min`), `2h`. `None` for
/// anything else, and for more than a `u64` of milliseconds.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let milliseconds = match unit.trim().to_ascii_lowercase().as_str() {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(milliseconds).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_are_grouped_from_the_right() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"), (-100, "-100")];
        for (number, text) in cases {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(grouped(i128::from(u64::MAX)), "18,446,744,073,709,551,615");
    }

    #[test]
    fn sizes_never_read_1024_of_a_unit() {
        let cases = [
            (0.0, "0 B"),
            (1023.0, "1023 B"),
            (1024.0, "1.0 KB"),
            (1536.0 * 1024.0, "1.5 MB"),
            (1_048_575.0, "1.0 MB"),
            (-2048.0, "-2.0 KB"),
            (5e15, "4.4 PB"),
            (u64::MAX as f64, "16.0 EB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(human_bytes(bytes), text);
        }
    }

    #[test]
    fn reals_are_short_but_never_rounded_to_nothing() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (72.368_421, "72.368"),
            (-1234.5, "-1,234.5"),
            (0.012_345_678, "0.0123457"),
            (0.000_000_5, "5.000e-7"),
            (1e300, "1.000e300"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (number, text) in cases {
            let mut out = Vec::new();
            push_short_real(number, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }

    #[test]
    fn durations_have_a_fitting_unit() {
        let cases = [(7, "7 µs"), (12_345, "12 ms"), (3_400_000, "3.4 s"), (125_000_000, "2 min 5 s")];
        for (micros, text) in cases {
            assert_eq!(duration(Duration::from_micros(micros)), text);
        }
    }

    #[test]
    fn moments_are_dates_of_the_calendar() {
        let cases = [
            (0, "1970-01-01 00:00:00"),
            (951_782_399, "2000-02-28 23:59:59"),
            (951_782_400, "2000-02-29 00:00:00"),
            (1_709_164_800, "2024-02-29 00:00:00"),
            (1_795_350_646, "2026-11-22 12:30:46"),
            (4_107_542_400, "2100-03-01 00:00:00"),
        ];
        for (seconds, text) in cases {
            assert_eq!(utc(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn milliseconds_have_three_digits() {
        let moment = UNIX_EPOCH + Duration::from_millis(1_795_350_646_007);
        assert_eq!(utc_milliseconds(moment), "2026-11-22T12:30:46.007Z");
        assert_eq!(utc_milliseconds(UNIX_EPOCH - Duration::from_millis(1)), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn durations_are_read_with_their_unit() {
        let cases = [
            ("500ms", 500),
            ("1s", 1_000),
            (" 30 S ", 30_000),
            ("5m", 300_000),
            ("5min", 300_000),
            ("2h", 7_200_000),
        ];
        for (text, milliseconds) in cases {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "5", "s", "-1s", "1.5s", "1d", "99999999999999999999s", "18446744073709551615h"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_width_is_that_of_the_text(number in any::<i128>()) {
            prop_assert_eq!(grouped_width(number), grouped(number).len());
        }

        #[test]
        fn grouping_only_adds_commas(number in any::<i128>()) {
            prop_assert_eq!(grouped(number).replace(',', ""), number.to_string());
        }
    }
}
