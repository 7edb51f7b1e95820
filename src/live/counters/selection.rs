//! Which counters are wanted: `System.Runtime[gc-heap-size,cpu-usage],My.Meter`.

use std::fmt;
use std::ops::Range;

use super::names::{
    FIRST_WITH_METER, RUNTIME, nearest_runtime_counter, runtime_counter, twins_of_instrument,
};
use super::sample::SeriesKey;
use crate::diagnostic::Diagnostic;

/// What is wanted of one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// The EventSource or the meter.
    pub provider: String,
    /// The counters or instruments of it; `None` for all.
    pub counters: Option<Vec<String>>,
}

/// The counters that are wanted, each provider once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    providers: Vec<Selected>,
}

impl Default for Selection {
    /// All counters of the runtime.
    fn default() -> Self {
        Selection { providers: vec![Selected { provider: RUNTIME.into(), counters: None }] }
    }
}

impl Selection {
    /// Reads a list as `--counters` takes it: providers and meters, each with the names wanted of it in brackets or none
    /// for all; a counter of the runtime may stand alone.
    ///
    /// # Errors
    ///
    /// What cannot be understood, and where.
    pub fn parse(text: &str) -> Result<Selection, Diagnostic> {
        let mut selection = Selection { providers: Vec::new() };
        for item in items(text)? {
            let (name, names) = parts(text, item)?;
            let Some(names) = names else {
                selection.add_alone(text, name)?;
                continue;
            };
            let provider = checked(text, name)?;
            let is_runtime = provider.eq_ignore_ascii_case(RUNTIME);
            let provider = if is_runtime { RUNTIME } else { provider };
            let mut at = names.start;
            for part in text.get(names.clone()).unwrap_or_default().split(',') {
                let place = trimmed(text, at..at + part.len());
                at += part.len() + 1;
                let counter = checked(text, place.clone())?;
                let counter = if is_runtime { runtime_name(counter, place)? } else { counter };
                selection.add(provider, Some(counter));
            }
        }
        Ok(selection)
    }

    /// Those counters, each given with its provider.
    pub fn of_counters<'a>(counters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Selection {
        let mut selection = Selection { providers: Vec::new() };
        for (provider, counter) in counters {
            selection.add(provider, Some(counter));
        }
        selection
    }

    /// What is wanted, provider by provider.
    pub fn providers(&self) -> &[Selected] {
        &self.providers
    }

    /// Whether a number is wanted. Names are told apart without regard to case.
    pub fn includes(&self, key: &SeriesKey) -> bool {
        self.providers.iter().any(|selected| {
            selected.provider.eq_ignore_ascii_case(&key.provider)
                && selected.counters.as_ref().is_none_or(|counters| {
                    counters.iter().any(|counter| counter.eq_ignore_ascii_case(&key.name))
                })
        })
    }

    /// The selection for a runtime of this version: where it has no meter yet, its instruments are replaced by the
    /// counters that tell the same.
    #[must_use]
    pub fn for_runtime(&self, major: u32) -> Selection {
        let mut selection = Selection { providers: Vec::new() };
        for Selected { provider, counters } in &self.providers {
            let Some(counters) = counters else {
                selection.add(provider, None);
                continue;
            };
            for counter in counters {
                let mut twins = twins_of_instrument(counter).peekable();
                if provider != RUNTIME || major >= FIRST_WITH_METER || twins.peek().is_none() {
                    selection.add(provider, Some(counter));
                    continue;
                }
                for twin in twins {
                    selection.add(provider, Some(twin.name));
                }
            }
        }
        selection
    }

    /// A name without brackets: a counter of the runtime, or a provider.
    fn add_alone(&mut self, text: &str, place: Range<usize>) -> Result<(), Diagnostic> {
        let name = checked(text, place.clone())?;
        if let Some(known) = runtime_counter(name) {
            self.add(RUNTIME, Some(known.name));
        } else if twins_of_instrument(name).next().is_some() {
            self.add(RUNTIME, Some(name));
        } else if let Some(near) = nearest_runtime_counter(name).filter(|_| !name.contains('.')) {
            let unknown = Diagnostic::new(place, format!("the runtime has no counter `{name}`"));
            return Err(unknown.hint(format!("did you mean `{near}`? All of a provider: `{name}[*]`")));
        } else {
            self.add(name, None);
        }
        Ok(())
    }

    fn add(&mut self, provider: &str, counter: Option<&str>) {
        let counter = counter.filter(|counter| *counter != "*");
        let known = self.providers.iter_mut().find(|own| own.provider.eq_ignore_ascii_case(provider));
        match (known, counter) {
            (None, counter) => {
                let counters = counter.map(|counter| vec![counter.to_owned()]);
                self.providers.push(Selected { provider: provider.to_owned(), counters });
            }
            (Some(known), None) => known.counters = None,
            (Some(Selected { counters: Some(counters), .. }), Some(counter)) => {
                if !counters.iter().any(|own| own.eq_ignore_ascii_case(counter)) {
                    counters.push(counter.to_owned());
                }
            }
            (Some(Selected { counters: None, .. }), Some(_)) => {}
        }
    }
}

