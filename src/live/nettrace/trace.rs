//! What a stream says of itself: when it began and how its clock runs.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::cursor::{Cursor, Damage};

/// The first object of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The number of the process as it knows it itself: inside a container another than outside.
    pub process: u32,
    /// Bytes of a pointer: 4 or 8.
    pub pointer_bytes: u32,
    /// The processors that the runtime may use.
    pub processors: u32,
    /// When the session began.
    start: SystemTime,
    /// What the runtime's clock showed then.
    start_ticks: u64,
    /// How many ticks of that clock make a second.
    ticks_per_second: u64,
}

impl Trace {
    /// Bytes of the object in versions 4 and 5.
    pub(super) const BYTES: usize = 48;

    pub(super) fn read(mut bytes: Cursor<'_>) -> Result<Trace, Damage> {
        let start = system_time(&mut bytes)?;
        let start_ticks = bytes.u64()?;
        let ticks_per_second = bytes.u64()?;
        if ticks_per_second == 0 {
            return Err("a clock that stands still".into());
        }
        let pointer_bytes = bytes.u32()?;
        let process = bytes.u32()?;
        let processors = bytes.u32()?;
        Ok(Trace { process, pointer_bytes, processors, start, start_ticks, ticks_per_second })
    }

    /// The time at which the runtime's clock shows `ticks`. Before the session began, it is the session's beginning: a
    /// stream that claims a time which cannot be told must not stop the reading.
    pub(super) fn time_of(&self, ticks: u64) -> SystemTime {
        let elapsed = ticks.saturating_sub(self.start_ticks);
        let seconds = elapsed / self.ticks_per_second;
        let rest = u128::from(elapsed % self.ticks_per_second) * 1_000_000_000;
        // Below a second by the remainder above.
        let nanos = u32::try_from(rest / u128::from(self.ticks_per_second)).unwrap_or(0);
        self.start.checked_add(Duration::new(seconds, nanos)).unwrap_or(self.start)
    }

    /// When the session began, by the clock of the process.
    pub fn start(&self) -> SystemTime {
        self.start
    }
}

/// A `SYSTEMTIME` of Windows: year, month, day of week, day, hour, minute, second, millisecond.
fn system_time(bytes: &mut Cursor<'_>) -> Result<SystemTime, Damage> {
    let mut parts = [0_u16; 8];
    for part in &mut parts {
        *part = bytes.u16()?;
    }
    let [year, month, _, day, hour, minute, second, millisecond] = parts.map(u64::from);
    let valid = (1970..10_000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61
        && millisecond < 1000;
    if !valid {
        return Err(format!("a session that began {year}-{month}-{day} {hour}:{minute}:{second}"));
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Ok(UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_millis(millisecond))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, which does not lie before.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    // Years begin in March here, so that the leap day is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    // Days from 0000-03-01 to 1970-01-01.
    days - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_leap_years() {
        let cases =
            [((1970, 1, 1), 0), ((1970, 3, 1), 59), ((2000, 2, 29), 11_016), ((2026, 11, 22), 20_779)];
        for ((year, month, day), days) in cases {
            assert_eq!(days_since_1970(year, month, day), days, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn times_are_counted_from_the_beginning_of_the_session() {
        let trace = Trace {
            process: 1,
            pointer_bytes: 8,
            processors: 2,
            start: UNIX_EPOCH,
            start_ticks: 1000,
            ticks_per_second: 10,
        };
        assert_eq!(trace.time_of(1025), UNIX_EPOCH + Duration::from_millis(2500));
        assert_eq!(trace.time_of(0), UNIX_EPOCH);
        assert_eq!(trace.start(), UNIX_EPOCH);
        let absurd = Trace { ticks_per_second: 1, start_ticks: 0, ..trace };
        assert_eq!(absurd.time_of(u64::MAX), UNIX_EPOCH, "a time beyond all clocks");
    }
}
