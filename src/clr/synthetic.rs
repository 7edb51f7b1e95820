//! Opening synthetic processes, for the tests of this layer and the next.

use std::sync::Arc;

use crate::bytes::Mapped;
use crate::clr::layout::{self, Descriptor};
use crate::clr::{ClrRuntime, GcHeap};
use crate::dump::{AddressSpace, Dump, Target};
use crate::error::Result;
use crate::image::ModuleFiles;
use crate::synth::{Memory, ProcessDump};

/// The runtime of a process.
pub(crate) fn open(dump: &ProcessDump) -> ClrRuntime {
    try_open(dump).unwrap_or_else(|e| panic!("{e}: {:?}", e.hint_text()))
}

/// The runtime of a process, or why it cannot be opened.
pub(crate) fn try_open(dump: &ProcessDump) -> Result<ClrRuntime> {
    let dump = Dump::parse(Mapped::Memory(dump.core().build()))?;
    ClrRuntime::open(Arc::new(dump), &ModuleFiles::new(&[]).0)
}

/// The heap of a runtime that has one.
pub(crate) fn gc(runtime: &ClrRuntime) -> &GcHeap {
    runtime.gc.as_ref().unwrap_or_else(|e| panic!("{e}"))
}

/// What a runtime's problems say.
pub(crate) fn told(runtime: &ClrRuntime) -> Vec<&str> {
    runtime.problems.iter().map(|p| p.message.as_str()).collect()
}

/// Memory alone, for structures that are read without a runtime around them.
pub(crate) fn space(memory: Memory) -> Arc<AddressSpace> {
    Dump::parse(Mapped::Memory(memory.into_core().build())).unwrap_or_else(|e| panic!("{e}")).memory
}

/// Zeros from `start` to `end`, to write into.
pub(crate) fn zeros(start: u64, end: u64) -> Memory {
    let mut memory = Memory::default();
    memory.map(start, vec![0; (end - start) as usize]);
    memory
}

/// The layout of a family of versions on Linux and x64: `8.0`.
pub(crate) fn bundled(family: &str) -> Descriptor {
    layout::all(Target::LINUX_X64)
        .find(|bundled| bundled.name() == family)
        .expect("a family that is bundled")
        .descriptor()
}
