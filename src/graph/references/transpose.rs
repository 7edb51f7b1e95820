//! Turning rows around: for every object those whose rows it stands in.
//!
//! The rows are cut into one part a thread. Each counts how often its rows name each object, which tells how long each
//! new row is and which stretch of it is for which part; then each fills its stretches in the order of its rows. So
//! the members of a new row ascend, whatever the number of parts, and nobody waits for anybody.
//!
//! While a stretch is being filled, its last place holds how many of it are filled already: there is no array of cursors,
//! which would take as much memory as half of the rows.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::bytes::{Scratch, shared, zeros};
use crate::graph::ObjectId;

use super::Rows;
use super::row_starts::{LONG, LongRow, RowStarts};

/// The most parts. Each but the first takes a byte an object while rows are turned around.
const MAX_PARTS: usize = 4;
/// Fewer members than this are not worth a part.
const MEMBERS_OF_PART: usize = 1 << 14;
/// Objects whose counts are joined by one task: few enough to stay near the processor.
const OBJECTS_OF_TASK: usize = 1 << 14;
/// Members of which the places are looked up before the first is put: the lookups wait for memory together.
const BATCH: usize = 64;

/// The rows of `rows` turned around: for every object those in whose row it stands, as often as it does, ascending.
pub(super) fn transpose(rows: &Rows) -> Rows {
    let most = rayon::current_num_threads().min(MAX_PARTS).min(rows.member_count() / MEMBERS_OF_PART);
    transpose_in_parts(rows, most.max(1))
}

/// As [`transpose`], in so many parts: the result is the same for every number.
fn transpose_in_parts(rows: &Rows, parts: usize) -> Rows {
    let parts = cut(rows, parts);
    let (mut counts, overflows): (Vec<Scratch>, Vec<_>) =
        parts.par_iter().map(|part| count(rows, part)).unzip();
    let bounds = long_bounds(&mut counts, &overflows);
    drop(overflows);
    // What is left of the counts: how much of each new row is for the parts up to each; for all parts, its length.
    let lengths = counts.pop().unwrap_or_else(|| Scratch::zeros(0));
    let long = bounds.iter().map(|b| LongRow { row: b.row.into(), length: b.ends[parts.len() - 1] });
    let starts = RowStarts::from_lengths(&lengths, &long.collect::<Vec<_>>());
    drop(lengths);
    let mut members: Vec<u32> = zeros(rows.member_count());
    {
        let filling =
            Filling { starts: &starts, ends: &counts, bounds: &bounds, members: shared(&mut members) };
        parts.par_iter().enumerate().for_each(|(part, range)| filling.fill(rows, part, range));
    }
    Rows::of_starts(starts, bytemuck::cast_vec::<u32, ObjectId>(members).into())
}

/// Cuts rows into ranges with about as many members each.
fn cut(rows: &Rows, parts: usize) -> Vec<Range<usize>> {
    let bound = |part| match part {
        0 => 0,
        part if part == parts => rows.len(),
        part => rows.starts().row_near(rows.member_count() / parts * part),
    };
    (0..parts).map(|part| bound(part)..bound(part + 1)).collect()
}

/// The members of these rows.
fn members<'a>(rows: &'a Rows, range: &Range<usize>) -> &'a [ObjectId] {
    let begin = |row| match rows.starts().range(row) {
        Some(range) => range.start,
        None => rows.member_count(),
    };
    &rows.members()[begin(range.start)..begin(range.end)]
}

/// How often these rows name each object, modulo 256, and how often that began anew for which.
fn count(rows: &Rows, range: &Range<usize>) -> (Scratch, FxHashMap<u32, u64>) {
    let mut counts = Scratch::zeros(rows.len());
    let mut overflows = FxHashMap::default();
    for member in members(rows, range) {
        let count = &mut counts[member.0 as usize];
        *count = count.wrapping_add(1);
        if *count == 0 {
            *overflows.entry(member.0).or_default() += 1;
        }
    }
    (counts, overflows)
}

/// Where the stretch of each part ends in a new row that is long.
#[derive(Clone, Copy, Debug)]
struct LongBounds {
    row: u32,
    ends: [u64; MAX_PARTS],
}

