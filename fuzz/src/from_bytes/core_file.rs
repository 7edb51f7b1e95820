//! Takes any bytes for a core: headers, notes, memory, the images that are mapped, the search for a runtime.

use std::sync::Arc;

use heapql::bytes::{Addr, Mapped};
use heapql::clr::ClrRuntime;
use heapql::dump::Dump;
use heapql::image::{ElfImage, ModuleFiles, PeImage, PeLayout};

/// Pieces of memory and mappings that are looked at: more are only more of the same.
const MOST: usize = 64;

/// Runs the target.
pub fn run(bytes: &[u8]) {
    read(bytes.to_vec());
}

/// Reads a dump of any kind, and what can be read of it without knowing of .NET; then looks for the runtime.
pub fn read(bytes: Vec<u8>) {
    let length = bytes.len() as u64;
    let Ok(dump) = Dump::parse(Mapped::Memory(bytes)) else { return };
    assert_eq!(dump.length(), length);
    let _ = dump.fingerprint();
    let memory = &dump.memory;
    let runs: Vec<_> = memory.runs(Addr(0), Addr(u64::MAX)).take(MOST).collect();
    for run in &runs {
        // Both ends, and what crosses the border to the next piece.
        assert_eq!(memory.u8(run.start).ok(), run.bytes.first().copied());
        let _ = memory.u64(Addr(run.end().0.wrapping_sub(4)));
        let _ = memory.bytes(run.start, run.bytes.len().min(1 << 16) + 1);
        let _ = memory.saved_bytes(run.start, Addr(u64::MAX));
    }
    let starts = dump.mappings.iter().map(|mapping| mapping.start).take(MOST);
    for at in starts.chain(runs.iter().map(|run| run.start)) {
        if let Ok(elf) = ElfImage::at(memory, at) {
            let _ = (elf.build_id(), elf.load_size(), elf.writable_ranges().count());
            let _ = elf.symbol(memory, "g_dacTable");
        }
        for layout in [PeLayout::Mapped, PeLayout::Flat] {
            if let Ok(pe) = PeImage::in_memory(memory, at, layout) {
                let _ = pe.metadata().map(|bytes| bytes.is_whole());
            }
        }
    }
    let _ = ClrRuntime::open(Arc::new(dump), &ModuleFiles::default());
}
