//! A PE image: laid out by the loader in memory (mapped), or as the bytes of its file (flat).
//!
//! .NET on Linux has both in memory: ReadyToRun images are mapped section by section, plain IL
//! files often lie flat. Only headers and the way to the metadata are read here; what the metadata
//! says is read above. Sources: the "PE Format" specification; ECMA-335 II.25.

mod debug_directory;
mod exports;
mod relocations;
mod resources;

use std::borrow::Cow;

pub use debug_directory::PortablePdbLink;
use object::pe::{
    IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR, IMAGE_DOS_SIGNATURE, IMAGE_NT_OPTIONAL_HDR32_MAGIC,
    IMAGE_NT_OPTIONAL_HDR64_MAGIC, IMAGE_NT_SIGNATURE, IMAGE_SCN_MEM_WRITE,
};

use crate::bytes::{Addr, Cursor, FileOffset, OutOfBounds};
use crate::dump::AddressSpace;
use crate::error::{Error, ErrorKind};
use crate::image::SparseBytes;
use crate::limits::MAX_PE_SECTIONS;

const DOS_HEADER_SIZE: usize = 64;
/// Signature and COFF header in front of the optional header.
const NT_FIXED_SIZE: u64 = 24;
const DATA_DIRECTORY_SIZE: u64 = 8;
const SECTION_SIZE: usize = 40;
const COR20_HEADER_SIZE: usize = 72;
/// Offset of EntryPointToken in the COR20 header.
const COR20_ENTRY_POINT: u64 = 20;

/// How the bytes of a PE image lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeLayout {
    /// An RVA is the offset from the base: the loader has put every section in its place.
    Mapped,
    /// As in the file: an RVA is translated through the section table.
    Flat,
}

/// Where the bytes are.
#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Memory { space: &'a AddressSpace, base: Addr },
    File(&'a [u8]),
}

/// A stretch of an image by RVA, as the data directories have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Directory {
    rva: u32,
    size: u32,
}

#[derive(Clone, Copy, Debug)]
struct Section {
    rva: u32,
    file_offset: u32,
    file_size: u32,
    characteristics: u32,
}

/// A part of a PE file as it is mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PePart {
    /// Where it lies in memory, counted from the image's base.
    pub rva: u32,
    /// Where it lies in the file.
    pub file_offset: u32,
    /// Its bytes.
    pub size: u32,
    /// Whether the process may have written to it.
    pub writable: bool,
}

/// A PE image whose headers have been read.
#[derive(Clone, Debug)]
pub struct PeImage<'a> {
    source: Source<'a>,
    layout: PeLayout,
    time_date_stamp: u32,
    size_of_image: u32,
    size_of_headers: u32,
    cor20: Option<Directory>,
    /// Where the optional header begins.
    optional: u64,
    /// Empty for a mapped image, which needs none.
    sections: Vec<Section>,
}