/// Makes of each part's counts those of all parts up to it, [`LONG`] where the row is too long for a byte. Returns what
/// those rows' bytes cannot tell, by row.
fn long_bounds(counts: &mut [Scratch], overflows: &[FxHashMap<u32, u64>]) -> Vec<LongBounds> {
    let mut bounds: Vec<LongBounds> = Vec::new();
    let mut rows: Vec<u32> = overflows.iter().flat_map(|of_part| of_part.keys().copied()).collect();
    rows.sort_unstable();
    rows.dedup();
    for &row in &rows {
        let of_part = |part: usize| {
            let anew = overflows[part].get(&row).copied().unwrap_or(0);
            256 * anew + u64::from(counts[part][row as usize])
        };
        bounds.push(LongBounds::new(row, (0..counts.len()).map(of_part)));
    }
    bounds.extend(add_up(counts, |row| rows.binary_search(&row).is_ok()));
    bounds.sort_unstable_by_key(|bounds| bounds.row);
    for row in rows {
        counts.iter_mut().for_each(|of_part| of_part[row as usize] = LONG);
    }
    bounds
}

/// Adds each part's counts to the next one's. Returns the rows that turn out to be long and were not `known` as such.
fn add_up(counts: &mut [Scratch], known: impl Fn(u32) -> bool + Sync) -> Vec<LongBounds> {
    let objects = counts.first().map_or(0, |of_part| of_part.len());
    let mut tasks: Vec<Vec<&mut [u8]>> = Vec::new();
    tasks.resize_with(objects.div_ceil(OBJECTS_OF_TASK), Vec::new);
    for of_part in counts {
        of_part.chunks_mut(OBJECTS_OF_TASK).zip(&mut tasks).for_each(|(chunk, task)| task.push(chunk));
    }
    let long = tasks.into_par_iter().enumerate().flat_map_iter(|(task, mut counts)| {
        let mut sums = counts[0].to_vec();
        for of_part in &counts[1..] {
            sums.iter_mut().zip(&**of_part).for_each(|(sum, count)| *sum = sum.saturating_add(*count));
        }
        let mut long = Vec::new();
        if sums.iter().fold(0, |most, &sum| most.max(sum)) == LONG {
            for (index, _) in sums.iter().enumerate().filter(|&(_, &sum)| sum == LONG) {
                let row = (task * OBJECTS_OF_TASK + index) as u32;
                if !known(row) {
                    long.push(LongBounds::new(row, counts.iter().map(|of_part| of_part[index].into())));
                }
            }
        }
        for part in 1..counts.len() {
            let (before, after) = counts.split_at_mut(part);
            let both = after[0].iter_mut().zip(&*before[part - 1]);
            both.for_each(|(count, before)| *count = count.saturating_add(*before));
        }
        long
    });
    long.collect()
}

impl LongBounds {
    fn new(row: u32, counts: impl Iterator<Item = u64>) -> LongBounds {
        let mut ends = [0; MAX_PARTS];
        let mut sum = 0;
        for (count, end) in counts.zip(&mut ends) {
            sum += count;
            *end = sum;
        }
        LongBounds { row, ends }
    }
}

/// The new rows while they are filled.
struct Filling<'a> {
    starts: &'a RowStarts,
    /// Of each part but the last, where its stretch of each row ends.
    ends: &'a [Scratch],
    bounds: &'a [LongBounds],
    members: &'a [AtomicU32],
}

