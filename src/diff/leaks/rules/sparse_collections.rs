//! Collections that are nearly empty: room that no item uses, by type.

use super::{Judgement, Rule};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::Score;
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{SPARSE_SHARE, WASTED_BYTES};
use crate::query::QueryError;
use crate::units::{grouped, human_bytes};

/// The rule.
pub(super) struct SparseCollections;

impl Rule for SparseCollections {
    fn looks_at(&self) -> &'static str {
        "empty room in collections"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let wasteful = dump.census()?.of_types.iter().filter(|(_, total)| total.wasted >= WASTED_BYTES);
        let made = wasteful.filter_map(|&(of, total)| {
            let info = dump.type_info(of)?;
            let (all, sparse) = (grouped(total.collections), grouped(total.sparse));
            let full = 100.0 - total.wasted as f64 * 100.0 / total.backing.max(1) as f64;
            Some(Sighting {
                key: info.name.to_string(),
                subject: info.name.to_string(),
                module: info.module.clone(),
                is_of_program: true,
                count: total.collections,
                bytes: total.wasted,
                objects: Objects::None,
                detail: format!("{sparse} of {all} use less than a quarter of their room"),
                remarks: vec![(
                    0,
                    format!("{:.0} % of the room of all together is used", full.clamp(0.0, 100.0)),
                )],
                next: Some(Next::select(
                    "type, address, count, capacity, wasted",
                    "collections",
                    " order by wasted desc limit 20",
                )),
                ..Sighting::default()
            })
        });
        Ok(made.collect())
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        if series.share() < SPARSE_SHARE {
            return None;
        }
        let mut score = Score::default();
        score.bytes(series, "empty room in them takes");
        score.number(series.count(), "collections of this type");
        score.add(8, series.last.detail.clone());
        for (points, what) in &series.last.remarks {
            score.add(*points, what.clone());
        }
        let (bytes, share) = (human_bytes(series.bytes() as f64), series.share() * 100.0);
        let reason = format!("empty room takes {bytes}, {share:.1} % of the heap: {}", series.last.detail);
        Some(Judgement { rule: "sparse_collections", reason, score })
    }
}
