//! Unpacks a compressed dump into memory or a sparse file.
//!
//! One thread decodes, the caller's writes: finding the zeros and filling the file cost about
//! as much as decoding a dump of mostly zeros, and so hide behind it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;

use crate::bytes::{FileOffset, Mapped};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::problem::Problem;
use crate::progress::{NoProgress, Progress};

use super::apport::CoreDumpField;
use super::compression::Packing;
use super::sparse_file::{BLOCK_BYTES, SparseFile};
use super::{Compression, ContainerOptions, Contents, read_error};

/// Bytes handed from the decoding thread to the writing one at a time: small enough for the
/// second-level cache, large enough that the hand-over costs nothing. A whole number of blocks,
/// so that holes are found at chunk borders too.
const CHUNK_BYTES: usize = 64 * BLOCK_BYTES;

/// Chunks under way between the two threads.
const CHUNKS: usize = 4;

/// A compressed file that is about to be unpacked.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// Its path, for messages.
    pub(super) path: &'a Path,
    /// The file, at its start.
    pub(super) file: File,
    /// Its size in bytes.
    pub(super) length: u64,
    /// How it is compressed: not [`Compression::None`].
    pub(super) compression: Compression,
}

/// How far a compressed file could be unpacked.
#[derive(Debug)]
pub(super) enum End {
    /// To its end.
    Whole,
    /// The compressed file ends within a frame or member.
    CutOff,
    /// The compressed data contradicts itself; the decoder's words. What zstd had decoded in the
    /// call that found the damage is lost with it: at most one chunk.
    Damaged(io::Error),
}

impl End {
    /// The problem that it makes of `written` unpacked bytes; `None` when all is well.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when nothing was unpacked: then there is nothing to answer from.
    fn problem(self, source: &Source<'_>, written: u64) -> Result<Option<Problem>> {
        let name = source.compression.name();
        let message = match &self {
            End::Whole if written > 0 => return Ok(None),
            End::Whole => {
                let message = format!("the {name} file unpacks to nothing: {}", source.path.display());
                return Err(Error::new(ErrorKind::NotADump, message));
            }
            End::CutOff => {
                format!("the compressed file ends early: {written} bytes were unpacked, the rest is missing")
            }
            End::Damaged(cause) => {
                format!(
                    "the {name} data is damaged after {written} unpacked bytes, the rest is missing: {cause}"
                )
            }
        };
        let hint = "copy the file again, or compress the dump again";
        if written > 0 {
            return Ok(Some(Problem::loss(message).hint(hint)));
        }
        let message = format!("no byte of the {name} file can be unpacked: {}", source.path.display());
        let error = Error::new(ErrorKind::Malformed, message).at_offset(FileOffset(0)).hint(hint);
        Err(match self {
            End::Damaged(cause) => error.caused_by(cause),
            _ => error,
        })
    }
}

/// Unpacks into memory, or into an unnamed temporary file when that would be much. The file
/// is gone when the program ends, however it ends.
pub(super) fn to_temporary(
    source: &Source<'_>,
    options: &ContainerOptions,
    progress: &dyn Progress,
) -> Result<Contents> {
    let folder = options.temporary.clone().unwrap_or_else(std::env::temp_dir);
    let mut target = Target::Memory(Vec::new());
    let no_space = |cause| write_error(source.path, &folder, cause);
    let problem = unpack(source, options.max_unpacked, progress, |chunk| {
        target.append(chunk, options.in_memory, &folder).map_err(no_space)?;
        check_stored(source, target.stored(), options)
    })?;
    let bytes = target.finish().map_err(no_space)?;
    Ok(Contents { bytes, compression: source.compression, problems: problem.into_iter().collect() })
}

/// Unpacks into `file`, a new one in `folder`.
pub(super) fn to_file(
    source: &Source<'_>,
    file: File,
    folder: &Path,
    options: &ContainerOptions,
    progress: &dyn Progress,
) -> Result<(File, Option<Problem>)> {
    let no_space = |cause| write_error(source.path, folder, cause);
    let mut target = SparseFile::new(file);
    let problem = unpack(source, options.max_unpacked, progress, |chunk| {
        target.append(chunk).map_err(no_space)?;
        check_stored(source, target.stored(), options)
    })?;
    Ok((target.finish().map_err(no_space)?, problem))
}

