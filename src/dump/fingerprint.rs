//! What tells a dump from others without reading all of it.
//!
//! Hashed are the file's length, its first bytes (the headers), its notes (registers, signals, times of processors,
//! what was mapped) and pages sampled at equal distances over the whole file. Two dumps of one process differ in their
//! registers at least, unless all of its threads slept; how far its heap was filled is for who can read it to add.

use std::ops::Range;

use xxhash_rust::xxh3::Xxh3Default;

/// Bytes of the beginning that are hashed: the headers of a process with some thousand mappings.
const HEAD: usize = 256 << 10;

/// Pages that are hashed: on a disk that has to move its head for each, two seconds.
const SAMPLES: usize = 256;

const PAGE: usize = 4096;

/// The fingerprint of `file`, whose notes stand at `notes`; what of them is cut off does not count.
pub(super) fn fingerprint(file: &[u8], notes: &[Range<u64>]) -> u128 {
    let mut hash = Xxh3Default::new();
    hash.update(&(file.len() as u64).to_le_bytes());
    hash.update(file.get(..HEAD).unwrap_or(file));
    for note in notes {
        let position = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(file.len());
        hash.update(file.get(position(note.start)..position(note.end)).unwrap_or_default());
    }
    let pages = file.len().div_ceil(PAGE);
    let samples = pages.min(SAMPLES);
    for sample in 0..samples {
        // In the middle of each of so many equal stretches; 2^64 bytes have 2^52 pages.
        let page = (pages * (2 * sample + 1)) / (2 * samples);
        let from = page * PAGE;
        hash.update(file.get(from..file.len().min(from + PAGE)).unwrap_or_default());
    }
    hash.digest128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_length_head_note_or_page_is_another_dump() {
        let mut file = vec![7; 4 << 20];
        let note = (3 << 20) + 5000..(3 << 20) + 5010;
        let notes = [note.start as u64..note.end as u64, u64::MAX - 1..u64::MAX];
        let of = |file: &[u8]| fingerprint(file, &notes);
        let before = of(&file);
        assert_eq!(of(&file), before);
        assert_ne!(of(&file[1..]), before);
        for at in [0, HEAD - 1, note.start, note.end - 1] {
            file[at] ^= 1;
            assert_ne!(of(&file), before, "{at:#x}");
            file[at] ^= 1;
        }
        // Every stretch of 16 KiB, a 256th of the file, has a page that counts.
        for stretch in 0..SAMPLES {
            let at = stretch * (16 << 10);
            file[at..at + (16 << 10)].fill(8);
            assert_ne!(of(&file), before, "stretch {stretch}");
            file[at..at + (16 << 10)].fill(7);
        }
    }

    #[test]
    fn all_of_a_small_file_counts() {
        let mut file = vec![0; HEAD + 3 * PAGE + 17];
        let before = fingerprint(&file, &[]);
        for at in (HEAD..file.len()).step_by(611).chain([file.len() - 1]) {
            file[at] = 1;
            assert_ne!(fingerprint(&file, &[]), before, "{at:#x}");
            file[at] = 0;
        }
        let _ = fingerprint(&[], &[]);
    }
}
