//! From the workers' own numbers of types to ids that are the same in every run.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::graph::{ObjectBlock, TypeId, TypeTotal};

use super::pieces::{Tally, Worker};
use super::stitch::JoinedBlock;

/// Numbers all types that have objects by the address of their MethodTable; the totals stand in the order of the ids.
pub(super) fn renumber(
    blocks: Vec<JoinedBlock>,
    workers: &[Worker<'_>],
) -> (Vec<ObjectBlock>, Vec<TypeTotal>) {
    let totals = totals(workers);
    let ids: FxHashMap<Addr, TypeId> =
        totals.iter().enumerate().map(|(id, total)| (total.method_table, TypeId(id as u32))).collect();
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
    (blocks, totals)
}

/// MethodTable, objects and bytes of every type that has objects, by MethodTable. Types that only a
/// wrong guess saw have none.
fn totals(workers: &[Worker<'_>]) -> Vec<TypeTotal> {
    let mut sums: FxHashMap<Addr, Tally> = FxHashMap::default();
    for worker in workers {
        for (mt, tally) in worker.types.method_tables().iter().zip(&worker.tallies) {
            let sum = sums.entry(*mt).or_default();
            sum.count += tally.count;
            sum.bytes += tally.bytes;
        }
    }
    let counted = sums.into_iter().filter(|(_, tally)| tally.count > 0);
    let total = |(method_table, Tally { count, bytes })| TypeTotal { method_table, count, size: bytes };
    let mut totals: Vec<TypeTotal> = counted.map(total).collect();
    totals.sort_unstable_by_key(|total| total.method_table);
    totals
}
