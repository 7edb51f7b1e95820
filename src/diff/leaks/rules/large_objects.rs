//! A large object heap with holes: it is not compacted unless the program asks for it.

use super::{Judgement, Rule};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::Score;
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{LOH_FREE_BYTES, LOH_FREE_SHARE};
use crate::graph::Generation;
use crate::query::QueryError;
use crate::units::{grouped, human_bytes};

/// Points for holes.
const PATTERN_POINTS: i32 = 15;

/// The rule.
pub(super) struct LargeObjects;

impl Rule for LargeObjects {
    fn looks_at(&self) -> &'static str {
        "free space in the large object heap"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let rows = &dump.profile.totals.generations;
        let Some(loh) = rows.iter().find(|row| row.generation == Generation::Loh.word()) else {
            return Ok(Vec::new());
        };
        let share = loh.free as f64 / (loh.free + loh.bytes).max(1) as f64;
        if share < LOH_FREE_SHARE {
            return Ok(Vec::new());
        }
        Ok(vec![Sighting {
            key: "loh".to_owned(),
            subject: "the large object heap".to_owned(),
            is_of_program: true,
            count: loh.objects,
            bytes: loh.free,
            objects: Objects::None,
            detail: format!("{:.0} % of it is free, between {} objects", share * 100.0, grouped(loh.objects)),
            next: Some(Next::select("type, count, size", "objects", " where gen = 'loh' group by type")),
            ..Sighting::default()
        }])
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        if series.bytes() < LOH_FREE_BYTES {
            return None;
        }
        let mut score = Score::default();
        score.add(PATTERN_POINTS, series.last.detail.clone());
        score.bytes(series, "free space in it takes");
        let reason = format!(
            "{} of the large object heap are free: {}",
            human_bytes(series.bytes() as f64),
            series.last.detail
        );
        Some(Judgement { rule: "loh_fragmentation", reason, score })
    }
}
