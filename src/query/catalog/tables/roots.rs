//! The tables of what holds objects from outside of the heap: roots, handles, the queue of finalization.

use super::{TableDoc, TableId, by_graph, column, measure};
use crate::query::Kind;

pub(super) const ROOTS: TableDoc = TableDoc {
    id: TableId::Roots,
    name: "roots",
    summary: "What holds objects from outside of the heap, one row a place. Objects on frozen segments are alive without \
              one.",
    columns: &[
        column(
            "kind",
            Kind::Text,
            "static; thread_static, of one thread; stack: a slot of a thread's stack or a register that holds a reference at \
             the point at which its frame stands; strong_handle, pinned_handle, \
             ref_counted_handle, async_pinned_handle, sized_ref_handle: a GC handle; finalizer_queue: its finalizer is \
             about to run; permanent: what the runtime itself holds by no handle (since 9.0 the arrays of a thread's \
             statics); dependent_handle: alive while the object is that it is attached to; \
             weak_interior_handle: the statics or the RuntimeType of a type that can be unloaded; finalizable: its finalizer \
             has not run, which does not keep it alive. Other weak handles are no roots: they stand in `handles`.",
        ),
        column(
            "address",
            Kind::Address,
            "Where the reference stands; of a register where it was saved, null for one that is still in the processor.",
        ),
        column("object", Kind::Address, "The object that is held."),
        column("type", Kind::Text, "The name of its type."),
        column(
            "name",
            Kind::Text,
            "Type.Field of a static; of a slot of a stack the method whose frame it belongs to; null for the others, and for what \
             native code holds on a stack.",
        ),
        column(
            "os_id",
            Kind::Integer,
            "The operating system's id of the thread, of statics of threads and stacks; null for the others.",
        ),
        by_graph(measure(
            "retained",
            Kind::Bytes,
            "The bytes that would go with the object. What several roots hold counts with each of them; to count it once, sum \
             over objects. Not part of `*`.",
        )),
        column(
            "keeps_alive",
            Kind::Boolean,
            "Whether it keeps the object alive by itself. Not so dependent_handle, weak_interior_handle, finalizable, and the statics of a \
             type that can be unloaded, which live as long as its loader allocator.",
        ),
        column(
            "frame",
            Kind::Integer,
            "Of a slot of a stack, the level of its frame in `frames`, 0 for the innermost; null for the others.",
        ),
        column(
            "slot",
            Kind::Text,
            "Of a slot of a stack, what it is called within its frame: `rbx`, `rbp-0x18`, `sp+0x20`, or the class of the frame that \
             the runtime left there; null for the others.",
        ),
        column(
            "interior",
            Kind::Boolean,
            "Whether it points inside of the object and not at its start, as references to fields and elements do.",
        ),
        column(
            "pinned",
            Kind::Boolean,
            "Whether it keeps the object from being moved: a pinned handle, a `fixed`.",
        ),
        column(
            "certain",
            Kind::Boolean,
            "False of a slot of a stack that may be left over from before: the dump does not tell what the frame or the thread holds, or \
             stacks are searched with `--stacks conservative`.",
        ),
    ],
};

pub(super) const HANDLES: TableDoc = TableDoc {
    id: TableId::Handles,
    name: "handles",
    summary: "The GC handles that refer to something.",
    columns: &[
        column(
            "kind",
            Kind::Text,
            "weak_short, weak_long, strong, pinned, ref_counted, dependent, async_pinned, sized_ref, weak_winrt, \
             weak_interior_pointer, cross_reference. Those of 2.x and 3.x whose strength may change are what they are \
             at the moment; variable where that is not told.",
        ),
        column("address", Kind::Address, "The handle itself: where its reference stands."),
        column("object", Kind::Address, "The object that it refers to."),
        column("type", Kind::Text, "The name of the object's type; null where it cannot be told."),
        column("mt", Kind::Address, "The MethodTable of that type; null where it cannot be told."),
        measure("size", Kind::Bytes, "The object's own size; null where it cannot be told."),
        column(
            "dependent",
            Kind::Address,
            "What a dependent handle keeps alive with the object; null for the others.",
        ),
    ],
};

pub(super) const FINALIZERS: TableDoc = TableDoc {
    id: TableId::Finalizers,
    name: "finalizers",
    summary: "The objects whose finalizers have not run: those for which GC.SuppressFinalize was called are not in it.",
    columns: &[
        column("object", Kind::Address, "The object."),
        column("type", Kind::Text, "The name of its type; null where it cannot be told."),
        column("mt", Kind::Address, "The MethodTable of that type; null where it cannot be told."),
        measure("size", Kind::Bytes, "Its own size; null where it cannot be told."),
        column(
            "state",
            Kind::Text,
            "live: something may still hold it; ready: nothing but the queue of finalization does, and its finalizer \
             is about to run.",
        ),
        column("gen", Kind::Text, "Its generation, as in `objects`; null where it lies in no segment."),
    ],
};

pub(super) const PINNED: TableDoc = TableDoc {
    id: TableId::Pinned,
    name: "pinned",
    summary: "The objects that no collection may move, in the order of the heap, and the free space that stays because of them.",
    columns: &[
        column("object", Kind::Address, "The object."),
        column("type", Kind::Text, "The name of its type."),
        measure("size", Kind::Bytes, "Its own size."),
        column(
            "kind",
            Kind::Text,
            "What pins it, of several the first: pinned_handle, async_pinned_handle (input or output that runs), stack (a `fixed`, or \
             native code), pinned_heap (it was allocated where nothing is moved).",
        ),
        measure(
            "pins",
            Kind::Integer,
            "How many handles and slots of stacks pin it; 0 for one that only its place does.",
        ),
        column("gen", Kind::Text, "Its generation, as in `objects`."),
        column("segment", Kind::Address, "Its segment or region, by the address that `segments` has."),
        measure(
            "free_before",
            Kind::Bytes,
            "Bytes of free space before it, from the pinned object before it or the start of its segment on: a collection \
             cannot close them by moving what comes behind.",
        ),
        column(
            "free_share",
            Kind::Real,
            "Those by all free space of its segment, from 0 to 1; null where there is none.",
        ),
    ],
};
