//! Sets of objects: a bit for every object of the heap.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::bytes::Column;

use super::ObjectId;

/// A set of objects, one bit an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectSet {
    words: Column<u64>,
    len: usize,
}

impl ObjectSet {
    /// No object of a heap of `len` objects.
    pub fn none(len: usize) -> ObjectSet {
        ObjectSet { words: vec![0; len.div_ceil(64)].into(), len }
    }

    /// Those of `len` objects that `is_member` names.
    pub fn of(len: usize, is_member: impl Fn(ObjectId) -> bool) -> ObjectSet {
        let word = |at: usize| {
            let bits = (at * 64..len.min(at * 64 + 64)).filter(|&id| is_member(ObjectId(id as u32)));
            bits.fold(0, |word, id| word | 1 << (id % 64))
        };
        ObjectSet { words: (0..len.div_ceil(64)).map(word).collect(), len }
    }

    /// These objects, of a heap of `len`; ids past its end are no objects and left out.
    pub fn from_ids(len: usize, ids: impl IntoIterator<Item = ObjectId>) -> ObjectSet {
        let mut words = vec![0; len.div_ceil(64)];
        for ObjectId(id) in ids {
            if (id as usize) < len {
                words[id as usize / 64] |= 1 << (id % 64);
            }
        }
        ObjectSet { words: words.into(), len }
    }

    /// The set of these words, as [`ObjectSet::words`] gives them; `None` when they are not those of `len` objects.
    pub fn new(words: Column<u64>, len: usize) -> Option<ObjectSet> {
        let unused =
            words.last().map_or(0, |last| if len.is_multiple_of(64) { 0 } else { last >> (len % 64) });
        (words.len() == len.div_ceil(64) && unused == 0).then_some(ObjectSet { words, len })
    }

    /// The set of these words, which have no bit past `len`.
    pub(super) fn from_words(words: Vec<u64>, len: usize) -> ObjectSet {
        ObjectSet { words: words.into(), len }
    }

    /// The bits: that of object `id` is bit `id % 64` of word `id / 64`.
    pub fn words(&self) -> &Column<u64> {
        &self.words
    }

    /// How many objects the heap has, those that are no members included.
    pub fn heap_len(&self) -> usize {
        self.len
    }

    /// Whether an object is a member; `false` for an id past the end.
    #[inline]
    pub fn contains(&self, object: ObjectId) -> bool {
        let word = self.words.get(object.0 as usize / 64);
        word.is_some_and(|word| word >> (object.0 % 64) & 1 == 1)
    }

    /// How many members it has.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Whether it has no member.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The members, ascending.
    pub fn iter(&self) -> impl Iterator<Item = ObjectId> + '_ {
        self.words.iter().enumerate().filter(|&(_, &word)| word != 0).flat_map(|(at, &word)| {
            let bits = std::iter::successors(Some(word), |left| Some(left & left.wrapping_sub(1)));
            let set = bits.take_while(|&left| left != 0);
            set.map(move |left| ObjectId(at as u32 * 64 + left.trailing_zeros()))
        })
    }

    /// All objects of the heap that are no members.
    #[must_use]
    pub fn complement(&self) -> ObjectSet {
        let mut words: Vec<u64> = self.words.iter().map(|word| !word).collect();
        if let Some(last) = words.last_mut().filter(|_| !self.len.is_multiple_of(64)) {
            *last &= (1 << (self.len % 64)) - 1;
        }
        ObjectSet { words: words.into(), len: self.len }
    }

    /// The members of this set, of `other` or of both, as `join` says of each bit: `|a, b| a | b` are those of both
    /// together, `|a, b| a & !b` those that `other` has not. `join` must leave two clear bits clear.
    #[must_use]
    pub fn joined(&self, other: &ObjectSet, join: impl Fn(u64, u64) -> u64) -> ObjectSet {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        ObjectSet { words: self.words.iter().zip(others).map(|(&a, b)| join(a, b)).collect(), len: self.len }
    }
}

/// A set of objects that several threads add to.
#[derive(Debug)]
pub(super) struct SharedSet {
    words: Vec<AtomicU64>,
    len: usize,
}

impl SharedSet {
    /// Adds an object; whether it was no member before. `false` for an id past the end.
    #[inline]
    pub fn add(&self, object: ObjectId) -> bool {
        let Some(word) = self.words.get(object.0 as usize / 64) else { return false };
        if object.0 as usize >= self.len {
            return false;
        }
        let bit = 1 << (object.0 % 64);
        // Most references lead to what was met already: a look is cheaper than a locked write.
        word.load(Ordering::Relaxed) & bit == 0 && word.fetch_or(bit, Ordering::Relaxed) & bit == 0
    }

    /// The set, when nobody adds to it any more.
    pub fn into_set(self) -> ObjectSet {
        let words = self.words.into_iter().map(AtomicU64::into_inner);
        ObjectSet { words: words.collect(), len: self.len }
    }
}

impl From<&ObjectSet> for SharedSet {
    fn from(set: &ObjectSet) -> SharedSet {
        SharedSet { words: set.words.iter().map(|&word| AtomicU64::new(word)).collect(), len: set.len }
    }
}
