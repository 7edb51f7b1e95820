//! Collections that gain items from dump to dump, or hold far more than all others of the program.

use super::{Judgement, Rule};
use crate::diff::leaks::census::Collection;
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::{Score, Trend};
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{GROWN_BYTES, GROWN_ITEMS, ITEMS, ITEMS_TIMES_NEXT};
use crate::query::QueryError;
use crate::units::{grouped, human_bytes};

/// Points for a collection that only gains.
const PATTERN_POINTS: i32 = 6;

/// The rule.
pub(super) struct Collections;

impl Rule for Collections {
    fn looks_at(&self) -> &'static str {
        "collections"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let biggest = &dump.census()?.biggest;
        if biggest.is_empty() {
            return Ok(Vec::new());
        }
        let trails = dump.trails()?;
        let mut slots = trails.slots(dump);
        let mut found: Vec<Sighting> = Vec::new();
        for collection in biggest {
            dump.check()?;
            let Some(info) = dump.type_info(collection.of) else { continue };
            let Some(way) = trails.text(collection.object, dump, &mut slots) else { continue };
            let key = format!("{way} -> {}", info.name);
            // Of several at one place (the lists of all tenants) they are told together.
            if let Some(same) = found.iter_mut().find(|sighting| sighting.key == key) {
                same.count = same.count.saturating_add(collection.count);
                same.bytes = same.bytes.saturating_add(dump.dominators.retained(collection.object));
                if let Objects::These(all) = &mut same.objects {
                    all.push(collection.object);
                }
                continue;
            }
            let next = next_smaller(collection, biggest);
            found.push(Sighting {
                subject: info.name.to_string(),
                module: info.module.clone(),
                is_of_program: dump.origins.is_of_program(collection.of)
                    || dump.origins.speaks_of_program(&way),
                count: collection.count,
                bytes: dump.dominators.retained(collection.object),
                objects: Objects::These(vec![collection.object]),
                detail: way,
                remarks: (collection.count / next.max(1) >= ITEMS_TIMES_NEXT)
                    .then(|| {
                        (PATTERN_POINTS, format!("the next smaller collection holds {} items", grouped(next)))
                    })
                    .into_iter()
                    .collect(),
                next: Some(Next::retained_by(dump.address(collection.object))),
                key,
                ..Sighting::default()
            });
        }
        Ok(found)
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        let grows = Trend::of(&series.counts).is_growth()
            && series.grown_count() >= GROWN_ITEMS
            && series.grown_bytes() >= GROWN_BYTES;
        let stands_out = !series.has_history() && series.count() >= ITEMS && !series.last.remarks.is_empty();
        if !grows && !stands_out || !series.last.is_of_program {
            return None;
        }
        let mut score = Score::default();
        score.growth(&series.counts, "items");
        score.number(series.count(), "items in one collection");
        score.bytes(series, "retains");
        for (points, what) in &series.last.remarks {
            score.add(*points, what.clone());
        }
        let (count, bytes) = (grouped(series.count()), human_bytes(series.bytes() as f64));
        let reason = format!("{} holds {count} items and {bytes}", series.last.subject);
        Some(Judgement { rule: "growing_collection", reason, score })
    }
}

/// The items of the next smaller collection that is none around or within the same items.
fn next_smaller(of: &Collection, all: &[Collection]) -> u64 {
    let smaller = all.iter().map(|other| other.count).filter(|&count| count < of.count);
    smaller.max().unwrap_or(0)
}
