//! Opening an index and taking parts out of it, each checked when it is taken.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytemuck::Pod;

use super::header::Header;
use super::section::{Entry, SectionKind};
use super::{Identity, Part, StoredHeap, checksum, dominators, heap, problems, rows};
use crate::bytes::{Column, Mapped};
use crate::graph::{Dominators, References, Rows};
use crate::problem::Problem;

/// Why an index, or a part of it, is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It does not begin as an index does.
    #[error("it is no index of heapql")]
    Foreign,
    /// The file ends too early, or goes on too long.
    #[error("it is cut off, or was never finished")]
    Cut,
    /// A machine with another byte order wrote it.
    #[error("it was made on a machine with another byte order")]
    ByteOrder,
    /// Another version wrote it.
    #[error("another version of heapql made it")]
    Version,
    /// It is that of another dump, or of one that stood here before.
    #[error("it was made of another dump")]
    OtherDump,
    /// A checksum does not hold, or numbers contradict each other.
    #[error("its {0} is damaged")]
    Damaged(&'static str),
}

/// An index that belongs to a dump; its parts are checked when they are taken.
#[derive(Debug)]
pub struct Index {
    file: Arc<Mapped>,
    header: Header,
    damage: Mutex<Vec<(Part, Unusable)>>,
}

impl Index {
    /// The index in `file`, if it is one of the dump.
    ///
    /// # Errors
    /// It is no index of this dump and this version, or cut, or its header is damaged.
    pub fn open(file: Arc<Mapped>, dump: &Identity) -> Result<Index, Unusable> {
        let header = Header::read(&file)?;
        if header.dump != *dump {
            return Err(Unusable::OtherDump);
        }
        let end = file.len() as u64;
        let inside = |entry: &Entry| entry.offset.checked_add(entry.length).is_some_and(|to| to <= end);
        if !header.entries.iter().all(inside) {
            return Err(Unusable::Damaged("table of sections"));
        }
        Ok(Index { file, header, damage: Mutex::default() })
    }

    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.header.file_length
    }

    /// Whether a part can be taken: it is there, and did not prove damaged when it was taken before.
    pub fn holds(&self, part: Part) -> bool {
        let there = part.sections().iter().all(|&kind| self.entry(kind).is_some());
        there && !self.damage().iter().any(|&(damaged, _)| damaged == part)
    }

    /// The parts that proved damaged when they were taken, and what is wrong with each.
    pub fn damage(&self) -> Vec<(Part, Unusable)> {
        self.damage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The heap of a snapshot with so many segments; `None` when the index does not hold it, or it proves damaged.
    pub fn heap(&self, segments: usize) -> Option<StoredHeap> {
        self.take(Part::Heap, |sections| heap::read(sections, segments))
    }

    /// The references of so many objects; `None` as for [`Index::heap`].
    pub fn references(&self, objects: usize) -> Option<References> {
        self.take(Part::References, |sections| rows::read_references(sections, objects))
    }

    /// The referrers of so many objects; `None` as for [`Index::heap`].
    pub fn referrers(&self, objects: usize) -> Option<Rows> {
        self.take(Part::Referrers, |sections| rows::read_referrers(sections, objects))
    }

    /// The dominators of so many objects under a setting of roots ([`super::setting_of_roots`]); `None` as for
    /// [`Index::heap`], and when the index has those of another setting.
    pub fn dominators(&self, objects: usize, setting: u64) -> Option<Dominators> {
        let of_these_roots = self.setting_of_dominators() == Some(setting);
        let dominators = || self.take(Part::Dominators, |sections| dominators::read(sections, objects));
        if of_these_roots { dominators() } else { None }
    }

    /// The setting of the roots that the index's dominators were computed from; `None` when it holds none.
    pub fn setting_of_dominators(&self) -> Option<u64> {
        self.entry(SectionKind::Dominators).map(|entry| entry.setting)
    }

    fn take<T>(&self, part: Part, read: impl FnOnce(&Sections<'_>) -> Result<T, Unusable>) -> Option<T> {
        if !self.holds(part) {
            return None;
        }
        let damaged = |why| self.damage.lock().unwrap_or_else(PoisonError::into_inner).push((part, why));
        read(&Sections { index: self }).map_err(damaged).ok()
    }

    fn entry(&self, kind: SectionKind) -> Option<&Entry> {
        self.header.entries.iter().find(|entry| entry.kind == kind as u32)
    }
}

/// The sections of an index as columns.
pub(super) struct Sections<'a> {
    index: &'a Index,
}

impl Sections<'_> {
    /// A section whose checksum holds and whose numbers satisfy `sound`, piece by piece.
    pub(super) fn column<T: Pod + Sync>(
        &self,
        kind: SectionKind,
        sound: impl Fn(&[T]) -> bool + Sync,
    ) -> Result<Column<T>, Unusable> {
        let damaged = Unusable::Damaged(kind.name());
        let entry = self.index.entry(kind).ok_or(damaged)?;
        let column = Column::<T>::mapped(&self.index.file, bytes(entry).ok_or(damaged)?).ok_or(damaged)?;
        if checksum::holds(&column, entry.checksum, sound) { Ok(column) } else { Err(damaged) }
    }

    /// Whether the heap in the file has so many objects, or there is none in it.
    pub(super) fn have_objects(&self, count: usize) -> bool {
        let offsets = self.index.entry(SectionKind::Offsets);
        offsets.is_none_or(|offsets| offsets.length == count as u64 * size_of::<u32>() as u64)
    }

    /// A section of problems.
    pub(super) fn problems(&self, kind: SectionKind) -> Result<Vec<Problem>, Unusable> {
        let text = self.column::<u8>(kind, |_| true)?;
        problems::from_bytes(&text).ok_or(Unusable::Damaged(kind.name()))
    }
}

fn bytes(entry: &Entry) -> Option<Range<usize>> {
    let from = usize::try_from(entry.offset).ok()?;
    Some(from..from.checked_add(usize::try_from(entry.length).ok()?)?)
}
