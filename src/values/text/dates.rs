//! Dates and times: ISO 8601 with seven digits of a second, as .NET's round-trip format `O` has them.
//!
//! A `DateTime` of kind UTC ends in `Z`. One of kind local ends in nothing, as one of no kind: the offset is that of the
//! machine's time zone at that moment, which the value does not hold, and ISO 8601 reads a time without offset as a local
//! one. The kind remains to be seen in the two upper bits of the field.
//!
//! Source: `DateTime.cs`, `DateTimeOffset.cs`, `TimeSpan.cs`, `DateOnly.cs`, `TimeOnly.cs` in System.Private.CoreLib.

use super::members::Members;
use super::{NoText, Text};
use crate::units;

const TICKS_PER_SECOND: u64 = 10_000_000;
const TICKS_PER_MINUTE: i64 = 60 * TICKS_PER_SECOND as i64;
const TICKS_PER_DAY: u64 = 86_400 * TICKS_PER_SECOND;
/// The last tick of the year 9999.
const MAX_TICKS: u64 = 3_155_378_975_999_999_999;
/// The last day of the year 9999.
const MAX_DAY: u64 = MAX_TICKS / TICKS_PER_DAY;
/// The upper two bits of a `DateTime`: its kind.
const KIND_SHIFT: u32 = 62;
const KIND_UTC: u64 = 1;
/// Room for `2025-06-07T08:09:10.0000000+02:00`.
const MOMENT_BYTES: usize = 33;
/// The largest offset of a `DateTimeOffset`, to both sides.
const MAX_OFFSET_MINUTES: i64 = 14 * 60;

pub(super) fn date_time(members: &Members<'_>) -> Text {
    let data = date_data(members)?;
    let text = moment(ticks(data)).ok_or(NoText::Unknown)?;
    Ok(if data >> KIND_SHIFT == KIND_UTC { text + "Z" } else { text })
}

pub(super) fn date_time_offset(members: &Members<'_>) -> Text {
    let utc = members.within(&["_dateTime", "m_dateTime"], date_data)?;
    let minutes = members.integer(&["_offsetMinutes", "m_offsetMinutes"])?;
    let minutes = i64::try_from(minutes).map_err(|_| NoText::Unknown)?;
    moment_at_offset(ticks(utc), minutes).ok_or(NoText::Unknown)
}

pub(super) fn time_span(members: &Members<'_>) -> Text {
    let ticks = members.integer(&["_ticks"])?;
    i64::try_from(ticks).map(span).map_err(|_| NoText::Unknown)
}

pub(super) fn date_only(members: &Members<'_>) -> Text {
    let day = u64::try_from(members.integer(&["_dayNumber"])?).ok();
    day.and_then(date).ok_or(NoText::Unknown)
}

pub(super) fn time_only(members: &Members<'_>) -> Text {
    let ticks = u64::try_from(members.integer(&["_ticks"])?).ok();
    ticks.filter(|&ticks| ticks < TICKS_PER_DAY).map(time_of_day).ok_or(NoText::Unknown)
}

fn date_data(members: &Members<'_>) -> Result<u64, NoText> {
    // An unsigned number in all versions; its bits are what counts.
    members.integer(&["_dateData", "dateData"]).map(|number| number as u64)
}

fn ticks(date_data: u64) -> u64 {
    date_data & ((1 << KIND_SHIFT) - 1)
}

/// `2026-01-02T03:04:05.6780000`; `None` beyond the year 9999.
fn moment(ticks: u64) -> Option<String> {
    let mut text = String::with_capacity(MOMENT_BYTES);
    push_date(&mut text, ticks / TICKS_PER_DAY)?;
    text.push('T');
    push_time_of_day(&mut text, ticks % TICKS_PER_DAY);
    Some(text)
}

/// `2025-06-07T08:09:10.0000000+02:00`.
fn moment_at_offset(utc: u64, minutes: i64) -> Option<String> {
    if minutes.abs() > MAX_OFFSET_MINUTES {
        return None;
    }
    let local = utc.checked_add_signed(minutes * TICKS_PER_MINUTE)?;
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    Some(format!("{}{sign}{:02}:{:02}", moment(local)?, minutes / 60, minutes % 60))
}

/// `2024-02-29`, for a day counted from 0001-01-01; `None` beyond the year 9999.
fn date(day: u64) -> Option<String> {
    let mut text = String::with_capacity(MOMENT_BYTES);
    push_date(&mut text, day)?;
    Some(text)
}

fn push_date(text: &mut String, day: u64) -> Option<()> {
    if day > MAX_DAY {
        return None;
    }
    let (year, month, day) = units::date(day);
    push_digits::<4>(text, year);
    text.push('-');
    push_digits::<2>(text, month);
    text.push('-');
    push_digits::<2>(text, day);
    Some(())
}

