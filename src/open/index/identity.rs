//! The identity of a dump for its index: the file's fingerprint, and how the heap lay when it was taken.
//!
//! Segments and allocation contexts move with every object that is allocated and every collection. They are read at
//! every opening anyway, and tell two dumps of one process apart where nothing else might.

use xxhash_rust::xxh3::Xxh3Default;

use crate::bytes::Addr;
use crate::clr::{ClrRuntime, GcHeap};
use crate::graph::SegmentKind;
use crate::graph::index::Identity;

/// The identity of the dump of `runtime`; `None` when it has no heap, so nothing to keep.
pub(super) fn identity(runtime: &ClrRuntime) -> Option<Identity> {
    let gc = runtime.gc.as_ref().ok()?;
    let dump = &runtime.dump;
    let mut hash = Xxh3Default::new();
    hash.update(&dump.fingerprint().to_le_bytes());
    heap_words(gc, |word| hash.update(&word.to_le_bytes()));
    let hash = hash.digest128();
    Some(Identity { length: dump.length(), hash: [(hash >> 64) as u64, hash as u64] })
}

/// What tells the dump of `runtime` from all others, as one number; `None` when it has no heap.
pub(in crate::open) fn fingerprint(runtime: &ClrRuntime) -> Option<u128> {
    let [high, low] = identity(runtime)?.hash;
    Some(u128::from(high) << 64 | u128::from(low))
}

/// Where the heap lies and how far it is filled.
fn heap_words(gc: &GcHeap, mut word: impl FnMut(u64)) {
    for segment in &gc.segments {
        let (gen1, gen0) = match segment.kind {
            SegmentKind::Of(generation) => (generation as u64, u64::MAX),
            SegmentKind::Ephemeral { gen1, gen0 } => (gen1.0, gen0.0),
        };
        [segment.start.0, segment.end.0, u64::from(segment.heap), gen1, gen0].into_iter().for_each(&mut word);
    }
    for (pointer, limit) in gc.contexts.from(Addr::NULL) {
        word(pointer.0);
        word(limit.0);
    }
}