/// Where unpacked bytes go: memory, until they become too many.
#[derive(Debug)]
enum Target {
    Memory(Vec<u8>),
    File(SparseFile),
}

impl Target {
    fn append(&mut self, chunk: &[u8], in_memory: u64, folder: &Path) -> io::Result<()> {
        match self {
            Target::Memory(bytes) if (bytes.len() + chunk.len()) as u64 <= in_memory => {
                bytes.extend_from_slice(chunk);
                Ok(())
            }
            Target::Memory(bytes) => {
                let mut file = SparseFile::new(tempfile::tempfile_in(folder)?);
                // Chunks are whole blocks, so the file is still at a block's border after this.
                file.append(bytes)?;
                *self = Target::File(file);
                self.append(chunk, in_memory, folder)
            }
            Target::File(file) => file.append(chunk),
        }
    }

    /// Bytes of disk that it takes.
    fn stored(&self) -> u64 {
        match self {
            Target::Memory(_) => 0,
            Target::File(file) => file.stored(),
        }
    }

    fn finish(self) -> io::Result<Mapped> {
        match self {
            Target::Memory(bytes) => Ok(Mapped::Memory(bytes)),
            Target::File(file) => Mapped::open(&file.finish()?),
        }
    }
}

/// Refuses a file that fills the disk with next to nothing: holes take none.
fn check_stored(source: &Source<'_>, stored: u64, options: &ContainerOptions) -> Result<()> {
    let most = source.length.saturating_mul(limits::MAX_UNPACKED_TIMES).saturating_add(options.freely_stored);
    if stored <= most {
        return Ok(());
    }
    let (path, length) = (source.path.display(), source.length);
    let message = format!("{length} bytes unpack to more than {most} that are not zero: {path}");
    Err(Error::new(ErrorKind::Malformed, message)
        .hint("no dump shrinks so much; if it is one, unpack it first and open what comes out"))
}

/// What the operating system said when unpacked bytes were written to `folder`.
pub(super) fn write_error(path: &Path, folder: &Path, cause: io::Error) -> Error {
    let (path, folder) = (path.display(), folder.display());
    let message = match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            format!("no space left in {folder} to unpack {path}")
        }
        io::ErrorKind::FileTooLarge => format!("files in {folder} cannot be as large as {path} unpacked"),
        _ => format!("cannot write to {folder} to unpack {path}"),
    };
    Error::new(ErrorKind::Io, message)
        .caused_by(cause)
        .hint("set TMPDIR (or the cache folder, if one is used) to a folder with more room")
}

/// Unpacks `source` front to back into `sink`, which gets chunks of whole blocks and a last
/// one of any size. Returns what could not be unpacked.
fn unpack(
    source: &Source<'_>,
    max_unpacked: u64,
    progress: &dyn Progress,
    mut sink: impl FnMut(&[u8]) -> Result<()>,
) -> Result<Option<Problem>> {
    progress.begin("unpacking", Some(source.length));
    let decoded = thread::scope(|scope| {
        let (empty_sender, empty) = mpsc::channel();
        let (full, filled) = mpsc::sync_channel(CHUNKS);
        for _ in 0..CHUNKS {
            // Cannot fail: the receiver is at hand.
            let _ = empty_sender.send(Vec::new());
        }
        let decoder = scope.spawn(move || decode(source, max_unpacked, progress, &empty, &full));
        let written = write_all(filled, &empty_sender, &mut sink);
        // Ends a decoder that waits for a chunk, when writing failed.
        drop(empty_sender);
        let decoded = decoder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written.and(decoded)
    });
    progress.end();
    let (end, unpacked) = decoded?;
    end.problem(source, unpacked)
}

/// Hands every chunk to `sink` and back to the decoder, until there are no more or `sink` fails.
fn write_all(
    filled: Receiver<Vec<u8>>,
    empty: &Sender<Vec<u8>>,
    sink: &mut impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    for chunk in filled {
        sink(&chunk)?;
        // The decoder is gone when it has read to the end: then nobody needs the chunk.
        let _ = empty.send(chunk);
    }
    Ok(())
}

