//! What the runtime tells of the types that have objects: their names, shapes and modules.

use crate::clr::types::MethodTables;
use crate::clr::{ClrRuntime, GcHeap};
use crate::graph::{TypeInfo, TypeTable, TypeTotal};
use crate::problem::Problem;

/// Names and sizes of the types of these totals. Types that cannot be named are told in `problems`.
pub(super) fn describe(
    runtime: &ClrRuntime,
    gc: &GcHeap,
    totals: &[TypeTotal],
    problems: &mut Vec<Problem>,
) -> TypeTable {
    let memory = &runtime.dump.memory;
    let tables = &gc.method_tables;
    let mut names = runtime.type_names(gc);
    let types = totals
        .iter()
        .map(|&TypeTotal { method_table: mt, count, size }| {
            let shape = tables.shape(memory, mt).ok();
            let parent = tables.parent(memory, mt).ok().filter(|parent| !parent.is_null());
            let is_free = mt == tables.free();
            TypeInfo {
                method_table: mt,
                name: names.name(mt),
                module: names.module(mt).filter(|_| !is_free),
                base_size: shape.map_or(0, |s| s.base_size),
                element_size: shape.map_or(0, |s| s.component_size),
                parent: parent.filter(|_| !is_free).map(|parent| names.name(parent)),
                rank: shape.as_ref().map_or(0, MethodTables::rank),
                has_length: shape.is_some_and(|s| s.flags.has_component_size()),
                finalizable: shape.is_some_and(|s| s.flags.has_finalizer()),
                count,
                size,
            }
        })
        .collect();
    let types = TypeTable::new(types);
    problems.extend(types.unnamed());
    types
}
