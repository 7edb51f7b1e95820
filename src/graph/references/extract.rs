//! Reading all references of the heap into rows, in parallel over the blocks of objects.

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::references::ReferenceReader;
use crate::dump::AddressSpace;
use crate::error::{Error, Result};
use crate::graph::{Heap, ObjectBlock, ObjectId};
use crate::progress::Progress;

use super::address_index::AddressIndex;
use super::losses::Losses;
use super::type_references::{self, TypeReferences};
use super::{References, Rows};

/// The references of all objects of `heap`. `attached` are those that stand in no object: a key and the dependent
/// that a handle attaches to it, sorted.
///
/// # Errors
/// The dump holds no heap. What cannot be followed is no error but stands in [`References::problems`].
pub(super) fn extract(
    runtime: &ClrRuntime,
    heap: &Heap,
    attached: &[(ObjectId, ObjectId)],
    progress: &dyn Progress,
) -> Result<References> {
    let gc = runtime.gc.as_ref().map_err(Error::duplicate)?;
    let blocks = heap.objects.blocks();
    progress.begin("reading references", Some(blocks.iter().map(span).sum()));
    let index = AddressIndex::new(&heap.objects);
    let mut problems = Vec::new();
    let types = type_references::of_types(runtime, gc, &heap.types, &index, &mut problems);
    let extraction = Extraction { memory: &runtime.dump.memory, index: &index, types: &types };
    let mut starts = vec![0; heap.objects.len() + 1];
    let mut tasks = Vec::with_capacity(blocks.len());
    let mut rest = &mut starts[1..];
    for (number, block) in blocks.iter().enumerate() {
        let (ends, behind) = rest.split_at_mut(block.len());
        tasks.push((number, block, ends));
        rest = behind;
    }
    let parts: Vec<Part> = tasks
        .into_par_iter()
        .map(|(number, block, ends)| {
            let part = extraction.block(block, heap.objects.first_of(number), attached, ends);
            progress.advance(span(block));
            part
        })
        .collect();
    progress.end();
    let mut losses = Losses::default();
    parts.iter().for_each(|part| losses.add(part.losses));
    problems.extend(losses.problems());
    Ok(References { forward: join(starts, parts, blocks), problems })
}

/// Bytes from a block's first object to its last.
fn span(block: &ObjectBlock) -> u64 {
    block.address(block.len() - 1).0 - block.address(0).0
}

/// What all blocks share.
struct Extraction<'a> {
    memory: &'a AddressSpace,
    index: &'a AddressIndex<'a>,
    types: &'a [TypeReferences],
}

/// The references of one block's objects.
struct Part {
    members: Vec<ObjectId>,
    losses: Losses,
}

impl Extraction<'_> {
    /// The references of the objects of `block`, of which the first is `first`. `ends` gets where each one's row ends
    /// within the block's.
    fn block(
        &self,
        block: &ObjectBlock,
        first: ObjectId,
        attached: &[(ObjectId, ObjectId)],
        ends: &mut [u32],
    ) -> Part {
        let mut part = Part { members: Vec::new(), losses: Losses::default() };
        let mut reader = ReferenceReader::new(self.memory);
        let mut attached = &attached[attached.partition_point(|(key, _)| *key < first)..];
        for (row, end) in ends.iter_mut().enumerate() {
            if let Some(of_type) = self.types.get(block.types[row].0 as usize) {
                if !of_type.map.is_empty() {
                    self.object(&mut reader, of_type, block.address(row), block.size(row), &mut part);
                }
                while let Some((&(key, dependent), behind)) = attached.split_first()
                    && key.0 == first.0 + row as u32
                {
                    part.members.push(dependent);
                    attached = behind;
                }
                part.members.extend(of_type.loader_allocator);
            }
            *end = part.members.len() as u32;
        }
        part.members.shrink_to_fit();
        part
    }

    /// The references of the object's own fields or elements.
    #[inline]
    fn object<'m>(
        &'m self,
        reader: &mut ReferenceReader<'m>,
        of_type: &TypeReferences,
        object: Addr,
        size: u64,
        part: &mut Part,
    ) {
        let Part { members, losses } = part;
        let unread = reader.read(&of_type.map, object, size, |offset, value| match self.index.find(value) {
            Some(target) => members.push(target),
            None => losses.dangle(object, offset, value),
        });
        if unread.slots > 0 {
            losses.unread(object, unread.slots);
        }
    }
}

/// Joins the parts, of which each is given up as soon as it was copied. `starts` holds behind the first the ends of the rows
/// within their parts.
fn join(mut starts: Vec<u32>, parts: Vec<Part>, blocks: &[ObjectBlock]) -> Rows {
    let mut members = Vec::with_capacity(parts.iter().map(|part| part.members.len()).sum());
    let mut rest = &mut starts[1..];
    for (part, block) in parts.into_iter().zip(blocks) {
        let (ends, behind) = rest.split_at_mut(block.len());
        // Modulo 2^32, as rows keep their starts.
        let base = members.len() as u32;
        ends.iter_mut().for_each(|end| *end = end.wrapping_add(base));
        members.extend_from_slice(&part.members);
        rest = behind;
    }
    Rows::new(starts.into(), members.into()).expect("each row ends where the next one begins")
}
