//! Samples as rows of an answer, a row each.

use crate::live::counters::Sample;
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};
use crate::units::utc_milliseconds;

/// The samples as an answer: when, which counter, how much.
pub(super) fn answer(samples: &[Sample]) -> Answer {
    let texts = |name: &str, text: &dyn Fn(&Sample) -> String| {
        let texts: Vec<String> = samples.iter().map(text).collect();
        AnswerColumn::new(name, Kind::Text, texts.iter().map(|text| ValueRef::Text(text)))
    };
    let kind = |sample: &Sample| if sample.kind.is_rate() { "rate" } else { "gauge" };
    let values = samples.iter().map(|sample| ValueRef::Real(sample.value));
    let columns = vec![
        texts("time_utc", &|sample| utc_milliseconds(sample.at)),
        texts("provider", &|sample| sample.key.provider.to_string()),
        texts("counter", &|sample| sample.key.name.to_string()),
        texts("tags", &|sample| sample.key.tags.to_string()),
        texts("kind", &|sample| kind(sample).to_owned()),
        texts("unit", &|sample| sample.unit.to_string()),
        AnswerColumn::new("value", Kind::Real, values),
    ];
    Answer { columns, ..Answer::default() }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::live::counters::{Kind as SampleKind, SeriesKey, Unit};

    /// A gauge and a rate.
    pub(in crate::cli::live) fn samples() -> Vec<Sample> {
        let key = |name: &str, tags: &str| SeriesKey {
            provider: "System.Runtime".into(),
            name: name.into(),
            tags: tags.into(),
        };
        let at = UNIX_EPOCH + Duration::from_millis(1_795_350_744_157);
        let interval = Duration::from_secs(1);
        let heap = Sample {
            key: key("gc-heap-size", ""),
            display_name: "GC Heap Size".into(),
            unit: Unit::Bytes,
            kind: SampleKind::Gauge,
            value: 175_244_016.0,
            at,
        };
        let rate = Sample {
            key: key("orders", "shop=a,b"),
            unit: Unit::None,
            kind: SampleKind::Rate { interval },
            value: 2.5,
            ..heap.clone()
        };
        vec![heap, rate]
    }

    #[test]
    fn a_sample_is_a_row() {
        let answer = answer(&samples());
        let row = |row: usize| {
            answer.columns.iter().map(|c| format!("{:?}", c.value(row))).collect::<Vec<_>>().join(" ")
        };
        let heap = r#"Text("2026-11-22T12:32:24.157Z") Text("System.Runtime") Text("gc-heap-size") Text("") Text("gauge")"#;
        assert_eq!(row(0), format!("{heap} Text(\"B\") Real(175244016.0)"));
        assert!(row(1).ends_with(r#"Text("shop=a,b") Text("rate") Text("") Real(2.5)"#));
        assert_eq!(answer.row_count(), 2);
    }
}
