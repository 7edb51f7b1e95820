//! Columns of places in managed code: what the frames of stacks and those of exceptions' traces tell alike.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::methods::{IlOffset, Method, SourceLine};
use crate::clr::type_system::TypeSystem;
use crate::query::cells::Cells;

/// A place in managed code; all parts are `None` for what is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CodePlace {
    /// The method's MethodDesc.
    pub(super) method: Option<Addr>,
    /// An address within the instruction that counts: of a call, not the one behind it.
    pub(super) code: Option<Addr>,
    /// Bytes from the method's start to where it goes on.
    pub(super) offset: Option<u64>,
}

/// Places, and what tells their texts.
pub(super) struct CodePlaces<'a> {
    types: &'a TypeSystem,
    places: Vec<CodePlace>,
    source_lines: OnceCell<Vec<Option<SourceLine>>>,
}

impl<'a> CodePlaces<'a> {
    pub(super) fn new(types: &'a TypeSystem, places: Vec<CodePlace>) -> CodePlaces<'a> {
        CodePlaces { types, places, source_lines: OnceCell::new() }
    }

    /// A column with a cell for each place, or `None` when there is no such column.
    pub(super) fn column(&self, name: &str) -> Option<Cells> {
        let numbers = |of: &dyn Fn(&CodePlace) -> Option<u64>| Cells::optional(self.places.iter().map(of));
        let lines = || self.source_lines().iter().map(Option::as_ref);
        Some(match name {
            "method" => texts(self.places.iter().map(|place| self.signature(place))),
            "type" => {
                texts(self.places.iter().map(|place| Some(self.types.name(self.declaring_type(place)?))))
            }
            "module" => texts(self.places.iter().map(|place| self.module(place))),
            "offset" => numbers(&|place| place.offset),
            "il_offset" => numbers(&|place| match self.types.il_offset(place.code?)? {
                IlOffset::At(offset) => Some(offset.into()),
                _ => None,
            }),
            "source" => texts(lines().map(|line| Some(Arc::clone(&line?.file)))),
            "line" => Cells::optional(lines().map(|line| Some(line?.line.into()))),
            _ => return None,
        })
    }

    /// The line of each place; read once for both of its columns.
    fn source_lines(&self) -> &[Option<SourceLine>] {
        let line = |place: &CodePlace| self.types.source_line(place.code?);
        self.source_lines.get_or_init(|| self.places.iter().map(line).collect())
    }

    fn method(&self, place: &CodePlace) -> Option<Method> {
        place.method.and_then(|desc| self.types.method(desc)).or_else(|| self.types.method_at(place.code?))
    }

    /// The method of a place with the types of its parameters.
    pub(super) fn signature(&self, place: &CodePlace) -> Option<Arc<str>> {
        Some(self.types.method_signature(&self.method(place)?))
    }

    /// The type that declares the method; `None` for code made at run time, whose holder is none of the program's.
    fn declaring_type(&self, place: &CodePlace) -> Option<Addr> {
        let method = self.method(place)?;
        (!method.dynamic).then_some(method.method_table)
    }

    /// The file name of the module that the method of a place is of.
    pub(super) fn module(&self, place: &CodePlace) -> Option<Arc<str>> {
        let types = self.types;
        let module =
            types.method_tables().defining_module(types.memory(), self.declaring_type(place)?).ok()?;
        Some(types.module_name(module).into())
    }
}

/// A column of texts.
pub(super) fn texts(texts: impl Iterator<Item = Option<Arc<str>>>) -> Cells {
    let texts: Vec<Option<Arc<str>>> = texts.collect();
    Cells::texts(texts.iter().map(Option::as_deref))
}
