//! What several rules find of the same bytes is one suspect.
//!
//! A list of customers is a growing class, what a static holds, a growing collection and the largest dominator at once. The
//! rule whose subject tells the most gives the suspect; the others' reasons become evidence.

use rustc_hash::FxHashSet;

use super::Evidence;
use super::dump::OpenDump;
use super::rules::Judgement;
use super::series::{Objects, Sighting};
use crate::graph::{ObjectId, TypeId};

/// Objects of a finding that are looked up to see whether they are within another.
const SAMPLE: usize = 200;

/// The part of a finding's sample that must lie within another for the whole to.
const NEARLY_ALL: f64 = 0.7;

/// The part of a finding's bytes that another within it must have to be the same.
const MOST: f64 = 0.5;

/// Points for each rule that finds the same by another way.
const AGREEMENT_POINTS: i32 = 3;

/// What a rule found, in the last dump.
#[derive(Debug)]
pub(super) struct Finding {
    /// The thing.
    pub sighting: Sighting,
    /// What the rule says of it.
    pub judgement: Judgement,
    /// The objects that it was made of in each of the dumps before; `None` where they are not known.
    pub before: Vec<Option<Objects>>,
    /// How many there are in each dump.
    pub counts: Vec<u64>,
    /// The bytes in each dump.
    pub bytes: Vec<u64>,
}

/// Findings of which no two are of the same bytes. They must come in the order in which rules give subjects.
pub(super) fn fold(findings: Vec<Finding>, dump: &OpenDump<'_>) -> Vec<Finding> {
    let mut kept: Vec<(Finding, Extent)> = Vec::new();
    for finding in findings {
        let extent = Extent::of(&finding.sighting, dump);
        match kept.iter_mut().find(|(other, of_other)| is_same((other, of_other), (&finding, &extent), dump))
        {
            Some((other, _)) => take_over(other, finding),
            None => kept.push((finding, extent)),
        }
    }
    kept.into_iter().map(|(finding, _)| finding).collect()
}

/// Whether `later` is within `earlier`, or is little more than it.
fn is_same(earlier: (&Finding, &Extent), later: (&Finding, &Extent), dump: &OpenDump<'_>) -> bool {
    let bytes = |finding: &Finding| finding.sighting.bytes.max(1) as f64;
    later.1.is_within(earlier.1, dump)
        || bytes(earlier.0) >= bytes(later.0) * MOST && earlier.1.is_within(later.1, dump)
}

fn take_over(into: &mut Finding, from: Finding) {
    let more = from.judgement.score.sum() - into.judgement.score.sum();
    let what = format!("{}: {}", from.judgement.rule, from.judgement.reason);
    into.judgement.score.take_over(Evidence { what, points: more.max(AGREEMENT_POINTS) });
}

/// The objects of a finding.
#[derive(Debug, Default)]
struct Extent {
    types: FxHashSet<TypeId>,
    objects: FxHashSet<ObjectId>,
    sample: Vec<ObjectId>,
}

impl Extent {
    fn of(sighting: &Sighting, dump: &OpenDump<'_>) -> Extent {
        let spread = |objects: &[ObjectId]| {
            objects.iter().step_by(objects.len().div_ceil(SAMPLE).max(1)).copied().collect()
        };
        match &sighting.objects {
            Objects::None => Extent::default(),
            Objects::These(objects) => Extent {
                objects: objects.iter().copied().collect(),
                sample: spread(objects),
                ..Extent::default()
            },
            Objects::OfTypes(types) => Extent {
                types: types.iter().copied().collect(),
                sample: dump.objects_of(types).map(|objects| spread(&objects)).unwrap_or_default(),
                ..Extent::default()
            },
        }
    }

    fn contains(&self, object: ObjectId, dump: &OpenDump<'_>) -> bool {
        let is_of_types = || dump.heap.objects.type_of(object).is_some_and(|of| self.types.contains(&of));
        self.objects.contains(&object) || !self.types.is_empty() && is_of_types()
    }

    /// Whether nearly all of its objects are among those of another, or hang on them alone.
    fn is_within(&self, other: &Extent, dump: &OpenDump<'_>) -> bool {
        if other.sample.is_empty() || self.sample.is_empty() {
            return false;
        }
        let is_inside = |object: &&ObjectId| {
            other.contains(**object, dump) || dump.above(**object).any(|above| other.contains(above, dump))
        };
        let inside = self.sample.iter().filter(is_inside).count();
        inside as f64 >= self.sample.len() as f64 * NEARLY_ALL
    }
}
