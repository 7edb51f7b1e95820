//! EventCounters: events of that name, each with one number and what it is.
//!
//! The payload is an object `Payload` in an object without a name. It has `Name`, `DisplayName`, `DisplayUnits`, `Series`,
//! `IntervalSec` and `CounterType`: `Mean` with the number `Mean`, or `Sum` with the number `Increment`, which was added
//! in the interval.

use std::time::Duration;

use super::sample::{Kind, Sample, SeriesKey, Unit};
use crate::live::nettrace::{Event, Record, Value};

/// The name of the events.
pub(super) const EVENT: &str = "EventCounters";

/// The number that an event tells; `None` when it tells none: no number, or a number of no interval.
pub(super) fn sample(event: &Event, fields: &Record) -> Option<Sample> {
    let payload = payload(fields)?;
    let number = |name: &str| payload.get(name).and_then(Value::number).filter(|number| number.is_finite());
    let (unit, factor) = unit(payload.text("DisplayUnits"));
    let (kind, value) = match payload.get("CounterType").and_then(Value::text)? {
        "Sum" => {
            let seconds = number("IntervalSec").filter(|&seconds| seconds > 0.0)?;
            let interval = Duration::try_from_secs_f64(seconds).ok()?;
            (Kind::Rate { interval }, number("Increment")? / seconds)
        }
        _ => (Kind::Gauge, number("Mean")?),
    };
    let key = SeriesKey {
        provider: event.definition.provider.clone(),
        name: payload.get("Name").and_then(Value::text)?.into(),
        tags: payload.text("Metadata").into(),
    };
    let display_name = payload.text("DisplayName").into();
    Some(Sample { key, display_name, unit, kind, value: value * factor, at: event.at })
}

/// The object with the number, however deep: what is around it differs between versions. Bounded by the nesting of fields.
fn payload(fields: &Record) -> Option<&Record> {
    if fields.get("CounterType").is_some() {
        return Some(fields);
    }
    fields.0.iter().filter_map(|(_, value)| value.record()).find_map(payload)
}

/// A unit as processes write it, and by what to multiply to count in it. The runtime's megabytes have a million bytes;
/// OpenTelemetry's names are those of UCUM, where braces hold a comment.
pub(super) fn unit(text: &str) -> (Unit, f64) {
    match text.trim() {
        "" | "1" => (Unit::None, 1.0),
        "%" => (Unit::Percent, 1.0),
        "B" | "By" | "bytes" => (Unit::Bytes, 1.0),
        "KB" | "kB" | "kBy" => (Unit::Bytes, 1e3),
        "MB" | "MBy" => (Unit::Bytes, 1e6),
        "GB" | "GBy" => (Unit::Bytes, 1e9),
        "KiB" | "KiBy" => (Unit::Bytes, 1024.0),
        "MiB" | "MiBy" => (Unit::Bytes, 1_048_576.0),
        "GiB" | "GiBy" => (Unit::Bytes, 1_073_741_824.0),
        comment if comment.starts_with('{') && comment.ends_with('}') => (Unit::None, 1.0),
        other => (Unit::Other(other.into()), 1.0),
    }
}
