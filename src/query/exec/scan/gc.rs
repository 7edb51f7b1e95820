//! The table `gc`: what is known of the garbage collector, by name.

use std::borrow::Cow;

use super::table::Table;
use crate::bytes::Addr;
use crate::clr::GcHeap;
use crate::clr::gc::{CollectionRecord, OomHistory, collection_records, generation_counts};
use crate::clr::type_system::TypeSystem;
use crate::query::cells::Cells;
use crate::state::{GcSetting, gc_settings};
use crate::values::Values;

/// How often each generation was collected.
const COLLECTIONS: [&str; 3] = ["gen0_collections", "gen1_collections", "gen2_collections"];
/// What may be allocated in each before the next collection. Generation 1 is filled by collections only.
const BUDGETS: [&str; 5] = ["gen0_budget", "gen1_budget", "gen2_budget", "loh_budget", "poh_budget"];

/// A thing that is known.
struct Fact {
    name: Cow<'static, str>,
    value: String,
    /// The heap that it is of; `None` for all.
    heap: Option<u32>,
}

/// Reads the table; no rows where the dump holds no heap.
pub fn gc(types: &TypeSystem, values: Option<&Values>) -> Table {
    let mut facts = facts(types);
    if !facts.is_empty() {
        let fact = |of: GcSetting| Fact { name: of.name.into(), value: of.value, heap: None };
        facts.extend(gc_settings(types, values).into_iter().map(fact));
    }
    let names = Cells::texts(facts.iter().map(|fact| Some(&*fact.name)));
    let values = Cells::texts(facts.iter().map(|fact| Some(fact.value.as_str())));
    let heaps = Cells::optional(facts.iter().map(|fact| fact.heap.map(u64::from)));
    Table::new(vec![names, values, heaps], facts.len())
}

fn facts(types: &TypeSystem) -> Vec<Fact> {
    let runtime = types.runtime();
    let Ok(gc) = &runtime.gc else { return Vec::new() };
    let memory = types.memory();
    let mut facts = Vec::new();
    let mut tell = |heap: Option<u32>, name: &'static str, value: String| {
        facts.push(Fact { name: name.into(), value, heap })
    };
    tell(None, "mode", gc.heaps.mode.to_string());
    tell(None, "heaps", gc.heaps.heaps.len().to_string());
    tell(None, "regions", gc.heaps.regions.to_string());
    tell(None, "collecting", gc.heaps.collecting.to_string());
    let bound = |name: &str| runtime.located.globals.pointer(memory, name);
    for (name, variable) in [("lowest_address", "LowestAddress"), ("highest_address", "HighestAddress")] {
        if let Some(address) = bound(variable).filter(|address| *address != Addr::NULL) {
            tell(None, name, address.to_string());
        }
    }
    tell_collections(types, gc, &mut tell);
    for heap in &gc.heaps.heaps {
        let number = (gc.heaps.heaps.len() > 1).then_some(heap.number);
        let Some(oom) = heap.oom_history.and_then(|at| OomHistory::read(memory, at).ok()) else { continue };
        let Some(oom) = oom else {
            tell(number, "oom_reason", "none".to_owned());
            continue;
        };
        tell(number, "oom_reason", oom.reason.to_owned());
        tell(number, "oom_allocation", oom.allocation.to_string());
        tell(number, "oom_large_object", oom.large.to_string());
        tell(number, "oom_after_collection", oom.collection.to_string());
        if let Some((what, bytes)) = oom.refused {
            tell(number, "oom_refused", what.to_owned());
            tell(number, "oom_refused_bytes", bytes.to_string());
        }
    }
    facts
}

/// Tells what the GC has counted of its collections, and of the last one.
fn tell_collections(
    types: &TypeSystem,
    gc: &GcHeap,
    tell: &mut dyn FnMut(Option<u32>, &'static str, String),
) {
    let (memory, layout) = (types.memory(), &types.runtime().located.layout);
    let Some(counts) = generation_counts(memory, layout, &gc.heaps.heaps) else { return };
    // All heaps are collected together.
    let Some(first) = counts.first() else { return };
    for (name, counts) in COLLECTIONS.iter().zip(first) {
        tell(None, name, counts.collections.to_string());
    }
    for (heap, counts) in gc.heaps.heaps.iter().zip(&counts) {
        let number = (gc.heaps.heaps.len() > 1).then_some(heap.number);
        for (name, counts) in BUDGETS.iter().zip(counts) {
            tell(number, name, counts.budget.to_string());
        }
    }
    let collections = first.first().map_or(0, |counts| counts.collections);
    let records = collection_records(memory, layout, gc.heaps.variables, collections);
    if let Some(last) = records.first() {
        tell_last(last, &mut |name, value| tell(None, name, value));
    }
}

/// Tells of the last collection.
fn tell_last(last: &CollectionRecord, tell: &mut dyn FnMut(&'static str, String)) {
    tell("last_gc", last.index.to_string());
    tell("last_gc_generation", last.generation.to_string());
    tell("last_gc_compacting", last.compacting.to_string());
    tell("last_gc_background", last.background.to_string());
    tell(
        "last_gc_pause_us",
        last.pauses.iter().fold(0_u64, |sum, pause| sum.saturating_add(*pause)).to_string(),
    );
    tell("last_gc_heap_size", last.heap_size.to_string());
    tell("last_gc_free", last.fragmentation.to_string());
    tell("last_gc_committed", last.committed.to_string());
    tell("last_gc_survived", last.promoted.to_string());
    tell("last_gc_pinned_objects", last.pinned.to_string());
    tell("last_gc_finalizable_objects", last.finalizable.to_string());
    tell("last_gc_memory_load_percent", last.memory_load.to_string());
    tell("pause_time_percent", format!("{:.2}", last.pause_percentage));
}
