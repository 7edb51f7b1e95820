//! The rules: each watches one sort of thing in every dump, and judges it over all of them.

mod classes;
mod collectible_contexts;
mod collections;
mod dominating_object;
mod duplicate_strings;
mod event_handlers;
mod finalizers;
mod large_objects;
mod pending_tasks;
mod pinning;
mod sparse_collections;
mod static_caches;
mod threads;
mod timers;

use super::dump::OpenDump;
use super::score::Score;
use super::series::{Series, Sighting};
use crate::diff::Profile;
use crate::query::QueryError;

/// What a rule says of a thing that it suspects.
#[derive(Debug)]
pub(super) struct Judgement {
    /// The word of the rule, which may depend on what it sees: `growing_class`, `dominating_class`.
    pub rule: &'static str,
    /// Why, in one sentence with figures.
    pub reason: String,
    /// What the score is made of.
    pub score: Score,
}

/// A sort of thing that leaks.
pub(super) trait Rule: Sync {
    /// What is looked at, for people: the end of "looked at ...".
    fn looks_at(&self) -> &'static str;

    /// The things that it watches in a dump, suspicious or not: what is small in one may have grown in the next.
    ///
    /// # Errors
    /// The dump does not tell its types; it was stopped.
    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError>;

    /// How many objects there were and what hung on them, of what a profile alone tells: for a thing that was not among the
    /// sightings of a dump, or for a baseline. `None` where a profile tells nothing of it.
    fn before(&self, profile: &Profile, last: &Sighting) -> Option<(u64, u64)> {
        let _ = (profile, last);
        None
    }

    /// What it says of one of them; `None` where it is as it should be.
    fn judge(&self, series: &Series<'_>) -> Option<Judgement>;
}

/// All rules, those first whose subjects tell the most: where two name the same bytes, the one that comes first gives the
/// subject.
pub(super) const ALL: [&dyn Rule; 14] = [
    &event_handlers::EventHandlers,
    &pending_tasks::PendingTasks,
    &timers::Timers,
    &collectible_contexts::CollectibleContexts,
    &finalizers::Finalizers,
    &classes::Classes,
    &static_caches::StaticCaches,
    &collections::Collections,
    &dominating_object::DominatingObject,
    &duplicate_strings::DuplicateStrings,
    &sparse_collections::SparseCollections,
    &pinning::Pinning,
    &threads::Threads,
    &large_objects::LargeObjects,
];
