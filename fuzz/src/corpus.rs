//! Opens a real dump with a few bytes changed and asks it everything that there is to ask.
//!
//! Bytes from nowhere rarely get past a core's headers. Here the input is a list of changes to a
//! dump of the corpus (see [`Change`]), so damage reaches the runtime's structures and the heap.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::LazyLock;

use heapql::open::{OpenOptions, open};
use heapql::progress::NoProgress;
use heapql::query::{RunOptions, run as ask};

const STATEMENTS: &[&str] = &[
    "select type, count, size group by type",
    "select gen, count, size group by gen",
    "select count from segments",
    "select count from modules",
    "select count from types",
    "select sum(used), count(lengths) from arrays",
    "select count(value) from strings",
    "select count(value), count(text) from statics",
    "select count(message), count(stack) from exceptions",
    "select sum(count), sum(wasted) from collections",
    "select sum(wasted) from duplicates",
    "select count(Name), count(Friend.Name) from Zoo.Animal+",
    "select count(field_type) from fields",
    "select count(value) from items(select address from collections limit 50)",
];

/// More changes than this make a dump that is damaged everywhere, and every run alike.
const MAX_CHANGES: usize = 16;

const PAGE_BYTES: u64 = 4096;

/// The dump, unpacked once, and the offsets of its pages that are not all zero.
struct Original {
    file: tempfile::NamedTempFile,
    pages: Vec<u64>,
}

static ORIGINAL: LazyLock<Original> = LazyLock::new(|| {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/zoo-10.0.core.zst");
    let mut decoder = zstd::Decoder::new(File::open(corpus).expect("the corpus")).expect("a decoder");
    decoder.window_log_max(27).expect("the window of the corpus");
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    let mut pages = Vec::new();
    let mut offset = 0;
    loop {
        let mut page = Vec::new();
        if decoder.by_ref().take(PAGE_BYTES).read_to_end(&mut page).expect("a whole dump") == 0 {
            break;
        }
        if page.iter().any(|&byte| byte != 0) {
            pages.push(offset);
        }
        file.write_all(&page).expect("space for the dump");
        offset += page.len() as u64;
    }
    Original { file, pages }
});

/// Eight bytes of a page replaced.
struct Change {
    offset: u64,
    bytes: [u8; 8],
}

/// Each 14 bytes of the input are a change: page (4), place in the page (2), new bytes (8).
fn changes(input: &[u8], pages: &[u64]) -> Vec<Change> {
    let change = |record: &[u8; 14]| {
        let [p0, p1, p2, p3, o0, o1, bytes @ ..] = *record;
        let page = u32::from_le_bytes([p0, p1, p2, p3]) as usize % pages.len();
        // Structures are made of aligned words.
        let within = u64::from(u16::from_le_bytes([o0, o1])) % PAGE_BYTES & !7;
        Change { offset: pages[page] + within, bytes }
    };
    let (records, _) = input.as_chunks::<14>();
    records.iter().take(MAX_CHANGES).map(change).collect()
}

/// Writes `bytes` at `offset` and returns what stood there.
fn replace(mut file: &File, offset: u64, bytes: [u8; 8]) -> [u8; 8] {
    let mut before = [0; 8];
    file.seek(SeekFrom::Start(offset)).expect("a place in the dump");
    file.read_exact(&mut before).expect("bytes of the dump");
    file.seek(SeekFrom::Start(offset)).expect("a place in the dump");
    file.write_all(&bytes).expect("writing to the dump");
    before
}

/// Runs the target.
pub fn run(input: &[u8]) {
    let Original { file, pages } = &*ORIGINAL;
    let mut undo = Vec::new();
    for change in changes(input, pages) {
        undo.push((change.offset, replace(file.as_file(), change.offset, change.bytes)));
    }
    if let Ok(opened) = open(file.path(), &OpenOptions::default(), &NoProgress) {
        let snapshots = [opened.snapshot];
        for statement in STATEMENTS {
            let _ = ask(&snapshots, statement, &RunOptions::default());
        }
    }
    // Backwards, for changes that overlap.
    for (offset, bytes) in undo.into_iter().rev() {
        replace(file.as_file(), offset, bytes);
    }
}
