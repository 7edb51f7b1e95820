//! Parts of dates and times as fields show them: ISO 8601, which orders as text.

use crate::query::catalog::DatePart;

/// The part of the date (`2024-02-29T12:34:56.0000000Z`, `2024-02-29`) or the time (`12:34:56`) that `text` is;
/// `None` where it has no such part or is something else.
pub fn part(text: &str, part: DatePart) -> Option<u32> {
    let (day, time) = match day(text) {
        Some(day) => (Some(day), text[day.len()..].strip_prefix(['T', ' '])),
        None => (None, Some(text)),
    };
    let of_day = |nth: usize| day?.split('-').nth(nth)?.parse().ok();
    let of_time = |from: usize| {
        let time = time?.as_bytes();
        let is_time = time.get(..5).is_some_and(|t| {
            number(&t[..2]).is_some_and(|hour| hour < 24)
                && t[2] == b':'
                && number(&t[3..]).is_some_and(|minute| minute < 60)
        });
        let has_part = from < 5 || time.get(5) == Some(&b':');
        let part = time.get(from..from + 2).filter(|_| is_time && has_part).and_then(number);
        part.filter(|&part| part < 60)
    };
    match part {
        DatePart::Year => of_day(0),
        DatePart::Month => of_day(1),
        DatePart::Day => of_day(2),
        DatePart::Hour => of_time(0),
        DatePart::Minute => of_time(3),
        DatePart::Second => of_time(6),
    }
}

/// The day that a text begins with; `None` when it begins with none.
pub fn day(text: &str) -> Option<&str> {
    let day = text.get(..10)?;
    let bytes = day.as_bytes();
    let (year, month, of_month) = (number(&bytes[..4])?, number(&bytes[5..7])?, number(&bytes[8..])?);
    let is_day = bytes[4] == b'-' && bytes[7] == b'-' && (1..=days_of(year, month)).contains(&of_month);
    let ends = !text[10..].starts_with(|c: char| c.is_ascii_digit());
    (is_day && ends).then_some(day)
}

/// The days of a month; 0 where there is no such month.
fn days_of(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// The number that digits, and nothing else, spell.
fn number(bytes: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(bytes).ok().filter(|_| bytes.iter().all(u8::is_ascii_digit))?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [DatePart; 6] =
        [DatePart::Year, DatePart::Month, DatePart::Day, DatePart::Hour, DatePart::Minute, DatePart::Second];

    #[test]
    fn dates_and_times_have_the_parts_that_they_show() {
        let date = [Some(2020), Some(2), Some(29)];
        let time = [Some(12), Some(34), Some(56)];
        let none = [None; 3];
        for (text, parts) in [
            ("2020-02-29T12:34:56.0000000Z", [date, time]),
            ("2020-02-29T12:34:56+02:00", [date, time]),
            ("2020-02-29 12:34:56", [date, time]),
            ("2020-02-29", [date, none]),
            ("12:34:56", [none, time]),
            ("12:34", [none, [Some(12), Some(34), None]]),
            ("2000-02-29", [[Some(2000), Some(2), Some(29)], none]),
            ("2020-02-299", [none, none]),
            ("2021-02-29", [none, none]),
            ("1900-02-29", [none, none]),
            ("2020-13-01", [none, none]),
            ("2020-00-01", [none, none]),
            ("2020-01-00", [none, none]),
            ("2020-04-31T12:34:56", [none, none]),
            ("2020-02-29T24:00:00", [date, none]),
            ("12:60:00", [none, none]),
            ("12:34:60", [none, [Some(12), Some(34), None]]),
            ("1.12:34:56", [none, none]),
            ("", [none, none]),
            ("ein längerer Text mit größerem Umfang", [none, none]),
        ] {
            assert_eq!(ALL.map(|p| part(text, p)), parts.concat()[..], "{text}");
        }
    }
}
