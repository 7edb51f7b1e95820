//! Parts of dates and times as fields show them: ISO 8601, which orders as text.

use crate::query::catalog::DatePart;

/// The part of the date (`2024-02-29T12:34:56.0000000Z`, `2024-02-29`) or the time (`12:34:56`) that `text` is;
/// `None` where it has no such part or is something else.
pub fn part(text: &str, part: DatePart) -> Option<u32> {
    let (day, time) = match day(text) {
        Some(day) => (Some(day), text[day.len()..].strip_prefix(['T', ' '])),
        None => (None, Some(text)),
    };
    let of_day = |nth: usize| day?.split('-').nth(nth);
    let of_time = |from: usize| {
        let time = time?.as_bytes();
        let is_time = time.get(..5).is_some_and(|t| digits(&t[..2]) && t[2] == b':' && digits(&t[3..]));
        let has_part = from < 5 || time.get(5) == Some(&b':');
        let part = time.get(from..from + 2).filter(|part| is_time && has_part && digits(part));
        part.and_then(|part| std::str::from_utf8(part).ok())
    };
    let part = match part {
        DatePart::Year => of_day(0),
        DatePart::Month => of_day(1),
        DatePart::Day => of_day(2),
        DatePart::Hour => of_time(0),
        DatePart::Minute => of_time(3),
        DatePart::Second => of_time(6),
    };
    part?.parse().ok()
}

/// The day that a text begins with; `None` when it begins with none.
pub fn day(text: &str) -> Option<&str> {
    let day = text.get(..10)?;
    let bytes = day.as_bytes();
    let is_day = digits(&bytes[..4]) && bytes[4] == b'-' && digits(&bytes[5..7]) && bytes[7] == b'-';
    let ends = !text[10..].starts_with(|c: char| c.is_ascii_digit());
    (is_day && digits(&bytes[8..]) && ends).then_some(day)
}

fn digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
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
            ("2020-02-299", [none, none]),
            ("1.12:34:56", [none, none]),
            ("", [none, none]),
            ("ein längerer Text mit größerem Umfang", [none, none]),
        ] {
            assert_eq!(ALL.map(|p| part(text, p)), parts.concat()[..], "{text}");
        }
    }
}
