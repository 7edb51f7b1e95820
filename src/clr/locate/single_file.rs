//! The runtime within a program: single-file executables, into which it is linked, and copies of it under other names.
//!
//! The lowest mapping of such a program's file need not be the program: assemblies are mapped from the bundle behind
//! it, in the same file, at lower and at higher addresses. The kernel tells where it put the program's headers and its
//! entry point (auxiliary vector, `include/uapi/linux/auxvec.h`).

use std::iter;

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Dump, FileMapping};
use crate::image::ElfImage;
use crate::limits;

use super::{contract, dac_table, runtime_info};

/// Type of the entry with the address of the program's program headers.
const AT_PHDR: u64 = 3;
/// Type of the entry with the address of the program's first instruction.
const AT_ENTRY: u64 = 9;
/// Size of an ELF header, behind which linkers put the program headers.
const ELF_HEADER: u64 = 64;
/// Symbols by which a module shows that the runtime is in it.
const RUNTIME_SYMBOLS: [&str; 3] = [runtime_info::SYMBOL, dac_table::SYMBOL, contract::SYMBOL];

/// A module that seems to hold the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate<'a> {
    /// Where its first page lies.
    pub base: Addr,
    /// The path of its file, where the dump tells it.
    pub path: Option<&'a str>,
}

/// The program itself, where it exports what the runtime exports; else another module that does; else the program,
/// where its symbols are not in the dump but assemblies are mapped from a bundle in its file.
pub(super) fn find(dump: &Dump) -> Option<Candidate<'_>> {
    let memory = &dump.memory;
    let program = program(dump);
    let mut candidates = program.into_iter().chain(modules(dump)).take(limits::MAX_RUNTIME_CANDIDATES);
    let exports = candidates.find(|candidate| {
        let image = ElfImage::at(memory, candidate.base);
        image.is_ok_and(|image| exports_runtime(memory, &image))
    });
    exports.or_else(|| program.filter(|program| has_bundle(dump, program)))
}

/// The program that the process was started with, where its headers are in the dump.
fn program(dump: &Dump) -> Option<Candidate<'_>> {
    let told = |kind| dump.auxv.iter().find(|&&(k, _)| k == kind).map(|&(_, value)| Addr(value));
    [AT_PHDR, AT_ENTRY].into_iter().filter_map(told).find_map(|within| {
        let Some(mapping) = dump.mappings.iter().find(|m| m.start <= within && within < m.end) else {
            // The note with the mapped files is lost.
            let base = Addr(within.0.checked_sub(ELF_HEADER)?);
            return is_elf(&dump.memory, base).then_some(Candidate { base, path: None });
        };
        let start = |m: &&FileMapping| m.path == mapping.path && m.file_offset == 0 && m.start <= within;
        let first = dump.mappings.iter().filter(start).max_by_key(|m| m.start)?;
        Some(Candidate { base: first.start, path: Some(&first.path) })
    })
}

/// All modules: the mappings of the first pages of ELF files, or all memory that begins as one where the dump does not
/// list what is mapped.
fn modules(dump: &Dump) -> impl Iterator<Item = Candidate<'_>> {
    let memory = &dump.memory;
    let first_pages = dump.mappings.iter().filter(|m| m.file_offset == 0 && is_elf(memory, m.start));
    let mapped = first_pages.map(|m| Candidate { base: m.start, path: Some(m.path.as_str()) });
    let all = || memory.runs(Addr::NULL, Addr(u64::MAX)).filter(|run| run.bytes.starts_with(b"\x7fELF"));
    let unlisted = iter::once_with(all).flatten().map(|run| Candidate { base: run.start, path: None });
    mapped.chain(unlisted.filter(|_| dump.mappings.is_empty()))
}

fn is_elf(memory: &AddressSpace, base: Addr) -> bool {
    memory.bytes(base, 4).is_ok_and(|magic| *magic == *b"\x7fELF")
}

fn exports_runtime(memory: &AddressSpace, image: &ElfImage) -> bool {
    RUNTIME_SYMBOLS.iter().any(|name| matches!(image.symbol(memory, name), Ok(Some(_))))
}

/// Whether parts of the program's file are mapped that are no part of the program as the loader maps it.
fn has_bundle(dump: &Dump, program: &Candidate<'_>) -> bool {
    let (Some(path), Ok(image)) = (program.path, ElfImage::at(&dump.memory, program.base)) else {
        return false;
    };
    let end = program.base.offset(image.load_size());
    dump.mappings
        .iter()
        .any(|m| m.path == path && m.file_offset > 0 && (m.start < program.base || m.start >= end))
}
