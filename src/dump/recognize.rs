//! Telling what a file is that is not a dump heapql reads, so that the refusal helps.

use crate::bytes::Cursor;
use crate::error::{Error, ErrorKind};

/// How a baseline begins: see `docs/baseline.md`.
const BASELINE: &[u8] = b"{\"format\":\"heapql baseline\"";

/// The error for a file that is neither an ELF file nor a minidump.
pub(super) fn refusal(bytes: &[u8]) -> Error {
    let how_to_dump = "take a dump with `dotnet-dump collect -p PID` or `createdump --withheap PID`";
    let (kind, what, hint) = match bytes {
        [] => (
            ErrorKind::NotADump,
            "the file is empty",
            "the dump was not written, or its copy failed: check free disk where it was taken",
        ),
        [0xcf, 0xfa, 0xed, 0xfe, ..] => mach_o(bytes),
        [b'P', b'A', b'G', b'E', b'D', b'U', b'M' | b'6', ..] => (
            ErrorKind::Unsupported,
            "the file is a dump of a whole Windows machine, not of a process",
            "take one of the process with `dotnet-dump collect --type Full -p PID` or `procdump -ma PID`",
        ),
        [b'J', b'A', b'V', b'A', b' ', b'P', ..] => {
            (ErrorKind::NotADump, "the file is a heap dump of a Java virtual machine", how_to_dump)
        }
        [b'P', b'K', 3, 4, ..] => {
            (ErrorKind::NotADump, "the file is a zip archive", "unpack it and open the dump inside")
        }
        [b'N', b'e', b't', b't', b'r', b'a', b'c', b'e', ..] => {
            (ErrorKind::NotADump, "the file is a trace (.nettrace), not a dump", how_to_dump)
        }
        _ if bytes.starts_with(BASELINE) => (
            ErrorKind::NotADump,
            "the file is a baseline, which has no objects to ask",
            "heapql diff and heapql report take it in place of its dump; everything else needs the dump",
        ),
        _ if looks_like_text(bytes) => (ErrorKind::NotADump, "the file is text, not a dump", how_to_dump),
        _ => (ErrorKind::NotADump, "the file is no dump: it begins as no known format does", how_to_dump),
    };
    Error::new(kind, what).hint(hint)
}

/// What a Mach-O file is (`<mach-o/loader.h>`: the fourth word of its header).
fn mach_o(bytes: &[u8]) -> (ErrorKind, &'static str, &'static str) {
    const CORE: u32 = 4;
    if Cursor::at(bytes, 12).u32() == Ok(CORE) {
        return (
            ErrorKind::Unsupported,
            "the file is a core of macOS (Mach-O), which is not read",
            "analyse it with `dotnet-dump analyze` on a Mac, or run the program on Linux or Windows (in a container, say) and dump it there",
        );
    }
    let take = "take a dump of the running process; of macOS, though, none is read: run the program on Linux or Windows for it";
    (ErrorKind::NotADump, "the file is an executable or library of macOS (Mach-O), not a dump", take)
}

/// Whether the first kilobyte is printable text in UTF-8 (a character may be cut at its end).
fn looks_like_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..1024).unwrap_or(bytes);
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(e) if e.error_len().is_none() => {
            head.get(..e.valid_up_to()).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && text.chars().all(|c| !c.is_control() || c.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_the_file_is() {
        let message = |bytes: &[u8]| refusal(bytes).message().to_owned();
        assert_eq!(message(b""), "the file is empty");
        assert!(message(b"PAGEDU64").contains("whole Windows machine"));
        let mach_o = |kind: u8| message(&[0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1, 3, 0, 0, 0, kind, 0, 0, 0]);
        assert!(mach_o(4).contains("core of macOS"));
        assert!(mach_o(2).contains("executable or library of macOS"));
        assert!(message(br#"{"format":"heapql baseline","version":1}"#).contains("baseline"));
        assert!(message("Zwölf Boxkämpfer\njagen".as_bytes()).contains("text"));
        assert!(message(b"\x00\x01\x02\x03").contains("no known format"));
        assert!(message(b"JAVA PROFILE 1.0.2\0").contains("Java"));
    }

    #[test]
    fn text_cut_within_a_character_is_still_text() {
        let mut text = "é".repeat(600).into_bytes();
        text.truncate(1025);
        text.insert(0, b'x');
        assert!(looks_like_text(&text));
    }
}
