//! The index of an open dump: where it lies, what it holds, and how it is written anew.

mod describe;
mod identity;
mod place;
mod replace;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::bytes::Mapped;
use crate::clr::ClrRuntime;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::index::{Contents, Identity, Index, Part, setting_of_roots, write};
use crate::graph::{Dominators, Snapshot};
use crate::problem::Problem;

pub(super) use identity::fingerprint;
pub use place::SUFFIX;
use place::{Place, Standing};

/// How indexes are used.
#[derive(Clone, Debug, Default)]
pub struct IndexOptions {
    /// The folder for the indexes of dumps beside which nothing can be written; `None` goes without.
    pub folder: Option<PathBuf>,
}

/// The index of an open dump, or the place for it.
#[derive(Debug)]
pub struct IndexFile {
    dump: PathBuf,
    identity: Identity,
    places: Vec<Place>,
    found: Option<(PathBuf, Arc<Index>)>,
    refused: Vec<Problem>,
}

/// An index that was written.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Where.
    pub path: PathBuf,
    /// Its bytes.
    pub length: u64,
    /// What it holds.
    pub parts: Vec<Part>,
    /// Why it does not lie where it was to lie at first.
    pub problems: Vec<Problem>,
}

impl IndexFile {
    /// Looks for the index of the dump at `dump`, which is that of `runtime`; `None` when there is nothing to keep of it.
    pub(super) fn find(dump: &Path, runtime: &ClrRuntime, options: &IndexOptions) -> Option<IndexFile> {
        let identity = identity::identity(runtime)?;
        let places = Place::of(dump, &identity, options.folder.as_deref());
        let mut file =
            IndexFile { dump: dump.to_owned(), identity, places, found: None, refused: Vec::new() };
        for place in &file.places {
            match open(place, &identity) {
                Ok(None) => {}
                Ok(Some(index)) => {
                    file.found = Some((place.path().to_owned(), Arc::new(index)));
                    break;
                }
                Err(problem) => file.refused.push(problem),
            }
        }
        Some(file)
    }

    /// Where the index lies, if there is one of this dump, and the index.
    pub fn found(&self) -> Option<(&Path, &Arc<Index>)> {
        self.found.as_ref().map(|(path, index)| (&**path, index))
    }

