//! Writes a file front to back and leaves blocks of zeros as holes.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// The block that becomes a hole when it is all zeros: a page, and the block size of the usual
/// file systems. Runs of such blocks become larger holes by themselves.
pub(super) const BLOCK_BYTES: usize = 4096;

/// A file that is written front to back, with holes where the bytes are zero.
#[derive(Debug)]
pub(super) struct SparseFile {
    file: File,
    /// How many bytes were appended.
    length: u64,
    /// How many bytes were appended when the file's position was last set by a write.
    written_to: u64,
    /// Bytes that were not left as holes.
    stored: u64,
}

impl SparseFile {
    /// Begins to write `file`, which must be new: what a hole covers is not overwritten.
    pub(super) fn new(file: File) -> Self {
        SparseFile { file, length: 0, written_to: 0, stored: 0 }
    }

    /// Appends `bytes`. Holes are found on block borders, so all but the last call should
    /// append a multiple of [`BLOCK_BYTES`].
    ///
    /// # Errors
    /// What the operating system says, [`io::ErrorKind::StorageFull`] above all.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let zeros = leading_blocks(rest, is_zero);
            let (_, after) = rest.split_at(zeros);
            let data = leading_blocks(after, |block| !is_zero(block));
            let (data, after) = after.split_at(data);
            self.length += zeros as u64;
            self.write(data)?;
            rest = after;
        }
        Ok(())
    }

    /// How many bytes of disk it takes: those that are not in holes.
    pub(super) fn stored(&self) -> u64 {
        self.stored
    }

    fn write(&mut self, data: &[u8]) -> io::Result<()> {
        if data.is_empty() {
            return Ok(());
        }
        if self.written_to != self.length {
            self.file.seek(SeekFrom::Start(self.length))?;
        }
        self.file.write_all(data)?;
        self.length += data.len() as u64;
        self.stored += data.len() as u64;
        self.written_to = self.length;
        Ok(())
    }

    /// Ends the file at what was appended, a hole at its end included.
    ///
    /// # Errors
    /// What the operating system says, [`io::ErrorKind::FileTooLarge`] above all.
    pub(super) fn finish(self) -> io::Result<File> {
        self.file.set_len(self.length)?;
        Ok(self.file)
    }
}

/// How many bytes the blocks at the start of `bytes` have for which `holds`.
fn leading_blocks(bytes: &[u8], holds: impl Fn(&[u8]) -> bool) -> usize {
    bytes.chunks(BLOCK_BYTES).take_while(|block| holds(block)).map(<[u8]>::len).sum()
}

/// Whether all bytes are zero. Looks at a few cache lines at once, without a branch between
/// them, so that the compiler can use vector registers; gigabytes go through here.
fn is_zero(block: &[u8]) -> bool {
    block.chunks(256).all(|part| part.iter().fold(0, |all, byte| all | byte) == 0)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    fn written(parts: &[&[u8]]) -> (File, Vec<u8>) {
        let mut sparse = SparseFile::new(tempfile::tempfile().expect("a temporary file"));
        for part in parts {
            sparse.append(part).expect("append");
        }
        let mut file = sparse.finish().expect("finish");
        file.rewind().expect("rewind");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("read back");
        (file, bytes)
    }

    #[test]
    fn a_hole_at_the_end_counts() {
        let (_, bytes) = written(&[&[7; BLOCK_BYTES], &[0; 3 * BLOCK_BYTES]]);
        assert_eq!(bytes.len(), 4 * BLOCK_BYTES);
        assert!(is_zero(&bytes[BLOCK_BYTES..]));
    }

    #[test]
    fn nothing_appended_is_an_empty_file() {
        assert_eq!(written(&[]).1, b"");
    }

    #[cfg(unix)]
    #[test]
    fn zeros_take_no_disk() {
        use std::os::unix::fs::MetadataExt;
        const MEBIBYTE: usize = 1 << 20;
        let zeros = vec![0; MEBIBYTE];
        let mut parts: Vec<&[u8]> = vec![&zeros; 64];
        let data = [1; BLOCK_BYTES];
        parts.insert(32, &data);
        let (file, bytes) = written(&parts);
        assert_eq!(bytes.len(), 64 * MEBIBYTE + BLOCK_BYTES);
        let used = file.metadata().expect("metadata").blocks() * 512;
        assert!(used <= MEBIBYTE as u64, "64 MiB of zeros and one block use {used} bytes");
    }

    proptest! {
        #[test]
        fn what_is_appended_is_what_is_read(
            runs in prop::collection::vec((0u8..3, 1usize..3 * BLOCK_BYTES), 0..20),
            part in 1usize..4,
        ) {
            let expected: Vec<u8> = runs.iter().flat_map(|&(byte, n)| std::iter::repeat_n(byte, n)).collect();
            let parts: Vec<&[u8]> = expected.chunks(part * BLOCK_BYTES).collect();
            prop_assert_eq!(written(&parts).1, expected);
        }
    }
}
