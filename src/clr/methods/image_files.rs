//! Pages of precompiled code in cores of the kernel and of gdb, which lack all that was only mapped from files: taken from the modules'
//! files.
//!
//! Not even the headers of the modules are in such a core. A file gives bytes only when it proves to be the module by what the runtime knows:
//! every method that it has prepared begins where the file's table of functions says that one begins. It gives only what the process has
//! not written to, since just that is left out.

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
    let complete = matches!(dump.taken_by, Some(TakenBy::Kernel | TakenBy::Gcore));
    let reader = ReadyToRun::of(layout).filter(|_| complete && !files.is_empty())?;
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
        let of_part = |&part: &PePart| left_out(memory, piece(image.base, part, sources.len()));
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

/// What of a piece the dump was never meant to hold.
fn left_out(memory: &AddressSpace, piece: Piece) -> impl Iterator<Item = Piece> {
    let left_out = memory.left_out(piece.start, piece.start.offset(piece.size));
    left_out.filter_map(move |range| {
        let size = range.end.since(range.start)?;
        let offset = piece.offset.checked_add(range.start.since(piece.start)?)?;
        Some(Piece { start: range.start, size, saved: size, offset, ..piece })
    })
}
