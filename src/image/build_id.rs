//! The build id of an ELF module: the bytes of its NT_GNU_BUILD_ID note.

use std::fmt;
use std::str::FromStr;

use object::elf::{ELF_NOTE_GNU, NT_GNU_BUILD_ID};
use object::read::Object;

use crate::bytes::{Cursor, OutOfBounds};
use crate::error::{Error, ErrorKind};

/// The longest build id that linkers write: a SHA-512.
const MAX_BYTES: usize = 64;

/// What identifies one build of an ELF module, written by the linker.
///
/// Shown and parsed as hexadecimal, lower case, as `file` and `readelf -n` show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildId(Box<[u8]>);

impl BuildId {
    /// A build id of these bytes; `None` when they are none at all or more than any linker writes.
    pub fn from_bytes(bytes: &[u8]) -> Option<BuildId> {
        (1..=MAX_BYTES).contains(&bytes.len()).then(|| BuildId(bytes.into()))
    }

    /// The bytes as the note holds them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The build id of an ELF file on disk, of any width and byte order.
    ///
    /// Returns `None` for a file without one, and for bytes that are no ELF file or a damaged one:
    /// what has no build id that can be read cannot be proved by it.
    pub fn of_file(bytes: &[u8]) -> Option<BuildId> {
        let file = object::File::parse(bytes).ok()?;
        file.build_id().ok().flatten().and_then(BuildId::from_bytes)
    }

    /// Looks for the build id in the contents of a PT_NOTE segment (gABI, "Note Section").
    ///
    /// `alignment` is that of the segment: 8 for those that GNU property notes share, else 4.
    pub(super) fn in_notes(notes: &[u8], alignment: u64) -> Option<BuildId> {
        let alignment = if alignment == 8 { 8 } else { 4 };
        let mut cursor = Cursor::new(notes);
        while let Ok((kind, name, contents)) = next_note(&mut cursor, alignment) {
            if kind == NT_GNU_BUILD_ID.0 && name.strip_suffix(b"\0") == Some(ELF_NOTE_GNU) {
                return BuildId::from_bytes(contents);
            }
        }
        None
    }
}

/// Reads one note: its type, its name with the final NUL, its contents.
fn next_note<'a>(
    cursor: &mut Cursor<'a>,
    alignment: usize,
) -> Result<(u32, &'a [u8], &'a [u8]), OutOfBounds> {
    let name_size = cursor.u32()? as usize;
    let contents_size = cursor.u32()? as usize;
    let kind = cursor.u32()?;
    let name = cursor.take(name_size)?;
    cursor.align(alignment)?;
    let contents = cursor.take(contents_size)?;
    // The last note's padding may be left out.
    let padding = cursor.position().wrapping_neg() & (alignment - 1);
    cursor.skip(padding.min(cursor.remaining()))?;
    Ok((kind, name, contents))
}

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BuildId({self})")
    }
}

impl FromStr for BuildId {
    type Err = Error;

    /// Parses hexadecimal digits of either case, two a byte.
    fn from_str(text: &str) -> Result<BuildId, Error> {
        let digits: Option<Vec<u8>> =
            text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
        digits
            .filter(|digits| digits.len() % 2 == 0)
            .map(|digits| digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |n, d| n << 4 | d)).collect())
            .and_then(|bytes: Vec<u8>| BuildId::from_bytes(&bytes))
            .ok_or_else(|| Error::new(ErrorKind::Malformed, format!("not a build id: {text:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A note as `ld` writes it, with 4-byte padding.
    fn note(kind: u32, name: &[u8], contents: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for word in [name.len() as u32, contents.len() as u32, kind] {
            bytes.extend(word.to_le_bytes());
        }
        for part in [name, contents] {
            bytes.extend(part);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes
    }

    #[test]
    fn is_shown_and_parsed_as_hexadecimal() {
        let id: BuildId = "0aFF".parse().unwrap();
        assert_eq!(id.as_bytes(), [0x0a, 0xff]);
        assert_eq!(id.to_string(), "0aff");
        assert_eq!(format!("{id:?}"), "BuildId(0aff)");
    }

    #[test]
    fn a_text_that_is_no_build_id_is_refused() {
        for text in ["", "abc", "0g", "é0", &"00".repeat(65)] {
            let error = text.parse::<BuildId>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Malformed, "{text}");
        }
        assert!("00".repeat(64).parse::<BuildId>().is_ok());
    }

    #[test]
    fn is_found_behind_other_notes() {
        let mut notes = note(1, b"GNU\0", &[9; 6]);
        notes.extend(note(3, b"Go\0", &[8; 4]));
        notes.extend(note(3, b"GNU\0", &[0xab, 0xcd]));
        assert_eq!(BuildId::in_notes(&notes, 4).unwrap().to_string(), "abcd");
    }

    #[test]
    fn notes_aligned_to_eight_bytes_are_stepped_over_by_eight() {
        // A GNU property note of 4 bytes, padded to 8, in front of the build id.
        let mut notes = note(5, b"GNU\0", &[7; 4]);
        notes.resize(24, 0);
        notes.extend(note(3, b"GNU\0", &[1, 2]));
        assert_eq!(BuildId::in_notes(&notes, 8).unwrap().to_string(), "0102");
    }

    #[test]
    fn absurd_sizes_and_cut_notes_end_the_search() {
        assert_eq!(BuildId::in_notes(&[0xff; 64], 4), None);
        let whole = note(3, b"GNU\0", &[1; 20]);
        assert_eq!(BuildId::in_notes(&whole[..30], 4), None);
        assert_eq!(BuildId::in_notes(&[], 4), None);
    }

    #[test]
    fn a_file_that_is_no_elf_file_has_none() {
        assert_eq!(BuildId::of_file(b"MZ"), None);
        assert_eq!(BuildId::of_file(b"\x7fELF\x02\x01\x01"), None);
    }
}