/// `23:59:58.0000000`.
fn time_of_day(ticks: u64) -> String {
    let mut text = String::with_capacity(MOMENT_BYTES);
    push_time_of_day(&mut text, ticks);
    text
}

fn push_time_of_day(text: &mut String, ticks: u64) {
    let seconds = ticks / TICKS_PER_SECOND;
    push_digits::<2>(text, seconds / 3600);
    text.push(':');
    push_digits::<2>(text, seconds / 60 % 60);
    text.push(':');
    push_digits::<2>(text, seconds % 60);
    text.push('.');
    push_digits::<7>(text, ticks % TICKS_PER_SECOND);
}

/// The last `WIDTH` digits of a number. Written out, since millions of dates are spelled.
fn push_digits<const WIDTH: usize>(text: &mut String, mut number: u64) {
    let mut digits = ['0'; WIDTH];
    for digit in digits.iter_mut().rev() {
        *digit = char::from(b'0' + (number % 10) as u8);
        number /= 10;
    }
    text.extend(digits);
}

/// `-1.02:03:04.5000000`: the format `c`, days and the fraction only where there are any.
fn span(ticks: i64) -> String {
    let sign = if ticks < 0 { "-" } else { "" };
    let ticks = ticks.unsigned_abs();
    let days = match ticks / TICKS_PER_DAY {
        0 => String::new(),
        days => format!("{days}."),
    };
    let time = time_of_day(ticks % TICKS_PER_DAY);
    format!("{sign}{days}{}", time.strip_suffix(".0000000").unwrap_or(&time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments_are_in_iso_8601() {
        assert_eq!(moment(0).unwrap(), "0001-01-01T00:00:00.0000000");
        assert_eq!(moment(MAX_TICKS).unwrap(), "9999-12-31T23:59:59.9999999");
        assert_eq!(moment(ticks(5_248_871_783_387_387_904)).unwrap(), "2020-02-29T12:34:56.0000000");
        assert_eq!(moment(621_355_968_000_000_000).unwrap(), "1970-01-01T00:00:00.0000000");
        assert_eq!(moment(MAX_TICKS + 1), None);
        assert_eq!(moment(ticks(u64::MAX)), None);
    }

    #[test]
    fn offsets_lead_to_the_local_time() {
        let utc = 638_848_733_500_000_000;
        assert_eq!(moment_at_offset(utc, 120).unwrap(), "2025-06-07T08:09:10.0000000+02:00");
        assert_eq!(moment_at_offset(utc, -570).unwrap(), "2025-06-06T20:39:10.0000000-09:30");
        assert_eq!(moment_at_offset(utc, 0).unwrap(), "2025-06-07T06:09:10.0000000+00:00");
        assert_eq!(moment_at_offset(utc, 841), None);
        assert_eq!(moment_at_offset(0, -1), None);
        assert_eq!(moment_at_offset(MAX_TICKS, 1), None);
    }

    #[test]
    fn dates_know_leap_years() {
        assert_eq!(date(738_944).unwrap(), "2024-02-29");
        assert_eq!(date(0).unwrap(), "0001-01-01");
        assert_eq!(date(59).unwrap(), "0001-03-01");
        assert_eq!(date(MAX_DAY).unwrap(), "9999-12-31");
        assert_eq!(date(MAX_DAY + 1), None);
    }

    #[test]
    fn spans_are_in_the_constant_format() {
        assert_eq!(span(-15_000_000), "-00:00:01.5000000");
        assert_eq!(span(0), "00:00:00");
        assert_eq!(span(i64::MIN), "-10675199.02:48:05.4775808");
        assert_eq!(span(i64::MAX), "10675199.02:48:05.4775807");
        assert_eq!(span(937_840_000_000), "1.02:03:04");
    }

    #[test]
    fn times_of_day() {
        assert_eq!(time_of_day(863_980_000_000), "23:59:58.0000000");
        assert_eq!(time_of_day(TICKS_PER_DAY - 1), "23:59:59.9999999");
    }

    proptest! {
        /// Every day's text is the next one of the day before it.
        #[test]
        fn days_follow_each_other(day in 0..MAX_DAY) {
            let (today, tomorrow) = (date(day).unwrap(), date(day + 1).unwrap());
            prop_assert!(today < tomorrow);
            let number = |text: &str, from: usize, to: usize| text[from..to].parse::<u32>().unwrap();
            let same_month = today[..7] == tomorrow[..7];
            let expected = if same_month { number(&today, 8, 10) + 1 } else { 1 };
            prop_assert_eq!(number(&tomorrow, 8, 10), expected);
            prop_assert!(same_month || number(&today, 8, 10) >= 28);
        }
    }
}
