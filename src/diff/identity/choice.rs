//! By which traits the objects of two dumps are matched.
//!
//! A trait is good that tells the objects of each dump apart and that stays. The first is counted; the second is seen
//! from what it matches, since contents that were not kept are found again by chance only: of the traits that tell about
//! as well, the one that matches most is taken. One trait is enough mostly; else pairs of the most telling ones are tried,
//! the fields that only constructors write, and all together.

use super::content::mixed;
use super::matching::{Keyed, Matched, matched, order_kept};
use super::traits::{MISSING, Subject, Trait};

/// The part of the objects that a trait must tell apart to be enough alone.
const ENOUGH: f64 = 0.98;

/// Traits that tell so much less than the best are not considered.
const ABOUT_AS_WELL: f64 = 0.95;

/// Traits of which pairs are tried.
const PAIRED: usize = 4;

/// Numbers that lie closer together than so many for each object are those of a counter: two objects may have one by
/// chance.
const DENSE: u64 = 16;

/// Objects whose matches are in an order that compaction does not give were matched by chance.
const IN_ORDER: f64 = 0.5;

/// A way to match, and what it gives.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// What it is called.
    pub(super) by: String,
    /// The numbers of the objects of both dumps.
    pub(super) keys: (Vec<u64>, Vec<u64>),
    /// What is matched by them.
    pub(super) matched: Matched,
    /// Whether something speaks against it: counters that start anew, an order that survivors do not have.
    pub(super) doubtful: bool,
}

/// Traits taken together.
struct Candidate {
    traits: Vec<usize>,
    matched: Matched,
    telling: f64,
}

/// The best way to match the objects of two of the subject's dumps.
pub(super) fn choose(subject: &Subject, from: usize, to: usize) -> Choice {
    let objects = (subject.objects[from].len() + subject.objects[to].len()) as u64;
    let of = |traits: Vec<usize>| {
        let (before, after) = (keys(subject, from, &traits), keys(subject, to, &traits));
        let matched = matched(&before, &after);
        Candidate { telling: matched.telling(objects), traits, matched }
    };
    let count = subject.traits.len();
    let mut tried: Vec<Candidate> = (0..count).map(|at| of(vec![at])).collect();
    if best_telling(&tried) < ENOUGH {
        tried.extend(combinations(&subject.traits).into_iter().map(of));
    }
    let enough = best_telling(&tried) * ABOUT_AS_WELL;
    let rank = |candidate: &&Candidate| {
        let read_only = candidate.traits.iter().all(|&at| subject.traits[at].read_only);
        let texts = candidate.traits.iter().all(|&at| !subject.traits[at].number);
        let few = usize::MAX - candidate.traits.len();
        (candidate.matched.certain, candidate.matched.survived, read_only, texts, few)
    };
    // Of equal ones the first, whose trait is the most telling.
    let best = tried.iter().rev().filter(|of| of.telling >= enough).max_by_key(rank);
    let Some(best) = best else { return nothing_told(subject, from, to) };
    let before = keys(subject, from, &best.traits);
    let after = keys(subject, to, &best.traits);
    let doubtful = is_doubtful(subject, (from, to), best, &tried, (&before, &after));
    Choice { by: name(subject, &best.traits), keys: (before, after), matched: best.matched, doubtful }
}

fn best_telling(tried: &[Candidate]) -> f64 {
    tried.iter().map(|of| of.telling).fold(0.0, f64::max)
}

/// Without traits all objects are alike.
fn nothing_told(subject: &Subject, from: usize, to: usize) -> Choice {
    let keys = (vec![0; subject.objects[from].len()], vec![0; subject.objects[to].len()]);
    let matched = matched(&keys.0, &keys.1);
    Choice { by: "number".to_owned(), keys, matched, doubtful: false }
}

/// Traits taken together that are worth a try.
fn combinations(traits: &[Trait]) -> Vec<Vec<usize>> {
    let paired = traits.len().min(PAIRED);
    let mut found: Vec<Vec<usize>> =
        (0..paired).flat_map(|a| (a + 1..paired).map(move |b| vec![a, b])).collect();
    let read_only: Vec<usize> = (0..traits.len()).filter(|&at| traits[at].read_only).collect();
    let all: Vec<usize> = (0..traits.len()).collect();
    for more in [read_only, all] {
        if more.len() > 1 && !found.contains(&more) {
            found.push(more);
        }
    }
    found
}

/// The numbers that stand for several traits of a dump's objects.
fn keys(subject: &Subject, dump: usize, traits: &[usize]) -> Vec<u64> {
    let columns = &subject.columns[dump];
    if let [one] = traits {
        return columns[*one].clone();
    }
    let of_row = |row: usize| {
        let values = traits.iter().map(|&at| columns[at][row]);
        values.fold(0, |all, value| match (all, value) {
            (MISSING, _) | (_, MISSING) => MISSING,
            (all, value) => mixed(all, value).min(MISSING - 1),
        })
    };
    (0..subject.objects[dump].len()).map(of_row).collect()
}

/// How traits are called together: all of them, the content.
fn name(subject: &Subject, traits: &[usize]) -> String {
    match traits {
        [] => "number".to_owned(),
        [one] => subject.traits[*one].name.to_string(),
        [one, other] => format!("{} + {}", subject.traits[*one].name, subject.traits[*other].name),
        _ => super::traits::CONTENT.to_owned(),
    }
}

/// Whether what was matched may be chance: by the numbers of a counter that starts anew, which another trait that
/// tells as well denies or the order of addresses does.
fn is_doubtful(
    subject: &Subject,
    (from, to): (usize, usize),
    best: &Candidate,
    tried: &[Candidate],
    (before, after): (&[u64], &[u64]),
) -> bool {
    let [only] = best.traits[..] else { return false };
    let of = &subject.traits[only];
    if !of.number || best.matched.certain == 0 || !is_dense(before, after) {
        return false;
    }
    let denied = tried.iter().any(|other| {
        other.traits.len() == 1
            && other.telling >= best.telling * ABOUT_AS_WELL
            && other.matched.certain * 10 < best.matched.certain
    });
    let from = Keyed { objects: &subject.objects[from], keys: before };
    let to = Keyed { objects: &subject.objects[to], keys: after };
    (denied && !of.read_only) || order_kept(from, to) < IN_ORDER
}

/// Whether numbers lie as close together as those of a counter.
fn is_dense(before: &[u64], after: &[u64]) -> bool {
    let known = || before.iter().chain(after).copied().filter(|&value| value != MISSING);
    match (known().min(), known().max()) {
        (Some(low), Some(high)) => high - low < DENSE.saturating_mul((before.len() + after.len()) as u64),
        _ => false,
    }
}
