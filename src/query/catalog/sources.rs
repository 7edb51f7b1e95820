//! The functions that give rows, which stand behind `from`.

use super::{ColumnDoc, Level};
use crate::query::Kind;

/// A function that gives rows, and how it is called.
#[derive(Clone, Copy, Debug)]
pub struct SourceDoc {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    /// What its rows are, in one sentence.
    pub summary: &'static str,
    /// Which function it is.
    pub function: SourceFunction,
    /// The columns of its rows; empty where they are those of objects.
    pub columns: &'static [ColumnDoc],
}

/// A function that gives rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceFunction {
    /// The objects of a type.
    Instances,
    /// What collections and arrays hold.
    Items,
    /// What can be reached from objects.
    Reachable,
    /// What would go with objects.
    RetainedBy,
    /// What objects refer to.
    References,
    /// What refers to objects.
    Referrers,
    /// Memory as it lies in the dump.
    Memory,
}

const fn column(name: &'static str, kind: Kind, summary: &'static str) -> ColumnDoc {
    ColumnDoc { name, kind, measure: false, level: Level::Row, in_all: true, summary }
}

static ITEMS: &[ColumnDoc] = &[
    column("collection", Kind::Address, "The collection or the array."),
    column("index", Kind::Integer, "The number of the item in it, from 0 on, in the order of a walk."),
    column(
        "key",
        Kind::Text,
        "What a person reads of the key: a string's contents, a number, a date, else the address; null where items have \
         none.",
    ),
    column("value", Kind::Text, "The same of the item itself; null for a null reference."),
    column("key_object", Kind::Address, "The object that the key refers to; null where it is none."),
    column("value_object", Kind::Address, "The object that the item refers to; null where it is none."),
    column("key_type", Kind::Text, "The type of the key: of a reference that of the object."),
    column("value_type", Kind::Text, "The type of the item: of a reference that of the object."),
];

static MEMORY: &[ColumnDoc] = &[
    column("address", Kind::Address, "Where the row begins."),
    column("hex", Kind::Text, "Its units in hexadecimal; `??` for each byte that is not in the dump."),
    column(
        "text",
        Kind::Text,
        "Its characters: of 'words' and 'utf16' code units of UTF-16, else bytes; a dot for what is not printed.",
    ),
    column(
        "value",
        Kind::Integer,
        "The unit as a number; null where it is not in the dump and in rows of several.",
    ),
    column(
        "object",
        Kind::Address,
        "The object that begins where the unit leads; null for all but single 'qwords'.",
    ),
    column("type", Kind::Text, "The type of that object, or the type whose MethodTable the unit leads to."),
];

static SOURCES: &[SourceDoc] = &[
    SourceDoc {
        name: "instances",
        usage: "instances('TYPE') or instances('TYPE+')",
        summary: "The objects of a type as `from TYPE` gives them, its name in single quotes; with a plus those of the types \
              that derive from it too.",
        function: SourceFunction::Instances,
        columns: &[],
    },
    SourceDoc {
        name: "items",
        usage: "items(ADDRESS, ...) or items(select ...)",
        summary: "What the collections and arrays at these addresses hold, a row an item: the elements of a list, the \
                  entries of a dictionary, the nodes of a tree.",
        function: SourceFunction::Items,
        columns: ITEMS,
    },
    SourceDoc {
        name: "reachable",
        usage: "reachable(X), X being addresses, a select of addresses or a type",
        summary: "The objects that can be reached from X through references, X included, with all columns of objects.",
        function: SourceFunction::Reachable,
        columns: &[],
    },
    SourceDoc {
        name: "retained_by",
        usage: "retained_by(X), X being addresses, a select of addresses or a type",
        summary: "The objects that would go if all of X went at once, X included: those that no root reaches without X. \
                  All columns of objects.",
        function: SourceFunction::RetainedBy,
        columns: &[],
    },
    SourceDoc {
        name: "references",
        usage: "references(X), X being addresses, a select of addresses or a type",
        summary: "The objects that those of X refer to, each once, with all columns of objects; \
                  the table `refs` has the references themselves.",
        function: SourceFunction::References,
        columns: &[],
    },
    SourceDoc {
        name: "referrers",
        usage: "referrers(X), X being addresses, a select of addresses or a type",
        summary: "The objects that refer to those of X, each once, with all columns of objects; \
                  the table `refs` has the references themselves.",
        function: SourceFunction::Referrers,
        columns: &[],
    },
    SourceDoc {
        name: "memory",
        usage: "memory(ADDRESS, COUNT), memory(ADDRESS, COUNT, 'UNIT') or memory(ADDRESS, COUNT, 'UNIT', N), UNIT being bytes, \
                words, dwords, qwords, ascii or utf16",
        summary: "So many units of memory as they lie in the dump, N in a row (1 by itself, 'qwords' by themselves); of 'ascii' and \
                  'utf16' one row with the text up to the first zero. What is not in the dump is `??`.",
        function: SourceFunction::Memory,
        columns: MEMORY,
    },
];

impl SourceFunction {
    /// The entry of the function.
    pub fn doc(self) -> &'static SourceDoc {
        // The list is in the order of the enum; a test holds them together.
        &SOURCES[self as usize]
    }
}

/// All functions that give rows.
pub fn source_functions() -> &'static [SourceDoc] {
    SOURCES
}
