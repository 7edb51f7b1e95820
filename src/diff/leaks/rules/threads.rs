//! Threads whose stacks or thread statics hold much alone.

use super::{Judgement, Rule};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::Score;
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{GROWN_BYTES, OBJECT_BYTES, THREAD_SHARE};
use crate::graph::RootKind;
use crate::query::QueryError;
use crate::units::human_bytes;

/// The rule.
pub(super) struct Threads;

impl Rule for Threads {
    fn looks_at(&self) -> &'static str {
        "threads"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let kinds = [RootKind::ThreadStatic.word(), RootKind::Stack.word()];
        let groups = dump.profile.roots.iter().filter(|group| kinds.contains(&&*group.kind));
        let groups = groups.filter(|group| group.retained >= GROWN_BYTES);
        let made = groups.filter_map(|group| {
            let name = format!("{} of {}", group.kind.replace('_', " "), group.name.as_deref()?);
            Some(Sighting {
                key: name.clone(),
                subject: name,
                is_of_program: true,
                count: group.count,
                bytes: group.retained,
                objects: Objects::None,
                detail: "what a thread holds lives as long as the thread, or its frame, does".to_owned(),
                next: Some(Next::select(
                    "kind, os_id, name, type, retained",
                    "roots",
                    " where kind in ('stack', 'thread_static') order by retained desc limit 20",
                )),
                ..Sighting::default()
            })
        });
        Ok(made.collect())
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        if series.share() < THREAD_SHARE || series.bytes() < OBJECT_BYTES {
            return None;
        }
        let mut score = Score::default();
        score.bytes(series, "retains");
        score.growth(&series.all_bytes, "bytes");
        score.add(0, series.last.detail.clone());
        let (bytes, share) = (human_bytes(series.bytes() as f64), series.share() * 100.0);
        let reason = format!("the {} retains {bytes}, {share:.1} % of the heap", series.last.subject);
        Some(Judgement { rule: "threads", reason, score })
    }
}
