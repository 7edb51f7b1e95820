//! What looks like a leak, and why.
//!
//! Rules watch one sort of thing each, in every dump; what they sight is matched from dump to dump by a key that reads the same
//! in all of them, judged, and, where several rules name the same bytes, told once. Every score is a sum of sentences.

mod answer;
mod census;
mod dump;
mod fold;
mod origin;
mod rules;
mod score;
mod series;
mod thresholds;
mod trails;
mod ways;

pub use answer::answer;

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Way;
use super::growth::Side;
use crate::error::{Error, ErrorKind};
use crate::query::{QueryError, RunOptions};
use dump::OpenDump;
use fold::{Finding, fold};
use rules::Rule;
use series::{Objects, Series, Sighting};
use thresholds::{MAX_SUSPECTS, NAMED_FROM};

/// Addresses that a suspect names.
const EXAMPLES: usize = 3;

/// Something that looks like a leak.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Suspect {
    /// The rule that found it, a word: `growing_class`, `event_handlers`, `pending_tasks`, `timers`, `static_cache`...
    pub rule: String,
    /// What is suspected: a type, or an object with its type.
    pub subject: String,
    /// The file name of the type's module.
    pub module: Option<String>,
    /// From 0 to 100: the sum of what [`Suspect::evidence`] gives it.
    pub score: u32,
    /// Why, in one sentence with figures.
    pub reason: String,
    /// What the score is made of: a sentence and its points each.
    pub evidence: Vec<Evidence>,
    /// Objects concerned, in each dump.
    pub counts: Vec<u64>,
    /// The bytes that hang on them (or are wasted, where the reason says so), in each dump.
    pub bytes: Vec<u64>,
    /// Addresses in the last dump to look at, a few.
    pub examples: Vec<String>,
    /// Who holds them, the most objects first; counts of each dump.
    pub ways: Vec<Way>,
    /// A statement that goes on from here. Of several open dumps it names the last by its number.
    pub next: Option<String>,
}

/// A part of a score.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What speaks for (or, with negative points, against) a leak.
    pub what: String,
    /// Points.
    pub points: i32,
}

/// What looks like a leak over one dump or several, oldest first; the highest score first. Baselines add what their
/// profiles tell; where the last is one, nothing is named, for it has no objects to look at.
///
/// # Errors
/// The last dump is a baseline; a dump has no heap; it was stopped.
pub fn leaks(sides: &[Side<'_>], options: &RunOptions<'_>) -> Result<Vec<Suspect>, QueryError> {
    let dumps = sides.iter().map(|side| OpenDump::of(side, options)).collect::<Result<Vec<_>, _>>()?;
    let Some(last) = dumps.last() else { return Ok(Vec::new()) };
    let Some(last) = last else { return Err(Arc::new(no_objects(sides)).into()) };
    let mut findings = Vec::new();
    for rule in rules::ALL {
        let mut found = found_by(rule, sides, &dumps, last)?;
        sort(&mut found);
        findings.extend(found);
    }
    let mut findings = fold(findings, last);
    findings.retain(|finding| finding.judgement.score.sum() >= NAMED_FROM);
    let number = dumps.iter().filter(|dump| dump.is_some()).count();
    let number = (number > 1).then_some(number);
    sort(&mut findings);
    findings.truncate(MAX_SUSPECTS);
    let ways = ways::of(&findings, &dumps)?;
    let told = findings.into_iter().zip(ways);
    Ok(told.map(|(finding, ways)| suspect(finding, ways, last, number)).collect())
}

/// Why nothing can be said where the last dump is a baseline.
fn no_objects(sides: &[Side<'_>]) -> Error {
    let file = sides.last().map_or("", |side| &*side.profile.dump.file);
    Error::new(
        ErrorKind::Usage,
        format!("leaks cannot be looked for: {file} is a baseline, which has no objects to ask"),
    )
    .hint("name the dump itself last; earlier ones may be baselines")
}

/// The highest score first, then the most bytes.
fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let key = |of: &Finding| (of.judgement.score.sum(), of.sighting.bytes);
        let name = |of: &Finding| (of.judgement.rule, of.sighting.subject.clone(), of.sighting.key.clone());
        key(b).cmp(&key(a)).then_with(|| name(a).cmp(&name(b)))
    });
}

