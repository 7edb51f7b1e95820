//! Files that are no dumps, not whole, or without .NET: each has its message and exit status, and what
//! can be answered is answered.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const COUNT: &str = "select count";

const CANNOT_OPEN: i32 = 3;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).expect("writing a file");
        path
    }
}

fn heapql(arguments: &[&str], dump: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapql"));
    command
        .env("HEAPQL_NO_INDEX", "1")
        .arg("query")
        .arg(dump)
        .args(arguments)
        .output()
        .expect("running heapql")
}

fn query(dump: &Path) -> Output {
    heapql(&["-e", COUNT, "--format", "csv"], dump)
}

#[track_caller]
fn assert_cannot_open(dump: &Path, told: &str) {
    let output = query(dump);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(CANNOT_OPEN), "{message}");
    assert!(message.contains(told), "{told:?} is not in: {message}");
    assert!(!message.contains("panicked"), "{message}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

/// An ELF core header with `class` (1 is 32-bit, 2 is 64-bit) and `machine`, and no segments.
fn core_header(class: u8, machine: u16) -> Vec<u8> {
    const CORE: u16 = 4;
    let mut bytes = vec![0x7f, b'E', b'L', b'F', class, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend_from_slice(&CORE.to_le_bytes());
    bytes.extend_from_slice(&machine.to_le_bytes());
    bytes.extend_from_slice(&1_u32.to_le_bytes());
    let header_size: u16 = if class == 1 { 52 } else { 64 };
    bytes.resize(usize::from(header_size), 0);
    // The header's own size stands 12 bytes before its end.
    let at = usize::from(header_size) - 12;
    bytes[at..at + 2].copy_from_slice(&header_size.to_le_bytes());
    bytes
}

/// A core of one segment of zeros: a process, but not of .NET.
fn core_without_dotnet() -> Vec<u8> {
    const X64: u16 = 62;
    const PROGRAM_HEADER_BYTES: u16 = 56;
    let mut bytes = core_header(2, X64);
    bytes[32..40].copy_from_slice(&64_u64.to_le_bytes());
    bytes[54..56].copy_from_slice(&PROGRAM_HEADER_BYTES.to_le_bytes());
    bytes[56..58].copy_from_slice(&1_u16.to_le_bytes());
    let (load, readable) = (1_u32, 4_u32);
    bytes.extend_from_slice(&load.to_le_bytes());
    bytes.extend_from_slice(&readable.to_le_bytes());
    // Offset, virtual and physical address, size in the file, size in memory, alignment.
    for value in [0x1000_u64, 0x40_0000, 0, 0x1000, 0x1000, 0x1000] {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes.resize(0x2000, 0);
    bytes
}

#[test]
fn no_such_file() {
    assert_cannot_open(&Folder::new().0.path().join("absent.core"), "no such file");
}

#[test]
fn an_empty_file() {
    assert_cannot_open(&Folder::new().file("dump", b""), "the file is empty");
}

#[test]
fn a_folder() {
    assert_cannot_open(Folder::new().0.path(), "not a file but a folder");
}

#[test]
fn a_text_file() {
    let folder = Folder::new();
    assert_cannot_open(&folder.file("dump", b"Dear reader,\nthis is a letter.\n"), "the file is text");
}

#[test]
fn an_executable_is_no_core() {
    assert_cannot_open(Path::new(env!("CARGO_BIN_EXE_heapql")), "the file is an executable");
}

#[test]
fn a_core_of_a_32_bit_process() {
    const I386: u16 = 3;
    assert_cannot_open(&Folder::new().file("dump", &core_header(1, I386)), "32-bit");
}

#[test]
fn a_core_of_another_architecture() {
    const MIPS: u16 = 8;
    assert_cannot_open(&Folder::new().file("dump", &core_header(2, MIPS)), "architecture");
}

#[test]
fn a_core_of_a_process_without_dotnet() {
    assert_cannot_open(&Folder::new().file("dump", &core_without_dotnet()), "no .NET runtime was found");
}

#[test]
fn a_file_that_another_program_must_unpack() {
    assert_cannot_open(&Folder::new().file("dump", b"\xfd7zXZ\0\0\x04"), "xz");
}

mod in_part {
    use std::io::Read;

    use super::*;

    const ANSWERED_IN_PART: i32 = 5;

    fn corpus(dump: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(format!("{dump}.core.zst"))
    }

    fn unpacked(dump: &str) -> Vec<u8> {
        let packed = fs::File::open(corpus(dump)).expect("a dump of the corpus");
        let mut decoder = zstd::stream::read::Decoder::new(packed).expect("a decoder");
        decoder.window_log_max(27).expect("the window of the corpus");
        let mut bytes = Vec::new();
        decoder.read_to_end(&mut bytes).expect("a whole dump");
        bytes
    }

    /// The count that was answered, and what was said of the loss.
    #[track_caller]
    fn answered_in_part(dump: &Path) -> (u64, String) {
        let output = query(dump);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(ANSWERED_IN_PART), "{message}");
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        let count = answer.lines().nth(1).and_then(|line| line.trim().parse().ok());
        (count.unwrap_or_else(|| panic!("a count expected: {answer}")), message)
    }

    #[test]
    fn a_core_cut_in_half_answers_what_is_there() {
        let whole = unpacked("zoo-10.0");
        let folder = Folder::new();
        for (part, name) in [(2, "half"), (4, "three-quarters")] {
            let kept = whole.len() - whole.len() / part;
            let output = query(&folder.file(name, &whole[..kept]));
            let message = String::from_utf8_lossy(&output.stderr);
            assert!(!message.contains("panicked"), "{message}");
            // Whether the heap can be found at all depends on what lay in the part that is gone.
            let status = output.status.code();
            assert!(matches!(status, Some(CANNOT_OPEN | ANSWERED_IN_PART)), "{name}: {status:?} {message}");
            assert!(message.contains("cut off"), "{message}");
        }
    }

    #[test]
    fn a_core_without_its_last_page_answers_nearly_all() {
        let mut bytes = unpacked("zoo-10.0");
        bytes.truncate(bytes.len() - 4096);
        let (count, message) = answered_in_part(&Folder::new().file("dump", &bytes));
        assert!(count > 200_000, "{count} objects of 218,653");
        assert!(message.contains("cut off"), "{message}");
    }

    #[test]
    fn a_compressed_core_that_ends_early_says_so() {
        let packed = fs::read(corpus("zoo-10.0")).expect("a dump of the corpus");
        let kept = packed.len() - 1000;
        let (count, message) = answered_in_part(&Folder::new().file("dump", &packed[..kept]));
        assert!(count > 0);
        assert!(message.contains("the compressed file ends early"), "{message}");
    }
}
