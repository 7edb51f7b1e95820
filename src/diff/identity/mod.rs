//! Which objects of one dump are objects of another: by what they hold, since a moving collector leaves no addresses to
//! go by.
//!
//! | evidence | what it tells |
//! | --- | --- |
//! | a field or several, a text, an array's elements | objects that hold what no other object of the type holds are the same |
//! | the address | where the collector moves little (generation 2, large, pinned and frozen objects), the same content at the same address is the same object |
//! | the order of addresses | compaction keeps it: matches out of order were made by chance |
//!
//! All objects of the type count, those too that nothing holds any more. Objects that cannot be told from others are
//! matched by their number, which lowers the confidence; where that is all there is, nothing is told.

mod choice;
mod content;
mod growth;
mod matching;
mod objects;
mod survivors;
#[cfg(test)]
mod tests;
mod traits;

use serde::Serialize;

use crate::graph::Snapshot;
use crate::query::{QueryError, RunOptions};

pub use growth::of_growth;
pub use survivors::{answer, survivors};

use choice::choose;
use matching::{Keyed, in_place};
use traits::Subject;

/// What became of the objects of a type between two dumps.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Survival {
    /// The dumps, by their positions from 1.
    pub from: u32,
    /// The later one.
    pub to: u32,
    /// Objects that are in both.
    pub survived: u64,
    /// Objects that only the later dump has.
    pub born: u64,
    /// Objects that only the earlier dump has.
    pub died: u64,
    /// How sure that is, from 0 to 1: the part of the objects whose trait no other object of the type shares.
    pub confidence: f64,
    /// The trait they were matched by: a field (`id`), two (`Number + At`), `content`, `address`; `number` where one of the dumps
    /// has none.
    pub by: String,
    /// Objects of both dumps whose trait is not in the dump: they count as died or born.
    pub unreadable: u64,
}

/// When objects of the last dump were first there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cohort {
    /// The first dump that has them, by its position from 1. They were born between the dump before and this one.
    pub since: u32,
    /// How many of the last dump's objects.
    pub objects: u64,
}

/// What is told of the objects of a type over several dumps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fate {
    /// From each dump to the next, as far as it can be told.
    pub steps: Vec<Survival>,
    /// From each dump before the last but one to the last, as far as it can be told.
    pub to_last: Vec<Survival>,
    /// When the objects of the last dump were first there; empty where that cannot be told of every dump.
    pub cohorts: Vec<Cohort>,
    /// Pairs of dumps of which nothing can be told.
    pub untold: Vec<Untold>,
}

/// A pair of dumps of which it cannot be told what became of the objects of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The earlier dump, by its position from 1.
    pub from: u32,
    /// The later one.
    pub to: u32,
    /// Why.
    pub reason: Reason,
}

/// Why it cannot be told what became of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// They hold nothing that tells one from another, and do not lie where they lay.
    Alike,
    /// The dumps are of different runs of the program, and no object outlives its process.
    OtherRun,
}

/// Less confidence than this says nothing.
const LEAST_CONFIDENCE: f64 = 0.05;

/// What remains of the confidence where something speaks against the match.
const DOUBT: f64 = 0.5;

/// What became of the objects of the type called `type_name` (of `module`, where it is given) between two dumps; `None`
/// where they have no trait to go by. Takes the time of reading all objects of the type in both dumps.
///
/// # Errors
/// A dump has no heap; it was stopped.
pub fn survival(
    dumps: (&Snapshot, &Snapshot),
    type_name: &str,
    module: Option<&str>,
    options: &RunOptions<'_>,
) -> Result<Option<Survival>, QueryError> {
    let subject = Subject::read(&[dumps.0, dumps.1], type_name, module, options)?;
    Ok(between(&subject, 0, 1).ok())
}

/// What became of the objects of a type over all dumps, oldest first. Each object is read once.
///
/// # Errors
/// A dump has no heap; it was stopped.
pub fn fate(
    dumps: &[&Snapshot],
    type_name: &str,
    module: Option<&str>,
    options: &RunOptions<'_>,
) -> Result<Fate, QueryError> {
    let subject = Subject::read(dumps, type_name, module, options)?;
    let mut fate = Fate::default();
    let Some(last) = dumps.len().checked_sub(1) else { return Ok(fate) };
    let untold = |from: usize, to: usize, reason| Untold { from: from as u32 + 1, to: to as u32 + 1, reason };
    for to in 1..=last {
        match between(&subject, to - 1, to) {
            Ok(survival) => fate.steps.push(survival),
            Err(reason) => fate.untold.push(untold(to - 1, to, reason)),
        }
    }
    for from in 0..last.saturating_sub(1) {
        match between(&subject, from, last) {
            Ok(survival) => fate.to_last.push(survival),
            Err(reason) => fate.untold.push(untold(from, last, reason)),
        }
    }
    if fate.untold.is_empty() {
        let there = fate.to_last.iter().chain(fate.steps.last()).map(|survival| survival.survived);
        fate.cohorts = cohorts(there, subject.objects[last].len() as u64);
    }
    Ok(fate)
}

/// When the objects of the last dump were born: `there` is how many of them each earlier dump has.
fn cohorts(there: impl Iterator<Item = u64>, objects: u64) -> Vec<Cohort> {
    let (mut cohorts, mut known) = (Vec::new(), 0);
    for (at, there) in there.chain([objects]).enumerate() {
        // An object that an earlier dump has is in all dumps between, unless it was matched by chance.
        let there = there.max(known);
        cohorts.push(Cohort { since: at as u32 + 1, objects: there - known });
        known = there;
    }
    cohorts.retain(|cohort| cohort.objects > 0);
    cohorts
}

/// What became of the subject's objects between two of its dumps.
fn between(subject: &Subject, from: usize, to: usize) -> Result<Survival, Reason> {
    let (before, after) = (subject.objects[from].len() as u64, subject.objects[to].len() as u64);
    let told = |survived: u64, confidence: f64, by: &str, unreadable| Survival {
        from: from as u32 + 1,
        to: to as u32 + 1,
        survived,
        born: after.saturating_sub(survived),
        died: before.saturating_sub(survived),
        // As many digits as it means something.
        confidence: (confidence * 1000.0).round() / 1000.0,
        by: by.to_owned(),
        unreadable,
    };
    if let (Some(one), Some(other)) = (subject.runs[from], subject.runs[to])
        && one != other
    {
        return Err(Reason::OtherRun);
    }
    if before == 0 || after == 0 {
        return Ok(told(0, 1.0, "number", 0));
    }
    let choice = choose(subject, from, to);
    let doubt = if choice.doubtful { DOUBT } else { 1.0 };
    let confidence = choice.matched.telling(before + after) * doubt;
    let keyed = |dump: usize, keys| Keyed { objects: &subject.objects[dump], keys };
    let by_content = told(choice.matched.survived, confidence, &choice.by, choice.matched.missing);
    if confidence >= 0.5 {
        return Ok(by_content);
    }
    // Objects that lie still need no key.
    let placed = in_place(keyed(from, &choice.keys.0), keyed(to, &choice.keys.1));
    let still = placed as f64 / before.min(after) as f64;
    let best =
        if still > confidence { told(placed, still, "address", choice.matched.missing) } else { by_content };
    if best.confidence < LEAST_CONFIDENCE { Err(Reason::Alike) } else { Ok(best) }
}
