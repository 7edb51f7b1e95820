//! Reading all references of the heap into rows, in parallel over the blocks of objects.

use rayon::prelude::*;

use crate::bytes::{Addr, Scratch, room};
use crate::clr::ClrRuntime;
use crate::clr::references::ReferenceReader;
use crate::dump::AddressSpace;
use crate::error::{Error, Result};
use crate::graph::{Heap, ObjectBlock, ObjectId};
use crate::problem::Problem;
use crate::progress::Progress;

use super::address_index::AddressIndex;
use super::losses::{Dangling, Losses};
use super::row_starts::{LONG, LongRow, RowStarts};
use super::type_references::{self, TypeReferences};
use super::{References, Rows};

/// The references of all objects of `heap`, and those that lead to no object. `attached` are those that stand in no object: a
/// key and the dependent that a handle attaches to it, sorted.
///
/// # Errors
/// The dump holds no heap. What cannot be followed is no error but stands in [`References::problems`].
pub(super) fn extract(
    runtime: &ClrRuntime,
    heap: &Heap,
    attached: &[(ObjectId, ObjectId)],
    progress: &dyn Progress,
) -> Result<(References, Option<Dangling>)> {
    let gc = runtime.gc.as_ref().map_err(Error::duplicate)?;
    let blocks = heap.objects.blocks();
    progress.begin("reading references", Some(blocks.iter().map(span).sum()));
    let index = AddressIndex::new(&heap.objects);
    let mut problems = Vec::new();
    let types = type_references::of_types(runtime, gc, &heap.types, &index, &mut problems);
    let extraction = Extraction { memory: &runtime.dump.memory, index: &index, types: &types };
    let mut lengths = Scratch::zeros(heap.objects.len());
    let mut tasks = Vec::with_capacity(blocks.len());
    let mut rest = &mut lengths[..];
    for (number, block) in blocks.iter().enumerate() {
        let (of_block, behind) = rest.split_at_mut(block.len());
        tasks.push((number, block, of_block));
        rest = behind;
    }
    let parts: Vec<Part> = tasks
        .into_par_iter()
        .map(|(number, block, lengths)| {
            let part = extraction.block(block, heap.objects.first_of(number), attached, lengths);
            progress.advance(span(block));
            part
        })
        .collect();
    progress.end();
    let mut losses = Losses::default();
    parts.iter().for_each(|part| losses.add(part.losses));
    let mut dangling = losses.dangling();
    // While objects are moved references may lead to where they will be, whoever holds them.
    if gc.heaps.collecting
        && let Some(dangling) = dangling.take()
    {
        problems.push(dangling.problem(false));
        let message = "the collection under way may have changed references to where objects are to be moved: references, \
                       paths and retained sizes are in doubt";
        problems.push(Problem::loss(message));
    }
    problems.extend(losses.unread_problem());
    drop(index);
    Ok((References { forward: join(&lengths, parts), problems }, dangling))
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
#[derive(Default)]
struct Part {
    members: Vec<ObjectId>,
    long: Vec<LongRow>,
    losses: Losses,
}

impl Extraction<'_> {
    /// The references of the objects of `block`, of which the first is `first`. `lengths` gets how many each one has.
    fn block(
        &self,
        block: &ObjectBlock,
        first: ObjectId,
        attached: &[(ObjectId, ObjectId)],
        lengths: &mut [u8],
    ) -> Part {
        let mut part = Part::default();
        let mut reader = ReferenceReader::new(self.memory);
        let mut attached = &attached[attached.partition_point(|(key, _)| *key < first)..];
        let types = block.types.iter();
        for (row, (length, of_type)) in lengths.iter_mut().zip(types).enumerate() {
            let before = part.members.len();
            let id = first.0 + row as u32;
            let of_type = self.types.get(of_type.0 as usize);
            if let Some(of_type) = of_type.filter(|of_type| !of_type.map.is_empty()) {
                self.object(&mut reader, of_type, block.address(row), block.size(row), &mut part);
            }
            while let Some((&(_, dependent), behind)) =
                attached.split_first().filter(|(next, _)| next.0.0 == id)
            {
                part.members.push(dependent);
                attached = behind;
            }
            part.members.extend(of_type.and_then(|of_type| of_type.loader_allocator));
            let added = part.members.len() - before;
            *length = u8::try_from(added).unwrap_or(LONG);
            if *length == LONG {
                part.long.push(LongRow { row: id.into(), length: added as u64 });
            }
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
        let Part { members, losses, .. } = part;
        let unread = reader.read(&of_type.map, object, size, |offset, value| match self.index.find(value) {
            Some(target) => members.push(target),
            None => losses.dangle(object, offset, value),
        });
        if unread.slots > 0 {
            losses.unread(object, unread.slots);
        }
    }
}

/// Joins the parts, of which each is given up as soon as it was copied.
fn join(lengths: &[u8], parts: Vec<Part>) -> Rows {
    let mut members = room(parts.iter().map(|part| part.members.len()).sum());
    let mut long = Vec::new();
    for part in parts {
        members.extend_from_slice(&part.members);
        long.extend(part.long);
    }
    Rows::of_starts(RowStarts::from_lengths(lengths, &long), members.into())
}
