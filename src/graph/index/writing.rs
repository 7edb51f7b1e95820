//! Writing an index: the sections one after the other, then the header, which only a whole file gets.

use std::borrow::Cow;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use super::contents::{Contents, Section};
use super::header::Header;
use super::section::{ALIGNMENT, Entry};
use super::{Identity, checksum};

/// Bytes written between two looks at whether to stop.
const CHUNK: usize = 4 << 20;

/// Small pieces are gathered up to so many bytes: a heap of many small blocks should not cost a system call each.
const BUFFER: usize = 1 << 20;

/// Writes the index of a dump to an empty file and returns its length. Once `stop` is set it ends soon, with
/// [`io::ErrorKind::Interrupted`].
///
/// # Errors
/// Those of `file`, whose contents are then no index.
pub fn write<F: Write + Seek + Send>(
    file: &mut F,
    dump: Identity,
    contents: &Contents<'_>,
    stop: &AtomicBool,
) -> io::Result<u64> {
    let sections = contents.sections();
    let mut header = Header { dump, file_length: 0, entries: place(&sections) };
    header.file_length = header.entries.last().map_or(0, |last| last.offset + last.length);
    // The one waits for memory, the other for the operating system.
    let (checksums, written) = rayon::join(
        || sections.iter().map(checksum).collect::<Vec<u64>>(),
        || write_sections(file, &header.entries, &sections, stop),
    );
    written?;
    for (entry, checksum) in header.entries.iter_mut().zip(checksums) {
        entry.checksum = checksum;
    }
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header.to_bytes())?;
    file.flush()?;
    Ok(header.file_length)
}

fn checksum(section: &Section<'_>) -> u64 {
    let slices: Vec<&[u8]> = section.slices.iter().map(Cow::as_ref).collect();
    checksum::of_slices(&slices)
}

/// Where each section goes, without its checksum.
fn place(sections: &[Section<'_>]) -> Vec<Entry> {
    let mut end = Header::length(sections.len()) as u64;
    let entry = |section: &Section<'_>| {
        let offset = end.next_multiple_of(ALIGNMENT);
        let length = section.length();
        end = offset + length;
        Entry {
            kind: section.kind as u32,
            reserved: 0,
            setting: section.setting,
            offset,
            length,
            checksum: 0,
        }
    };
    sections.iter().map(entry).collect()
}

fn write_sections(
    file: &mut (impl Write + Seek),
    entries: &[Entry],
    sections: &[Section<'_>],
    stop: &AtomicBool,
) -> io::Result<()> {
    let mut file = io::BufWriter::with_capacity(BUFFER, file);
    let mut at = 0;
    for (entry, section) in entries.iter().zip(sections) {
        let gap = usize::try_from(entry.offset - at).map_err(io::Error::other)?;
        file.write_all(&vec![0; gap])?;
        for chunk in section.slices.iter().flat_map(|slice| slice.chunks(CHUNK)) {
            if stop.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            file.write_all(chunk)?;
        }
        at = entry.offset + entry.length;
    }
    file.flush()
}
