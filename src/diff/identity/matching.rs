//! Objects of two dumps matched by a number that each has: how many are in both, and how sure that is.

use rayon::prelude::*;

use super::objects::Objects;
use super::traits::MISSING;

/// Pairs of which the order is looked at.
const ORDERED: usize = 1 << 17;

/// The objects of a dump with the number that each has.
#[derive(Clone, Copy)]
pub(super) struct Keyed<'a> {
    /// The objects.
    pub(super) objects: &'a Objects,
    /// Their numbers; [`MISSING`] where it is not known.
    pub(super) keys: &'a [u64],
}

/// What matching tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Matched {
    /// Objects in both dumps; of those that share their number as many as the dump with fewer of them has.
    pub(super) survived: u64,
    /// Those of them whose number no other object has in either dump.
    pub(super) certain: u64,
    /// Objects of both dumps whose number no other object of their dump has, nor several of the other.
    pub(super) told: u64,
    /// Objects of both dumps without a number.
    pub(super) missing: u64,
}

impl Matched {
    /// The part of the objects of both dumps that are told apart, from 0 to 1.
    pub(super) fn telling(&self, objects: u64) -> f64 {
        if objects == 0 { 0.0 } else { self.told as f64 / objects as f64 }
    }
}

/// Matches objects by their numbers.
pub(super) fn matched(from: &[u64], to: &[u64]) -> Matched {
    let (from_sorted, to_sorted) = (sorted(from), sorted(to));
    let missing = (from.len() - from_sorted.len() + to.len() - to_sorted.len()) as u64;
    let mut matched = Matched { missing, ..Matched::default() };
    let (mut from, mut to) = (&from_sorted[..], &to_sorted[..]);
    while let Some(&key) = from.first().into_iter().chain(to.first()).min() {
        let before = leading(&mut from, key);
        let after = leading(&mut to, key);
        matched.survived += before.min(after);
        if before <= 1 && after <= 1 {
            matched.told += before + after;
            matched.certain += before.min(after);
        }
    }
    matched
}

/// The numbers in order, without those that are not known.
fn sorted(keys: &[u64]) -> Vec<u64> {
    let mut keys: Vec<u64> = keys.iter().copied().filter(|&key| key != MISSING).collect();
    keys.par_sort_unstable();
    keys
}

/// Takes the first numbers away that are `key`, and counts them.
fn leading(keys: &mut &[u64], key: u64) -> u64 {
    let count = keys.iter().take_while(|&&other| other == key).count();
    *keys = keys.get(count..).unwrap_or_default();
    count as u64
}

/// Objects of the same number that lie at the same address in both dumps, in the later one where the collector moves
/// little. That another object of the same content came to lie exactly there is next to impossible for so many.
pub(super) fn in_place(from: Keyed<'_>, to: Keyed<'_>) -> u64 {
    let (mut at, mut found) = (0, 0);
    for (row, address) in to.objects.addresses.iter().enumerate() {
        while from.objects.addresses.get(at).is_some_and(|before| before < address) {
            at += 1;
        }
        let is_same = from.objects.addresses.get(at) == Some(address) && from.keys[at] == to.keys[row];
        found += u64::from(is_same && to.objects.settled[row] && to.keys[row] != MISSING);
    }
    found
}

/// The part of the objects matched for certain that are in the same order of addresses in both dumps, from 0 to 1:
/// compaction keeps the order, so survivors have it. 1 where fewer than two are matched.
pub(super) fn order_kept(from: Keyed<'_>, to: Keyed<'_>) -> f64 {
    let (from, to) = (unique(from.keys), unique(to.keys));
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut at = 0;
    for &(key, row) in &to {
        while from.get(at).is_some_and(|before| before.0 < key) {
            at += 1;
        }
        if let Some(before) = from.get(at).filter(|before| before.0 == key) {
            pairs.push((before.1, row));
        }
    }
    if pairs.len() < 2 {
        return 1.0;
    }
    pairs.par_sort_unstable();
    let step = pairs.len().div_ceil(ORDERED);
    let rows: Vec<u32> = pairs.iter().step_by(step).map(|pair| pair.1).collect();
    longest_ascent(&rows) as f64 / rows.len() as f64
}

/// The numbers that one object only has, in order, with the object's position.
fn unique(keys: &[u64]) -> Vec<(u64, u32)> {
    let rows = keys.iter().enumerate().filter(|(_, key)| **key != MISSING);
    let mut sorted: Vec<(u64, u32)> = rows.map(|(row, &key)| (key, row as u32)).collect();
    sorted.par_sort_unstable();
    sorted.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() == 1).map(|same| same[0]).collect()
}

/// The length of the longest ascending subsequence (Fredman, On computing the length of longest increasing
/// subsequences, 1975).
fn longest_ascent(rows: &[u32]) -> usize {
    let mut ends: Vec<u32> = Vec::new();
    for &row in rows {
        match ends.partition_point(|&end| end < row) {
            at if at == ends.len() => ends.push(row),
            at => ends[at] = row,
        }
    }
    ends.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_numbers_are_matched_by_how_many_there_are() {
        let found = matched(&[1, 2, 2, 2, 3, MISSING], &[1, 2, 2, 4, 4]);
        assert_eq!(found, Matched { survived: 3, certain: 1, told: 3, missing: 1 });
        assert_eq!(matched(&[], &[5]), Matched { survived: 0, certain: 0, told: 1, missing: 0 });
    }

    #[test]
    fn the_longest_ascent_is_found() {
        assert_eq!(longest_ascent(&[3, 1, 2, 5, 4, 6]), 4);
        assert_eq!(longest_ascent(&[3, 2, 1]), 1);
        assert_eq!(longest_ascent(&[]), 0);
    }
}