impl<'a> PeImage<'a> {
    /// Reads the headers of an image in the memory of a dump, from its base address on.
    ///
    /// # Errors
    /// `MissingMemory` when the headers are not in the dump, `Malformed` when they are no PE headers.
    pub fn in_memory(space: &'a AddressSpace, base: Addr, layout: PeLayout) -> Result<PeImage<'a>, Error> {
        PeImage::read(Source::Memory { space, base }, layout)
    }

    /// Reads the headers of an image that is the contents of a file.
    ///
    /// # Errors
    /// `Malformed` when the bytes are no PE file or end too early.
    pub fn in_file(bytes: &'a [u8]) -> Result<PeImage<'a>, Error> {
        PeImage::read(Source::File(bytes), PeLayout::Flat)
    }

    fn read(source: Source<'a>, layout: PeLayout) -> Result<PeImage<'a>, Error> {
        let dos = source.bytes(0, DOS_HEADER_SIZE, "DOS header")?;
        if Cursor::new(&dos).u16().ok() != Some(IMAGE_DOS_SIGNATURE) {
            return Err(source.malformed(0, "there is no DOS header"));
        }
        let nt = u64::from(source.u32(60, "DOS header")?);
        if source.u32(nt, "PE signature")? != IMAGE_NT_SIGNATURE {
            return Err(source.malformed(nt, "there is no PE signature"));
        }
        let section_count = source.u16(nt + 6, "COFF header")?;
        let optional = nt + NT_FIXED_SIZE;
        let sections = optional + u64::from(source.u16(nt + 20, "COFF header")?);
        Ok(PeImage {
            source,
            layout,
            time_date_stamp: source.u32(nt + 8, "COFF header")?,
            size_of_image: source.u32(optional + 56, "optional header")?,
            size_of_headers: source.u32(optional + 60, "optional header")?,
            cor20: read_directory(source, optional, IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR as u32)?,
            optional,
            sections: match layout {
                PeLayout::Mapped => Vec::new(),
                PeLayout::Flat => read_sections(source, sections, section_count)?,
            },
        })
    }

    /// TimeDateStamp of the COFF header: when the image was linked, or a hash of what went into it.
    pub fn time_date_stamp(&self) -> u32 {
        self.time_date_stamp
    }

    /// SizeOfImage of the optional header: the bytes that the mapped image takes.
    pub fn size_of_image(&self) -> u32 {
        self.size_of_image
    }

    /// The headers and sections of a file as they are mapped. None of an image in memory.
    pub fn parts(&self) -> impl Iterator<Item = PePart> {
        let headers = PePart { rva: 0, file_offset: 0, size: self.size_of_headers, writable: false };
        let sections = self.sections.iter().map(|section| PePart {
            rva: section.rva,
            file_offset: section.file_offset,
            size: section.file_size,
            writable: section.characteristics & IMAGE_SCN_MEM_WRITE.0 != 0,
        });
        std::iter::once(headers).filter(|_| self.layout == PeLayout::Flat).chain(sections)
    }

    /// Whether the image is a .NET one: it has a COR20 header.
    pub fn is_managed(&self) -> bool {
        self.cor20.is_some()
    }

    /// Where the COR20 header lies in memory; `None` for a native image, for a file on disk, and
    /// for an RVA that leads nowhere.
    pub fn cor20_address(&self) -> Option<Addr> {
        let offset = self.offset_of(self.cor20?).ok()?;
        self.source.address(offset)
    }

    /// Whether the image is a program: its COR20 header names an entry point (ECMA-335 II.25.3.3, EntryPointToken).
    ///
    /// # Errors
    /// `MissingMemory` when the COR20 header is not in the dump; `Malformed` where there is none.
    pub fn has_entry_point(&self) -> Result<bool, Error> {
        Ok(self.source.u32(self.cor20_offset()? + COR20_ENTRY_POINT, "COR20 header")? != 0)
    }

    /// Where the metadata lies in memory and how many bytes it has; `None` for a file on disk.
    ///
    /// # Errors
    /// `MissingMemory` when the COR20 header is not in the dump; `Malformed` for an image without
    /// metadata and for an RVA or a size that leads out of the image.
    pub fn metadata_range(&self) -> Result<Option<(Addr, u32)>, Error> {
        let directory = self.metadata_directory()?;
        let offset = self.offset_of(directory)?;
        Ok(self.source.address(offset).map(|address| (address, directory.size)))
    }

    /// The metadata, whole.
    ///
    /// # Errors
    /// As for [`Self::metadata_range`], and `MissingMemory` when any of it is not in the dump.
    pub fn metadata_bytes(&self) -> Result<Cow<'a, [u8]>, Error> {
        let directory = self.metadata_directory()?;
        self.source.bytes(self.offset_of(directory)?, directory.size as usize, "metadata")
    }

    /// The metadata, as far as it is there.
    ///
    /// # Errors
    /// As for [`Self::metadata_range`].
    pub fn metadata(&self) -> Result<SparseBytes<'a>, Error> {
        match self.source {
            Source::File(_) => Ok(self.metadata_bytes()?.into()),
            Source::Memory { space, base } => {
                let directory = self.metadata_directory()?;
                let address = base.offset(self.offset_of(directory)?);
                Ok(SparseBytes::from_memory(space, address, directory.size as usize))
            }
        }
    }

    /// Where the `size` bytes at an RVA lie in memory; `None` for a file on disk.
    ///
    /// # Errors
    /// `Malformed` when they do not lie inside of the image.
    pub fn rva_address(&self, rva: u32, size: u32) -> Result<Option<Addr>, Error> {
        self.offset_of(Directory { rva, size }).map(|offset| self.source.address(offset))
    }

    /// The data directory of that number; `None` when the image has none.
    fn directory(&self, index: u32) -> Result<Option<Directory>, Error> {
        read_directory(self.source, self.optional, index)
    }

    fn cor20_offset(&self) -> Result<u64, Error> {
        let native = || self.source.malformed(0, "there is no COR20 header: this is no .NET image");
        let cor20 = self.cor20.ok_or_else(native)?;
        self.offset_of(Directory { size: COR20_HEADER_SIZE as u32, ..cor20 })
    }

    fn metadata_directory(&self) -> Result<Directory, Error> {
        let offset = self.cor20_offset()?;
        let directory = Directory {
            rva: self.source.u32(offset + 8, "COR20 header")?,
            size: self.source.u32(offset + 12, "COR20 header")?,
        };
        if directory.size == 0 {
            return Err(self.source.malformed(offset, "the COR20 header tells no metadata"));
        }
        Ok(directory)
    }

    /// The offset from the image's start at which a stretch of RVAs lies, wholly inside the image.
    fn offset_of(&self, directory: Directory) -> Result<u64, Error> {
        let Directory { rva, size } = directory;
        let end = u64::from(rva) + u64::from(size);
        let inside = match self.layout {
            PeLayout::Mapped => (end <= u64::from(self.size_of_image)).then_some(u64::from(rva)),
            // The headers are at the same place in both layouts.
            PeLayout::Flat if end <= u64::from(self.size_of_headers) => Some(u64::from(rva)),
            PeLayout::Flat => self.sections.iter().find_map(|section| {
                let distance = rva.checked_sub(section.rva)?;
                let end = u64::from(distance) + u64::from(size);
                (end <= u64::from(section.file_size))
                    .then(|| u64::from(section.file_offset) + u64::from(distance))
            }),
        };
        inside.ok_or_else(|| {
            self.source.malformed(0, &format!("RVA {rva:#x} with {size:#x} bytes lies outside of the image"))
        })
    }
}

/// Reads a data directory (number 14 leads to the COR20 header); `None` when it is empty or the image has not so many.
fn read_directory(source: Source<'_>, optional: u64, index: u32) -> Result<Option<Directory>, Error> {
    // PE32+ has a 64-bit ImageBase and four 64-bit sizes, less BaseOfData.
    let directory_count = match source.u16(optional, "optional header")? {
        magic if magic == IMAGE_NT_OPTIONAL_HDR32_MAGIC => optional + 92,
        magic if magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC => optional + 108,
        _ => return Err(source.malformed(optional, "the optional header is neither PE32 nor PE32+")),
    };
    if source.u32(directory_count, "optional header")? <= index {
        return Ok(None);
    }
    let entry = directory_count + 4 + u64::from(index) * DATA_DIRECTORY_SIZE;
    let rva = source.u32(entry, "data directories")?;
    let size = source.u32(entry + 4, "data directories")?;
    Ok((rva != 0 && size != 0).then_some(Directory { rva, size }))
}

fn read_sections(source: Source<'_>, at: u64, count: u16) -> Result<Vec<Section>, Error> {
    if count > MAX_PE_SECTIONS {
        return Err(source.malformed(at, &format!("{count} sections are more than a loader takes")));
    }
    let table = source.bytes(at, usize::from(count) * SECTION_SIZE, "section table")?;
    let cut = |_| source.malformed(at, "the section table is cut");
    (0..usize::from(count))
        .map(|index| {
            let mut cursor = Cursor::at(&table, index * SECTION_SIZE + 12);
            let rva = cursor.u32().map_err(cut)?;
            let file_size = cursor.u32().map_err(cut)?;
            let file_offset = cursor.u32().map_err(cut)?;
            let characteristics = Cursor::at(&table, index * SECTION_SIZE + 36).u32().map_err(cut)?;
            Ok(Section { rva, file_size, file_offset, characteristics })
        })
        .collect()
}

impl<'a> Source<'a> {
    /// `count` bytes, `offset` from the start of the image; `what` they are goes into errors.
    fn bytes(self, offset: u64, count: usize, what: &str) -> Result<Cow<'a, [u8]>, Error> {
        match self {
            Source::Memory { space, base } => space.bytes(base.offset(offset), count).map_err(|fault| {
                let message = format!("cannot read the {what} of the PE image at {base}: {fault}");
                Error::new(ErrorKind::MissingMemory, message).at(fault.address()).caused_by(fault)
            }),
            Source::File(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                let taken = Cursor::at(bytes, start).take(count);
                taken.map(Cow::Borrowed).map_err(|end| self.cut(offset, what, end))
            }
        }
    }

