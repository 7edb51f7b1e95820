//! The tables of objects, and of what is inside of them.

use super::{ColumnDoc, TableDoc, TableId, by_place, by_type, column, measure};
use crate::query::Kind;

pub(super) const OBJECTS: TableDoc = TableDoc {
    id: TableId::Objects,
    name: "objects",
    summary: "All objects on the heap, free ones included.",
    columns: &[
        column("address", Kind::Address, "Where the object lies."),
        by_type("type", Kind::Text, "The name of its type."),
        by_type("mt", Kind::Address, "The MethodTable of its type: two types may share a name, never this."),
        measure("size", Kind::Bytes, "Its own size."),
        by_place("gen", Kind::Text, "Its generation: gen0, gen1, gen2, loh, poh or frozen."),
        by_place("heap", Kind::Integer, "The number of the GC heap it lies in; null on a frozen segment."),
        measure(
            "length",
            Kind::Integer,
            "Elements of an array, code units of a string, bytes of a free object; null for all others and \
             where it is not in the dump.",
        ),
        column(
            "value",
            Kind::Text,
            "What a person reads: the text of a string, the value of a box or an enum, what a well-known type stands \
             for (a date, an identifier, a path); null for all others.",
        ),
        by_type("finalizable", Kind::Boolean, "Whether its type has a finalizer."),
    ],
};

const ADDRESS: ColumnDoc = column("address", Kind::Address, "Where the object lies.");
const TYPE: ColumnDoc = by_type("type", Kind::Text, "The name of its type.");
const SIZE: ColumnDoc = measure("size", Kind::Bytes, "Its own size.");
const GENERATION: ColumnDoc =
    by_place("gen", Kind::Text, "Its generation: gen0, gen1, gen2, loh, poh or frozen.");

pub(super) const STRINGS: TableDoc = TableDoc {
    id: TableId::Strings,
    name: "strings",
    summary: "The strings on the heap.",
    columns: &[
        ADDRESS,
        column("value", Kind::Text, "Its text, whole; null where it is not in the dump."),
        measure("length", Kind::Integer, "Its UTF-16 code units; null where that is not in the dump."),
        SIZE,
        GENERATION,
    ],
};

pub(super) const ARRAYS: TableDoc = TableDoc {
    id: TableId::Arrays,
    name: "arrays",
    summary: "The arrays on the heap.",
    columns: &[
        ADDRESS,
        TYPE,
        by_type(
            "element_type",
            Kind::Text,
            "The name of the type of its elements; null where it is not known.",
        ),
        measure(
            "length",
            Kind::Integer,
            "Its elements in all dimensions; null where that is not in the dump.",
        ),
        by_type("rank", Kind::Integer, "Its dimensions."),
        column("lengths", Kind::List, "Its length in each dimension; null where they are not in the dump."),
        measure(
            "used",
            Kind::Integer,
            "Its elements that are not null or zero; null where a part of it is not in the dump. All of its bytes are \
             read for it.",
        ),
        SIZE,
    ],
};

pub(super) const EXCEPTIONS: TableDoc = TableDoc {
    id: TableId::Exceptions,
    name: "exceptions",
    summary: "The exceptions on the heap: objects whose type derives from System.Exception.",
    columns: &[
        ADDRESS,
        TYPE,
        column("message", Kind::Text, "Its message; null when it has none of its own."),
        column("hresult", Kind::Integer, "Its HRESULT, a signed number."),
        column("inner", Kind::Address, "The exception that it was made from; null for none."),
        column(
            "stack",
            Kind::List,
            "The methods that it went through, the innermost first; null when never thrown.",
        ),
        column(
            "thread",
            Kind::Integer,
            "The operating system's id of the thread whose current exception it is; null for all others.",
        ),
    ],
};

pub(super) const COLLECTIONS: TableDoc = TableDoc {
    id: TableId::Collections,
    name: "collections",
    summary: "The collections on the heap whose shape is known: lists, dictionaries, sets, queues and others.",
    columns: &[
        ADDRESS,
        TYPE,
        by_type("shape", Kind::Text, "What it is: list, dictionary, set and so on."),
        measure("count", Kind::Integer, "Its items; null where that is not in the dump."),
        measure("capacity", Kind::Integer, "How many items it has room for; null when it has no fixed room."),
        column("fill", Kind::Real, "Items by capacity, from 0 to 1; null without capacity."),
        measure("wasted", Kind::Bytes, "Bytes of the room that holds no item."),
        SIZE,
        GENERATION,
    ],
};

pub(super) const DUPLICATES: TableDoc = TableDoc {
    id: TableId::Duplicates,
    name: "duplicates",
    summary: "Texts that several strings hold, most wasteful first. All strings are read for it.",
    columns: &[
        column("value", Kind::Text, "The text."),
        measure("count", Kind::Integer, "How many strings hold it, at least two."),
        measure("size", Kind::Bytes, "Their bytes together."),
        measure("wasted", Kind::Bytes, "The bytes of all but one."),
    ],
};
