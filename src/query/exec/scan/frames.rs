//! The table `frames`.

use std::cell::OnceCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::table::Table;
use crate::bytes::Addr;
use crate::clr::methods::{IlOffset, Method, SourceLine};
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

/// The rows, and what tells their texts: those are the same in many frames and are made once for each place in code.
struct Rows<'a> {
    types: &'a TypeSystem,
    walked: &'a ProcessFrames,
    /// One frame of each kind and place.
    places: Vec<&'a StackFrame>,
    /// For each row its place.
    place_of_row: Vec<usize>,
    source_lines: OnceCell<Vec<Option<SourceLine>>>,
    natives: OnceCell<NativeNames<'a>>,
}

impl<'a> Rows<'a> {
    fn of(types: &'a TypeSystem, walked: &'a ProcessFrames) -> Rows<'a> {
        let mut known: FxHashMap<(u8, Addr, Option<&str>), usize> = FxHashMap::default();
        let (places, place_of_row) = (Vec::new(), Vec::new());
        let (source_lines, natives) = (OnceCell::new(), OnceCell::new());
        let mut rows = Rows { types, walked, places, place_of_row, source_lines, natives };
        for frame in walked.threads.iter().flat_map(|thread| &thread.frames) {
            // Where explicit frames lead says nothing of themselves.
            let ip = if frame.kind == FrameKind::Explicit { Addr::NULL } else { frame.ip };
            let key = (frame.kind as u8, ip, frame.frame_type().map(|kind| kind.name));
            let place = *known.entry(key).or_insert_with(|| {
                rows.places.push(frame);
                rows.places.len() - 1
            });
            rows.place_of_row.push(place);
        }
        rows
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
            "offset" => self.numbers(|frame| self.offset(frame)),
            "method" => self.texts(|frame| match frame.kind {
                FrameKind::Native => self.natives().function(frame.ip).map(|(name, _)| name.into()),
                _ => Some(self.types.method_signature(&self.method(frame)?)),
            }),
            "type" => self.texts(|frame| Some(self.types.name(self.declaring_type(frame)?))),
            "module" => self.texts(|frame| self.module(frame)),
            "frame" => self.texts(|frame| match frame.kind {
                FrameKind::Explicit => frame.frame_type().map(|kind| kind.name.into()),
                FrameKind::Native => self.natives().module(frame.ip).map(Into::into),
                _ => None,
            }),
            "il_offset" => self.numbers(|frame| match self.il_offset(frame)? {
                IlOffset::At(offset) => Some(offset.into()),
                _ => None,
            }),
            "source" => {
                let file = |line: &Option<SourceLine>| line.as_ref().map(|line| Arc::clone(&line.file));
                self.all_texts(self.source_lines().iter().map(file).collect())
            }
            "line" => {
                let line = |line: &Option<SourceLine>| line.as_ref().map(|line| line.line.into());
                self.all_numbers(Cells::optional(self.source_lines().iter().map(line)))
            }
            _ => return None,
        })
    }

    fn il_offset(&self, frame: &StackFrame) -> Option<IlOffset> {
        self.walked.code(frame)?;
        self.types.il_offset(frame.code_address())
    }

    /// The line of each place; read once for both of its columns.
    fn source_lines(&self) -> &[Option<SourceLine>] {
        let line = |frame: &&StackFrame| {
            self.walked.code(frame)?;
            self.types.source_line(frame.code_address())
        };
        self.source_lines.get_or_init(|| self.places.iter().map(line).collect())
    }

    /// A number for each place, in all rows.
    fn numbers(&self, of: impl Fn(&StackFrame) -> Option<u64>) -> Cells {
        self.all_numbers(Cells::optional(self.places.iter().map(|frame| of(frame))))
    }

    fn all_numbers(&self, of_places: Cells) -> Cells {
        of_places.gather(self.place_of_row.iter().copied())
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
        self.all_texts(self.places.iter().map(|frame| of(frame)).collect())
    }

    fn all_texts(&self, of_places: Vec<Option<Arc<str>>>) -> Cells {
        Cells::texts(of_places.iter().map(Option::as_deref)).gather(self.place_of_row.iter().copied())
    }

    fn method(&self, frame: &StackFrame) -> Option<Method> {
        self.types.method(self.walked.code(frame)?.info.method_desc)
    }

    /// The type that declares the method; `None` for code made at run time, whose holder is none of the program's.
    fn declaring_type(&self, frame: &StackFrame) -> Option<Addr> {
        let method = self.method(frame)?;
        (!method.dynamic).then_some(method.method_table)
    }

    fn module(&self, frame: &StackFrame) -> Option<Arc<str>> {
        if frame.kind == FrameKind::Native {
            return self.natives().module(frame.ip).map(Into::into);
        }
        let types = self.types;
        let module =
            types.method_tables().defining_module(types.memory(), self.declaring_type(frame)?).ok()?;
        Some(types.module_name(module).into())
    }

    /// The names of all native places.
    fn natives(&self) -> &NativeNames<'a> {
        let places =
            || self.places.iter().filter(|frame| frame.kind == FrameKind::Native).map(|frame| frame.ip);
        self.natives.get_or_init(|| NativeNames::of(self.types.runtime(), places()))
    }

    fn offset(&self, frame: &StackFrame) -> Option<u64> {
        if frame.kind == FrameKind::Native {
            return self.natives().function(frame.ip).map(|(_, distance)| distance);
        }
        frame.ip.since(self.walked.code(frame)?.info.start)
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