    fn cut(self, offset: u64, what: &str, cause: OutOfBounds) -> Error {
        self.malformed(offset, &format!("the file ends inside of the {what}")).caused_by(cause)
    }

    fn u16(self, offset: u64, what: &str) -> Result<u16, Error> {
        let bytes = self.bytes(offset, 2, what)?;
        Cursor::new(&bytes).u16().map_err(|end| self.cut(offset, what, end))
    }

    fn u32(self, offset: u64, what: &str) -> Result<u32, Error> {
        let bytes = self.bytes(offset, 4, what)?;
        Cursor::new(&bytes).u32().map_err(|end| self.cut(offset, what, end))
    }

    fn address(self, offset: u64) -> Option<Addr> {
        match self {
            Source::Memory { base, .. } => Some(base.offset(offset)),
            Source::File(_) => None,
        }
    }

    /// An error for an image that contradicts the format.
    fn malformed(self, offset: u64, what: &str) -> Error {
        match self {
            Source::Memory { base, .. } => {
                let message = format!("the PE image at {base} is damaged: {what}");
                Error::new(ErrorKind::Malformed, message).at(base.offset(offset))
            }
            Source::File(_) => {
                let message = format!("not a PE file that can be read: {what}");
                Error::new(ErrorKind::Malformed, message).at_offset(FileOffset(offset))
            }
        }
    }
}

#[cfg(test)]
mod tests;
