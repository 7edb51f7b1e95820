//! The tables of objects, and of what is inside of them.

use super::{ColumnDoc, TableDoc, TableId, by_graph, by_place, by_type, column, measure};
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
        RETAINED,
        DOMINATOR,
        REACHABLE,
        DEPTH,
        by_type("finalizable", Kind::Boolean, "Whether its type has a finalizer."),
        ColumnDoc {
            in_all: false,
            ..column(
                "locked",
                Kind::Boolean,
                "Whether a thread holds its monitor, as `lock` takes it; null where its header is not in the dump. `locks` \
                 has the owners. Not part of `*`.",
            )
        },
    ],
};

const ADDRESS: ColumnDoc = column("address", Kind::Address, "Where the object lies.");
const TYPE: ColumnDoc = by_type("type", Kind::Text, "The name of its type.");
const SIZE: ColumnDoc = measure("size", Kind::Bytes, "Its own size.");
const GENERATION: ColumnDoc =
    by_place("gen", Kind::Text, "Its generation: gen0, gen1, gen2, loh, poh or frozen.");
const RETAINED: ColumnDoc = by_graph(measure(
    "retained",
    Kind::Bytes,
    "The bytes that would go with it: its own size and those of all objects that only it keeps alive. The sum over a \
     group counts each byte once, also where one object of the group holds another. Not part of `*`.",
));
const DOMINATOR: ColumnDoc = by_graph(column(
    "dominator",
    Kind::Address,
    "The nearest object that all ways from the roots to it lead through; null where only the roots hold it. Of \
     garbage the same among garbage. Not part of `*`.",
));
const REACHABLE: ColumnDoc = by_graph(column(
    "reachable",
    Kind::Boolean,
    "Whether a root keeps it alive; if not, it is garbage that was not collected yet. Null for free space. Not part of \
     `*`.",
));
const DEPTH: ColumnDoc = by_graph(column(
    "depth",
    Kind::Integer,
    "References on the shortest way from a root: 1 where a root holds it itself; null where none does. Not part of `*`.",
));

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
        RETAINED,
        DOMINATOR,
        REACHABLE,
        DEPTH,
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
        RETAINED,
        DOMINATOR,
        REACHABLE,
        DEPTH,
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
        column(
            "hresult",
            Kind::Integer,
            "Its HRESULT, without a sign: `hex(hresult)` is how it is mostly written.",
        ),
        column("inner", Kind::Address, "The exception that it was made from; null for none."),
        column(
            "inner_exceptions",
            Kind::List,
            "All that it was made from: of an AggregateException each that it holds, of others the inner one; null for none.",
        ),
        column(
            "stack",
            Kind::List,
            "The methods that it went through, the innermost first; null when never thrown. `exception_frames` tells them one \
             by one.",
        ),
        column(
            "thread",
            Kind::Integer,
            "The operating system's id of the thread that has it in flight, or has thrown it last; null for all others.",
        ),
        column(
            "in_flight",
            Kind::Boolean,
            "Whether it was thrown and the catch or finally block that handles it has not ended; null where the dump does not \
             tell.",
        ),
        column(
            "nesting",
            Kind::Integer,
            "Of those in flight on its thread, how many were thrown later, while this one was handled: 0 for the innermost; \
             null for what is not in flight.",
        ),
        RETAINED,
        DOMINATOR,
        REACHABLE,
        DEPTH,
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
        RETAINED,
        DOMINATOR,
        REACHABLE,
        DEPTH,
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

pub(super) const REFS: TableDoc = TableDoc {
    id: TableId::Refs,
    name: "refs",
    summary: "The references that keep objects alive, a row each: all that are not null in fields and elements, and those \
              that the runtime keeps aside. Those that lead to no object come last.",
    columns: &[
        column("source", Kind::Address, "The object that holds it."),
        column("source_type", Kind::Text, "The type of that object."),
        column(
            "field",
            Kind::Text,
            "Where it stands in the object, as `object` spells it: `_items`, `Inner.Tag`, `[12]`, `[7].key`; \
             `+0x18` where no field is known there, null where it stands in none.",
        ),
        column(
            "target",
            Kind::Address,
            "The object that it leads to; null for a dependent handle that attaches nothing yet.",
        ),
        column("target_type", Kind::Text, "The type of that object; null where no object is."),
        column(
            "kind",
            Kind::Text,
            "field, element (of an array), dependent_handle (from a key to what a handle attaches to it) or \
             loader_allocator (from an object to what keeps its collectible type loaded).",
        ),
    ],
};
