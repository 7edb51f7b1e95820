//! The tables of frames: those of threads' stacks, and those that exceptions passed.

use super::{TableDoc, TableId, column};
use crate::query::Kind;

pub(super) const FRAMES: TableDoc = TableDoc {
    id: TableId::Frames,
    name: "frames",
    summary: "The frames of all threads' stacks: managed methods, and between them native code and what the runtime left.",
    columns: &[
        column("os_id", Kind::Integer, "The operating system's id of the thread."),
        column("level", Kind::Integer, "The frame's number on its stack, 0 for the innermost."),
        column(
            "kind",
            Kind::Text,
            "method; funclet for a handler or filter of exceptions; explicit for a structure of the runtime; native; unknown \
             where the stack cannot be told.",
        ),
        column("sp", Kind::Address, "The stack pointer; of an explicit frame, where it lies."),
        column(
            "ip",
            Kind::Address,
            "Where its code goes on; of an explicit frame, where managed code goes on behind it; null where that is not told.",
        ),
        column(
            "method",
            Kind::Text,
            "The managed method with the types of its parameters, generic ones of shared code as System.__Canon; of native \
             code the function, where a symbol covers it. Null for explicit frames.",
        ),
        column("type", Kind::Text, "The type that declares the method; null where there is none."),
        column(
            "module",
            Kind::Text,
            "The file name of the module that the method or the native code is of; null where it is not known.",
        ),
        column(
            "offset",
            Kind::Integer,
            "Bytes of machine code from the start of the method or function to ip; null where there is none.",
        ),
        column(
            "frame",
            Kind::Text,
            "The type of an explicit frame (InlinedCallFrame); of native code its module and the symbol before ip, as far as \
             they are known; null for the others.",
        ),
        column(
            "managed_id",
            Kind::Integer,
            "The runtime's number of the thread; null for one that it does not know.",
        ),
        column(
            "il_offset",
            Kind::Integer,
            "Where in the method's IL it is; null for all but method and funclet, and where no IL stands for the code.",
        ),
        column(
            "source",
            Kind::Text,
            "The source file, as the compiler was given it; null without a portable PDB of the very build under --files.",
        ),
        column("line", Kind::Integer, "The line in it; null where source is."),
    ],
};

pub(super) const EXCEPTION_FRAMES: TableDoc = TableDoc {
    id: TableId::ExceptionFrames,
    name: "exception_frames",
    summary: "The frames that exceptions on the heap passed, as their stack traces have them.",
    columns: &[
        column("exception", Kind::Address, "The exception."),
        column("level", Kind::Integer, "The frame's number in its trace, 0 for the method that threw."),
        column(
            "method",
            Kind::Text,
            "The method with the types of its parameters, generic ones of shared code as System.__Canon; null where it cannot \
             be told.",
        ),
        column("type", Kind::Text, "The type that declares the method; null where there is none."),
        column(
            "module",
            Kind::Text,
            "The file name of the module that the method is of; null where it is not known.",
        ),
        column(
            "ip",
            Kind::Address,
            "Where in the code it was: within the call, or the instruction that faulted.",
        ),
        column(
            "offset",
            Kind::Integer,
            "Bytes of machine code from the method's start to ip; null where the code is not known.",
        ),
        column("sp", Kind::Address, "The stack pointer."),
        column(
            "il_offset",
            Kind::Integer,
            "Where in the method's IL it was; null where that is not known, or no IL stands for the code.",
        ),
        column(
            "source",
            Kind::Text,
            "The source file, as the compiler was given it; null without a portable PDB of the very build under --files.",
        ),
        column("line", Kind::Integer, "The line in it; null where source is."),
    ],
};
