//! From the workers' own numbers of types to ids that are the same in every run.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::types::MethodTables;
use crate::graph::{ObjectBlock, TypeId, TypeInfo, TypeTable};
use crate::problem::Problem;

use super::pieces::{Tally, Worker};
use super::stitch::JoinedBlock;

/// Numbers all types that have objects by the address of their MethodTable, and names them.
pub(super) fn renumber(
    runtime: &ClrRuntime,
    blocks: Vec<JoinedBlock>,
    workers: &[Worker<'_>],
    problems: &mut Vec<Problem>,
) -> (Vec<ObjectBlock>, TypeTable) {
    let totals = totals(workers);
    let ids: FxHashMap<Addr, TypeId> =
        totals.iter().enumerate().map(|(id, &(mt, _))| (mt, TypeId(id as u32))).collect();
    let of_worker = |worker: &Worker<'_>| -> Vec<TypeId> {
        worker.types.method_tables().iter().map(|mt| ids.get(mt).copied().unwrap_or(TypeId(0))).collect()
    };
    let maps: Vec<Vec<TypeId>> = workers.iter().map(of_worker).collect();
    let blocks = blocks
        .into_par_iter()
        .map(|block| {
            let map = &maps[block.worker];
            let mut rows = block.rows;
            for number in &mut rows.types {
                *number = map[number.0 as usize];
            }
            ObjectBlock {
                segment: block.segment,
                base: rows.base,
                offsets: rows.offsets.into(),
                types: rows.types.into(),
                sizes: rows.sizes.into(),
                large: rows.large,
            }
        })
        .collect();
    (blocks, TypeTable::new(describe(runtime, &totals, problems)))
}

/// MethodTable, objects and bytes of every type that has objects, by MethodTable. Types that only a
/// wrong guess saw have none.
fn totals(workers: &[Worker<'_>]) -> Vec<(Addr, Tally)> {
    let mut sums: FxHashMap<Addr, Tally> = FxHashMap::default();
    for worker in workers {
        for (mt, tally) in worker.types.method_tables().iter().zip(&worker.tallies) {
            let sum = sums.entry(*mt).or_default();
            sum.count += tally.count;
            sum.bytes += tally.bytes;
        }
    }
    let mut totals: Vec<_> = sums.into_iter().filter(|(_, tally)| tally.count > 0).collect();
    totals.sort_unstable_by_key(|&(mt, _)| mt);
    totals
}

/// Names and sizes of the types. A type whose module has no whole metadata is told once a module.
fn describe(runtime: &ClrRuntime, totals: &[(Addr, Tally)], problems: &mut Vec<Problem>) -> Vec<TypeInfo> {
    let Ok(gc) = &runtime.gc else { return Vec::new() };
    let memory = &runtime.dump.memory;
    let tables = &gc.method_tables;
    let mut names = runtime.type_names(gc);
    let types: Vec<TypeInfo> = totals
        .iter()
        .map(|&(mt, tally)| {
            let shape = tables.shape(memory, mt).ok();
            let parent = tables.parent(memory, mt).ok().filter(|parent| !parent.is_null());
            let is_free = mt == tables.free();
            TypeInfo {
                method_table: mt,
                name: names.name(mt),
                module: names.module(mt).filter(|_| !is_free).map(|module| Arc::clone(&module.name)),
                base_size: shape.map_or(0, |s| s.base_size),
                element_size: shape.map_or(0, |s| s.component_size),
                parent: parent.filter(|_| !is_free).map(|parent| names.name(parent)),
                rank: shape.as_ref().map_or(0, MethodTables::rank),
                has_length: shape.is_some_and(|s| s.flags.has_component_size()),
                finalizable: shape.is_some_and(|s| s.flags.has_finalizer()),
                count: tally.count,
                size: tally.bytes,
            }
        })
        .collect();
    problems.extend(unnamed(&types));
    types
}

/// Tells that types have no names, and what would give them names.
fn unnamed(types: &[TypeInfo]) -> Option<Problem> {
    let nameless: Vec<&TypeInfo> = types.iter().filter(|t| t.name.contains("!02")).collect();
    if nameless.is_empty() {
        return None;
    }
    let modules: BTreeSet<&str> = nameless.iter().filter_map(|t| t.module.as_deref()).collect();
    let modules: Vec<&str> = modules.into_iter().collect();
    let message = format!(
        "{} of {} types have no name, because the dump lacks the metadata of {}",
        nameless.len(),
        types.len(),
        if modules.is_empty() { "their modules".to_owned() } else { modules.join(", ") }
    );
    Some(Problem::note(message).hint("give the folders with these files: --files DIR"))
}
