//! Load contexts that are to be unloaded and cannot go: what they loaded is still in use.
//!
//! A collectible `AssemblyLoadContext` says in `_state` that it was told to unload (`InternalState.Unloading`, 1). It goes
//! when nothing holds its LoaderAllocator any more, and every object of a type that it loaded does.

use rustc_hash::FxHashMap;

use super::{Judgement, Rule};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::{Score, Trend};
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::CONTEXTS;
use crate::graph::{ObjectId, TypeId};
use crate::query::QueryError;
use crate::units::grouped;
use crate::values::FieldPlace;
use crate::values::Values;

const CONTEXT: &str = "System.Runtime.Loader.AssemblyLoadContext";
const ALLOCATOR: &str = "System.Reflection.LoaderAllocator";

/// `InternalState.Unloading`.
const UNLOADING: i128 = 1;

/// Points for contexts that cannot go: nobody wants one that was told to unload.
const PATTERN_POINTS: i32 = 40;

/// Types whose objects are named as holding a context.
const NAMED_HOLDERS: usize = 3;

/// The rule.
pub(super) struct CollectibleContexts;

impl Rule for CollectibleContexts {
    fn looks_at(&self) -> &'static str {
        "load contexts that are to be unloaded"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let Some(values) = dump.values() else { return Ok(Vec::new()) };
        let system = values.types();
        let Some(&base) = system.named(CONTEXT).first() else { return Ok(Vec::new()) };
        let types = dump.types_where(|of| {
            of.count > 0 && (of.method_table == base || system.derives_from(of.method_table, base))
        });
        let mut unloading: FxHashMap<TypeId, Vec<ObjectId>> = FxHashMap::default();
        for object in dump.objects_of(&types)? {
            let Some(of) = dump.heap.objects.type_of(object) else { continue };
            let Some(info) = dump.type_info(of) else { continue };
            let state = FieldPlace::of(values, info.method_table, &["_state", "state"]);
            let state = state.and_then(|place| place.integer(values, dump.address(object)));
            if state == Some(UNLOADING) {
                unloading.entry(of).or_default().push(object);
            }
        }
        let mut unloading: Vec<_> = unloading.into_iter().collect();
        unloading.sort_unstable_by_key(|(of, _)| *of);
        let made = unloading.into_iter().map(|(of, contexts)| sighting(of, contexts, dump, values));
        Ok(made.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        if series.count() < CONTEXTS || series.has_history() && !Trend::of(&series.counts).is_growth() {
            return None;
        }
        let mut score = Score::default();
        score.add(PATTERN_POINTS, "they were told to unload, and what they loaded is still in use");
        for (points, what) in &series.last.remarks {
            score.add(*points, what.clone());
        }
        score.growth(&series.counts, "contexts");
        score.number(series.count(), "contexts are to be unloaded and are still there");
        score.bytes(series, "what hangs on them takes");
        let (count, detail) = (grouped(series.count()), &series.last.detail);
        let reason = format!(
            "{count} load contexts ({}) are to be unloaded and cannot go{detail}",
            series.last.subject
        );
        Some(Judgement { rule: "collectible_contexts", reason, score })
    }
}

fn sighting(
    of: TypeId,
    contexts: Vec<ObjectId>,
    dump: &OpenDump<'_>,
    values: &Values,
) -> Result<Option<Sighting>, QueryError> {
    let Some(info) = dump.type_info(of) else { return Ok(None) };
    let allocators = dump.objects_of(&dump.types_where(|of| &*of.name == ALLOCATOR))?;
    // Objects of types that can be unloaded, outside of what the runtime itself makes for them.
    let loaded = dump.types_where(|of| of.count > 0 && values.types().is_collectible(of.method_table));
    let holding = dump.objects_of(&loaded)?;
    let mut by_type: FxHashMap<&str, u64> = FxHashMap::default();
    for &object in &holding {
        if let Some(of) = dump.type_of(object) {
            *by_type.entry(&of.name).or_default() += 1;
        }
    }
    let mut by_type: Vec<(&str, u64)> = by_type.into_iter().collect();
    by_type.sort_unstable_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    let named = by_type.iter().take(NAMED_HOLDERS).map(|(name, count)| format!("{} {name}", grouped(*count)));
    let named = named.collect::<Vec<_>>().join(", ");
    let mut remarks = Vec::new();
    if !named.is_empty() {
        remarks.push((10, format!("objects of types that they loaded are still held: {named}")));
    }
    let detail = if named.is_empty() { String::new() } else { format!(": {named} of theirs are still held") };
    let held = if holding.is_empty() { allocators.clone() } else { holding };
    let mut all = contexts.clone();
    all.extend(&held);
    Ok(Some(Sighting {
        key: info.name.to_string(),
        subject: info.name.to_string(),
        module: info.module.clone(),
        is_of_program: dump.origins.is_of_program(of),
        count: contexts.len() as u64,
        bytes: dump.retained(&all),
        detail,
        remarks,
        objects: Objects::These(held),
        next: Some(Next::paths_to(ALLOCATOR)),
        ..Sighting::default()
    }))
}
