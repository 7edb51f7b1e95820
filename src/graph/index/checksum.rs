//! Checksums of sections: XXH3 in pieces, so that several threads make them.
//!
//! A section is cut into pieces of 1 MiB. Its checksum is the 64-bit XXH3 of the row of the 64-bit XXH3s of its
//! pieces (<https://github.com/Cyan4973/xxHash>, `doc/xxhash_spec.md`), each in the byte order of the file.

use bytemuck::Pod;
use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

/// Bytes of a piece: a multiple of the size of every number, small enough to stay in a processor's cache between the
/// hash and the look at the numbers.
const PIECE: usize = 1 << 20;

/// The checksum of the bytes of `slices`, one after the other.
pub(super) fn of_slices(slices: &[&[u8]]) -> u64 {
    let pieces = pieces(slices);
    let hashes: Vec<u64> = pieces.par_iter().map(|piece| of_piece(piece)).collect();
    combined(&hashes)
}

/// Whether `numbers` have this checksum, and each piece of them satisfies `sound`.
pub(super) fn holds<T: Pod + Sync>(
    numbers: &[T],
    checksum: u64,
    sound: impl Fn(&[T]) -> bool + Sync,
) -> bool {
    let hash = |piece: &[T]| (xxh3_64(bytemuck::cast_slice(piece)), sound(piece));
    let hashed: Vec<(u64, bool)> = numbers.par_chunks(PIECE / size_of::<T>()).map(hash).collect();
    let hashes: Vec<u64> = hashed.iter().map(|&(hash, _)| hash).collect();
    combined(&hashes) == checksum && hashed.iter().all(|&(_, sound)| sound)
}

fn combined(pieces: &[u64]) -> u64 {
    xxh3_64(bytemuck::cast_slice(pieces))
}

fn of_piece(slices: &[&[u8]]) -> u64 {
    match slices {
        [whole] => xxh3_64(whole),
        parts => {
            let mut hash = Xxh3Default::new();
            parts.iter().for_each(|part| hash.update(part));
            hash.digest()
        }
    }
}

/// The slices cut into pieces, each of as many parts as it has.
fn pieces<'a>(slices: &[&'a [u8]]) -> Vec<Vec<&'a [u8]>> {
    let mut pieces = Vec::new();
    let (mut piece, mut room) = (Vec::new(), PIECE);
    for &slice in slices {
        let mut rest = slice;
        while !rest.is_empty() {
            let (taken, left) = rest.split_at(rest.len().min(room));
            piece.push(taken);
            (rest, room) = (left, room - taken.len());
            if room == 0 {
                pieces.push(std::mem::take(&mut piece));
                room = PIECE;
            }
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_does_not_depend_on_how_the_bytes_are_cut() {
        let numbers: Vec<u32> = (0..1_000_000).collect();
        let bytes: &[u8] = bytemuck::cast_slice(&numbers);
        let whole = of_slices(&[bytes]);
        for cut in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, bytes.len()] {
            let (a, b) = bytes.split_at(cut);
            assert_eq!(of_slices(&[a, &[], b]), whole, "cut at {cut}");
        }
        assert!(holds(&numbers, whole, |_| true));
        assert!(!holds(&numbers, whole, |piece| piece.iter().all(|&n| n < 999_999)));
        assert!(!holds(&numbers[1..], whole, |_| true));
    }

    #[test]
    fn pieces_in_another_order_have_another_checksum() {
        let mut numbers = vec![1_u64; PIECE / 8];
        numbers.extend(vec![2; PIECE / 8]);
        let checksum = of_slices(&[bytemuck::cast_slice(&numbers)]);
        numbers.rotate_left(PIECE / 8);
        assert!(!holds(&numbers, checksum, |_| true));
    }

    #[test]
    fn nothing_has_a_checksum_too() {
        assert!(holds::<u32>(&[], of_slices(&[]), |_| true));
        assert_eq!(of_slices(&[&[], &[]]), of_slices(&[]));
    }
}
