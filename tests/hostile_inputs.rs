//! What small inputs may cost. Each is made to cost much, and is opened by a program that has little memory.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

const MEBIBYTE: usize = 1 << 20;

/// What the program may have of address space, its own code and the stacks of its threads included, for inputs of a
/// megabyte.
const SPACE: usize = 768 * MEBIBYTE;

/// Each takes below a second; a machine may have other things to do.
const A_LONG_TIME: Duration = Duration::from_secs(60);

const CANNOT_OPEN: i32 = 3;

const HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;
const LOAD: u32 = 1;
const NOTE: u32 = 4;

/// A core of x64 with these program headers (kind, address, offset, bytes in the file and in memory) and these bytes behind
/// them.
fn core(headers: &[(u32, u64, u64, u64)], rest: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend([4_u16, 62].map(u16::to_le_bytes).concat());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend([0, HEADER as u64, 0].map(u64::to_le_bytes).concat());
    bytes.extend(0_u32.to_le_bytes());
    let count = u16::try_from(headers.len()).expect("below what needs a section header");
    bytes.extend([HEADER as u16, PROGRAM_HEADER as u16, count, 0, 0, 0].map(u16::to_le_bytes).concat());
    for &(kind, address, offset, size) in headers {
        bytes.extend([kind, 4].map(u32::to_le_bytes).concat());
        bytes.extend([offset, address, 0, size, size, 1].map(u64::to_le_bytes).concat());
    }
    bytes.extend(rest);
    bytes
}

/// A note of a core.
fn note(kind: u32, description: &[u8]) -> Vec<u8> {
    let mut bytes = [5, description.len() as u32, kind].map(u32::to_le_bytes).concat();
    bytes.extend(b"CORE\0\0\0\0");
    bytes.extend(description);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

#[track_caller]
fn opened(bytes: &[u8], what: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("dump");
    fs::write(&path, bytes).expect("writing a file");
    let began = Instant::now();
    let output = with_little_memory(&path, folder.path());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(CANNOT_OPEN), "{what}: {:?} {message}", output.status);
    assert!(began.elapsed() < A_LONG_TIME, "{what} takes {:?}", began.elapsed());
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "{what} leaves something behind");
    message
}

fn with_little_memory(dump: &Path, temporary: &Path) -> Output {
    Command::new("sh")
        .args(["-c", &format!("ulimit -v {}; exec \"$0\" query \"$1\" -e 'select count'", SPACE >> 10)])
        .args([Path::new(env!("CARGO_BIN_EXE_heapql")), dump])
        .env("HEAPQL_NO_INDEX", "1")
        .env("TMPDIR", temporary)
        .output()
        .expect("running heapql")
}

#[test]
fn segments_that_all_show_the_whole_file() {
    let headers: Vec<_> = (1..=15_000_u64).map(|n| (LOAD, n << 24, 0, MEBIBYTE as u64)).collect();
    opened(&core(&headers, &vec![0x41; MEBIBYTE]), "15 GB of memory in a file of 2 MB");
}

#[test]
fn headers_that_all_name_the_same_notes() {
    let mapping = [0x1000_u64, 0x2000, 0].map(u64::to_le_bytes).concat();
    let count = 20_000;
    let mut files = [count as u64, 1].map(u64::to_le_bytes).concat();
    files.extend(mapping.repeat(count));
    files.extend(b"a\0".repeat(count));
    let note = note(0x4649_4c45, &files);
    let at = (HEADER + 10_000 * PROGRAM_HEADER) as u64;
    let headers = vec![(NOTE, 0, at, note.len() as u64); 10_000];
    opened(&core(&headers, &note), "200 million mapped files in a file of 1 MB");
}

#[test]
fn notes_of_which_none_can_be_read() {
    let notes = note(1, b"").repeat(50_000);
    let at = (HEADER + PROGRAM_HEADER) as u64;
    let message = opened(&core(&[(NOTE, 0, at, notes.len() as u64)], &notes), "50,000 broken notes");
    assert!(message.len() < 10_000, "{} bytes of messages", message.len());
}

#[test]
fn a_zstd_frame_that_wants_the_largest_window() {
    // A window of 2 GiB (exponent 21 over 1 KiB), content of unknown size, one empty block.
    opened(b"\x28\xb5\x2f\xfd\x00\xa8\x01\0\0", "a window of 2 GiB");
}

#[test]
fn zeros_that_unpack_to_much_more_than_there_is_memory() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).expect("an encoder");
    let zeros = vec![0; MEBIBYTE];
    (0..600).for_each(|_| encoder.write_all(&zeros).expect("compressing"));
    let message = opened(&encoder.finish().expect("the end of the frame"), "600 MiB of zeros");
    assert!(!message.contains("panicked"), "{message}");
}
