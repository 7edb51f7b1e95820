//! An ELF64 module in the dumped memory, read from its base address on.
//!
//! What the loader mapped is described by the program headers alone; section headers are not
//! loaded and are never looked at. Sources: the System V gABI, chapters "ELF Header" and "Program Header".

mod dynamic;
mod exports;
mod file;
mod symbols;

pub use file::ElfFile;

use std::ops::Range;

use object::elf::{
    ELFCLASS64, ELFDATA2LSB, ELFMAG, ET_DYN, ET_EXEC, PF_W, PT_DYNAMIC, PT_GNU_EH_FRAME, PT_LOAD, PT_NOTE,
};

use crate::bytes::{Addr, Cursor, OutOfBounds};
use crate::dump::{AddressSpace, Fault};
use crate::error::{Error, ErrorKind};
use crate::image::BuildId;
use crate::image::functions::Function;
use crate::limits::{MAX_MODULE_NOTE_BYTES, MAX_MODULE_PROGRAM_HEADERS};

const HEADER_SIZE: usize = 64;
const PROGRAM_HEADER_SIZE: u16 = 56;

/// An ELF64 module in the memory of a dump.
#[derive(Clone, Debug)]
pub struct ElfImage {
    base: Addr,
    /// What the loader added to every address in the file. Wraps.
    bias: u64,
    headers: Vec<ProgramHeader>,
    build_id: Option<BuildId>,
    missing_notes: Option<Fault>,
}

#[derive(Clone, Copy, Debug)]
struct ProgramHeader {
    kind: u32,
    flags: u32,
    offset: u64,
    /// Address before the bias is added.
    address: u64,
    file_size: u64,
    memory_size: u64,
    alignment: u64,
}

impl ProgramHeader {
    fn is(&self, kind: object::elf::ProgramType) -> bool {
        self.kind == kind.0
    }
}

impl ElfImage {
    /// Reads the headers and the build id of the module that is mapped from `base` on.
    ///
    /// # Errors
    /// `MissingMemory` when the page of the headers is not in the dump; `Unsupported` for an ELF
    /// module of 32 bits or big-endian; `Malformed` for anything that is no loaded ELF module.
    pub fn at(space: &AddressSpace, base: Addr) -> Result<ElfImage, Error> {
        let (start, count) = read_header(space, base)?;
        let mut headers = Vec::with_capacity(usize::from(count));
        let table = space
            .bytes(start, usize::from(count) * usize::from(PROGRAM_HEADER_SIZE))
            .map_err(|fault| missing("program headers", base, fault))?;
        let mut cursor = Cursor::new(&table);
        for _ in 0..count {
            let header = read_program_header(&mut cursor)
                .map_err(|e| malformed("program headers that are cut", base).caused_by(e))?;
            headers.push(header);
        }
        let first = headers.iter().filter(|h| h.is(PT_LOAD)).min_by_key(|h| h.address);
        let first = first.ok_or_else(|| malformed("no segment to load", base))?;
        // The header, which lies at the base, is the beginning of the file: however large the pages are from whose
        // borders on segments are mapped.
        let bias = base.0.wrapping_add(first.offset).wrapping_sub(first.address);
        let mut image = ElfImage { base, bias, headers, build_id: None, missing_notes: None };
        image.read_build_id(space);
        Ok(image)
    }

    /// Where the module begins.
    pub fn base(&self) -> Addr {
        self.base
    }

    /// The module's build id; `None` when it has none, or when its notes are not in the dump
    /// (then [`Self::missing_notes`] tells).
    pub fn build_id(&self) -> Option<&BuildId> {
        self.build_id.as_ref()
    }

    /// What was missing when no build id was found and some of the notes are not in the dump.
    pub fn missing_notes(&self) -> Option<Fault> {
        self.missing_notes
    }

    /// The bytes of address space from the base to the end of the last segment, .bss included.
    pub fn load_size(&self) -> u64 {
        let ends = self.loaded().filter_map(|range| range.end.since(self.base));
        ends.max().unwrap_or(0)
    }

    /// The ranges of memory that the module may write to: .data and the like with .bss, in file order.
    pub fn writable_ranges(&self) -> impl Iterator<Item = Range<Addr>> {
        self.headers.iter().filter(|h| h.is(PT_LOAD) && h.flags & PF_W.0 != 0).map(|h| self.range(h))
    }

    /// The range of memory of every segment that is loaded.
    fn loaded(&self) -> impl Iterator<Item = Range<Addr>> {
        self.headers.iter().filter(|h| h.is(PT_LOAD)).map(|h| self.range(h))
    }

    fn range(&self, header: &ProgramHeader) -> Range<Addr> {
        let start = self.bias.wrapping_add(header.address);
        // A size that leads round the end of the address space is damage: cut there.
        Addr(start)..Addr(start.saturating_add(header.memory_size))
    }

    /// Where the table lies that finds the functions' call frame information, and its segment, which holds that information
    /// too, before it or behind; `None` when the module has none.
    pub fn unwind_tables(&self) -> Option<(Addr, Range<Addr>)> {
        let header = self.headers.iter().find(|h| h.is(PT_GNU_EH_FRAME)).map(|h| self.range(h))?;
        let segment = self.loaded().find(|range| range.contains(&header.start))?;
        Some((header.start, segment))
    }

