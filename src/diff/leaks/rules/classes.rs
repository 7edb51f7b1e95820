//! Classes of objects that together retain much, or of which there are more in every dump.
//!
//! A type is a candidate when its objects are many and much hangs on them. Of candidates within each other (customers, and the
//! strings in them) the outer one is meant: of a sample of each candidate's objects it is looked up who dominates them, and
//! what another candidate holds is that one's. Arrays of references, delegates and the inner nodes of collections are no
//! candidates: they hold, they are not what is held.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Judgement, Rule};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::{Score, Trend};
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{
    CLASS_BYTES, CLASS_COUNT, CLASS_SHARE, GROWN_BYTES, GROWN_COUNT, GROWN_SHARE, HELD_TOGETHER, SAMPLE,
};
use crate::diff::profile::{Profile, TypeRow};
use crate::graph::{ObjectId, TypeId, TypeInfo};
use crate::query::QueryError;
use crate::units::{grouped, human_bytes};

/// Points for a class that one object holds all of.
const HELD_POINTS: i32 = 6;
/// Points for a class of the program's own.
const OWN_POINTS: i32 = 5;

/// The part of a class's sample that must lie below an object for that to hold the class.
const NEARLY_ALL: f64 = 0.8;

/// Candidates that are looked into: those that retain the most.
const MAX_CANDIDATES: usize = 64;

/// The rule.
pub(super) struct Classes;

/// A type that may be a class that leaks.
struct Candidate<'p> {
    row: &'p TypeRow,
    types: Vec<TypeId>,
    sample: Vec<ObjectId>,
    of_program: bool,
}

impl Rule for Classes {
    fn looks_at(&self) -> &'static str {
        "classes of objects"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let candidates = candidates(dump)?;
        let mut of_type: FxHashMap<TypeId, usize> = FxHashMap::default();
        for (at, candidate) in candidates.iter().enumerate() {
            of_type.extend(candidate.types.iter().map(|&of| (of, at)));
        }
        let mut sightings = Vec::new();
        for (at, candidate) in candidates.iter().enumerate() {
            dump.check()?;
            sightings.extend(sighting(at, candidate, &of_type, dump));
        }
        Ok(sightings)
    }

    fn before(&self, profile: &Profile, last: &Sighting) -> Option<(u64, u64)> {
        let row = profile.types.iter().find(|row| key(row) == last.key);
        // What lies within other classes is left out in the same part as it is in the last dump.
        Some(row.map_or((0, 0), |row| (row.count, (row.retained as f64 * last.part) as u64)))
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        let trend = Trend::of(&series.counts);
        let grown_share = series.grown_bytes() as f64 / series.heap.max(1) as f64;
        let grows = trend.is_growth()
            && series.grown_count() >= GROWN_COUNT
            && series.grown_bytes() >= GROWN_BYTES
            && grown_share >= GROWN_SHARE;
        let dominates = series.share() >= CLASS_SHARE
            && series.bytes() >= CLASS_BYTES
            && (series.count() >= CLASS_COUNT || series.share() >= HELD_TOGETHER);
        let is_held = !series.last.detail.is_empty();
        // Strings and arrays are everywhere; those of one holder are something.
        let means_something = series.last.is_of_program || is_held;
        if !(grows || dominates && !series.has_history()) || !means_something {
            return None;
        }
        let mut score = Score::default();
        score.bytes(series, "retains");
        score.growth(&series.counts, "objects");
        score.number(series.count(), "objects");
        for (points, what) in &series.last.remarks {
            score.add(*points, what.clone());
        }
        score.origin(series.last.is_of_program);
        Some(Judgement {
            rule: if grows { "growing_class" } else { "dominating_class" },
            reason: reason(series),
            score,
        })
    }
}

fn reason(series: &Series<'_>) -> String {
    let (count, bytes) = (grouped(series.count()), human_bytes(series.bytes() as f64));
    let share = series.share() * 100.0;
    let held = &series.last.detail;
    match series.grown_count() {
        0 => format!("{count} objects retain {bytes}, {share:.1} % of the heap{held}"),
        more => {
            let more_bytes = human_bytes(series.grown_bytes() as f64);
            format!(
                "{} more objects, {more_bytes} more with what they hold; now {count} and {bytes}{held}",
                grouped(more)
            )
        }
    }
}

/// The types with the most that hangs on them, holders left out.
fn candidates<'p>(dump: &OpenDump<'p>) -> Result<Vec<Candidate<'p>>, QueryError> {
    let mut by_name: FxHashMap<(&str, Option<&str>), Vec<TypeId>> = FxHashMap::default();
    for (at, of) in dump.heap.types.all().iter().enumerate() {
        by_name.entry((&of.name, of.module.as_deref())).or_default().push(TypeId(at as u32));
    }
    let rows =
        dump.profile.types.iter().filter(|row| row.count >= GROWN_COUNT && row.retained >= GROWN_BYTES);
    let types =
        |row: &TypeRow| by_name.get(&(&*row.name, row.module.as_deref())).cloned().unwrap_or_default();
    let is_meant = |types: &[TypeId]| {
        types.first().and_then(|&of| dump.type_info(of)).is_some_and(|info| !is_holder(info, dump))
    };
    let chosen = rows.map(|row| (row, types(row))).filter(|(_, types)| is_meant(types)).take(MAX_CANDIDATES);
    let chosen: Vec<(&TypeRow, Vec<TypeId>)> = chosen.collect();
    let mut candidates = Vec::with_capacity(chosen.len());
    for (row, types) in chosen {
        let sample = spread(&dump.objects_of(&types)?);
        let of_program = types.iter().any(|&of| dump.origins.is_of_program(of));
        candidates.push(Candidate { row, types, sample, of_program });
    }
    Ok(candidates)
}