impl Filling<'_> {
    /// Fills the stretches of one part.
    fn fill(&self, rows: &Rows, part: usize, range: &Range<usize>) {
        let mut batch = Vec::with_capacity(BATCH);
        for row in range.clone() {
            for member in rows.of(ObjectId(row as u32)) {
                batch.push((self.stretch(part, *member), row as u32));
                if batch.len() == BATCH {
                    batch.drain(..).for_each(|(stretch, member)| self.put(stretch, member));
                }
            }
        }
        batch.into_iter().for_each(|(stretch, member)| self.put(stretch, member));
    }

    /// Where a part's stretch of a new row lies.
    #[inline]
    fn stretch(&self, part: usize, row: ObjectId) -> Range<usize> {
        let whole = self.starts.range(row.0 as usize).unwrap_or_default();
        if self.ends.is_empty() {
            return whole;
        }
        if whole.len() >= usize::from(LONG) {
            return self.long_stretch(part, row, whole);
        }
        let end = |part: usize| match self.ends.get(part) {
            Some(ends) => whole.start + usize::from(ends[row.0 as usize]),
            None => whole.end,
        };
        let start = if part == 0 { whole.start } else { end(part - 1) };
        start..end(part)
    }

    #[cold]
    fn long_stretch(&self, part: usize, row: ObjectId, whole: Range<usize>) -> Range<usize> {
        let found = self.bounds.binary_search_by_key(&row.0, |bounds| bounds.row);
        let Some(bounds) = found.ok().and_then(|found| self.bounds.get(found)) else { return whole };
        let start = if part == 0 { 0 } else { bounds.ends[part - 1] };
        whole.start + start as usize..whole.start + bounds.ends[part] as usize
    }

    /// Puts `member` behind what a stretch holds already.
    #[inline]
    fn put(&self, stretch: Range<usize>, member: u32) {
        let Some((last, others)) = self.members.get(stretch).and_then(<[AtomicU32]>::split_last) else {
            return;
        };
        let filled = last.load(Ordering::Relaxed);
        match others.get(filled as usize) {
            Some(next) => {
                next.store(member, Ordering::Relaxed);
                last.store(filled + 1, Ordering::Relaxed);
            }
            None => last.store(member, Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::synth::Randomness;

    /// A graph with objects that nobody names, some that a few name, and one that very many do.
    fn graph(seed: u64, objects: u32, members: usize, popular: u64) -> Vec<Vec<u32>> {
        let mut random = Randomness::new(seed);
        let mut rows = vec![Vec::new(); objects as usize];
        for _ in 0..members {
            let row = random.below(objects.into()) as usize;
            let to = if random.below(100) < popular { 0 } else { random.below(objects.into()) };
            rows[row].push(to as u32);
        }
        rows
    }

    fn turned_around(rows: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let mut around = vec![Vec::new(); rows.len()];
        for (id, row) in rows.iter().enumerate() {
            row.iter().for_each(|&to| around[to as usize].push(id as u32));
        }
        around
    }

    fn plain(rows: &Rows) -> Vec<Vec<u32>> {
        let row = |id| rows.of(ObjectId(id)).iter().map(|member| member.0).collect();
        (0..rows.len() as u32).map(row).collect()
    }

    #[test]
    fn long_rows_are_filled_by_all_parts() {
        for members in [254, 255, 256, 257, 509, 510, 511, 512, 513, 1024, 70_000] {
            let rows = graph(7, 100, members, 95);
            let (around, rows) = (turned_around(&rows), rows.iter().collect::<Rows>());
            for parts in 1..=MAX_PARTS {
                assert_eq!(plain(&transpose_in_parts(&rows, parts)), around, "{members} in {parts} parts");
            }
        }
    }

    #[test]
    fn a_graph_without_references_or_without_objects_stays_one() {
        let rows: Rows = [[0_u32; 0]; 5].into_iter().collect();
        for parts in 1..=MAX_PARTS {
            assert_eq!(transpose_in_parts(&rows, parts), rows);
            assert!(transpose_in_parts(&Rows::default(), parts).is_empty());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn turned_around_every_reference_stands_where_it_leads(
            seed: u64, objects in 1_u32..3000, members in 0_usize..6000, popular in 0_u64..60,
        ) {
            let rows = graph(seed, objects, members, popular);
            let (around, rows) = (turned_around(&rows), rows.iter().collect::<Rows>());
            for parts in 1..=MAX_PARTS {
                prop_assert_eq!(&plain(&transpose_in_parts(&rows, parts)), &around);
            }
            let back = transpose(&transpose(&rows));
            prop_assert_eq!(back.member_count(), rows.member_count());
        }
    }
}
