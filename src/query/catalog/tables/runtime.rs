//! The tables of what the runtime knows: types, statics, memory, modules, threads.

use super::{TableDoc, TableId, column, measure};
use crate::query::Kind;

pub(super) const TYPES: TableDoc = TableDoc {
    id: TableId::Types,
    name: "types",
    summary: "The types that have objects, one row a MethodTable.",
    columns: &[
        column("type", Kind::Text, "Its name, or module and token where the metadata is missing."),
        column("mt", Kind::Address, "Its MethodTable."),
        column(
            "module",
            Kind::Text,
            "The file name of the module that defines it; null where it is not known.",
        ),
        column("base_size", Kind::Bytes, "Size of an instance without elements."),
        column(
            "element_size",
            Kind::Bytes,
            "Size of an element of an array, 2 for strings, 0 for all others.",
        ),
        column(
            "parent",
            Kind::Text,
            "The type it derives from; null for System.Object and where it is not known.",
        ),
        column("rank", Kind::Integer, "Dimensions of an array, 0 for all others."),
        measure("count", Kind::Integer, "Number of objects of exactly this type."),
        measure("size", Kind::Bytes, "Bytes of all those objects."),
    ],
};

pub(super) const FIELDS: TableDoc = TableDoc {
    id: TableId::Fields,
    name: "fields",
    summary: "The fields of all loaded types, inherited and private ones too.",
    columns: &[
        column("type", Kind::Text, "The name of the type that has the field."),
        column("mt", Kind::Address, "The MethodTable of that type."),
        column("name", Kind::Text, "Its name, or module and token where the metadata is missing."),
        column(
            "offset",
            Kind::Integer,
            "Bytes from the start of the data: 8 bytes behind the start of an object, at the start of a struct; null \
             for a static field.",
        ),
        column(
            "field_type",
            Kind::Text,
            "The name of its own type, generic parameters replaced by what they are.",
        ),
        column("static", Kind::Boolean, "Whether it belongs to the type and not to its instances."),
        column("declared_in", Kind::Text, "The name of the type that declares it."),
    ],
};

pub(super) const STATICS: TableDoc = TableDoc {
    id: TableId::Statics,
    name: "statics",
    summary: "The static fields of all loaded types; those of a thread once for each thread that has them. A struct \
              has a row of its own and a row for each field in it.",
    columns: &[
        column("type", Kind::Text, "The type that it belongs to: of a generic one, the instantiation."),
        column("field", Kind::Text, "Its name; of a field in a struct the path: `Origin.X`."),
        column("field_type", Kind::Text, "The name of its own type."),
        column(
            "value",
            Kind::Value,
            "The plain value: a number, true or false, the address of an object or a pointer; null for a null \
             reference, a struct and where there is no value yet.",
        ),
        column(
            "object",
            Kind::Address,
            "The object that it refers to; of a struct the box that holds it, if any.",
        ),
        column(
            "thread",
            Kind::Integer,
            "The operating system's id of the thread; null for all but thread statics.",
        ),
        column(
            "module",
            Kind::Text,
            "The file name of the module that defines the type; null where it is not known.",
        ),
        column("text", Kind::Text, "What a person reads; null where there is nothing more than the value."),
        column("address", Kind::Address, "Where the value lies; null where there is none yet."),
    ],
};

pub(super) const SEGMENTS: TableDoc = TableDoc {
    id: TableId::Segments,
    name: "segments",
    summary: "The segments or regions of memory that the objects lie in.",
    columns: &[
        column("address", Kind::Address, "The runtime's structure that describes it."),
        column("heap", Kind::Integer, "The number of the GC heap that owns it; null for a frozen one."),
        column(
            "kind",
            Kind::Text,
            "gen0, gen1, gen2, loh, poh, frozen, or ephemeral for generations 0 to 2 in one.",
        ),
        column("start", Kind::Address, "Where its first object lies."),
        column("end", Kind::Address, "The end of its objects."),
        column("committed", Kind::Address, "The end of its committed memory."),
        column("reserved", Kind::Address, "The end of its reserved memory."),
        measure("size", Kind::Bytes, "From start to end."),
        measure("free", Kind::Bytes, "Bytes of free objects in it."),
        measure(
            "committed_size",
            Kind::Bytes,
            "Bytes of its committed memory, what lies before its first object included.",
        ),
    ],
};

pub(super) const MODULES: TableDoc = TableDoc {
    id: TableId::Modules,
    name: "modules",
    summary: "The managed modules that were loaded.",
    columns: &[
        column("name", Kind::Text, "Its file name, or the assembly's name for a dynamic module."),
        column("path", Kind::Text, "Where it was loaded from; null for dynamic modules."),
        column("base", Kind::Address, "Where its image lies; null for dynamic modules."),
        column("size", Kind::Bytes, "Size of its image; null for dynamic modules."),
        column("version", Kind::Text, "The assembly's version; null without metadata."),
        column("mvid", Kind::Text, "The module version id; null without metadata."),
        column("dynamic", Kind::Boolean, "Whether it was made by Reflection.Emit."),
        column(
            "alc",
            Kind::Text,
            "The load context that it belongs to, by name, or by type where it has none; null where that is not known.",
        ),
    ],
};

pub(super) const THREADS: TableDoc = TableDoc {
    id: TableId::Threads,
    name: "threads",
    summary: "The threads: those that the runtime knows, then all others of the process.",
    columns: &[
        column(
            "os_id",
            Kind::Integer,
            "The operating system's id; null when it has not started or has ended.",
        ),
        column(
            "managed_id",
            Kind::Integer,
            "The runtime's own number for it; null for a thread that the runtime does not know, or does not number.",
        ),
        column("name", Kind::Text, "The name that the program gave it; null for none."),
        column(
            "state",
            Kind::Text,
            "Words: native (the runtime does not know it), background, unstarted, dead, pool_worker, finalizer, waiting (for \
             anything, sleeping too), suspending (the runtime has stopped all others for it); empty for none.",
        ),
        column(
            "exception",
            Kind::Address,
            "The exception that it threw last; null for none. `exceptions.in_flight` tells whether it still handles it.",
        ),
        column(
            "in_flight",
            Kind::Integer,
            "How many exceptions it has in flight: thrown, and the blocks that handle them have not ended; null where the dump \
             does not tell.",
        ),
        column(
            "frames",
            Kind::Integer,
            "How many managed frames its stack has; null where the dump does not hold its registers.",
        ),
        column("exception_type", Kind::Text, "The name of that exception's type."),
        column(
            "exception_message",
            Kind::Text,
            "That exception's message; null when it has none of its own.",
        ),
        column("locks", Kind::Integer, "How many locks it holds, of those in `locks`."),
        column(
            "alloc_pointer",
            Kind::Address,
            "Where it puts its next object; null when it does not allocate.",
        ),
        column("alloc_limit", Kind::Address, "Up to where it may; null when it does not allocate."),
        column(
            "os_name",
            Kind::Text,
            "The name that the operating system has for it; null where the dump does not say it, as cores.",
        ),
        column("object", Kind::Address, "Its System.Threading.Thread; null when there is none."),
        column("address", Kind::Address, "The runtime's structure; null for a thread that it does not know."),
    ],
};