/// Decodes `source` into chunks; returns how that ended and how many bytes it made.
fn decode(
    source: &Source<'_>,
    max_unpacked: u64,
    progress: &dyn Progress,
    empty: &Receiver<Vec<u8>>,
    full: &SyncSender<Vec<u8>>,
) -> Result<(End, u64)> {
    let mut reader = decoder(source, progress).map_err(|e| read_error(source.path, e))?;
    let mut unpacked = 0;
    while let Ok(mut chunk) = empty.recv() {
        let end = fill(&mut chunk, &mut *reader);
        unpacked += chunk.len() as u64;
        if unpacked > max_unpacked {
            let message = format!("unpacks to more than {max_unpacked} bytes: {}", source.path.display());
            return Err(Error::new(ErrorKind::Malformed, message)
                .hint("this is no dump: no machine has so much memory"));
        }
        if full.send(chunk).is_err() {
            break;
        }
        match end {
            None => {}
            // Only the system's own errors have a number; the decoders' say that the data is bad.
            Some(End::Damaged(cause)) if cause.raw_os_error().is_some() => {
                return Err(read_error(source.path, cause));
            }
            Some(end) => return Ok((end, unpacked)),
        }
    }
    // Writing failed, and its error is the one that is told.
    Ok((End::Whole, unpacked))
}

/// Fills `chunk` with what comes next. Returns how the data ended, if it did.
fn fill(chunk: &mut Vec<u8>, reader: &mut dyn Read) -> Option<End> {
    chunk.resize(CHUNK_BYTES, 0);
    let mut filled = 0;
    let end = loop {
        // No decoder is asked for nothing: some would take what they then return for their end.
        if filled == CHUNK_BYTES {
            break None;
        }
        match reader.read(chunk.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break Some(End::Whole),
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => break Some(End::CutOff),
            Err(e) => break Some(End::Damaged(e)),
        }
    };
    chunk.truncate(filled);
    end
}

/// The first bytes of `source`; what cannot be unpacked is left out.
pub(super) fn first_bytes(source: &Source<'_>, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match decoder(source, &NoProgress)?.take(count).read_to_end(&mut bytes) {
        Err(error) if error.raw_os_error().is_some() => Err(error),
        _ => Ok(bytes),
    }
}

/// A reader of the unpacked bytes, which tells `progress` the packed bytes that it reads.
fn decoder<'a>(source: &'a Source<'_>, progress: &'a dyn Progress) -> io::Result<Box<dyn Read + 'a>> {
    let packed = BufReader::with_capacity(CHUNK_BYTES, Tracked { file: &source.file, progress });
    match source.compression {
        Compression::Apport => {
            let mut core = CoreDumpField::find(packed)?;
            match Packing::of(core.fill_buf()?) {
                // A report within a report is none: it would be read without end.
                Packing::Readable(inner) if inner != Compression::Apport => decoder_of(inner, core),
                _ => Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the report's core is packed in an unknown way",
                )),
            }
        }
        compression => decoder_of(compression, packed),
    }
}

/// A reader of what `packed` unpacks to. Of [`Compression::Apport`] the packed bytes are those of its core's field.
fn decoder_of<'a>(compression: Compression, packed: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match compression {
        Compression::None | Compression::Apport => Box::new(packed),
        // Reads frame after frame to the end of the file and steps over skippable ones.
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
            decoder.window_log_max(limits::MAX_ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
        // Blocks have 8 MiB at most, whatever the frame claims.
        Compression::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(packed)),
        Compression::Xz => {
            Box::new(lzma_rust2::XzReader::new_mem_limit(packed, true, limits::MAX_XZ_MEMORY_KIB))
        }
    })
}

/// A file that tells how many bytes of it were read.
struct Tracked<'a> {
    file: &'a File,
    progress: &'a dyn Progress,
}

impl Read for Tracked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_with_the_folder_and_what_to_do() {
        let cases = [
            (io::ErrorKind::StorageFull, "no space left in /scratch to unpack a.zst"),
            (io::ErrorKind::QuotaExceeded, "no space left in /scratch to unpack a.zst"),
            (io::ErrorKind::FileTooLarge, "files in /scratch cannot be as large as a.zst unpacked"),
            (io::ErrorKind::ReadOnlyFilesystem, "cannot write to /scratch to unpack a.zst"),
        ];
        for (kind, message) in cases {
            let error = write_error(Path::new("a.zst"), Path::new("/scratch"), kind.into());
            assert_eq!((error.kind(), error.message()), (ErrorKind::Io, message));
            assert!(error.hint_text().is_some_and(|hint| hint.contains("TMPDIR")));
        }
    }
}