    /// Why what stands in the index's place is not used, or not all of it. Parts are looked at when they are needed.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.refused.clone();
        if let Some((path, index)) = &self.found {
            problems.extend(index.damage().iter().map(|(_, why)| not_used(path, why)));
        }
        problems
    }

    /// Whether the index holds all that an index can hold, for the roots of `snapshot` as they were read.
    pub fn is_whole(&self, snapshot: &Snapshot) -> bool {
        Part::ALL.into_iter().all(|part| self.holds(part, snapshot))
    }

    /// Whether a part of the graph was built that the index does not hold.
    pub fn lacks_what_was_built(&self, snapshot: &Snapshot) -> bool {
        let graph = snapshot.graph();
        let built = |part: &Part| match part {
            // Alone it is not worth a file: it is walked in no time.
            Part::Heap => false,
            Part::References => graph.built_references().is_some(),
            Part::Referrers => graph.built_referrers().is_some(),
            Part::Dominators => graph.built_dominators().is_some(),
        };
        Part::ALL.into_iter().filter(built).any(|part| !self.holds(part, snapshot))
    }

    fn holds(&self, part: Part, snapshot: &Snapshot) -> bool {
        let Some((_, index)) = &self.found else { return false };
        let of_these_roots = || index.setting_of_dominators() == setting_of_built_roots(snapshot);
        index.holds(part) && (part != Part::Dominators || of_these_roots())
    }

    /// Writes what was built of `snapshot`, and what the index held before. Once `stop` is set it ends soon.
    ///
    /// # Errors
    /// The heap was not built; no place can be written; the disk is full. What stood there before still stands.
    pub fn save(&self, snapshot: &Snapshot, stop: &AtomicBool) -> Result<Saved> {
        let Some(heap) = snapshot.built_heap() else {
            return Err(Error::new(ErrorKind::NoHeap, "there is nothing to write into an index"));
        };
        let objects = heap.objects.len();
        let (graph, old) = (snapshot.graph(), self.found.as_ref().map(|(_, index)| index));
        let references = graph.built_references().or_else(|| old?.references(objects).map(Arc::new));
        let referrers = graph.built_referrers().or_else(|| old?.referrers(objects).map(Arc::new));
        let (dominators, setting) = self.dominators(snapshot, objects).unzip();
        let contents = Contents {
            heap,
            references: references.as_deref(),
            referrers: referrers.as_deref(),
            dominators: dominators.as_deref().zip(setting),
        };
        let mut problems = Vec::new();
        for place in &self.places {
            match self.save_at(place, &contents, stop) {
                Ok(length) => {
                    return Ok(Saved {
                        path: place.path().to_owned(),
                        length,
                        parts: contents.parts(),
                        problems,
                    });
                }
                Err(Failure::Place(why)) => problems.push(not_there(place.path(), &why)),
                Err(Failure::Writing(why)) => {
                    let message = format!("the index cannot be written to {}", place.path().display());
                    return Err(Error::new(ErrorKind::Io, message).caused_by(why));
                }
            }
        }
        let reasons: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        Err(Error::new(ErrorKind::Io, reasons.join("; "))
            .hint("name a folder for it with --cache, or go without with --no-index"))
    }

    /// The dominators that were built, else those of the index, each with the setting of their roots.
    fn dominators(&self, snapshot: &Snapshot, objects: usize) -> Option<(Arc<Dominators>, u64)> {
        if let Some(built) = snapshot.graph().built_dominators() {
            return Some((built, setting_of_built_roots(snapshot)?));
        }
        let (_, index) = self.found.as_ref()?;
        let setting = index.setting_of_dominators()?;
        Some((Arc::new(index.dominators(objects, setting)?), setting))
    }

    fn save_at(&self, place: &Place, contents: &Contents<'_>, stop: &AtomicBool) -> Result<u64, Failure> {
        let (mut file, path) = replace::begin(place).map_err(Failure::Place)?;
        let length = write(&mut file, self.identity, contents, stop).map_err(Failure::Writing)?;
        replace::finish(&file, path, place, &self.dump).map_err(Failure::Writing)?;
        Ok(length)
    }
}

fn setting_of_built_roots(snapshot: &Snapshot) -> Option<u64> {
    snapshot.graph().built_roots().map(|roots| setting_of_roots(&roots))
}

/// Why an index was not written.
enum Failure {
    /// Nothing can be written there: the next place may do.
    Place(io::Error),
    /// It went wrong on the way: elsewhere it would go no better.
    Writing(io::Error),
}

/// The index in a place, if one is there.
///
/// # Errors
/// Why what stands there is not used.
fn open(place: &Place, identity: &Identity) -> Result<Option<Index>, Problem> {
    let path = place.path();
    let unreadable = |error: io::Error| {
        Problem::note(format!("the index {} is not used: it cannot be read", path.display()))
            .hint(error.to_string())
    };
    match place::look(path).map_err(unreadable)? {
        Standing::Nothing => Ok(None),
        Standing::Foreign(what) => Err(Problem::note(format!(
            "the dump's index does not lie at {}, where {what} stands",
            path.display()
        ))),
        Standing::Index(file) => {
            let mapped = Mapped::open(&file).map_err(unreadable)?;
            Index::open(Arc::new(mapped), identity).map(Some).map_err(|why| not_used(path, why))
        }
    }
}

fn not_used(path: &Path, why: impl fmt::Display) -> Problem {
    Problem::note(format!("the index {} is not used, and will be made anew: {why}", path.display()))
}

fn not_there(path: &Path, why: &io::Error) -> Problem {
    Problem::note(format!("the index cannot be written to {}: {why}", path.display()))
}

#[cfg(test)]
mod tests;
