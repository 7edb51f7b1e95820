//! Different texts, each kept once under a number.

use std::hash::Hasher;
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxHasher;

use super::text_bytes;

/// Texts, numbered in the order in which they are first met.
#[derive(Debug, Default)]
pub struct TextList {
    values: Arc<Vec<Arc<str>>>,
    /// The hash of each text: neither a table that grows nor another list reads the texts for it again.
    hashes: Vec<u64>,
    numbers: HashTable<u32>,
    /// The bytes that the texts take.
    text_bytes: usize,
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl TextList {
    /// The texts by their numbers.
    pub fn values(&self) -> &Arc<Vec<Arc<str>>> {
        &self.values
    }

    /// The bytes that texts and table take.
    pub fn bytes(&self) -> usize {
        // A byte of the table's own stands beside each number.
        self.text_bytes + size_of_val(&self.hashes[..]) + self.numbers.capacity() * (size_of::<u32>() + 1)
    }

    /// The number of a text, of which a new one is copied.
    pub fn number(&mut self, text: &str) -> u32 {
        self.find(hash(text), text, || Arc::from(text))
    }

    /// The number of a text, of which a new one is held.
    pub fn number_of_shared(&mut self, text: &Arc<str>) -> u32 {
        self.find(hash(text), text, || Arc::clone(text))
    }

    /// The number here of the text that has a number in another list.
    pub fn number_of(&mut self, other: &TextList, number: u32) -> u32 {
        let text = &other.values[number as usize];
        self.find(other.hashes[number as usize], text, || Arc::clone(text))
    }

    fn find(&mut self, hash: u64, text: &str, make: impl FnOnce() -> Arc<str>) -> u32 {
        let TextList { values, hashes, numbers, .. } = self;
        let is_same = |&n: &u32| hashes[n as usize] == hash && *values[n as usize] == *text;
        let number = match numbers.entry(hash, is_same, |&n| hashes[n as usize]) {
            Entry::Occupied(found) => return *found.get(),
            Entry::Vacant(vacant) => *vacant.insert(hashes.len() as u32).get(),
        };
        let text = make();
        self.text_bytes += text_bytes(&text);
        Arc::make_mut(values).push(text);
        hashes.push(hash);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_one_number_each_in_every_list() {
        let mut list = TextList::default();
        let texts: Vec<String> = (0..5_000).map(|n| format!("text {n}")).collect();
        for (number, text) in texts.iter().enumerate() {
            assert_eq!(list.number(text), number as u32);
        }
        assert_eq!((list.number("text 7"), list.number_of_shared(&"text 4999".into())), (7, 4999));
        assert_eq!(list.values().len(), 5_000);
        let mut other = TextList::default();
        other.number("text 9");
        assert_eq!((other.number_of(&list, 8), other.number_of(&list, 9)), (1, 0));
        assert!(Arc::ptr_eq(&other.values()[1], &list.values()[8]));
    }
}
