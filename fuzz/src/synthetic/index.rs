//! Opens a small synthetic dump with an index that has a few bytes changed, cut or added: whatever is taken from it
//! must be what was written.
//!
//! Checksums keep bytes from nowhere out, so the input is a list of changes to a whole index.

use std::io::Cursor;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

use heapql::bytes::Mapped;
use heapql::graph::index::{Contents, Identity, Index, write};
use heapql::graph::{Dominators, ObjectId, References, Rows, Snapshot};
use heapql::open::{OpenOptions, open_bytes};
use heapql::progress::NoProgress;
use heapql::synth::{Family, RandomHeap};

const DUMP: Identity = Identity { length: 1, hash: [2, 3] };
const SETTING: u64 = 4;

/// More changes than this leave nothing whole.
const MAX_CHANGES: usize = 8;

struct Original {
    snapshot: Snapshot,
    references: Arc<References>,
    referrers: Arc<Rows>,
    dominators: Arc<Dominators>,
    index: Vec<u8>,
}

static ORIGINAL: LazyLock<Original> = LazyLock::new(|| {
    let random = RandomHeap { family: Family::V10_0, ..RandomHeap::new(3, 200) };
    let core = random.process().dump().core().build();
    let snapshot = open_bytes(core, &OpenOptions::default()).expect("a whole dump").snapshot;
    let dominators = snapshot.dominators(&NoProgress).expect("dominators");
    let references = snapshot.references(&NoProgress).expect("references");
    let referrers = snapshot.referrers(&NoProgress).expect("referrers");
    let contents = Contents {
        heap: snapshot.heap(&NoProgress).expect("a heap"),
        references: Some(&references),
        referrers: Some(&referrers),
        dominators: Some((&dominators, SETTING)),
    };
    let mut file = Cursor::new(Vec::new());
    write(&mut file, DUMP, &contents, &AtomicBool::new(false)).expect("memory to write to");
    let index = file.into_inner();
    Original { snapshot, references, referrers, dominators, index }
});

/// Runs the target.
pub fn run(input: &[u8]) {
    let original = &*ORIGINAL;
    let Some((&[cut_low, cut_high], changes)) = input.split_first_chunk::<2>() else { return };
    let mut bytes = original.index.clone();
    // Each 5 bytes are a change: where (3), the new bytes (2).
    let (records, _) = changes.as_chunks::<5>();
    for &[a, b, c, ref new @ ..] in records.iter().take(MAX_CHANGES) {
        let at = u32::from_le_bytes([a, b, c, 0]) as usize % bytes.len();
        if let Some(place) = bytes.get_mut(at..at + 2) {
            place.copy_from_slice(new);
        }
    }
    // Most inputs are not cut.
    let cut = usize::from(u16::from_le_bytes([cut_low, cut_high]));
    if cut_high > 0xf0 {
        bytes.truncate(cut % bytes.len());
    }
    let Ok(index) = Index::open(Arc::new(Mapped::Memory(bytes)), &DUMP) else { return };
    let heap = original.snapshot.heap(&NoProgress).expect("a heap");
    let objects = heap.objects.len();
    if let Some(stored) = index.heap(original.snapshot.segments.len()) {
        assert_eq!(stored.objects.len(), objects);
        for (a, b) in stored.objects.blocks().iter().zip(heap.objects.blocks()) {
            assert!(a.base == b.base && a.offsets == b.offsets && a.types == b.types && a.sizes == b.sizes);
        }
    }
    let same = |a: &Rows, b: &Rows| (0..objects as u32).map(ObjectId).all(|id| a.of(id) == b.of(id));
    assert!(index.references(objects).is_none_or(|read| same(&read.forward, &original.references.forward)));
    assert!(index.referrers(objects).is_none_or(|read| same(&read, &original.referrers)));
    assert!(index.dominators(objects, SETTING).is_none_or(|read| read == *original.dominators));
}
