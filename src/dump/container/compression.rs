//! Tells by its first bytes how a file is packed.
//!
//! Sources: RFC 8878 (Zstandard, sections 3.1.1 and 3.1.2), RFC 1952 (gzip, section 2.3.1), the LZ4
//! frame format 1.6, the .xz file format 1.2, the bzip2 stream header, PKWARE's APPNOTE 4.3,
//! POSIX `ustar`, and apport's `problem_report.py`.

use std::path::Path;

use crate::error::{Error, ErrorKind};

/// How many bytes at the start of a file tell its packing: up to the magic of a tar archive.
pub(super) const HEAD_BYTES: u64 = 262;

/// How a dump file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    None,
    /// Zstandard, one or more frames.
    Zstd,
    /// Gzip, one or more members.
    Gzip,
    /// LZ4, a frame.
    Lz4,
    /// Xz, one or more streams.
    Xz,
    /// A crash report of apport, whose core is compressed within.
    Apport,
}

impl Compression {
    /// The name that people know: `none`, `zstd`, `gzip`, `lz4`, `xz`, `apport`.
    pub fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Zstd => "zstd",
            Compression::Gzip => "gzip",
            Compression::Lz4 => "lz4",
            Compression::Xz => "xz",
            Compression::Apport => "apport",
        }
    }
}

/// What a file's first bytes say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// It can be opened.
    Readable(Compression),
    /// It is packed in a way that is not read.
    Refused(Refusal),
}

/// A packing that is recognised only to say how to undo it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    kind: ErrorKind,
    what: &'static str,
    command: &'static str,
}

impl Refusal {
    pub(super) fn error(self, path: &Path) -> Error {
        Error::new(self.kind, format!("{} is {}, which is not read directly", path.display(), self.what))
            .hint(format!("unpack it first: {}", self.command))
    }
}

/// The field with which a crash report begins.
const REPORT: &[u8] = b"ProblemType: ";

const OLD_LZ4: Refusal = Refusal {
    kind: ErrorKind::Unsupported,
    what: "compressed with the old form of lz4",
    command: "lz4 -d FILE",
};
const BZIP2: Refusal =
    Refusal { kind: ErrorKind::Unsupported, what: "compressed with bzip2", command: "bzip2 -dk FILE" };
const ZIP: Refusal = Refusal { kind: ErrorKind::NotADump, what: "a zip archive", command: "unzip FILE" };
const SEVEN_ZIP: Refusal = Refusal { kind: ErrorKind::NotADump, what: "a 7z archive", command: "7z x FILE" };
const TAR: Refusal = Refusal { kind: ErrorKind::NotADump, what: "a tar archive", command: "tar -xf FILE" };

impl Packing {
    /// What `head`, the first [`HEAD_BYTES`] of a file or all of a shorter one, says.
    pub(super) fn of(head: &[u8]) -> Packing {
        match head {
            // A frame, or a skippable frame, with which parallel compressors begin.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Packing::Readable(Compression::Zstd)
            }
            // The third byte is the method; 8, deflate, is the only one there is.
            [0x1f, 0x8b, 8, ..] => Packing::Readable(Compression::Gzip),
            [0x04, 0x22, 0x4d, 0x18, ..] => Packing::Readable(Compression::Lz4),
            // The "legacy" frame of `lz4 -l`.
            [0x02, 0x21, 0x4c, 0x18, ..] => Packing::Refused(OLD_LZ4),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Packing::Readable(Compression::Xz),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Packing::Refused(BZIP2),
            [b'P', b'K', 3, 4, ..] => Packing::Refused(ZIP),
            [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Packing::Refused(SEVEN_ZIP),
            _ if head.starts_with(REPORT) => Packing::Readable(Compression::Apport),
            _ if head.get(257..262) == Some(b"ustar") => Packing::Refused(TAR),
            _ => Packing::Readable(Compression::None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_by_the_first_bytes() {
        let cases: &[(&[u8], Packing)] = &[
            (b"\x28\xb5\x2f\xfd\0", Packing::Readable(Compression::Zstd)),
            (b"\x5a\x2a\x4d\x18\0", Packing::Readable(Compression::Zstd)),
            (b"\x1f\x8b\x08\0", Packing::Readable(Compression::Gzip)),
            (b"\x04\x22\x4d\x18\0", Packing::Readable(Compression::Lz4)),
            (b"\x02\x21\x4c\x18\0", Packing::Refused(OLD_LZ4)),
            (b"\xfd7zXZ\0\0", Packing::Readable(Compression::Xz)),
            (b"ProblemType: Crash\nArch", Packing::Readable(Compression::Apport)),
            (b"ProblemType of", Packing::Readable(Compression::None)),
            (b"BZh91AY&SY", Packing::Refused(BZIP2)),
            (b"PK\x03\x04", Packing::Refused(ZIP)),
            (b"7z\xbc\xaf\x27\x1c", Packing::Refused(SEVEN_ZIP)),
            (b"\x7fELF\x02\x01\x01", Packing::Readable(Compression::None)),
            (b"BZ", Packing::Readable(Compression::None)),
            (b"", Packing::Readable(Compression::None)),
        ];
        for (head, expected) in cases {
            assert_eq!(&Packing::of(head), expected, "{head:02x?}");
        }
    }

    #[test]
    fn a_tar_archive_is_told_by_its_magic_behind_the_first_name() {
        let mut head = vec![b'a'; 257];
        head.extend_from_slice(b"ustar\0");
        assert_eq!(Packing::of(&head), Packing::Refused(TAR));
        assert_eq!(Packing::of(&head[..261]), Packing::Readable(Compression::None));
    }

    #[test]
    fn a_refusal_says_how_to_unpack() {
        let error = BZIP2.error(Path::new("core.1.bz2"));
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.message(), "core.1.bz2 is compressed with bzip2, which is not read directly");
        assert_eq!(error.hint_text(), Some("unpack it first: bzip2 -dk FILE"));
    }
}
