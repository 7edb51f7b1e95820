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

pub(super) const LOAD_CONTEXTS: TableDoc = TableDoc {
    id: TableId::LoadContexts,
    name: "load_contexts",
    summary: "The assembly load contexts, those too that were told to unload and are still here.",
    columns: &[
        column(
            "address",
            Kind::Address,
            "Its object; null for the default one where the program never asked for it. `roots of` it tells who keeps it.",
        ),
        column("type", Kind::Text, "The type of its object."),
        column("name", Kind::Text, "Its own name, or where it has none its type's."),
        column("collectible", Kind::Boolean, "Whether it can be unloaded."),
        column(
            "state",
            Kind::Text,
            "Alive, or Unloading once Unload was called; null where it has no object.",
        ),
        measure("modules", Kind::Integer, "Number of modules that it has loaded."),
        measure("size", Kind::Bytes, "Bytes of their images."),
        column(
            "loader_allocator",
            Kind::Address,
            "The LoaderAllocator object of a collectible one, which all objects of its types keep alive; null for others.",
        ),
    ],
};

pub(super) const GC: TableDoc = TableDoc {
    id: TableId::Gc,
    name: "gc",
    summary: "What the dump tells of the garbage collector: its settings, how often it ran and what for, the last time that it \
              ran out of memory.",
    columns: &[
        column(
            "name",
            Kind::Text,
            "mode, heaps, regions, collecting (whether the dump was taken during a collection), lowest_address, \
             highest_address; gen0_collections to gen2_collections (of a generation, also as part of an older one), \
             gen0_budget to gen2_budget, loh_budget, poh_budget (bytes that are allocated before the next one); of the last \
             collection: last_gc (its number), last_gc_generation, last_gc_compacting, last_gc_background, last_gc_pause_us, \
             last_gc_heap_size, last_gc_free, last_gc_committed, last_gc_survived (bytes), last_gc_pinned_objects, \
             last_gc_finalizable_objects, last_gc_memory_load_percent (of the machine or the container), pause_time_percent \
             (time that the program stood still for collections); of the last time that memory ran out: oom_reason (none: it never did), oom_allocation (bytes \
             that were asked for), oom_large_object, oom_after_collection (its number), oom_refused (what the system refused \
             memory for), oom_refused_bytes; settings by their own names, as they were given: `DOTNET_GC...` (numbers are \
             hexadecimal), `System.GC...`. What the dump does not tell has no row.",
        ),
        column("value", Kind::Text, "Its value."),
        column("heap", Kind::Integer, "The heap that it is of; null for what is of all."),
    ],
};
