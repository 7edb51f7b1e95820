//! The tables of what the process is made of: its memory.

use super::{TableDoc, TableId, column, measure};
use crate::query::Kind;

pub(super) const MAPPINGS: TableDoc = TableDoc {
    id: TableId::Mappings,
    name: "mappings",
    summary: "The process's memory, one row a range, and what it is: GC heap, loader heaps, code, stacks, files, native heap. \
              The ranges are apart from each other and add up to all memory that the dump knows of; one that was taken with \
              the heap only knows of no memory that is neither saved nor of a file.",
    columns: &[
        column("address", Kind::Address, "Where it begins."),
        column("end", Kind::Address, "Where it ends."),
        column(
            "area",
            Kind::Text,
            "Whom it is for: gc, runtime, files, stacks, native, reserved (address space without memory) or unknown.",
        ),
        column(
            "kind",
            Kind::Text,
            "What it is: gc_heap, gc_free_regions, gc_bookkeeping, handle_table; loader_heap (types and methods), code_heap, \
             executable_memory (mapped twice to write code); runtime_library, managed_module, native_library, mapped_file; \
             native_heap (of malloc, where that is certain), stack; gc_reserved, reserved; unknown.",
        ),
        column(
            "name",
            Kind::Text,
            "Which one: the generation of a segment, the thread of a stack, the file's name; null where there is \
             nothing to tell them apart.",
        ),
        measure("size", Kind::Bytes, "Bytes of address space that it takes."),
        measure("saved", Kind::Bytes, "Bytes of it that the dump holds."),
        column(
            "protection",
            Kind::Text,
            "What it may be used for, as r, w and x; null where the dump does not say.",
        ),
        column("file", Kind::Text, "The path of the file that it shows; null for memory beside files."),
    ],
};

pub(super) const MEMORY_USE: TableDoc = TableDoc {
    id: TableId::MemoryUse,
    name: "memory_use",
    summary: "The process's memory by what it is for: the rows of `mappings` summed up, largest first.",
    columns: &[
        column("area", Kind::Text, "Whom it is for: see `mappings`."),
        column("kind", Kind::Text, "What it is: see `mappings`."),
        measure("ranges", Kind::Integer, "Number of ranges."),
        measure("size", Kind::Bytes, "Bytes of address space that they take."),
        measure("saved", Kind::Bytes, "Bytes of them that the dump holds."),
    ],
};
