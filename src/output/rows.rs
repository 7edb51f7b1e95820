//! Turns rows into text on all cores and writes them in order, in constant memory.

use std::io::{self, Write};
use std::ops::Range;

use rayon::prelude::*;

/// Rows a chunk. A row is 20 to 200 bytes of text, so a chunk fits the caches and is long enough
/// to make the handing over of work negligible.
const CHUNK: usize = 8192;

/// Writes the text of rows 0 to `count`, which `encode` appends a range of rows at a time.
///
/// Chunks are encoded in parallel, as many at once as there are threads, and written in order:
/// the output is the same for any number of threads, and the memory does not grow with `count`.
pub(super) fn write_rows(
    count: usize,
    out: &mut dyn Write,
    encode: impl Fn(Range<usize>, &mut Vec<u8>) + Sync,
) -> io::Result<()> {
    let encode_chunk = |start: usize| {
        let mut text = Vec::new();
        encode(start..count.min(start + CHUNK), &mut text);
        text
    };
    if count <= CHUNK {
        return out.write_all(&encode_chunk(0));
    }
    let batch = CHUNK * rayon::current_num_threads();
    for batch_start in (0..count).step_by(batch) {
        let starts: Vec<_> = (batch_start..count.min(batch_start + batch)).step_by(CHUNK).collect();
        let texts: Vec<_> = starts.into_par_iter().map(encode_chunk).collect();
        for text in texts {
            out.write_all(&text)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_come_in_order_and_none_is_lost() {
        for count in [0, 1, CHUNK, CHUNK + 1, 5 * CHUNK + 17] {
            let mut out = Vec::new();
            write_rows(count, &mut out, |rows, text| {
                rows.for_each(|row| text.extend_from_slice(format!("{row}\n").as_bytes()));
            })
            .unwrap();
            let expected: String = (0..count).map(|row| format!("{row}\n")).collect();
            assert!(out == expected.as_bytes(), "{count} rows");
        }
    }

    #[test]
    fn an_output_that_fails_ends_the_writing() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let result = write_rows(1, &mut Full, |_, text| text.push(b'x'));
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
