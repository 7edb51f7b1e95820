//! Threads whose stacks or thread statics hold much alone.

use super::{Judgement, Rule};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::Score;
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{GROWN_BYTES, OBJECT_BYTES, THREAD_SHARE};
use crate::diff::profile::{Profile, RootGroup};
use crate::graph::{ObjectId, RootKind};
use crate::query::QueryError;
use crate::units::human_bytes;

/// The rule.
pub(super) struct Threads;

impl Rule for Threads {
    fn looks_at(&self) -> &'static str {
        "threads"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let made = threads(dump.profile).map(|(name, group)| Sighting {
            key: name.to_owned(),
            subject: name.to_owned(),
            is_of_program: true,
            count: group.count,
            bytes: group.retained,
            objects: Objects::These(held_by(name, dump)),
            detail: "what a thread holds lives as long as the thread, or its frame, does".to_owned(),
            next: Some(Next::select(
                "kind, os_id, name, type, retained",
                "roots",
                " where kind in ('stack', 'thread_static') order by retained desc limit 20",
            )),
            ..Sighting::default()
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
        let reason = format!("{} retains {bytes}, {share:.1} % of the heap", series.last.subject);
        Some(Judgement { rule: "threads", reason, score })
    }
}

/// The threads that hold something worth a look, by their names.
fn threads(profile: &Profile) -> impl Iterator<Item = (&str, &RootGroup)> {
    let groups = profile.roots.iter().filter(|group| group.kind == RootGroup::THREAD);
    let groups = groups.filter(|group| group.retained >= GROWN_BYTES);
    groups.filter_map(|group| Some((group.name.as_deref()?, group)))
}

/// What the roots of the thread called `name` refer to.
fn held_by(name: &str, dump: &OpenDump<'_>) -> Vec<ObjectId> {
    let is_of_thread = |kind| matches!(kind, RootKind::Stack | RootKind::ThreadStatic);
    let roots = dump.roots.all.iter().filter(|root| root.keeps_alive && is_of_thread(root.kind));
    let roots = roots.filter(|root| root.os_id.is_some_and(|id| format!("thread {id}") == name));
    let mut objects: Vec<ObjectId> = roots.map(|root| root.object).collect();
    objects.sort_unstable();
    objects.dedup();
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_sighted_in_the_groups_that_profiles_have_of_them() {
        let group = |kind: &str, name: Option<&str>, retained| RootGroup {
            kind: kind.to_owned(),
            name: name.map(str::to_owned),
            count: 3,
            retained,
        };
        let roots = vec![
            group(RootGroup::THREAD, Some("thread 17"), GROWN_BYTES),
            group(RootGroup::THREAD, Some("thread 18"), GROWN_BYTES - 1),
            group(RootGroup::THREAD, None, GROWN_BYTES),
            group("static", Some("Shop.all"), GROWN_BYTES),
        ];
        let profile = Profile { roots, ..Profile::default() };
        assert_eq!(threads(&profile).map(|(name, _)| name).collect::<Vec<_>>(), ["thread 17"]);
    }
}
