//! The heaps of metadata: `#Strings`, `#US`, `#GUID` and `#Blob` (ECMA-335 II.24.2.3 to II.24.2.5).

use std::borrow::Cow;
use std::ops::Range;

use super::{Guid, Metadata, MetadataError, compressed};
use crate::bytes::OutOfBounds;
use crate::image::SparseBytes;
use crate::limits::MAX_METADATA_NAME_BYTES;

/// An index into `#Strings`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct StringIndex(pub u32);

/// An index into `#GUID`: counted from 1; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GuidIndex(pub u32);

/// An index into `#Blob`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BlobIndex(pub u32);

/// An index into `#US`, the literals of the program's code: the lower 24 bits of a token `70xxxxxx`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UserStringIndex(pub u32);

impl Metadata<'_> {
    /// A name. Bytes that are no UTF-8 come out as U+FFFD.
    ///
    /// # Errors
    /// When it is not in the dump, leads out of the heap, or does not end within the cap on names.
    pub fn string(&self, index: StringIndex) -> Result<Cow<'_, str>, MetadataError> {
        // Index 0 is the empty name by definition, even where a netmodule has no heap at all.
        if index.0 == 0 {
            return Ok(Cow::Borrowed(""));
        }
        let heap = &self.root.strings;
        let start = offset_in(heap, index.0)?;
        let there = self.bytes.tail(start)?;
        let most = (heap.end - start).min(MAX_METADATA_NAME_BYTES + 1);
        let there = there.get(..most).unwrap_or(there);
        match there.iter().position(|&byte| byte == 0) {
            Some(length) => Ok(String::from_utf8_lossy(there.get(..length).unwrap_or(there))),
            None if there.len() < most => Err(MetadataError::NotInDump { offset: start + there.len() }),
            None => Err(MetadataError::Malformed { offset: start, what: "a name does not end" }),
        }
    }

    /// Whether a name is this one. Looks at no more bytes than that takes.
    pub(super) fn is_named(&self, index: StringIndex, name: &str) -> Result<bool, MetadataError> {
        let heap = &self.root.strings;
        let start = offset_in(heap, index.0)?;
        let wanted = (name.len() + 1).min(heap.end - start);
        let there = self.bytes.tail(start)?;
        let there = there.get(..wanted).unwrap_or(there);
        if there.len() < wanted && name.as_bytes().starts_with(there) {
            return Err(MetadataError::NotInDump { offset: start + there.len() });
        }
        Ok(there.strip_prefix(name.as_bytes()) == Some(&[0]))
    }

    /// A blob's contents: a signature, a constant, an attribute's arguments.
    ///
    /// # Errors
    /// When it is not in the dump, leads out of the heap, or its length is no valid number.
    pub fn blob(&self, index: BlobIndex) -> Result<&[u8], MetadataError> {
        self.counted(&self.root.blobs, index.0)
    }

    /// A literal of the program's code.
    ///
    /// # Errors
    /// As for [`Self::blob`].
    pub fn user_string(&self, index: UserStringIndex) -> Result<String, MetadataError> {
        let bytes = self.counted(&self.root.user_strings, index.0)?;
        // A last byte, the one that makes the length odd, tells of special characters only.
        let units =
            bytes.chunks_exact(2).map(|pair| pair.iter().rev().fold(0, |n, &b| n << 8 | u16::from(b)));
        Ok(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }

    /// A GUID; `None` for index 0.
    ///
    /// # Errors
    /// When it is not in the dump or leads out of the heap.
    pub fn guid(&self, index: GuidIndex) -> Result<Option<Guid>, MetadataError> {
        let Some(place) = index.0.checked_sub(1) else { return Ok(None) };
        let heap = &self.root.guids;
        let start = place as usize * 16;
        let past_end = OutOfBounds { offset: start, wanted: 16, available: heap.len() };
        if start + 16 > heap.len() {
            return Err(MetadataError::PastEnd(past_end));
        }
        let bytes = self.bytes.get(heap.start + start, 16)?;
        bytes.try_into().map(|bytes| Some(Guid(bytes))).map_err(|_| MetadataError::PastEnd(past_end))
    }

    /// Bytes with their length in front.
    fn counted(&self, heap: &Range<usize>, index: u32) -> Result<&[u8], MetadataError> {
        Metadata::counted_in(&self.bytes, heap, index)
    }

    /// Bytes with their length in front, at an index into a heap of `bytes`.
    pub(super) fn counted_in<'b>(
        bytes: &'b SparseBytes<'_>,
        heap: &Range<usize>,
        index: u32,
    ) -> Result<&'b [u8], MetadataError> {
        let at = offset_in(heap, index)?;
        let no_number = MetadataError::Malformed { offset: at, what: "a length is no compressed number" };
        let length_size = compressed::size(bytes.u8(at)?).ok_or(no_number)?;
        let (length, _) = compressed::split(bytes.get(at, length_size)?).ok_or(no_number)?;
        let (start, wanted) = (at + length_size, length as usize);
        if wanted > heap.end.saturating_sub(start) {
            return Err(MetadataError::PastEnd(OutOfBounds { offset: start, wanted, available: heap.end }));
        }
        Ok(bytes.get(start, wanted)?)
    }
}

/// The offset that an index into a heap means.
fn offset_in(heap: &Range<usize>, index: u32) -> Result<usize, MetadataError> {
    let offset = index as usize;
    if offset < heap.len() {
        Ok(heap.start + offset)
    } else {
        Err(MetadataError::PastEnd(OutOfBounds { offset, wanted: 1, available: heap.len() }))
    }
}
