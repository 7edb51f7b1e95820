//! The tables and their columns.

mod damage;
mod heap;
mod locks;
mod process;
mod roots;
mod runtime;
mod stacks;
mod tasks;
mod types;

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
    /// Whether `*` stands for it too: not for what takes the whole graph to tell.
    pub in_all: bool,
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
    /// The references between objects.
    Refs,
    /// The fields of types.
    Fields,
    /// The strings on the heap.
    Strings,
    /// The arrays on the heap.
    Arrays,
    /// What holds objects from outside of the heap.
    Roots,
    /// The GC handles.
    Handles,
    /// The static fields.
    Statics,
    /// The objects whose finalizers have not run.
    Finalizers,
    /// The exceptions on the heap.
    Exceptions,
    /// The collections on the heap.
    Collections,
    /// Texts that several strings hold.
    Duplicates,
    /// The segments or regions of the heap.
    Segments,
    /// The managed modules.
    Modules,
    /// The runtime's threads.
    Threads,
    /// The types that are loaded.
    LoadedTypes,
    /// What is broken on the heap.
    Damage,
    /// The frames of threads' stacks.
    Frames,
    /// The locks.
    Locks,
    /// The threads that wait.
    Waits,
    /// Threads that wait for each other in a circle.
    Deadlocks,
    /// The tasks.
    Tasks,
    /// The logical stacks of async calls.
    AsyncFrames,
    /// The timers.
    Timers,
    /// What waits for the thread pool.
    WorkItems,
    /// The requests under way.
    Requests,
    /// The process's memory.
    Mappings,
    /// The process's memory, summed up.
    MemoryUse,
    /// The assembly load contexts.
    LoadContexts,
    /// The garbage collector.
    Gc,
    /// The frames that exceptions passed.
    ExceptionFrames,
    /// The pinned objects.
    Pinned,
}

impl TableId {
    /// The entry of the table.
    pub fn doc(self) -> &'static TableDoc {
        // The list is in the order of the enum; a test holds them together.
        &TABLES[self as usize]
    }

    /// Whether its rows are objects: all, or those of certain types.
    pub fn lists_objects(self) -> bool {
        matches!(
            self,
            TableId::Objects
                | TableId::Strings
                | TableId::Arrays
                | TableId::Exceptions
                | TableId::Collections
        )
    }

    /// Whether its rows are met one by one while they are asked for. The rows of other tables are gathered before.
    pub fn is_scanned(self) -> bool {
        self.lists_objects() || self == TableId::Refs
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
    ColumnDoc { name, kind, measure: false, level: Level::Row, in_all: true, summary }
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

/// A column that is told by the graph of all objects.
const fn by_graph(doc: ColumnDoc) -> ColumnDoc {
    ColumnDoc { in_all: false, ..doc }
}

static TABLES: &[TableDoc] = &[
    heap::OBJECTS,
    runtime::TYPES,
    heap::REFS,
    runtime::FIELDS,
    heap::STRINGS,
    heap::ARRAYS,
    roots::ROOTS,
    roots::HANDLES,
    runtime::STATICS,
    roots::FINALIZERS,
    heap::EXCEPTIONS,
    heap::COLLECTIONS,
    heap::DUPLICATES,
    runtime::SEGMENTS,
    runtime::MODULES,
    runtime::THREADS,
    types::LOADED_TYPES,
    damage::DAMAGE,
    stacks::FRAMES,
    locks::LOCKS,
    locks::WAITS,
    locks::DEADLOCKS,
    tasks::TASKS,
    tasks::ASYNC_FRAMES,
    tasks::TIMERS,
    tasks::WORK_ITEMS,
    tasks::REQUESTS,
    process::MAPPINGS,
    process::MEMORY_USE,
    process::LOAD_CONTEXTS,
    process::GC,
    stacks::EXCEPTION_FRAMES,
    roots::PINNED,
];

/// All tables.
pub fn tables() -> &'static [TableDoc] {
    TABLES
}
