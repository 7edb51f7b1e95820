//! The tables and their columns.

use crate::query::Kind;

/// A table and what it lists.
#[derive(Clone, Copy, Debug)]
pub struct TableDoc {
    /// Which table it is.
    pub id: TableId,
    /// Its name.
    pub name: &'static str,
    /// What its rows are, in one sentence.
    pub summary: &'static str,
    /// Its columns, in the order of `select *`.
    pub columns: &'static [ColumnDoc],
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct ColumnDoc {
    /// Its name.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Whether it adds up: named alone in a grouped query it is summed.
    pub measure: bool,
    /// What its values depend on; conditions are decided as seldom as this allows.
    pub level: Level,
    /// What it holds and when it is null, in one sentence.
    pub summary: &'static str,
}

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TableId {
    /// The objects on the heap.
    Objects,
    /// The types that have objects.
    Types,
    /// The segments or regions of the heap.
    Segments,
    /// The managed modules.
    Modules,
    /// The runtime's threads.
    Threads,
}

impl TableId {
    /// The entry of the table.
    pub fn doc(self) -> &'static TableDoc {
        // The list is in the order of the enum; a test holds them together.
        &TABLES[self as usize]
    }
}

/// What a value depends on, and so how often it must be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Nothing: once a statement.
    Constant,
    /// The object's type: once a type.
    Type,
    /// Where the object lies: once a segment and generation.
    Place,
    /// The row itself.
    Row,
}

impl Level {
    /// What a value depends on that is made of two others.
    #[must_use]
    pub fn with(self, other: Level) -> Level {
        match (self, other) {
            (Level::Constant, level) | (level, Level::Constant) => level,
            (a, b) if a == b => a,
            _ => Level::Row,
        }
    }
}

const fn column(name: &'static str, kind: Kind, summary: &'static str) -> ColumnDoc {
    ColumnDoc { name, kind, measure: false, level: Level::Row, summary }
}

const fn measure(name: &'static str, kind: Kind, summary: &'static str) -> ColumnDoc {
    ColumnDoc { measure: true, ..column(name, kind, summary) }
}

const fn by_type(name: &'static str, kind: Kind, summary: &'static str) -> ColumnDoc {
    ColumnDoc { level: Level::Type, ..column(name, kind, summary) }
}

const fn by_place(name: &'static str, kind: Kind, summary: &'static str) -> ColumnDoc {
    ColumnDoc { level: Level::Place, ..column(name, kind, summary) }
}

static TABLES: &[TableDoc] = &[
    TableDoc {
        id: TableId::Objects,
        name: "objects",
        summary: "All objects on the heap, free ones included.",
        columns: &[
            column("address", Kind::Address, "Where the object lies."),
            by_type("type", Kind::Text, "The name of its type."),
            by_type(
                "mt",
                Kind::Address,
                "The MethodTable of its type: two types may share a name, never this.",
            ),
            measure("size", Kind::Bytes, "Its own size."),
            by_place("gen", Kind::Text, "Its generation: gen0, gen1, gen2, loh, poh or frozen."),
            by_place(
                "heap",
                Kind::Integer,
                "The number of the GC heap it lies in; null on a frozen segment.",
            ),
            measure(
                "length",
                Kind::Integer,
                "Elements of an array, code units of a string, bytes of a free object; null for all others and \
                 where it is not in the dump.",
            ),
            by_type("finalizable", Kind::Boolean, "Whether its type has a finalizer."),
        ],
    },
    TableDoc {
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
    },
    TableDoc {
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
        ],
    },
    TableDoc {
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
        ],
    },
    TableDoc {
        id: TableId::Threads,
        name: "threads",
        summary: "The threads that the runtime knows.",
        columns: &[
            column(
                "os_id",
                Kind::Integer,
                "The operating system's id; null when it has not started or has ended.",
            ),
            column("managed_id", Kind::Integer, "The runtime's own number for it."),
            column(
                "state",
                Kind::Text,
                "Words: background, unstarted, dead, pool_worker, finalizer; empty for none.",
            ),
            column("exception", Kind::Address, "The exception in flight or last thrown; null for none."),
        ],
    },
];

/// All tables.
pub fn tables() -> &'static [TableDoc] {
    TABLES
}
