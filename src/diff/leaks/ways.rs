//! By which ways the objects of suspects hang on roots, in each dump.

use rustc_hash::FxHashMap;

use super::dump::OpenDump;
use super::fold::Finding;
use super::series::Objects;
use crate::diff::growth::ways_to;
use crate::diff::{Way, WayStep};
use crate::graph::{ObjectSet, TypeId};
use crate::query::QueryError;

/// Ways of a suspect that are told.
const MOST: usize = 5;

/// The ways of each of `findings`, the most objects in the last dump first, with counts of each dump; one search a dump for
/// all of them.
///
/// # Errors
/// A dump does not tell its types; it was stopped.
pub(super) fn of(findings: &[Finding], dumps: &[Option<OpenDump<'_>>]) -> Result<Vec<Vec<Way>>, QueryError> {
    let mut merged: Vec<Merged> = findings.iter().map(|_| Merged::default()).collect();
    if findings.is_empty() {
        return Ok(Vec::new());
    }
    for (at, dump) in dumps.iter().enumerate() {
        let Some(dump) = dump else { continue };
        let sets = findings.iter().map(|finding| {
            let is_last = at + 1 == dumps.len();
            let seen =
                if is_last { Some(&finding.sighting.objects) } else { finding.before.get(at)?.as_ref() };
            objects(seen, finding, dump)
        });
        let sets: Vec<ObjectSet> =
            sets.map(|set| set.unwrap_or_else(|| ObjectSet::none(dump.heap.objects.len()))).collect();
        for (merged, ways) in merged.iter_mut().zip(ways_to(dump.snapshot, &sets, dump.options())?) {
            ways.into_iter().for_each(|way| merged.add(way, at, dumps.len()));
        }
    }
    Ok(merged.into_iter().map(Merged::finish).collect())
}

/// The objects of a finding in a dump; of a class those of its type also where they were too few to be seen.
fn objects(seen: Option<&Objects>, finding: &Finding, dump: &OpenDump<'_>) -> Option<ObjectSet> {
    let len = dump.heap.objects.len();
    match (seen, &finding.sighting.objects) {
        (Some(Objects::These(objects)), _) => Some(ObjectSet::from_ids(len, objects.iter().copied())),
        (_, Objects::OfTypes(_)) => {
            let types: Vec<TypeId> = dump.types_where(|of| *of.name == finding.sighting.subject);
            Some(ObjectSet::from_ids(len, dump.objects_of(&types).ok()?))
        }
        _ => None,
    }
}

/// Root and steps: two ways with the same are one in several dumps.
type Key = (String, Option<String>, Vec<WayStep>);

/// The ways of one finding in all dumps.
#[derive(Default)]
struct Merged {
    ways: Vec<Way>,
    known: FxHashMap<Key, usize>,
}

impl Merged {
    fn add(&mut self, way: Way, dump: usize, dumps: usize) {
        let steps = way.owner.map_or(way.steps.as_slice(), |owner| &way.steps[..=owner]);
        let key = (way.root_kind.clone(), way.root_name.clone(), steps.to_vec());
        let number = |numbers: &[u64]| numbers.first().copied().unwrap_or(0);
        let (count, size) = (number(&way.counts), number(&way.sizes));
        let place = *self.known.entry(key).or_insert_with(|| {
            self.ways.push(Way { counts: vec![0; dumps], sizes: vec![0; dumps], ..way });
            self.ways.len() - 1
        });
        let known = &mut self.ways[place];
        known.counts[dump] += count;
        known.sizes[dump] += size;
    }

    fn finish(mut self) -> Vec<Way> {
        self.ways.retain(|way| way.counts.last().is_some_and(|&count| count > 0));
        self.ways.sort_by_key(|way| std::cmp::Reverse(way.counts.last().copied()));
        self.ways.truncate(MOST);
        self.ways
    }
}
