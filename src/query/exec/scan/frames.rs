//! The table `frames`.

use std::cell::OnceCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::code_places::{CodePlace, CodePlaces, texts};
use super::table::Table;
use crate::bytes::Addr;
use crate::clr::stacks::{FrameKind, NativeNames, ProcessFrames, StackFrame, ThreadFrames};
use crate::clr::type_system::TypeSystem;
use crate::problem::Problem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;

/// Reads the columns `used` of the table, and tells what of the stacks is not in the dump.
pub fn frames(types: &TypeSystem, used: &[usize]) -> (Table, Vec<Problem>) {
    let rows = Rows::of(types, types.frames());
    (
        Table::of_catalog(TableId::Frames.doc().columns, rows.count(), used, |name| rows.column(name)),
        types.frames().problems.clone(),
    )
}

/// The rows, and the places that they show: those are the same in many frames and are told once.
struct Rows<'a> {
    types: &'a TypeSystem,
    walked: &'a ProcessFrames,
    /// One frame of each kind and place.
    places: Vec<&'a StackFrame>,
    /// The same as places in code.
    code: CodePlaces<'a>,
    /// For each row its place.
    place_of_row: Vec<usize>,
    natives: OnceCell<NativeNames<'a>>,
}

impl<'a> Rows<'a> {
    fn of(types: &'a TypeSystem, walked: &'a ProcessFrames) -> Rows<'a> {
        let mut known: FxHashMap<(u8, Addr, Option<&str>), usize> = FxHashMap::default();
        let mut places = Vec::new();
        let frames = walked.threads.iter().flat_map(|thread| &thread.frames);
        let place_of_row = frames.map(|frame| {
            // Where explicit frames lead says nothing of themselves.
            let ip = if frame.kind == FrameKind::Explicit { Addr::NULL } else { frame.ip };
            let key = (frame.kind as u8, ip, frame.frame_type().map(|kind| kind.name));
            *known.entry(key).or_insert_with(|| {
                places.push(frame);
                places.len() - 1
            })
        });
        let place_of_row = place_of_row.collect();
        let code = places.iter().map(|frame| code_place(walked, frame)).collect();
        let (code, natives) = (CodePlaces::new(types, code), OnceCell::new());
        Rows { types, walked, places, code, place_of_row, natives }
    }

    fn count(&self) -> usize {
        self.place_of_row.len()
    }

    /// A column, or `None` when there is no such column.
    fn column(&self, name: &str) -> Option<Cells> {
        Some(match name {
            "os_id" => self.by_thread(|thread| Some(thread.os_id)),
            "managed_id" => self.by_thread(|thread| thread.managed_id.map(u64::from)),
            "level" => {
                let levels = self.walked.threads.iter().flat_map(|thread| 0..thread.frames.len() as u64);
                Cells::unsigned(levels.collect())
            }
            "kind" => self.texts(|frame| Some(frame.kind.word().into())),
            "sp" => Cells::optional(self.frames().map(|frame| shown(frame.sp))),
            "ip" => Cells::optional(self.frames().map(|frame| shown(frame.ip))),
            "method" => self.texts(|frame| match frame.kind {
                FrameKind::Native => self.natives().function(frame.ip).map(|(name, _)| name.into()),
                _ => self.code.signature(&code_place(self.walked, frame)),
            }),
            "offset" => self.of_places(Cells::optional(self.places.iter().map(|frame| match frame.kind {
                FrameKind::Native => self.natives().function(frame.ip).map(|(_, distance)| distance),
                _ => code_place(self.walked, frame).offset,
            }))),
            "module" => self.texts(|frame| match frame.kind {
                FrameKind::Native => self.natives().module(frame.ip).map(Into::into),
                _ => self.code.module(&code_place(self.walked, frame)),
            }),
            "frame" => self.texts(|frame| match frame.kind {
                FrameKind::Explicit => frame.frame_type().map(|kind| kind.name.into()),
                FrameKind::Native => self.natives().module(frame.ip).map(Into::into),
                _ => None,
            }),
            name => self.of_places(self.code.column(name)?),
        })
    }

    /// The names of all native places.
    fn natives(&self) -> &NativeNames<'a> {
        let places =
            || self.places.iter().filter(|frame| frame.kind == FrameKind::Native).map(|frame| frame.ip);
        self.natives.get_or_init(|| NativeNames::of(self.types.runtime(), places()))
    }

    fn frames(&self) -> impl Iterator<Item = &StackFrame> {
        self.walked.threads.iter().flat_map(|thread| &thread.frames)
    }

    fn by_thread(&self, of: impl Fn(&ThreadFrames) -> Option<u64>) -> Cells {
        let threads = self.walked.threads.iter();
        Cells::optional(threads.flat_map(|thread| std::iter::repeat_n(of(thread), thread.frames.len())))
    }

    /// A text for each place, in all rows.
    fn texts(&self, of: impl Fn(&StackFrame) -> Option<Arc<str>>) -> Cells {
        self.of_places(texts(self.places.iter().map(|frame| of(frame))))
    }

    fn of_places(&self, cells: Cells) -> Cells {
        cells.gather(self.place_of_row.iter().copied())
    }
}

/// A frame as a place in code.
fn code_place(walked: &ProcessFrames, frame: &StackFrame) -> CodePlace {
    let Some(code) = walked.code(frame) else { return CodePlace::default() };
    CodePlace {
        method: Some(code.info.method_desc),
        code: Some(frame.code_address()),
        offset: frame.ip.since(code.info.start),
    }
}

/// An address; `None` for null.
fn shown(address: Addr) -> Option<u64> {
    (!address.is_null()).then_some(address.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::synthetic::{kennel, values};

    #[test]
    fn every_column_of_the_catalog_is_read() {
        let values = values(kennel().process);
        let rows = Rows::of(values.types(), values.types().frames());
        for doc in TableId::Frames.doc().columns {
            assert!(rows.column(doc.name).is_some(), "{}", doc.name);
        }
        assert!(rows.column("nothing").is_none());
    }
}
