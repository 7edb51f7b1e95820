//! The table `gc`: what is known of the garbage collector, by name.

use super::table::Table;
use crate::bytes::Addr;
use crate::clr::gc::OomHistory;
use crate::clr::type_system::TypeSystem;
use crate::query::cells::Cells;

/// A thing that is known.
struct Fact {
    name: &'static str,
    value: String,
    /// The heap that it is of; `None` for all.
    heap: Option<u32>,
}

/// Reads the table; no rows where the dump holds no heap.
pub fn gc(types: &TypeSystem) -> Table {
    let facts = facts(types);
    let names = Cells::texts(facts.iter().map(|fact| Some(fact.name)));
    let values = Cells::texts(facts.iter().map(|fact| Some(fact.value.as_str())));
    let heaps = Cells::optional(facts.iter().map(|fact| fact.heap.map(u64::from)));
    Table::new(vec![names, values, heaps], facts.len())
}

fn facts(types: &TypeSystem) -> Vec<Fact> {
    let runtime = types.runtime();
    let Ok(gc) = &runtime.gc else { return Vec::new() };
    let memory = types.memory();
    let mut facts = Vec::new();
    let mut tell =
        |heap: Option<u32>, name: &'static str, value: String| facts.push(Fact { name, value, heap });
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