/// What a class is called in every dump.
fn key(row: &TypeRow) -> String {
    format!("{} {}", row.name, row.module.as_deref().unwrap_or_default())
}

/// Objects at even distances, [`SAMPLE`] at most.
fn spread(objects: &[ObjectId]) -> Vec<ObjectId> {
    let step = objects.len().div_ceil(SAMPLE).max(1);
    objects.iter().step_by(step).copied().collect()
}

/// Whether objects of a type are there to hold others: arrays of references, delegates, inner nodes of collections.
fn is_holder(of: &TypeInfo, dump: &OpenDump<'_>) -> bool {
    let name = &*of.name;
    let values = dump.values();
    if let Some(element) = name.strip_suffix(']').and_then(|name| name.rfind('[').map(|at| &name[..at])) {
        // Arrays of numbers are content.
        return of.element_size == 8 && !is_number(element) || element.starts_with("System.Collections.");
    }
    let is_collection = values.is_some_and(|values| values.collection_shape(of.method_table).is_some());
    let is_delegate = values.is_some_and(|values| values.is_delegate(of.method_table));
    is_delegate || name.starts_with("System.Collections.") && !is_collection
}

fn is_number(element: &str) -> bool {
    let numbers = ["Int64", "UInt64", "Double", "IntPtr", "UIntPtr", "DateTime", "TimeSpan"];
    element.strip_prefix("System.").is_some_and(|name| numbers.contains(&name))
}

/// What a candidate retains outside of the others; `None` where that is little.
fn sighting(
    at: usize,
    candidate: &Candidate<'_>,
    of_type: &FxHashMap<TypeId, usize>,
    dump: &OpenDump<'_>,
) -> Option<Sighting> {
    let (mut outside, mut all) = (0_u64, 0_u64);
    let mut above_all: FxHashMap<ObjectId, u64> = FxHashMap::default();
    let mut sampled = 0_u64;
    for &object in &candidate.sample {
        let retained = dump.dominators.retained(object);
        all = all.saturating_add(retained);
        let mut met = FxHashSet::default();
        let mut within = None;
        for above in dump.above(object) {
            let other = dump.heap.objects.type_of(above).and_then(|of| of_type.get(&of)).copied();
            if other.is_some_and(|other| other != at) {
                within = other;
                break;
            }
            met.insert(above);
        }
        if within.is_none() {
            outside = outside.saturating_add(retained);
            sampled += 1;
            met.into_iter().for_each(|above| *above_all.entry(above).or_default() += 1);
        }
    }
    let part = outside as f64 / all.max(1) as f64;
    let bytes = (candidate.row.retained as f64 * part) as u64;
    if sampled == 0 || bytes < GROWN_BYTES {
        return None;
    }
    let count =
        (candidate.row.count as f64 * sampled as f64 / candidate.sample.len().max(1) as f64).round() as u64;
    let count = if part > 0.99 { candidate.row.count } else { count };
    let holder = holder(&above_all, sampled, candidate, dump);
    let mut remarks = Vec::new();
    if candidate.of_program {
        remarks.push((OWN_POINTS, "the type is the program's own".to_owned()));
    }
    if let Some(holder) = &holder {
        remarks.push((HELD_POINTS, format!("one object holds nearly all of them: {holder}")));
    }
    let name = &candidate.row.name;
    Some(Sighting {
        key: key(candidate.row),
        part,
        subject: name.clone(),
        module: candidate.row.module.as_deref().map(Into::into),
        is_of_program: candidate.of_program,
        count,
        bytes,
        objects: Objects::OfTypes(candidate.types.clone()),
        detail: holder.map(|holder| format!(", held by one {holder}")).unwrap_or_default(),
        remarks,
        next: Some(Next::paths_to(name)),
    })
}

/// The nearest object that dominates nearly all of a sample, by its type and address.
fn holder(
    above: &FxHashMap<ObjectId, u64>,
    sampled: u64,
    candidate: &Candidate<'_>,
    dump: &OpenDump<'_>,
) -> Option<String> {
    let nearly_all = above.iter().filter(|&(_, &count)| count as f64 >= sampled as f64 * NEARLY_ALL);
    let outside = nearly_all
        .map(|(&object, _)| object)
        .filter(|&object| dump.heap.objects.type_of(object).is_some_and(|of| !candidate.types.contains(&of)));
    let nearest = outside.min_by_key(|&object| (dump.dominators.retained(object), object))?;
    Some(format!("{} at {}", dump.type_of(nearest)?.name, dump.address(nearest)))
}
