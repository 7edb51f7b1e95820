//! The notes of a core: mapped files, threads with their registers, auxiliary vector, process.

use object::elf::{NT_AUXV, NT_FILE, NT_PRPSINFO, NT_PRSTATUS, NoteType};

use crate::bytes::{Addr, Cursor, OutOfBounds};
use crate::dump::{Architecture, FileMapping, NativeThread, Process};
use crate::limits;
use crate::problem::Problem;

/// gdb's target description, which only its gcore writes (`NT_GDB_TDESC`, binutils' `include/elf/common.h`).
const NT_GDB_TDESC: NoteType = NoteType(0xff00_0000);

/// Offset of `pr_pid` in `elf_prstatus` (`include/linux/elfcore.h`), the same on x64 and arm64.
const PRSTATUS_PID: usize = 32;
/// Offset of `pr_reg` in `elf_prstatus`, the same on x64 and arm64.
const PRSTATUS_REGISTERS: usize = 112;
/// Offset of `pr_fname` in `elf_prpsinfo`; 16 bytes.
const PRPSINFO_NAME: usize = 40;
/// Offset of `pr_pid` in `elf_prpsinfo`.
const PRPSINFO_PID: usize = 24;

/// What the notes say.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub mappings: Vec<FileMapping>,
    pub threads: Vec<NativeThread>,
    pub auxv: Vec<(u64, u64)>,
    pub process: Option<Process>,
    pub from_gdb: bool,
}

impl Notes {
    /// Reads one PT_NOTE segment. What is cut off or wrong is left out and told.
    pub(super) fn read(
        &mut self,
        file: &[u8],
        offset: u64,
        size: u64,
        architecture: Architecture,
        problems: &mut Vec<Problem>,
    ) {
        let size = size.min(limits::MAX_NOTE_BYTES);
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(file.len());
        let end = start.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)).min(file.len());
        let bytes = file.get(start..end).unwrap_or_default();
        if (bytes.len() as u64) < size {
            problems.push(Problem::loss(format!(
                "the notes (threads, mapped files) are cut off: {} of {size} bytes are there",
                bytes.len()
            )));
        }
        let mut cursor = Cursor::new(bytes);
        // Of many that cannot be read only the first is told: a message takes more than a note.
        let (mut first, mut more) = (None, 0_u64);
        while cursor.remaining() >= 12 {
            let at = offset + cursor.position() as u64;
            let read = next_note(&mut cursor).and_then(|note| self.note(&note, architecture));
            if let Err(error) = read {
                match first {
                    None => first = Some(format!("a note at file offset {at:#x} cannot be read: {error}")),
                    Some(_) => more += 1,
                }
                if cursor.remaining() == 0 || error.offset >= bytes.len() {
                    break;
                }
            }
        }
        if let Some(first) = first {
            let rest = if more > 0 { format!("; nor can {more} more") } else { String::new() };
            problems.push(Problem::loss(first + &rest));
        }
    }

    fn note(&mut self, note: &Note<'_>, architecture: Architecture) -> Result<(), OutOfBounds> {
        match (note.owner, note.kind) {
            (b"CORE", NT_PRSTATUS) => self.threads.push(thread(note.description, architecture)?),
            (b"CORE", NT_FILE) => self.mappings.extend(mappings(note.description)?),
            (b"CORE", NT_AUXV) => self.auxv.extend(auxiliary_vector(note.description)),
            (b"CORE", NT_PRPSINFO) => self.process = Some(process(note.description)?),
            (b"GDB", NT_GDB_TDESC) => self.from_gdb = true,
            _ => {}
        }
        Ok(())
    }
}

struct Note<'a> {
    owner: &'a [u8],
    kind: NoteType,
    description: &'a [u8],
}

/// Takes the next note. Name and description are padded to 4 bytes in 64-bit cores too. A note that
/// reaches past the end moves the cursor there, so that the loop over notes ends.
fn next_note<'a>(cursor: &mut Cursor<'a>) -> Result<Note<'a>, OutOfBounds> {
    let name_size = cursor.u32()? as usize;
    let description_size = cursor.u32()? as usize;
    let kind = NoteType(cursor.u32()?);
    let mut body = || {
        let owner = cursor.take(name_size)?;
        cursor.align(4)?;
        let description = cursor.take(description_size)?;
        // The last note of a segment may lack its padding.
        let _ = cursor.align(4);
        Ok((owner, description))
    };
    match body() {
        Ok((owner, description)) => {
            Ok(Note { owner: owner.strip_suffix(&[0]).unwrap_or(owner), kind, description })
        }
        Err(error) => {
            let _ = cursor.skip(cursor.remaining());
            Err(error)
        }
    }
}

fn thread(description: &[u8], architecture: Architecture) -> Result<NativeThread, OutOfBounds> {
    let id = Cursor::at(description, PRSTATUS_PID).u32()?;
    let mut cursor = Cursor::at(description, PRSTATUS_REGISTERS);
    let mut registers = Vec::with_capacity(architecture.register_count());
    for _ in 0..architecture.register_count() {
        registers.push(cursor.u64()?);
    }
    Ok(NativeThread { id: u64::from(id), registers, name: None, stack_end: None })
}

/// NT_FILE: count, page size, that many (start, end, file offset in pages), that many paths.
fn mappings(description: &[u8]) -> Result<Vec<FileMapping>, OutOfBounds> {
    let mut cursor = Cursor::new(description);
    let declared = cursor.u64()?;
    let page_size = cursor.u64()?;
    let ranges_at = cursor.position();
    let fitting = (cursor.remaining() / 24) as u64;
    let count = usize::try_from(declared.min(fitting).min(limits::MAX_FILE_MAPPINGS)).unwrap_or(0);
    cursor.skip(count * 24)?;
    let mut paths = cursor.take(cursor.remaining())?.split(|&b| b == 0);
    let mut ranges = Cursor::at(description, ranges_at);
    let mut mappings = Vec::with_capacity(count);
    for _ in 0..count {
        let (start, end, page) = (ranges.u64()?, ranges.u64()?, ranges.u64()?);
        let Some(path) = paths.next() else { break };
        mappings.push(FileMapping {
            start: Addr(start),
            end: Addr(end),
            file_offset: page.saturating_mul(page_size),
            path: String::from_utf8_lossy(path).into_owned(),
        });
    }
    Ok(mappings)
}

fn auxiliary_vector(description: &[u8]) -> Vec<(u64, u64)> {
    let mut cursor = Cursor::new(description);
    let mut entries = Vec::new();
    while let (Ok(kind), Ok(value)) = (cursor.u64(), cursor.u64()) {
        if kind == 0 {
            break;
        }
        entries.push((kind, value));
    }
    entries
}

fn process(description: &[u8]) -> Result<Process, OutOfBounds> {
    let id = Cursor::at(description, PRPSINFO_PID).u32()?;
    let name = Cursor::at(description, PRPSINFO_NAME).take(16)?;
    let name = name.split(|&b| b == 0).next().unwrap_or_default();
    Ok(Process { id: u64::from(id), name: String::from_utf8_lossy(name).into_owned() })
}
