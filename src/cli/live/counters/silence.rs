//! Counters that were asked for and never told.

use std::time::{Duration, Instant};

use crate::live::counters::{Selected, Selection, SeriesKey};
use crate::problem::Problem;

/// How many intervals may pass before a counter counts as missing: the first is not whole, and processes start late.
const PATIENCE: u32 = 3;
/// The least time that may pass, for intervals of fractions of a second.
const LEAST: Duration = Duration::from_secs(3);
/// Names that are told.
const MAX_NAMES: usize = 8;

/// Waits for each counter that was asked for.
#[derive(Debug)]
pub(super) struct Silence {
    /// What was not heard yet: a provider, and a counter of it or any.
    missing: Vec<(String, Option<String>)>,
    due: Instant,
    told: bool,
}

impl Silence {
    /// Waits from now on.
    pub(super) fn new(selection: &Selection, interval: Duration) -> Silence {
        let wanted = |selected: &Selected| {
            let Selected { provider, counters } = selected.clone();
            let counters = counters.map_or_else(|| vec![None], |all| all.into_iter().map(Some).collect());
            counters.into_iter().map(move |counter| (provider.clone(), counter)).collect::<Vec<_>>()
        };
        let missing = selection.providers().iter().flat_map(wanted).collect();
        let patience = LEAST.max(interval.saturating_mul(PATIENCE));
        let now = Instant::now();
        Silence { missing, due: now.checked_add(patience).unwrap_or(now), told: false }
    }

    /// A counter was told.
    pub(super) fn heard(&mut self, key: &SeriesKey) {
        self.missing.retain(|(provider, counter)| {
            let is_it = provider.eq_ignore_ascii_case(&key.provider)
                && counter.as_ref().is_none_or(|counter| counter.eq_ignore_ascii_case(&key.name));
            !is_it
        });
    }

    /// What is still missing when the time has come; told once.
    pub(super) fn problem(&mut self) -> Option<Problem> {
        if self.told || self.missing.is_empty() || Instant::now() < self.due {
            return None;
        }
        self.told = true;
        Some(missing(&self.missing))
    }
}

fn missing(names: &[(String, Option<String>)]) -> Problem {
    let name = |(provider, counter): &(String, Option<String>)| match counter {
        Some(counter) => format!("{provider}[{counter}]"),
        None => provider.clone(),
    };
    let mut list: Vec<String> = names.iter().take(MAX_NAMES).map(name).collect();
    if names.len() > MAX_NAMES {
        list.push(format!("{} more", names.len() - MAX_NAMES));
    }
    let problem = Problem::note(format!("the process tells nothing of {}", list.join(", ")));
    problem.hint("it may have no such counter or meter, or not have used it yet; instruments tell nothing before their first use")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(provider: &str, name: &str) -> SeriesKey {
        SeriesKey { provider: provider.into(), name: name.into(), tags: "".into() }
    }

    #[test]
    fn what_is_never_told_is_missing_after_a_while() {
        let selection =
            Selection::parse("System.Runtime[cpu-usage,gc-heap-size],My.Meter,Other.Meter").unwrap();
        let mut silence = Silence::new(&selection, Duration::from_secs(1));
        silence.heard(&key("system.runtime", "cpu-usage"));
        silence.heard(&key("My.Meter", "anything"));
        assert_eq!(silence.problem(), None, "it is too early");
        silence.due = Instant::now();
        let problem = silence.problem().expect("the time has come");
        let message = "the process tells nothing of System.Runtime[gc-heap-size], Other.Meter";
        assert_eq!(problem.message, message);
        assert_eq!(silence.problem(), None, "it was told");
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<_> = (0..12).map(|n| (format!("M{n}"), None)).collect();
        assert!(missing(&names).message.ends_with("M7, 4 more"));
    }

    #[test]
    fn nothing_is_missing_when_all_was_told() {
        let mut silence = Silence::new(&Selection::default(), Duration::ZERO);
        silence.heard(&key("System.Runtime", "cpu-usage"));
        silence.due = Instant::now();
        assert_eq!(silence.problem(), None);
    }
}