    fn dynamic_range(&self) -> Option<Range<Addr>> {
        self.headers.iter().find(|h| h.is(PT_DYNAMIC)).map(|h| self.range(h))
    }

    /// The address of an exported symbol, looked up by hash (DT_GNU_HASH, else DT_HASH).
    ///
    /// Returns `None` when the module does not define the symbol. Reads only what the lookup of
    /// this name needs: createdump saves just these pages for the symbols that debuggers ask for.
    ///
    /// # Errors
    /// `MissingMemory` when the answer depends on memory that is not in the dump; `Malformed` for
    /// tables that lead nowhere.
    pub fn symbol(&self, space: &AddressSpace, name: &str) -> Result<Option<Addr>, Error> {
        match dynamic::DynamicTable::read(space, self)? {
            Some(table) => symbols::find(space, self, &table, name.as_bytes()),
            None => Ok(None),
        }
    }

    /// The functions that the module exports: those of which symbol and name are in the dump, where the hash tables that
    /// tell how many symbols there are is there too.
    pub(super) fn exported_functions(&self, space: &AddressSpace) -> Vec<Function> {
        match dynamic::DynamicTable::read(space, self) {
            Ok(Some(table)) => exports::functions(space, self, &table),
            Ok(None) | Err(_) => Vec::new(),
        }
    }

    /// The memory that a pointer of the dynamic table means. glibc writes the loaded address over
    /// the one of the file; musl, and a table that nobody has relocated, leave it as it was.
    fn resolve(&self, pointer: u64) -> Option<Addr> {
        let biased = Addr(pointer.wrapping_add(self.bias));
        let inside = |address: &Addr| self.loaded().any(|range| range.contains(address));
        [Addr(pointer), biased].into_iter().find(inside)
    }

    fn read_build_id(&mut self, space: &AddressSpace) {
        let notes: Vec<ProgramHeader> = self.headers.iter().filter(|h| h.is(PT_NOTE)).copied().collect();
        for header in notes {
            let size = header.memory_size.min(MAX_MODULE_NOTE_BYTES);
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            match space.bytes(self.range(&header).start, size) {
                Ok(bytes) => self.build_id = BuildId::in_notes(&bytes, header.alignment),
                Err(fault) => self.missing_notes = Some(fault),
            }
            if self.build_id.is_some() {
                self.missing_notes = None;
                return;
            }
        }
    }
}

/// Reads the ELF header: where the program headers lie in memory, and how many there are.
fn read_header(space: &AddressSpace, base: Addr) -> Result<(Addr, u16), Error> {
    let bytes = space.bytes(base, HEADER_SIZE).map_err(|fault| missing("header", base, fault))?;
    if !bytes.starts_with(&ELFMAG) {
        return Err(malformed("no ELF magic number", base));
    }
    if bytes.get(4) != Some(&ELFCLASS64.0) || bytes.get(5) != Some(&ELFDATA2LSB.0) {
        let message = format!("the ELF module at {base} is not of 64 bits and little-endian");
        return Err(Error::new(ErrorKind::Unsupported, message).at(base));
    }
    let fields = || -> Result<(u16, u64, u16, u16), OutOfBounds> {
        let kind = Cursor::at(&bytes, 16).u16()?;
        let offset = Cursor::at(&bytes, 32).u64()?;
        let mut sizes = Cursor::at(&bytes, 54);
        Ok((kind, offset, sizes.u16()?, sizes.u16()?))
    };
    let (kind, offset, entry_size, count) =
        fields().map_err(|e| malformed("a header that is cut", base).caused_by(e))?;
    if kind != ET_DYN.0 && kind != ET_EXEC.0 {
        return Err(malformed("a type that is neither executable nor shared object", base));
    }
    if entry_size != PROGRAM_HEADER_SIZE {
        return Err(malformed("program headers of an unknown size", base));
    }
    if count > MAX_MODULE_PROGRAM_HEADERS {
        return Err(malformed("an absurd number of program headers", base));
    }
    Ok((base.offset(offset), count))
}

fn read_program_header(cursor: &mut Cursor<'_>) -> Result<ProgramHeader, OutOfBounds> {
    let kind = cursor.u32()?;
    let flags = cursor.u32()?;
    let offset = cursor.u64()?;
    let address = cursor.u64()?;
    let _physical_address = cursor.u64()?;
    let file_size = cursor.u64()?;
    Ok(ProgramHeader {
        kind,
        flags,
        offset,
        file_size,
        address,
        memory_size: cursor.u64()?,
        alignment: cursor.u64()?,
    })
}

/// An error for a part of the module that the dump lacks.
fn missing(what: &str, base: Addr, fault: Fault) -> Error {
    let message = format!("cannot read the {what} of the ELF module at {base}: {fault}");
    Error::new(ErrorKind::MissingMemory, message).at(fault.address()).caused_by(fault)
}

/// An error for a part of the module that contradicts the format: it "has" `what`.
fn malformed(what: &str, base: Addr) -> Error {
    Error::new(ErrorKind::Malformed, format!("the ELF module at {base} has {what}")).at(base)
}

#[cfg(test)]
mod tests;
