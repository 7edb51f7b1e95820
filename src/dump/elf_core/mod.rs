//! ELF64 core files: what the kernel, gdb's gcore and createdump write.
//!
//! The format is the System V ABI's (gABI, chapters 4 and 5) with Linux's notes
//! (`fs/binfmt_elf.c`, `include/uapi/linux/elfcore.h`). Headers say what should be in the file; a
//! file that was cut keeps what is there, and the loss is a [`Problem`].

mod headers;
mod notes;

use std::sync::Arc;

use crate::bytes::{Addr, Mapped};
use crate::error::Result;
use crate::problem::Problem;

use object::elf::{PF_R, PF_W, PF_X};

use super::address_space::{AddressSpace, Piece};
use super::regions::{Protection, SavedRanges, Stretch, regions};
use super::{Dump, OperatingSystem, TakenBy, Target};

/// Whether a file begins as an ELF file does.
pub(super) fn is_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(&object::elf::ELFMAG)
}

/// Reads a core file.
///
/// # Errors
/// Not a core (an executable, say), 32-bit, big-endian or of another architecture; or the header
/// itself is cut off.
pub(super) fn parse(bytes: Arc<Mapped>) -> Result<Dump> {
    let headers = headers::read(&bytes)?;
    let mut problems = headers.problems;
    let file_len = bytes.len() as u64;
    let cut_at = headers.loads.iter().filter(|l| l.offset.saturating_add(l.file_size) > file_len).count();
    let pieces = headers.loads.iter().map(|load| Piece {
        start: Addr(load.address),
        size: load.memory_size,
        source: 0,
        offset: load.offset,
        saved: load.file_size,
    });
    let memory = AddressSpace::new(vec![Arc::clone(&bytes)], pieces.collect());
    if memory.cut_bytes() > 0 {
        problems.push(
            Problem::loss(format!(
                "the file is cut off: {} bytes of memory, of {cut_at} segments, are missing at its end",
                memory.cut_bytes()
            ))
            .hint("copy the dump again, or take it again with enough free disk and no core size limit (ulimit -c unlimited)"),
        );
    }
    problems.extend(memory.repetition());
    let mut notes = notes::Notes::default();
    // Many headers may name the same notes: together they are read as far as the file is long.
    let mut left = file_len;
    for range in &headers.notes {
        let there = range.file_size.min(file_len.saturating_sub(range.offset));
        let Some(rest) = left.checked_sub(there) else {
            problems.push(Problem::loss("notes overlap each other: only the first of them are read"));
            break;
        };
        left = rest;
        notes.read(&bytes, range.offset, range.file_size, headers.architecture, &mut problems);
    }
    let taken_by = match (notes.from_gdb, headers.linux_abi) {
        (true, _) => Some(TakenBy::Gcore),
        (false, true) => Some(TakenBy::Createdump),
        // gdb writes its notes last: without any, a cut core may be its or the kernel's.
        (false, false) if notes.threads.is_empty() => None,
        (false, false) => Some(TakenBy::Kernel),
    };
    let stretches: Vec<Stretch> = headers.loads.iter().map(|load| stretch(load, file_len)).collect();
    Ok(Dump {
        saved: SavedRanges::of(&stretches),
        regions: regions(stretches, &notes.mappings),
        memory: Arc::new(memory),
        target: Target { system: OperatingSystem::Linux, architecture: headers.architecture },
        taken_by,
        mappings: notes.mappings,
        modules: Vec::new(),
        threads: notes.threads,
        auxv: notes.auxv,
        process: notes.process,
        started: None,
        lacks_memory: false,
        problems,
        notes: headers.notes.iter().map(|n| n.offset..n.offset.saturating_add(n.file_size)).collect(),
        file: bytes,
    })
}

/// A segment as a stretch of memory of which the file, so long, holds the first bytes.
fn stretch(load: &headers::Range, file_len: u64) -> Stretch {
    let may = |flag: u32| load.flags & flag != 0;
    Stretch {
        start: Addr(load.address),
        size: load.memory_size,
        saved: load.file_size.min(load.memory_size).min(file_len.saturating_sub(load.offset)),
        protection: Some(Protection { read: may(PF_R.0), write: may(PF_W.0), execute: may(PF_X.0) }),
        reservation: None,
    }
}

#[cfg(test)]
mod tests;
