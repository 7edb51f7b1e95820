//! Pages that a dump leaves out, taken from the files that were mapped there.
//!
//! A file gives bytes only when it proves to be the one that was mapped, and only bytes that the process cannot have
//! changed: parts that are mapped read-only, and in dumps of writers that leave out just what was never written to,
//! all that was left out. The dump's own bytes always hold.

mod proof;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::bytes::{Addr, Mapped};
use crate::dump::{Dump, FileMapping, Piece, TakenBy, without_deleted_mark};
use crate::image::ModuleFiles;
use crate::problem::{Problem, some_of};

use proof::{Extent, Proof, prove};

/// A file that gives bytes to a dump's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backed {
    /// The path as the process saw it.
    pub recorded: String,
    /// The file.
    pub path: PathBuf,
}

/// What files give to a dump's memory.
#[derive(Debug, Default)]
pub struct Backing {
    /// The files that proved to be those that were mapped, in the order of the mappings.
    pub files: Vec<Backed>,
    /// Files that did not prove so.
    pub problems: Vec<Problem>,
    sources: Vec<Arc<Mapped>>,
    pieces: Vec<Piece>,
}

impl Backing {
    /// Looks in `files` for those that `dump` lists as mapped and of which it lacks pages.
    pub fn find(dump: &Dump, files: &ModuleFiles) -> Backing {
        let mut backing = Backing::default();
        let (mut others, mut unproved) = (Vec::new(), Vec::new());
        for mappings in by_file(&dump.mappings) {
            let Some(path) = mappings.first().map(|mapping| without_deleted_mark(&mapping.path)) else {
                continue;
            };
            if !lacks_pages(dump, &mappings) {
                continue;
            }
            match backing.add(dump, path, &mappings, files) {
                Some(Proof::Other) => others.push(path),
                Some(Proof::Nothing) => unproved.push(path),
                Some(Proof::Same(_)) | None => {}
            }
        }
        let told = [
            (others, "other builds than those that were mapped"),
            (unproved, "not proved to be those that were mapped"),
        ];
        for (paths, what) in told.into_iter().filter(|(paths, _)| !paths.is_empty()) {
            let names: Vec<&str> =
                paths.iter().map(|path| path.rsplit(['/', '\\']).next().unwrap_or(path)).collect();
            let message = format!("no pages are taken from files that are {what}: {}", some_of(&names));
            backing.problems.push(Problem::note(message));
        }
        backing
    }

    /// Lays the files' bytes under the memory of `dump`. Returns how many bytes it has now that it had not.
    pub fn lay_under(&mut self, dump: &mut Dump) -> u64 {
        if self.pieces.is_empty() {
            return 0;
        }
        let before = dump.memory.present_bytes();
        let memory =
            dump.memory.with_under(std::mem::take(&mut self.sources), std::mem::take(&mut self.pieces));
        dump.memory = Arc::new(memory);
        dump.memory.present_bytes() - before
    }

    /// Takes the first candidate that proves right. `None` where there is no candidate that could.
    fn add(
        &mut self,
        dump: &Dump,
        recorded: &str,
        mappings: &[&FileMapping],
        files: &ModuleFiles,
    ) -> Option<Proof> {
        let mut closest = None;
        for path in files.candidates(recorded) {
            let Ok(contents) = ModuleFiles::open(&path) else { continue };
            match prove(&dump.memory, mappings, &contents) {
                Some(Proof::Same(extent)) => {
                    self.files.push(Backed { recorded: recorded.to_owned(), path });
                    let source = self.sources.len();
                    let parts = mappings.iter().flat_map(|mapping| parts(dump, mapping, &extent));
                    let pieces =
                        parts.map(|(start, offset, size)| Piece { start, size, source, offset, saved: size });
                    self.pieces.extend(pieces);
                    self.sources.push(Arc::new(contents));
                    return Some(Proof::Same(extent));
                }
                Some(Proof::Other) => closest = closest.or(Some(Proof::Other)),
                Some(Proof::Nothing) => closest = Some(Proof::Nothing),
                None => {}
            }
        }
        closest
    }
}

/// The mappings of each file, in the order in which the files come first.
fn by_file(mappings: &[FileMapping]) -> Vec<Vec<&FileMapping>> {
    let mut files: Vec<Vec<&FileMapping>> = Vec::new();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    for mapping in mappings {
        let place = *places.entry(&mapping.path).or_insert(files.len());
        match files.get_mut(place) {
            Some(of_file) => of_file.push(mapping),
            None => files.push(vec![mapping]),
        }
    }
    files
}

fn lacks_pages(dump: &Dump, mappings: &[&FileMapping]) -> bool {
    mappings.iter().any(|mapping| {
        let there: u64 = dump.memory.runs(mapping.start, mapping.end).map(|run| run.bytes.len() as u64).sum();
        mapping.end.since(mapping.start).is_some_and(|size| there < size)
    })
}

/// What of a mapping may be taken from the file: where it lies in memory and in the file, and how many bytes.
fn parts(dump: &Dump, mapping: &FileMapping, extent: &Extent) -> Vec<(Addr, u64, u64)> {
    let place = |offset: u64| mapping.start.offset(offset - mapping.file_offset);
    let size = mapping.end.since(mapping.start).unwrap_or(0);
    let of_file = mapping.file_offset..mapping.file_offset.saturating_add(size);
    let read_only = extent.read_only.iter().filter_map(|part| common(part, &of_file));
    let mut parts: Vec<_> =
        read_only.map(|part| (place(part.start), part.start, part.end - part.start)).collect();
    for range in never_written(dump, mapping) {
        let Some(from) = range.start.since(mapping.start) else { continue };
        let offset = mapping.file_offset.saturating_add(from);
        let left_out = offset..offset.saturating_add(range.end.0 - range.start.0);
        let same = extent.same.iter().filter_map(|part| common(part, &left_out));
        parts.extend(same.map(|part| (place(part.start), part.start, part.end - part.start)));
    }
    parts
}

/// What of a mapping the dump lacks because the process never wrote to it.
///
/// The kernel leaves a mapping of a file out when nothing was ever written to it, and gcore asks the kernel; where the
/// one lists the mapping without bytes, the other does not list it. createdump chooses by what debuggers ask for.
fn never_written(dump: &Dump, mapping: &FileMapping) -> Vec<Range<Addr>> {
    let left_out = || dump.memory.left_out(mapping.start, mapping.end);
    match dump.taken_by {
        Some(TakenBy::Kernel) => left_out().collect(),
        Some(TakenBy::Gcore) => left_out().chain(dump.memory.unlisted(mapping.start, mapping.end)).collect(),
        _ => Vec::new(),
    }
}

fn common(one: &Range<u64>, other: &Range<u64>) -> Option<Range<u64>> {
    let (start, end) = (one.start.max(other.start), one.end.min(other.end));
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests;
