//! `System.Text.StringBuilder`: the text of all its chunks.
//!
//! The object is the last chunk; `m_ChunkPrevious` leads to the one before it. A chunk's text begins at `m_ChunkOffset` of
//! the whole and is the first `m_ChunkLength` characters of `m_ChunkChars`. The same in all versions.

use super::members::Members;
use super::{NoText, Text};
use crate::bytes::Addr;
use crate::{limits, text};

/// Bytes of a character.
const UNIT: u64 = 2;

pub(super) fn string_builder(members: &Members<'_>) -> Text {
    let mut chunk = Chunk::of(members)?;
    if chunk.end() > limits::MAX_BUILDER_UNITS {
        return Err(NoText::Unknown);
    }
    // Collected last chunk first; what lies together in the dump is not copied but once.
    let mut chunks = vec![chunk];
    while !chunk.previous.is_null() {
        let data = chunk.previous.offset(super::DATA);
        let previous = Chunk::of(&Members { data, ..*members })?;
        // Offsets fall from chunk to chunk, which no loop can do for ever; empty chunks are held by the cap.
        if previous.end() != chunk.offset || chunks.len() >= limits::MAX_BUILDER_CHUNKS {
            return Err(NoText::Unknown);
        }
        chunks.push(previous);
        chunk = previous;
    }
    if chunk.offset != 0 {
        return Err(NoText::Unknown);
    }
    let mut bytes = Vec::new();
    for chunk in chunks.iter().rev().filter(|chunk| chunk.length > 0) {
        let array = members.values.array(chunk.chars).map_err(|_| NoText::Unknown)?;
        if u64::from(array.count) < chunk.length || u64::from(array.element_size()) != UNIT {
            return Err(NoText::Unknown);
        }
        let size = (chunk.length * UNIT) as usize;
        bytes.extend_from_slice(&members.values.types().memory().bytes(array.elements(), size)?);
    }
    Ok(text::from_utf16_le(&bytes))
}

#[derive(Clone, Copy, Debug)]
struct Chunk {
    chars: Addr,
    previous: Addr,
    length: u64,
    offset: u64,
}

impl Chunk {
    fn of(members: &Members<'_>) -> Result<Chunk, NoText> {
        let count = |name| {
            let number = u32::try_from(members.integer(&[name])?);
            number.map(u64::from).map_err(|_| NoText::Unknown)
        };
        Ok(Chunk {
            chars: members.reference(&["m_ChunkChars"])?,
            previous: members.reference(&["m_ChunkPrevious"])?,
            length: count("m_ChunkLength")?,
            offset: count("m_ChunkOffset")?,
        })
    }

    fn end(&self) -> u64 {
        self.offset + self.length
    }
}
