//! A row of bits: which cells of a column are null.

/// Bits by position; those past the end are clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// So many clear bits.
    pub fn clear(len: usize) -> Bitmap {
        Bitmap { words: vec![0; len.div_ceil(64)], len }
    }

    /// So many set bits.
    pub fn full(len: usize) -> Bitmap {
        let mut bits = Bitmap { words: vec![u64::MAX; len.div_ceil(64)], len };
        if let (Some(last), used @ 1..) = (bits.words.last_mut(), len % 64) {
            *last = (1 << used) - 1;
        }
        bits
    }

    /// How many bits there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether bit `at` is set.
    #[inline]
    pub fn get(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|w| w >> (at % 64) & 1 == 1)
    }

    /// Sets bit `at`. Panics when there is no such bit.
    #[inline]
    pub fn set(&mut self, at: usize) {
        self.words[at / 64] |= 1 << (at % 64);
    }

    /// Adds a bit at the end.
    pub fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        self.len += 1;
        if bit {
            self.set(self.len - 1);
        }
    }

    /// How many bits are set.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|w| u64::from(w.count_ones())).sum()
    }

    /// Sets every bit that is set in `other`, which must be of the same length.
    pub fn unite(&mut self, other: &Bitmap) {
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_kept_across_words() {
        let mut bits = Bitmap::default();
        for i in 0..130 {
            bits.push(i % 3 == 0);
        }
        assert!((0..130).all(|i| bits.get(i) == (i % 3 == 0)));
        assert_eq!((bits.len(), bits.count(), bits.get(1000)), (130, 44, false));
        let mut more = Bitmap::clear(130);
        more.set(1);
        more.unite(&bits);
        assert_eq!(more.count(), 45);
        assert_eq!(
            (Bitmap::full(130).count(), Bitmap::full(64).count(), Bitmap::full(0).count()),
            (130, 64, 0)
        );
    }
}
