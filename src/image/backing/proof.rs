//! Whether a file on disk is the one that was mapped, by what the dump holds of it.
//!
//! ELF files prove by their build id, else by the pages that both have; PE files by TimeDateStamp and SizeOfImage. All
//! single-file programs of one runtime share their build id, for the bundle of assemblies is put behind the finished
//! program: the bundle proves by where its manifest lies, which depends on the sizes of all that is in it.

use std::ops::Range;

use crate::dump::{AddressSpace, FileMapping};
use crate::image::{ElfFile, ElfImage, PeImage, PeLayout};
use crate::limits;

use super::common;

/// In front of these 32 bytes in a program's data stands the offset of its
/// bundle's manifest, or 0 (`src/native/corehost/apphost/bundle_marker.cpp` of dotnet/runtime).
pub(super) const BUNDLE_SIGNATURE: [u8; 32] = [
    0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32, 0x13,
    0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
];
/// So many equal bytes prove a file that has no build id: a page, with the headers.
const ENOUGH_EQUAL: u64 = 4096;

/// What the comparison of a file with a dump says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// It is the file, in these parts.
    Same(Extent),
    /// It is another one.
    Other,
    /// The dump holds nothing that tells.
    Nothing,
}

/// The parts of a file that are proved, as offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Those that the process cannot have written to.
    pub read_only: Vec<Range<u64>>,
    /// All.
    pub same: Vec<Range<u64>>,
}

/// Compares the contents of a file with what a dump has of its mappings. `None` for what is no module, and for assemblies
/// of whose headers the dump has nothing: their metadata prove otherwise.
pub(super) fn prove(memory: &AddressSpace, mappings: &[&FileMapping], contents: &[u8]) -> Option<Proof> {
    if let Some(elf) = ElfFile::parse(contents) {
        return Some(elf_file(memory, mappings, contents, &elf));
    }
    let pe = PeImage::in_file(contents).ok()?;
    let first = mappings.iter().find(|m| m.file_offset == 0);
    let there = PeImage::in_memory(memory, first?.start, PeLayout::Mapped).ok()?;
    let identity = |pe: &PeImage<'_>| (pe.time_date_stamp(), pe.size_of_image());
    if identity(&there) != identity(&pe) {
        return Some(Proof::Other);
    }
    let whole = std::iter::once(0..contents.len() as u64).collect();
    let read_only = pe.unchanged_parts().unwrap_or_default();
    Some(Proof::Same(Extent { read_only, same: whole }))
}

fn elf_file(memory: &AddressSpace, mappings: &[&FileMapping], contents: &[u8], elf: &ElfFile<'_>) -> Proof {
    let read_only: Vec<Range<u64>> = elf.read_only_parts().collect();
    let first = mappings.iter().find(|m| m.file_offset == 0);
    let image = first.and_then(|m| ElfImage::at(memory, m.start).ok());
    let ids = image.and_then(|image| image.build_id().cloned()).zip(elf.build_id());
    let equal = match ids {
        Some((there, here)) if there != here => return Proof::Other,
        Some(_) => true,
        None => match equal_bytes(memory, mappings, contents, &read_only) {
            None => return Proof::Other,
            Some(equal) => equal >= ENOUGH_EQUAL,
        },
    };
    if !equal {
        return Proof::Nothing;
    }
    let end = elf.loaded_end();
    let bundle = end..contents.len() as u64;
    let whole = bundle.is_empty() || same_bundle(memory, mappings, contents, &bundle);
    let end = if whole { contents.len() as u64 } else { end };
    Proof::Same(Extent { read_only, same: std::iter::once(0..end).collect() })
}

/// How many bytes of `parts` of the file the dump holds too, all equal; `None` where any differs. Looks at no more than
/// are worth it.
fn equal_bytes(
    memory: &AddressSpace,
    mappings: &[&FileMapping],
    contents: &[u8],
    parts: &[Range<u64>],
) -> Option<u64> {
    let mut equal = 0;
    for mapping in mappings {
        let size = mapping.end.since(mapping.start).unwrap_or(0);
        let of_file = mapping.file_offset..mapping.file_offset.saturating_add(size);
        for part in parts.iter().filter_map(|part| common(part, &of_file)) {
            let place = |offset: u64| mapping.start.offset(offset - mapping.file_offset);
            for run in memory.runs(place(part.start), place(part.end)) {
                let from = mapping.file_offset + (run.start.0 - mapping.start.0);
                let here =
                    usize::try_from(from).ok().and_then(|from| contents.get(from..)?.get(..run.bytes.len()));
                if here != Some(run.bytes) {
                    return None;
                }
                equal += run.bytes.len() as u64;
                if equal >= limits::MAX_COMPARED_FILE_BYTES {
                    return Some(equal);
                }
            }
        }
    }
    Some(equal)
}

/// Whether the bundle behind a program is the one that was mapped: its manifest lies where the process has it, and all
/// that was mapped is there.
fn same_bundle(
    memory: &AddressSpace,
    mappings: &[&FileMapping],
    contents: &[u8],
    bundle: &Range<u64>,
) -> bool {
    let program = usize::try_from(bundle.start).ok().and_then(|end| contents.get(..end)).unwrap_or(contents);
    let Some(at) = find(program, &BUNDLE_SIGNATURE).and_then(|at| at.checked_sub(8)) else { return false };
    let Some(here) = program.get(at..).and_then(|bytes| bytes.first_chunk::<8>()) else { return false };
    let at = at as u64;
    let here = u64::from_le_bytes(*here);
    // Two segments may share a page of the file: what is no part of the one is zero in its mapping.
    let manifest = mappings.iter().any(|mapping| {
        let place = at.checked_sub(mapping.file_offset).map(|from| mapping.start.offset(from));
        place.is_some_and(|place| place < mapping.end && memory.u64(place) == Ok(here))
    });
    let last = mappings.iter().map(|m| m.file_offset).max().unwrap_or(0);
    manifest && last < contents.len() as u64
}

fn find(bytes: &[u8], wanted: &[u8; 32]) -> Option<usize> {
    let first = wanted.first().copied()?;
    let mut starts = bytes.iter().enumerate().filter(|&(_, &byte)| byte == first).map(|(at, _)| at);
    starts.find(|&at| bytes.get(at..).is_some_and(|rest| rest.starts_with(wanted)))
}
