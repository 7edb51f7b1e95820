//! What `heapql info` tells of the process's memory beside the objects: the ledger of `memory_use` in a few lines.

use serde_json::{Map, Value, json};

use crate::clr::type_system::TypeSystem;
use crate::info::Info;
use crate::state::process_memory::{MemoryArea, MemoryTotal, memory_totals, process_memory};
use crate::units::human_bytes;

/// The areas in the order in which they are shown: first what takes memory, then mere address space.
const AREAS: [MemoryArea; 7] = [
    MemoryArea::Gc,
    MemoryArea::Runtime,
    MemoryArea::Native,
    MemoryArea::Stacks,
    MemoryArea::Files,
    MemoryArea::Unknown,
    MemoryArea::Reserved,
];

/// Appends a section with a line for each area, and what of it all the dump does not hold.
pub(super) fn memory_section(info: &mut Info, types: &TypeSystem) {
    let totals = memory_totals(&process_memory(types));
    let section = info.section("Memory");
    for area in AREAS {
        let kinds: Vec<&MemoryTotal> = totals.iter().filter(|total| total.kind.area() == area).collect();
        if let Some((text, value)) = line(&kinds) {
            section.row(area.word(), text, value);
        }
    }
    let missing = |total: &MemoryTotal| match total.kind.area() {
        MemoryArea::Reserved => 0,
        _ => total.size.saturating_sub(total.saved),
    };
    let missing: u64 = totals.iter().map(missing).sum();
    section.row("not in the dump", human_bytes(missing as f64), missing);
}

/// An area as a person and as a program reads it; `None` where there is nothing of it.
fn line(kinds: &[&MemoryTotal]) -> Option<(String, Value)> {
    let bytes: u64 = kinds.iter().map(|total| total.size).sum();
    if bytes == 0 {
        return None;
    }
    let all = human_bytes(bytes as f64);
    let text = match kinds {
        [_] => all,
        _ => {
            let each = |of: &&MemoryTotal| {
                format!("{} {}", of.kind.word().replace('_', " "), human_bytes(of.size as f64))
            };
            format!("{all}: {}", kinds.iter().map(each).collect::<Vec<String>>().join(", "))
        }
    };
    let of_kinds: Map<String, Value> =
        kinds.iter().map(|total| (total.kind.word().to_owned(), total.size.into())).collect();
    Some((text, json!({ "bytes": bytes, "kinds": of_kinds })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::process_memory::MemoryKind;

    #[test]
    fn an_area_adds_up_its_kinds() {
        let total = |kind, size| MemoryTotal { kind, ranges: 1, size, saved: size };
        let (heap, tables) = (total(MemoryKind::GcHeap, 3 << 20), total(MemoryKind::HandleTable, 1 << 20));
        let (text, value) = line(&[&heap, &tables]).unwrap();
        assert_eq!(text, "4.0 MB: gc heap 3.0 MB, handle table 1.0 MB");
        assert_eq!(value, json!({"bytes": 4 << 20, "kinds": {"gc_heap": 3 << 20, "handle_table": 1 << 20}}));
        assert_eq!(line(&[&heap]).unwrap().0, "3.0 MB");
        assert_eq!(line(&[]), None);
    }
}