impl fmt::Display for Selection {
    /// The list as it may be written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Selected { provider, counters }) in self.providers.iter().enumerate() {
            f.write_str(if at > 0 { "," } else { "" })?;
            f.write_str(provider)?;
            match counters {
                Some(counters) => write!(f, "[{}]", counters.join(","))?,
                // Without brackets it might be taken for a counter.
                None if provider.contains('.') => {}
                None => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

/// A name in the runtime's brackets. One that is not known may be of a newer runtime, unless it is nearly one that is.
fn runtime_name(name: &str, place: Range<usize>) -> Result<&str, Diagnostic> {
    if let Some(known) = runtime_counter(name) {
        return Ok(known.name);
    }
    let is_instrument = name.starts_with("dotnet.") || name == "*";
    match nearest_runtime_counter(name).filter(|_| !is_instrument) {
        Some(near) => {
            let unknown = Diagnostic::new(place, format!("the runtime has no counter `{name}`"));
            Err(unknown.hint(format!("did you mean `{near}`?")))
        }
        None => Ok(name),
    }
}

/// Where the items of the list stand: between commas outside of brackets.
fn items(text: &str) -> Result<Vec<Range<usize>>, Diagnostic> {
    let mut items = Vec::new();
    let (mut start, mut open) = (0, None);
    for (at, c) in text.char_indices() {
        match (c, open) {
            ('[', None) => open = Some(at),
            ('[', Some(_)) => return Err(Diagnostic::new(at..at + 1, "brackets do not nest")),
            (']', None) => return Err(Diagnostic::new(at..at + 1, "this bracket was not opened")),
            (']', Some(_)) => open = None,
            (',', None) => {
                items.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    if let Some(at) = open {
        return Err(Diagnostic::new(at..at + 1, "this bracket is not closed").expected("`]`"));
    }
    items.push(start..text.len());
    Ok(items)
}

/// The name of an item, and the inside of its brackets if it has some.
fn parts(text: &str, item: Range<usize>) -> Result<(Range<usize>, Option<Range<usize>>), Diagnostic> {
    let item = trimmed(text, item);
    let inside = text.get(item.clone()).unwrap_or_default();
    let Some((name, names)) = inside.split_once('[') else { return Ok((item, None)) };
    let start = item.start + name.len() + 1;
    let Some((names, rest)) = names.split_once(']') else { return Ok((item, None)) };
    let end = start + names.len();
    if !rest.is_empty() {
        return Err(Diagnostic::new(end + 1..item.end, "a comma is missing before the next provider"));
    }
    Ok((trimmed(text, item.start..start - 1), Some(start..end)))
}

/// The place without white space around it.
fn trimmed(text: &str, place: Range<usize>) -> Range<usize> {
    let inside = text.get(place.clone()).unwrap_or_default();
    let start = place.start + (inside.len() - inside.trim_start().len());
    start..start + inside.trim().len()
}

/// The name at a place. What separates arguments of a session cannot be part of one.
fn checked(text: &str, place: Range<usize>) -> Result<&str, Diagnostic> {
    let name = text.get(place.clone()).unwrap_or_default();
    if name.is_empty() {
        let missing = Diagnostic::new(place, "the name of a provider or a counter is missing");
        return Err(missing.hint("a list is written `System.Runtime[gc-heap-size,cpu-usage],My.Meter`"));
    }
    let wrong = |c: char| c.is_control() || matches!(c, ';' | '=' | '"' | '\'' | '\\');
    match name.char_indices().find(|&(_, c)| wrong(c)) {
        Some((at, c)) => {
            let at = place.start + at;
            let shown = c.escape_debug();
            Err(Diagnostic::new(at..at + c.len_utf8(), format!("names of counters have no `{shown}`")))
        }
        None => Ok(name),
    }
}