/// What is to be said where nothing looks like a leak: what was looked at.
pub fn nothing_found() -> String {
    let looked_at: Vec<&str> = rules::ALL.into_iter().map(Rule::looks_at).collect();
    format!("nothing looks like a leak; looked at {}", looked_at.join(", "))
}

/// What a rule suspects in the last dump.
fn found_by(
    rule: &dyn Rule,
    sides: &[Side<'_>],
    dumps: &[Option<OpenDump<'_>>],
    last: &OpenDump<'_>,
) -> Result<Vec<Finding>, QueryError> {
    last.check()?;
    let now = rule.sightings(last)?;
    if now.is_empty() {
        return Ok(Vec::new());
    }
    let mut before: Vec<Option<FxHashMap<String, Sighting>>> = Vec::new();
    for dump in dumps.iter().take(dumps.len() - 1) {
        let sightings = dump.as_ref().map(|dump| rule.sightings(dump)).transpose()?;
        let by_key =
            |all: Vec<Sighting>| all.into_iter().map(|sighting| (sighting.key.clone(), sighting)).collect();
        before.push(sightings.map(by_key));
    }
    let mut findings = Vec::new();
    for sighting in now {
        let known = before.iter().zip(sides).zip(dumps).map(|((sightings, side), open)| {
            let seen = sightings
                .as_ref()
                .and_then(|all| all.get(&sighting.key))
                .map(|seen| (seen.count, seen.bytes));
            // Not seen in an open dump: there was none of it. Of a baseline it is not known.
            let seen = seen.or_else(|| rule.before(side.profile, open.as_ref(), &sighting));
            seen.or_else(|| side.snapshot.map(|_| (0, 0)))
        });
        let mut known: Vec<Option<(u64, u64)>> = known.collect();
        known.push(Some((sighting.count, sighting.bytes)));
        let series = Series {
            last: &sighting,
            counts: known.iter().flatten().map(|&(count, _)| count).collect(),
            all_bytes: known.iter().flatten().map(|&(_, bytes)| bytes).collect(),
            heap: last.reachable_bytes(),
        };
        if let Some(mut judgement) = rule.judge(&series) {
            let unknown = known.iter().filter(|known| known.is_none()).count();
            if unknown > 0 {
                judgement.score.add(0, format!("{unknown} baselines do not tell of it: 0 stands for that"));
            }
            let (counts, bytes) = known.iter().map(|known| known.unwrap_or_default()).unzip();
            let objects_before =
                before.iter().map(|all| all.as_ref()?.get(&sighting.key).map(|seen| seen.objects.clone()));
            let before = objects_before.collect();
            findings.push(Finding { sighting, judgement, before, counts, bytes });
        }
    }
    Ok(findings)
}

/// A finding as it is told.
fn suspect(finding: Finding, ways: Vec<Way>, last: &OpenDump<'_>, number: Option<usize>) -> Suspect {
    let Finding { sighting, judgement, counts, bytes, .. } = finding;
    let objects = match &sighting.objects {
        Objects::None => Vec::new(),
        Objects::These(objects) => objects.iter().take(EXAMPLES).copied().collect(),
        Objects::OfTypes(types) => {
            last.objects_of(types).unwrap_or_default().into_iter().take(EXAMPLES).collect()
        }
    };
    let (score, evidence) = judgement.score.finish();
    Suspect {
        rule: judgement.rule.to_owned(),
        subject: sighting.subject,
        module: sighting.module.map(|module| module.to_string()),
        score,
        reason: judgement.reason,
        evidence,
        counts,
        bytes,
        examples: objects.into_iter().map(|object| last.address(object).to_string()).collect(),
        ways,
        next: sighting.next.map(|next| next.statement(number)),
    }
}
