//! Keys to the rows that have them.

use rayon::prelude::*;

/// In place of a row: there is none, or no other.
const END: u32 = u32::MAX;

/// Rows by their keys. Rows of the same key are found in ascending order.
#[derive(Debug)]
pub struct HashTable {
    /// The first row of each bucket.
    heads: Vec<u32>,
    /// The next row of the same bucket, for each row.
    next: Vec<u32>,
    /// The key of each row; any, where that is null.
    keys: Vec<u64>,
    shift: u32,
}

impl HashTable {
    /// A table of rows with these keys; those without a key are never found.
    pub fn new(keys: &[Vec<Option<u64>>]) -> HashTable {
        let len: usize = keys.iter().map(Vec::len).sum();
        let buckets = (len.max(1) * 2).next_power_of_two();
        let shift = 64 - buckets.trailing_zeros().max(1);
        let mut table = HashTable {
            heads: vec![END; buckets.max(2)],
            next: vec![END; len],
            keys: keys.par_iter().flat_map_iter(|part| part.iter().map(|key| key.unwrap_or(0))).collect(),
            shift,
        };
        // From behind, so that each bucket begins with its first row.
        let mut row = len;
        for key in keys.iter().rev().flat_map(|part| part.iter().rev()) {
            row -= 1;
            if let Some(key) = key {
                let bucket = table.bucket(*key);
                table.next[row] = table.heads[bucket];
                table.heads[bucket] = row as u32;
            }
        }
        table
    }

    /// The bucket of a key: the upper bits of its product with a number that has bits everywhere (Fibonacci hashing,
    /// Knuth, The Art of Computer Programming 3, section 6.4).
    #[inline]
    fn bucket(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }

    /// The rows that have a key, ascending.
    #[inline]
    pub fn rows(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        let mut row = self.heads[self.bucket(key)];
        std::iter::from_fn(move || {
            while row != END {
                let found = row as usize;
                row = self.next[found];
                if self.keys[found] == key {
                    return Some(found as u32);
                }
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_key_are_found_in_order_and_those_without_a_key_never() {
        let keys = vec![vec![Some(7), None, Some(9)], vec![Some(7), Some(0), Some(7)]];
        let table = HashTable::new(&keys);
        assert_eq!(table.rows(7).collect::<Vec<_>>(), [0, 3, 5]);
        assert_eq!(table.rows(9).collect::<Vec<_>>(), [2]);
        assert_eq!(table.rows(0).collect::<Vec<_>>(), [4]);
        assert_eq!(table.rows(8).count(), 0);
        assert_eq!(HashTable::new(&[]).rows(1).count(), 0);
    }
}
