//! A hash table from keys to the numbers of their groups.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// Keys of a fixed number of words, numbered in the order in which they are first met. The words
/// stand in one array, so that a key costs no allocation of its own.
#[derive(Debug)]
pub struct KeyTable {
    stride: usize,
    words: Vec<u64>,
    numbers: HashTable<u32>,
}

fn hash(key: &[u64]) -> u64 {
    let mut hasher = FxHasher::default();
    key.iter().for_each(|&word| hasher.write_u64(word));
    hasher.finish()
}

impl KeyTable {
    /// A table of keys of `stride` words each, at least one.
    pub fn new(stride: usize) -> KeyTable {
        KeyTable { stride, words: Vec::new(), numbers: HashTable::new() }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The bytes that the keys take.
    pub fn bytes(&self) -> usize {
        // A byte of the table's own stands beside each number.
        size_of_val(&self.words[..]) + self.numbers.capacity() * (size_of::<u32>() + 1)
    }

    /// The key of a number.
    pub fn key(&self, number: usize) -> &[u64] {
        &self.words[number * self.stride..][..self.stride]
    }

    /// The number of a key, and whether it is new.
    pub fn insert(&mut self, key: &[u64]) -> (u32, bool) {
        let KeyTable { stride, words, numbers } = self;
        let of = |number: u32| &words[number as usize * *stride..][..*stride];
        let new = numbers.len() as u32;
        let entry = numbers.entry(hash(key), |&n| of(n) == key, |&n| hash(of(n)));
        let number = match entry {
            hashbrown::hash_table::Entry::Occupied(found) => return (*found.get(), false),
            hashbrown::hash_table::Entry::Vacant(vacant) => *vacant.insert(new).get(),
        };
        words.extend_from_slice(key);
        (number, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_numbered_as_they_are_met() {
        let mut table = KeyTable::new(2);
        for n in 0..10_000 {
            assert_eq!(table.insert(&[n, n / 3]), (n as u32, true));
        }
        assert_eq!(table.insert(&[7, 2]), (7, false));
        assert_eq!((table.len(), table.key(9)), (10_000, [9, 3].as_slice()));
    }
}
