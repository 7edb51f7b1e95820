//! Tables of GC handles.

use crate::bytes::Addr;
use crate::clr::checks::Check;
use crate::clr::layout::Descriptor;

use super::{Evidence, settle};

pub(super) const SEGMENT_LIST: (&str, &str) = ("HandleTable", "pSegmentList");

/// Segments are as large as their alignment (`HANDLE_SEGMENT_SIZE` in `src/coreclr/gc/handletablepriv.h`).
const SEGMENT_ALIGNMENT: u64 = 0x1_0000;

/// A table's list of segments is the pointer to an aligned segment that names the table.
pub(super) fn calibrate(evidence: &Evidence<'_>, layout: &mut Descriptor, checks: &mut Vec<Check>) {
    let memory = &*evidence.dump.memory;
    let Some(table) = first_table(evidence, layout) else { return };
    let Some(named) = layout.optional_field("TableSegment", "pHandleTable") else { return };
    settle(layout, checks, "HandleTable.pSegmentList", SEGMENT_LIST, (8, "segment"), |_, offset| {
        let segment = memory.pointer(table.offset(offset)).ok()?;
        let leads_back = || memory.pointer(segment.offset(named)) == Ok(table);
        let is_segment = !segment.is_null() && segment.0 % SEGMENT_ALIGNMENT == 0 && leads_back();
        Some(usize::from(is_segment))
    });
}

/// The first table of the first bucket.
fn first_table(evidence: &Evidence<'_>, layout: &Descriptor) -> Option<Addr> {
    let memory = &*evidence.dump.memory;
    let step = |from: Addr, of: &str, field: &str| {
        let target = memory.pointer(from.offset(layout.optional_field(of, field)?)).ok()?;
        (!target.is_null()).then_some(target)
    };
    let map = match evidence.globals.address("HandleTableMap") {
        Some(map) => map,
        None => step(evidence.globals.pointer(memory, "GcDacVars")?, "GcDacVars", "handle_table_map")?,
    };
    let bucket = memory.pointer(step(map, "HandleTableMap", "pBuckets")?).ok().filter(|b| !b.is_null())?;
    memory.pointer(step(bucket, "HandleTableBucket", "pTable")?).ok().filter(|table| !table.is_null())
}
