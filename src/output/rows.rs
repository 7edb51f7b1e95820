//! Turns rows into text on all cores and writes them in order, in constant memory.

use std::io::{self, Write};
use std::ops::Range;

use rayon::prelude::*;

use crate::query::Rows;

use super::cells::{CellWriter, Notation, SpelledTexts};

/// Rows a chunk. A row is 20 to 200 bytes of text, so a chunk fits the caches and is long enough
/// to make the handing over of work negligible.
const CHUNK: usize = 8192;

/// Writes rows, at hand or not, as `push` appends a range of a batch's rows, given a writer for each column's cells in
/// the notation that `notation_of` the column says. `between` stands between texts.
pub(super) fn write_rows<'n, N: Notation + 'n>(
    rows: &Rows<'_>,
    between: &[u8],
    notation_of: impl Fn(usize) -> &'n N + Sync,
    out: &mut dyn Write,
    push: impl Fn(&[CellWriter<'_, N>], Range<usize>, &mut Vec<u8>) + Sync,
) -> io::Result<()> {
    let mut first = true;
    let mut write = |text: Vec<u8>| {
        if !text.is_empty() && !std::mem::replace(&mut first, false) {
            out.write_all(between)?;
        }
        out.write_all(&text)
    };
    if let Some(answer) = rows.at_hand() {
        let columns = answer.columns.iter().enumerate();
        let cells: Vec<_> = columns.map(|(at, column)| CellWriter::new(column, notation_of(at))).collect();
        return write_chunks(answer.row_count(), &mut write, |rows, text| push(&cells, rows, text));
    }
    let texts: Vec<_> = rows.head().columns.iter().map(|_| SpelledTexts::default()).collect();
    rows.for_each(
        |columns| {
            let cells = columns.iter().zip(&texts).enumerate();
            let cells: Vec<_> = cells
                .map(|(at, (column, texts))| CellWriter::of_batch(column, notation_of(at), texts))
                .collect();
            let mut text = Vec::new();
            push(&cells, 0..columns.first().map_or(0, |column| column.len()), &mut text);
            text
        },
        |text| write(text).map(|()| true),
    )
}

/// Writes the text of rows 0 to `count`, which `encode` appends a range of rows at a time.
///
/// Chunks are encoded in parallel, as many at once as there are threads, and written in order:
/// the output is the same for any number of threads, and the memory does not grow with `count`.
fn write_chunks(
    count: usize,
    write: &mut dyn FnMut(Vec<u8>) -> io::Result<()>,
    encode: impl Fn(Range<usize>, &mut Vec<u8>) + Sync,
) -> io::Result<()> {
    let encode_chunk = |start: usize| {
        let mut text = Vec::new();
        encode(start..count.min(start + CHUNK), &mut text);
        text
    };
    if count <= CHUNK {
        return write(encode_chunk(0));
    }
    let batch = CHUNK * rayon::current_num_threads();
    for batch_start in (0..count).step_by(batch) {
        let starts: Vec<_> = (batch_start..count.min(batch_start + batch)).step_by(CHUNK).collect();
        let texts: Vec<_> = starts.into_par_iter().map(encode_chunk).collect();
        texts.into_iter().try_for_each(&mut *write)?;
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
            let mut write = |text: Vec<u8>| {
                out.extend(text);
                Ok(())
            };
            write_chunks(count, &mut write, |rows, text| {
                rows.for_each(|row| text.extend_from_slice(format!("{row}\n").as_bytes()));
            })
            .unwrap();
            let expected: String = (0..count).map(|row| format!("{row}\n")).collect();
            assert!(out == expected.as_bytes(), "{count} rows");
        }
    }

    #[test]
    fn an_output_that_fails_ends_the_writing() {
        let mut full = |_| Err(io::ErrorKind::StorageFull.into());
        let result = write_chunks(1, &mut full, |_, text| text.push(b'x'));
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
