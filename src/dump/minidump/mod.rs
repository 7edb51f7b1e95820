//! Windows minidumps of x64: what `MiniDumpWriteDump` writes for Task Manager, procdump, dotnet-dump and createdump.
//!
//! Source: `minidumpapiset.h` of the Windows SDK and its documentation ("Minidump Files"). All records are packed, and
//! every position is an offset in the file. A file that was cut keeps what is there, and the loss is a [`Problem`].

mod memory;
mod modules;
mod regions;
mod streams;
mod system;
mod threads;

use std::sync::Arc;

use crate::bytes::Mapped;
use crate::error::{Error, ErrorKind, Result};
use crate::problem::Problem;

use super::address_space::AddressSpace;
use super::regions::SavedRanges;
use super::{Dump, FileMapping, NativeModule, Process, TakenBy, Target};
use streams::Streams;

/// How to take a minidump that answers everything.
const FULL: &str = "take one with full memory: Task Manager's \"Create memory dump file\", `procdump -ma PID`, \
    `dotnet-dump collect --type Full -p PID`, or DOTNET_DbgMiniDumpType=4 for crash dumps";
/// The library that every 32-bit process of a 64-bit Windows has besides its own.
const WOW64: &str = "wow64.dll";

/// Whether a file begins as a minidump does.
pub(super) fn is_minidump(bytes: &[u8]) -> bool {
    bytes.starts_with(streams::SIGNATURE)
}

/// Reads a minidump.
///
/// # Errors
/// Its header or directory is cut off, or the process was not one of x64.
pub(super) fn parse(bytes: Arc<Mapped>) -> Result<Dump> {
    let mut problems = Vec::new();
    let streams = Streams::read(&bytes, &mut problems)?;
    system::check_architecture(&streams)?;
    let modules = modules::read(&streams, &mut problems);
    if modules.iter().any(|module| module.file_name().eq_ignore_ascii_case(WOW64)) {
        let message =
            "the minidump is of a 32-bit process, taken by a 64-bit program; heapql reads 64-bit dumps";
        return Err(Error::new(ErrorKind::Unsupported, message)
            .hint("a 32-bit process can be analysed with dotnet-dump (x86) on Windows"));
    }
    let listed = memory::listed(&streams, &mut problems);
    let mappings: Vec<FileMapping> = modules.iter().map(NativeModule::mapping).collect();
    let stretches = regions::stretches(&streams, &listed.pieces, &mut problems);
    let saved = SavedRanges::of(&stretches);
    let regions = super::regions::regions(stretches, &mappings);
    let (memory, full) = memory(&bytes, listed, &mut problems);
    let process = system::process(&streams);
    Ok(Dump {
        memory: Arc::new(memory),
        target: Target::WINDOWS_X64,
        taken_by: Some(TakenBy::MiniDumpWriteDump),
        mappings,
        regions,
        saved,
        threads: threads::read(&streams, &mut problems),
        auxv: Vec::new(),
        started: process.as_ref().and_then(|process| process.started),
        process: process.map(|process| Process {
            id: process.id,
            name: modules.first().map_or_else(String::new, |first| first.file_name().to_owned()),
        }),
        modules,
        lacks_memory: !full,
        problems,
        notes: streams.ranges(),
        file: bytes,
    })
}

/// The process's memory, and whether all that the process had is listed. What of it the file lost, and that it was never
/// all taken, is told.
fn memory(bytes: &Arc<Mapped>, listed: memory::Listed, problems: &mut Vec<Problem>) -> (AddressSpace, bool) {
    let memory::Listed { pieces, full, cut } = listed;
    let length = bytes.len() as u64;
    let cut_at = pieces.iter().filter(|p| p.offset.saturating_add(p.saved) > length).count();
    let memory = AddressSpace::new(vec![Arc::clone(bytes)], pieces);
    problems.extend(memory.repetition());
    if memory.cut_bytes() > 0 {
        let lost = memory.cut_bytes();
        let message = format!(
            "the file is cut off: {lost} bytes of memory, of {cut_at} ranges, are missing at its end"
        );
        let hint = "copy the dump again, or take it again with enough free disk";
        problems.push(Problem::loss(message).hint(hint));
    }
    if !full {
        let present = memory.present_bytes();
        let message =
            format!("the minidump was taken without the process's full memory: it holds {present} bytes");
        problems.push(Problem::loss(message).hint(FULL));
    }
    (memory, full && !cut)
}

#[cfg(test)]
mod tests;
