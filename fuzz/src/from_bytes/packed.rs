//! Takes any bytes for a file, packed or not: unpacks it, bombs included, and reads what comes out as a dump.

use std::io::Write;

use heapql::dump::container::{ContainerOptions, first_bytes, open};
use heapql::progress::NoProgress;

use super::core_file;

/// More than this is refused here, so that a run with a bomb takes no longer than any other.
const MAX_UNPACKED: u64 = 32 << 20;
const IN_MEMORY: u64 = 1 << 20;

/// Runs the target.
pub fn run(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room for a small file");
    let options =
        ContainerOptions { max_unpacked: MAX_UNPACKED, in_memory: IN_MEMORY, ..ContainerOptions::default() };
    let first = first_bytes(file.path(), 100);
    let Ok(contents) = open(file.path(), &options, &NoProgress) else { return };
    assert!(contents.bytes.len() as u64 <= MAX_UNPACKED);
    assert!(first.is_ok_and(|first| contents.bytes.starts_with(&first)));
    core_file::read(contents.bytes.to_vec());
}
