//! The latest moment that a process's own memory speaks of: what tells the order of dumps of one run.
//!
//! Asked are single objects of the framework that live as long as the process does and note the time as they work, each
//! note replaced by later ones only: then the latest of a later dump is never before that of an earlier one. Stopwatches,
//! idle times of pooled things and the like are younger at times, but die, and with them what they noted. All of it is one
//! clock, milliseconds since the machine started (`Environment.TickCount64`; `Stopwatch.GetTimestamp` on Unix counts the
//! same in nanoseconds, `CLOCK_MONOTONIC` both). A program without timers and without the managed thread pool notes none.

use super::fields::number;
use super::instances::{Instance, instances};
use crate::graph::Heap;
use crate::values::Values;

/// Objects of one type that are asked. There are as many timer queues as processors.
const MAX_OBJECTS: u64 = 1024;

/// What a field counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// `Environment.TickCount64`.
    Milliseconds,
    /// `Environment.TickCount`, which is the same in 32 bits: negative after 24.8 days, and positive again after as many.
    ShortMilliseconds,
    /// `Stopwatch.GetTimestamp()`.
    Nanoseconds,
}

/// Fields that hold a moment: the type, the field, what it counts. Where a runtime has them, and under which of these
/// names, the dump's own metadata says.
const MOMENTS: [(&str, &str, Unit); 4] = [
    // When the timer of the operating system was set last: 3.0 and later, before that.
    ("System.Threading.TimerQueue", "_currentTimerStartTicks", Unit::Milliseconds),
    ("System.Threading.TimerQueue", "m_currentAppDomainTimerStartTicks", Unit::ShortMilliseconds),
    // When the managed pool, 6.0 and later, last took work, and when it began to measure.
    ("System.Threading.PortableThreadPool", "_separated/lastDequeueTime", Unit::ShortMilliseconds),
    ("System.Threading.PortableThreadPool", "_currentSampleStartTime", Unit::Nanoseconds),
];

impl Unit {
    /// The moment of a field's value in milliseconds; `None` for one that was never set. Of those in 32 bits the negative
    /// ones are left out: without them, no two of one run are in the wrong order unless 24.8 days lie between the dumps.
    fn milliseconds(self, value: i128) -> Option<u64> {
        let value = u64::try_from(value).ok().filter(|&value| value > 0)?;
        match self {
            Unit::Milliseconds => Some(value),
            Unit::ShortMilliseconds => (value <= i32::MAX as u64).then_some(value),
            Unit::Nanoseconds => Some(value / 1_000_000),
        }
    }
}

/// The latest moment that the objects of a dump note, in milliseconds of its machine's clock; `None` where none does.
pub fn latest_moment(values: &Values, heap: &Heap) -> Option<u64> {
    let mut types: Vec<&str> = MOMENTS.iter().map(|&(of, ..)| of).collect();
    types.dedup();
    types.into_iter().filter_map(|name| moment_of_type(values, heap, name)).max()
}

fn moment_of_type(values: &Values, heap: &Heap, name: &str) -> Option<u64> {
    let objects = instances(heap, |_, of| &*of.name == name && of.count <= MAX_OBJECTS);
    let moment =
        |object: &Instance, field, unit: Unit| unit.milliseconds(number(values, object.address, &[field])?);
    let fields = || MOMENTS.iter().filter(|&&(of, ..)| of == name);
    let moments = objects
        .iter()
        .flat_map(|object| fields().filter_map(|&(_, field, unit)| moment(object, field, unit)));
    moments.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_all_units_are_of_one_clock() {
        assert_eq!(Unit::Milliseconds.milliseconds(2_130_286), Some(2_130_286));
        assert_eq!(Unit::ShortMilliseconds.milliseconds(2_130_286), Some(2_130_286));
        assert_eq!(Unit::Nanoseconds.milliseconds(2_130_234_298_151), Some(2_130_234));
    }

    #[test]
    fn what_was_never_set_or_cannot_be_told_is_no_moment() {
        for unit in [Unit::Milliseconds, Unit::ShortMilliseconds, Unit::Nanoseconds] {
            assert_eq!([unit.milliseconds(0), unit.milliseconds(-1)], [None; 2], "{unit:?}");
        }
        assert_eq!(Unit::ShortMilliseconds.milliseconds(i128::from(u32::MAX)), None);
    }
}
