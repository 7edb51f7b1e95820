//! Changes to the words of a dump, of kinds that keep it alike enough to get far.

/// More changes than this make every run alike.
const MAX_CHANGES: usize = 8;

/// Bytes of the input that make a change: where (3), of which kind (1), a word (8).
const CHANGE: usize = 12;

/// A dump whose words are changed: structures are made of aligned words.
#[derive(Debug)]
pub struct Original {
    bytes: Vec<u8>,
    /// Offsets of the words that are not 0: what is damaged should be in use.
    used: Vec<usize>,
}

impl Original {
    /// A dump to be damaged.
    pub fn new(bytes: Vec<u8>) -> Original {
        let (words, _) = bytes.as_chunks::<8>();
        let used = words.iter().enumerate().filter(|(_, word)| **word != [0; 8]).map(|(at, _)| 8 * at);
        Original { used: used.collect(), bytes }
    }

    /// The dump with the changes that `input` tells.
    pub fn changed(&self, input: &[u8]) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        let (changes, _) = input.as_chunks::<CHANGE>();
        for &[a, b, c, kind, ref word @ ..] in changes.iter().take(MAX_CHANGES) {
            let at = self.place(u32::from_le_bytes([a, b, c, 0]).into());
            let word = u64::from_le_bytes(*word);
            let old = self.word(at);
            let new = match kind % 8 {
                0..=2 => word,
                // A pointer to elsewhere: what follows chains may come round in a circle.
                3 | 4 => self.word(self.place(word)),
                5 => old.wrapping_add_signed((word as i8).into()),
                6 => old ^ 1 << (word % 64),
                _ => old & 0xffff_ffff | word << 32,
            };
            bytes[at..at + 8].copy_from_slice(&new.to_le_bytes());
        }
        bytes
    }

    fn place(&self, number: u64) -> usize {
        self.used[(number % self.used.len() as u64) as usize]
    }

    fn word(&self, at: usize) -> u64 {
        self.bytes[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word))
    }
}
