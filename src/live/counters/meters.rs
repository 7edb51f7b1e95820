//! Meters: the events of `System.Diagnostics.Metrics`, which tells the numbers of all instruments.
//!
//! Each number is an event with the names of session, meter and instrument, its tags and itself as text. Sessions of other tools
//! are heard too and left out by their name. Since 9.0 an instrument has a number of its own, by which its tags, told once at
//! the beginning, are found.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::event_counters::unit;
use super::feed::News;
use super::names::{RUNTIME, twins_of_instrument};
use super::sample::{Kind, Sample, SeriesKey};
use super::subscription::Subscription;
use crate::limits::{MAX_COUNTER_TEXT_BYTES, MAX_LIVE_SERIES};
use crate::live::nettrace::{Event, Record, Value};
use crate::problem::Problem;

/// What is known of the session's instruments.
#[derive(Debug)]
pub(super) struct Meters {
    session: String,
    client: String,
    interval: Duration,
    /// The tags of instruments and their meters, by the instrument's number.
    tags: HashMap<i64, Arc<str>>,
}

impl Meters {
    pub(super) fn new(subscription: &Subscription) -> Meters {
        Meters {
            session: subscription.session().to_owned(),
            client: subscription.client().to_owned(),
            interval: subscription.interval(),
            tags: HashMap::new(),
        }
    }

    /// What an event tells.
    pub(super) fn news(&mut self, event: &Event, fields: &Record) -> Vec<News> {
        let ours = fields.text("sessionId") == self.session;
        let told = |problem: Problem| vec![News::Told(problem)];
        match &*event.definition.name {
            "CounterRateValuePublished" if ours => self.counter(event, fields),
            "UpDownCounterRateValuePublished" if ours => self.gauge(event, fields, "value"),
            "GaugeValuePublished" if ours => self.gauge(event, fields, "lastValue"),
            "HistogramValuePublished" if ours => self.histogram(event, fields),
            "BeginInstrumentReporting" if ours => {
                self.remember(fields);
                Vec::new()
            }
            "TimeSeriesLimitReached" if ours => told(limit("rows of numbers")),
            "HistogramLimitReached" if ours => told(limit("histograms")),
            "Error" if ours => {
                let message = excerpt(fields.text("errorMessage"));
                told(Problem::loss(format!("the process cannot tell its meters: {message}")))
            }
            "ObservableInstrumentCallbackError" if ours => {
                let message = fields.text("errorMessage");
                told(Problem::loss(format!(
                    "an instrument of the process failed when it was asked: {message}"
                )))
            }
            "MultipleSessionsNotSupportedError" if fields.text("runningSessionId") != self.session => {
                let problem = Problem::loss(
                    "another tool listens to the meters of the process, and this runtime tells one only",
                );
                told(problem.hint("end dotnet-counters, dotnet-monitor or whatever listens"))
            }
            "MultipleSessionsConfiguredIncorrectlyError"
                if fields.text("sharedIdentifier") == self.client =>
            {
                told(other_settings(fields))
            }
            _ => Vec::new(),
        }
    }

    /// What was added since the time before. Two of the runtime's instruments are counters by mistake, and tell how much
    /// there is: so does the table of its names.
    fn counter(&self, event: &Event, fields: &Record) -> Vec<News> {
        let key = self.key(fields, "");
        if *key.provider == *RUNTIME && twins_of_instrument(&key.name).any(|twin| !twin.rate) {
            return self.gauge(event, fields, "value");
        }
        let seconds = self.interval.as_secs_f64();
        let Some(added) = number(fields, "rate").filter(|_| seconds > 0.0) else { return Vec::new() };
        let kind = Kind::Rate { interval: self.interval };
        vec![self.sample(event, fields, key, kind, added / seconds)]
    }

    fn gauge(&self, event: &Event, fields: &Record, field: &str) -> Vec<News> {
        let value = number(fields, field);
        value
            .map(|value| self.sample(event, fields, self.key(fields, ""), Kind::Gauge, value))
            .into_iter()
            .collect()
    }

    /// `0.5=12;0.95=30`: a number a percentile, with a tag as dotnet-counters writes it.
    fn histogram(&self, event: &Event, fields: &Record) -> Vec<News> {
        let quantiles = fields.text("quantiles");
        let news = quantiles.split(';').filter_map(|quantile| {
            let (share, value) = quantile.split_once('=')?;
            let (share, value) = (finite(share)?, finite(value)?);
            // 0.95 * 100 is not quite 95.
            let percentile = (share * 10_000.0).round() / 100.0;
            let key = self.key(fields, &format!("Percentile={percentile}"));
            Some(self.sample(event, fields, key, Kind::Gauge, value))
        });
        news.collect()
    }

    fn sample(&self, event: &Event, fields: &Record, key: SeriesKey, kind: Kind, value: f64) -> News {
        let (unit, factor) = unit(fields.text("unit"));
        let display_name = Arc::clone(&key.name);
        News::Sample(Sample { key, display_name, unit, kind, value: value * factor, at: event.at })
    }

    fn key(&self, fields: &Record, more_tags: &str) -> SeriesKey {
        let of_instrument = id(fields).and_then(|id| self.tags.get(&id));
        let tags = [of_instrument.map_or("", |tags| tags), fields.text("tags"), more_tags];
        SeriesKey {
            provider: fields.text("meterName").into(),
            name: fields.text("instrumentName").into(),
            tags: joined(&tags),
        }
    }

    /// Keeps the tags of an instrument that begins.
    fn remember(&mut self, fields: &Record) {
        let Some(id) = id(fields) else { return };
        let tags = joined(&[fields.text("meterTags"), fields.text("instrumentTags")]);
        if !tags.is_empty() && self.tags.len() < MAX_LIVE_SERIES {
            self.tags.insert(id, tags);
        }
    }
}

/// Lists of tags as one; empty ones are left out.
fn joined(tags: &[&str]) -> Arc<str> {
    let tags: Vec<&str> = tags.iter().copied().filter(|tags| !tags.is_empty()).collect();
    tags.join(",").into()
}

/// The instrument's number; 0 means that it has none.
fn id(fields: &Record) -> Option<i64> {
    match fields.get("instrumentId") {
        Some(&Value::Integer(id)) => i64::try_from(id).ok().filter(|&id| id != 0),
        _ => None,
    }
}

/// A number that is told as a text. Empty for an instrument that had none in this interval.
fn number(fields: &Record, name: &str) -> Option<f64> {
    finite(fields.text(name))
}

fn finite(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// What is told of a message of the process: mostly an exception with its stack.
fn excerpt(message: &str) -> &str {
    let end = message.floor_char_boundary(MAX_COUNTER_TEXT_BYTES);
    message.get(..end).unwrap_or(message)
}

fn limit(what: &str) -> Problem {
    let problem = Problem::loss(format!("the process has more {what} than it tells, some are left out"));
    problem.hint("name fewer instruments with --counters")
}

/// Tools that share a session must agree on its settings.
fn other_settings(fields: &Record) -> Problem {
    let problem = Problem::loss("another tool listens to the meters of the process with other settings");
    let expected = fields.text("expectedRefreshInterval");
    if expected == fields.text("actualRefreshInterval") {
        return problem.hint("end dotnet-counters, dotnet-monitor or whatever listens");
    }
    problem.hint(format!("its interval is {expected} seconds: give --interval the same"))
}
