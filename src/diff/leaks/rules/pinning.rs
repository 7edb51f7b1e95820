//! Pinned objects among others: the collector cannot close the gaps around them.

use super::{Judgement, Rule};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::Score;
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{PINNED, PINNED_FREE_BYTES, PINNED_FREE_SHARE};
use crate::graph::{Generation, ObjectId, RootKind, TypeId};
use crate::query::QueryError;
use crate::units::{grouped, human_bytes};

/// Points for pinned objects in generations that are compacted.
const PATTERN_POINTS: i32 = 18;

/// The rule.
pub(super) struct Pinning;

impl Rule for Pinning {
    fn looks_at(&self) -> &'static str {
        "pinned objects"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let pins = [RootKind::PinnedHandle, RootKind::AsyncPinnedHandle];
        let pinned = dump.roots.all.iter().filter(|root| pins.contains(&root.kind)).map(|root| root.object);
        let mut pinned: Vec<ObjectId> = pinned.filter(|&object| is_compacted(object, dump)).collect();
        pinned.sort_unstable();
        pinned.dedup();
        let Some(free) = dump.heap.types.free() else { return Ok(Vec::new()) };
        let gaps: u64 = gaps(&pinned, free, dump);
        let Some(most) = most_common(&pinned, dump).and_then(|of| dump.type_info(of)) else {
            return Ok(Vec::new());
        };
        Ok(vec![Sighting {
            key: "pinned".to_owned(),
            subject: most.name.to_string(),
            module: most.module.clone(),
            is_of_program: true,
            count: pinned.len() as u64,
            bytes: gaps,
            objects: Objects::These(pinned),
            detail: String::new(),
            remarks: Vec::new(),
            next: Some(Next::select(
                "kind, type, count",
                "handles",
                " where kind = 'pinned' group by kind, type",
            )),
            ..Sighting::default()
        }])
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        // What is free is no part of the reachable heap: it is held against both together.
        let share = series.bytes() as f64 / (series.heap + series.bytes()).max(1) as f64;
        if series.count() < PINNED || series.bytes() < PINNED_FREE_BYTES || share < PINNED_FREE_SHARE {
            return None;
        }
        let mut score = Score::default();
        score
            .add(PATTERN_POINTS, "they lie in generations that are compacted, not in the pinned object heap");
        score.growth(&series.counts, "pinned objects");
        score.number(series.count(), "pinned objects");
        score.bytes(series, "free space beside them takes");
        let (count, bytes) = (grouped(series.count()), human_bytes(series.bytes() as f64));
        let reason = format!(
            "{count} pinned objects, most of them {}, keep {bytes} of free space apart",
            series.last.subject
        );
        Some(Judgement { rule: "pinning", reason, score })
    }
}

/// Whether an object lies where the collector would move it.
fn is_compacted(object: ObjectId, dump: &OpenDump<'_>) -> bool {
    let Some((block, row)) = dump.heap.objects.row(object) else { return false };
    let segment = dump.snapshot.segments.get(block.segment.0 as usize);
    let generation = segment.map(|segment| segment.generation_at(block.address(row)));
    matches!(generation, Some(Generation::Gen0 | Generation::Gen1 | Generation::Gen2))
}

/// Bytes of the free objects right before and behind pinned ones, each once.
fn gaps(pinned: &[ObjectId], free: TypeId, dump: &OpenDump<'_>) -> u64 {
    let beside = pinned.iter().flat_map(|&ObjectId(id)| [id.checked_sub(1), id.checked_add(1)]);
    let mut gaps: Vec<ObjectId> = beside.flatten().map(ObjectId).collect();
    gaps.sort_unstable();
    gaps.dedup();
    let free = gaps.into_iter().filter(|&gap| dump.heap.objects.type_of(gap) == Some(free));
    free.filter_map(|gap| dump.heap.objects.size(gap)).sum()
}

fn most_common(objects: &[ObjectId], dump: &OpenDump<'_>) -> Option<TypeId> {
    let mut types: Vec<TypeId> =
        objects.iter().filter_map(|&object| dump.heap.objects.type_of(object)).collect();
    types.sort_unstable();
    let runs = types.chunk_by(|a, b| a == b);
    runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map(|run| run[0])
}
