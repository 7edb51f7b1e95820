//! What to ask a runtime for, so that it tells the counters that are wanted.

use std::time::Duration;

use super::names::{FIRST_WITH_METER, RUNTIME, runtime_counter};
use super::selection::{Selected, Selection};
use crate::live::session::Provider;

/// The EventSource that tells the numbers of all meters.
pub(super) const METERS: &str = "System.Diagnostics.Metrics";
/// The group of its events that has the numbers.
const TIME_SERIES: u64 = 2;
/// The level of events that are told: informational and more important ones.
const INFORMATIONAL: u32 = 4;
/// The name under which several tools may listen to meters at once, and the first version of the runtime that knows it.
const SHARED: &str = "SHARED";
const FIRST_WITH_SHARING: u32 = 8;
/// Rows of numbers and histograms that the process keeps for us. Tools that share must agree: these are dotnet-counters'.
const MAX_TIME_SERIES: u32 = 1000;
const MAX_HISTOGRAMS: u32 = 10;

/// A selection in the terms of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    providers: Vec<Provider>,
    selection: Selection,
    interval: Duration,
    /// The name of the session with the meters.
    session: String,
    /// The name of this program among those that share it.
    client: String,
}

impl Subscription {
    /// What to ask a runtime of the major version `runtime` for, to hear of `selection` once an `interval`. `client` is a
    /// name that no other program uses.
    ///
    /// The runtime's own counters are asked for as EventCounters, which all versions have, and its meter only for instruments
    /// that are named. Of any other provider it is not known which of the two it is, so both are asked for.
    pub fn new(selection: &Selection, interval: Duration, runtime: u32, client: &str) -> Subscription {
        let selection = selection.for_runtime(runtime);
        let seconds = interval.as_secs_f64();
        let mut providers = Vec::new();
        let mut meters = Vec::new();
        for selected in selection.providers() {
            let Selected { provider, counters } = selected;
            let is_runtime = provider == RUNTIME;
            let instruments = instruments(selected);
            let only_instruments = counters.as_ref().is_some_and(|all| all.len() == instruments.len());
            if !is_runtime || !only_instruments || runtime < FIRST_WITH_METER {
                providers.push(Provider {
                    name: provider.clone(),
                    keywords: 0,
                    level: INFORMATIONAL,
                    arguments: format!("EventCounterIntervalSec={seconds}"),
                });
            }
            match counters {
                None if is_runtime => {}
                None => meters.push(provider.clone()),
                Some(_) => meters.extend(instruments.iter().map(|name| format!("{provider}\\{name}"))),
            }
        }
        let session = if runtime >= FIRST_WITH_SHARING { SHARED } else { client };
        if !meters.is_empty() {
            let metrics = meters.join(",");
            let arguments = format!(
                "SessionId={session};Metrics={metrics};RefreshInterval={seconds};MaxTimeSeries={MAX_TIME_SERIES};\
                 MaxHistograms={MAX_HISTOGRAMS};ClientId={client}"
            );
            providers.push(Provider {
                name: METERS.into(),
                keywords: TIME_SERIES,
                level: INFORMATIONAL,
                arguments,
            });
        }
        let (session, client) = (session.to_owned(), client.to_owned());
        Subscription { providers, selection, interval, session, client }
    }

    /// The providers to switch on.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// What is wanted, in the names of this runtime.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// How often the process tells.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// The name of the session with the meters.
    pub(super) fn session(&self) -> &str {
        &self.session
    }

    /// The name of this program in that session.
    pub(super) fn client(&self) -> &str {
        &self.client
    }
}

/// The names that only a meter can have.
fn instruments(selected: &Selected) -> Vec<&str> {
    let names = selected.counters.iter().flatten().map(String::as_str);
    names.filter(|name| selected.provider != RUNTIME || runtime_counter(name).is_none()).collect()
}
