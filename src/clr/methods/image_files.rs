//! Pages of precompiled code that a dump leaves out, taken from the modules' files: cores of the kernel and of gdb lack all that was only
//! mapped from files, createdump saves what it happened to look at.
//!
//! A file gives bytes only when it proves to be the module: by what the dump tells of it, and because every method that the runtime has
//! prepared begins where the file's table of functions says that one begins. It gives only what the process cannot have written to, or has
//! not: the kernel and gdb leave out just what was never written to.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::MetadataSource;
use crate::clr::layout::Descriptor;
use crate::clr::modules::{Image, Module};
use crate::dump::{AddressSpace, Dump, Piece, TakenBy};
use crate::image::{ModuleFiles, PeImage, PeLayout, PePart};

use super::ready_to_run::ReadyToRun;

/// The memory of `dump` with parts of `modules`' files under it; `None` where no file gives any.
pub(in crate::clr) fn with_files<'m>(
    dump: &Dump,
    layout: &Descriptor,
    modules: impl Iterator<Item = (&'m Module, &'m MetadataSource)>,
    files: &ModuleFiles,
) -> Option<AddressSpace> {
    let memory = &*dump.memory;
    let reader = ReadyToRun::of(layout).filter(|_| !files.is_empty())?;
    let (mut sources, mut pieces) = (Vec::new(), Vec::new());
    for (module, metadata) in modules {
        let Some(image) = module.image.filter(|image| lacks_pages(memory, image)) else { continue };
        let mut candidates = metadata.files_of(memory, module, files).map(Arc::new);
        let proved = candidates.find_map(|contents| {
            let parts: Vec<PePart> = PeImage::in_file(&contents).ok()?.parts().collect();
            let pieces = parts.iter().map(|&part| piece(image.base, part, 0)).collect();
            let alone = AddressSpace::new(vec![Arc::clone(&contents)], pieces);
            reader.is_table_of(memory, module.address, image.base, &alone).then_some((contents, parts))
        });
        let Some((contents, parts)) = proved else { continue };
        let of_part = |&part: &PePart| unwritten(dump, piece(image.base, part, sources.len()), part.writable);
        pieces.extend(parts.iter().flat_map(of_part));
        sources.push(contents);
    }
    (!pieces.is_empty()).then(|| memory.with_under(sources, pieces))
}

/// Whether an image lies in memory as the loader maps it, and the dump does not hold all of it.
fn lacks_pages(memory: &AddressSpace, image: &Image) -> bool {
    let end = image.base.offset(image.size.into());
    let there: u64 = memory.runs(image.base, end).map(|run| run.bytes.len() as u64).sum();
    image.layout == PeLayout::Mapped && there < u64::from(image.size)
}

fn piece(base: Addr, part: PePart, source: usize) -> Piece {
    let size = part.size.into();
    Piece { start: base.offset(part.rva.into()), size, source, offset: part.file_offset.into(), saved: size }
}

/// What of a piece the process has not written to.
fn unwritten(dump: &Dump, piece: Piece, writable: bool) -> Vec<Piece> {
    if !writable {
        return vec![piece];
    }
    if !matches!(dump.taken_by, Some(TakenBy::Kernel | TakenBy::Gcore)) {
        return Vec::new();
    }
    let left_out = dump.memory.left_out(piece.start, piece.start.offset(piece.size));
    let common = left_out.filter_map(|range| {
        let size = range.end.since(range.start)?;
        let offset = piece.offset.checked_add(range.start.since(piece.start)?)?;
        Some(Piece { start: range.start, size, saved: size, offset, ..piece.clone() })
    });
    common.collect()
}
