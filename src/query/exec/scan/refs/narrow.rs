//! The references of a few objects without looking at all: those that conditions on source and target let through.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::{GRAPH, RefScan};
use crate::bytes::Addr;
use crate::graph::ObjectId;
use crate::query::ast::CompareOp;
use crate::query::cells::Bitmap;
use crate::query::exec::scan::refs::{COLUMNS, Column};
use crate::query::exec::scan::{MORSEL_ROWS, Morsel, Scan};
use crate::query::plan::{Node, Typed};
use crate::query::scalar::Scalar;

/// Of more than one in so many objects all references are looked at.
const FEW: usize = 8;
/// Rows between two that are wanted which are looked at along with them.
const GAP: usize = 128;

/// The rows that may satisfy the conditions; `None` when those do not say which.
pub(super) fn narrowed<'s>(scan: &'s RefScan<'_>, conditions: &[Typed]) -> Option<Box<dyn Scan + 's>> {
    let named = |wanted: Column| {
        conditions.iter().find_map(|condition| addresses(condition, wanted)).map(|all| scan.objects_at(&all))
    };
    let ranges = match (named(Column::Source), named(Column::Target)) {
        (Some(sources), _) if scan.are_few(&sources) => scan.rows_from(&sources),
        (_, Some(targets)) if scan.are_few(&targets) => scan.rows_to(&targets),
        _ => return None,
    };
    let mut narrowed =
        RefScan { graph: Arc::clone(&scan.graph), morsels: morsels(ranges), left_out: scan.left_out };
    narrowed.add_beside();
    Some(Box::new(narrowed))
}

/// The addresses that a column must be one of for a condition to hold; `None` when it says nothing of the column.
fn addresses(condition: &Typed, wanted: Column) -> Option<Vec<Addr>> {
    let is_wanted = |expr: &Typed| matches!(expr.node, Node::Column(c) if COLUMNS[c].1 == wanted);
    let address = |value: &Scalar| u64::try_from(value.as_whole()?).ok().map(Addr);
    match &condition.node {
        Node::Compare(CompareOp::Equal, a, b) => {
            let (one, other) = if is_wanted(a) { (a, b) } else { (b, a) };
            match &other.node {
                Node::Literal(value) if is_wanted(one) => Some(address(value).into_iter().collect()),
                _ => None,
            }
        }
        Node::InSet(value, set) if is_wanted(value) => {
            Some(set.numbers().filter_map(|number| u64::try_from(number).ok()).map(Addr).collect())
        }
        _ => None,
    }
}

impl RefScan<'_> {
    /// The objects at these addresses, ascending; what is no object is none.
    fn objects_at(&self, addresses: &[Addr]) -> Vec<ObjectId> {
        let objects = &self.graph.heap.objects;
        let mut ids: Vec<ObjectId> = addresses.iter().filter_map(|&address| objects.find(address)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn are_few(&self, ids: &[ObjectId]) -> bool {
        ids.len() <= 1 || ids.len() <= self.graph.heap.objects.len() / FEW
    }

    /// The rows whose sources are among these objects.
    fn rows_from(&self, sources: &[ObjectId]) -> Vec<Range<usize>> {
        let rows = &self.graph.references.forward;
        let range = |id: &ObjectId| rows.start_of(*id)..rows.start_of(ObjectId(id.0.saturating_add(1)));
        joined(sources.iter().map(range).filter(|range| !range.is_empty()), 0)
    }

    /// The rows whose targets are among these objects. Where it is not known who refers to an object, looking at
    /// all targets once costs less than finding that out for all objects.
    fn rows_to(&self, targets: &[ObjectId]) -> Vec<Range<usize>> {
        let forward = &self.graph.references.forward;
        let mut places: Vec<usize> = match (self.graph.snapshot.graph().built_referrers(), targets) {
            (Some(backward), _) => {
                let mut sources: Vec<ObjectId> =
                    targets.iter().flat_map(|&target| backward.of(target)).copied().collect();
                sources.sort_unstable();
                sources.dedup();
                let of_source = |&source: &ObjectId| {
                    let row = forward.of(source).iter().zip(forward.start_of(source)..);
                    let wanted = row.filter(|(member, _)| targets.binary_search(member).is_ok());
                    wanted.map(|(_, place)| place).collect::<Vec<_>>()
                };
                sources.par_iter().map(of_source).collect::<Vec<_>>().concat()
            }
            (None, &[target]) => positions(forward.members(), |member| member == target),
            (None, _) => {
                let mut wanted = Bitmap::clear(forward.len());
                targets.iter().for_each(|target| wanted.set(target.0 as usize));
                positions(forward.members(), |member| wanted.get(member.0 as usize))
            }
        };
        places.retain(|&place| place < u32::MAX as usize);
        joined(places.into_iter().map(|place| place..place + 1), GAP)
    }
}

/// The places of the members that are wanted, ascending.
fn positions(members: &[ObjectId], is_wanted: impl Fn(ObjectId) -> bool + Sync) -> Vec<usize> {
    const CHUNK: usize = 1 << 18;
    let of_chunk = |(chunk, members): (usize, &[ObjectId])| {
        let places = members.iter().zip(chunk * CHUNK..);
        places.filter(|(member, _)| is_wanted(**member)).map(|(_, place)| place).collect::<Vec<_>>()
    };
    members.par_chunks(CHUNK).enumerate().map(of_chunk).collect::<Vec<_>>().concat()
}

/// Ascending ranges, those that lie no further apart than `gap` made one.
fn joined(ranges: impl Iterator<Item = Range<usize>>, gap: usize) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match all.last_mut() {
            Some(last) if range.start <= last.end + gap => last.end = range.end,
            _ => all.push(range),
        }
    }
    all
}

fn morsels(ranges: Vec<Range<usize>>) -> Vec<Morsel> {
    let mut morsels = Vec::new();
    for range in ranges {
        for start in range.clone().step_by(MORSEL_ROWS) {
            let end = (start + MORSEL_ROWS).min(range.end).min(u32::MAX as usize);
            let (start, end) = (start as u32, end as u32);
            if start < end {
                morsels.push(Morsel { block: GRAPH, start, end, place: 0, first: start });
            }
        }
    }
    morsels
}
