//! Every word of a thread's stack, and every register, that points at an object.

use crate::bytes::Addr;
use crate::clr::stacks::{StackParts, ThreadFrames, ThreadStack};
use crate::graph::roots::build::Sources;
use crate::graph::roots::{Root, RootKind};

/// A root for every word of a stack, and every general register, that points at an object or into one. `walked` are the
/// frames that were found of it, by which words are named.
pub(super) fn roots(sources: Sources<'_>, stack: &ThreadStack, walked: Option<&ThreadFrames>) -> Vec<Root> {
    let parts = walked.map(|thread| StackParts::of(sources.types, thread)).unwrap_or_default();
    let running = parts.all().first().filter(|part| part.instruction == stack.instruction);
    let of_registers = running.and_then(|part| part.method.as_ref());
    let registers = stack.registers.iter().map(|&value| (None, Addr(value)));
    let words = stack.words(sources.types.memory()).map(|(at, value)| (Some(at), value));
    let root = |(address, value): (Option<Addr>, Addr)| {
        let object = sources.object_around(value)?;
        let method = address.map_or(of_registers, |address| parts.method_at(address));
        Some(Root {
            name: method.cloned(),
            os_id: Some(stack.os_id),
            interior: sources.heap.objects.address(object) != Some(value),
            certain: false,
            ..Root::new(RootKind::Stack, address, object)
        })
    };
    registers.chain(words).filter_map(root).collect()
}
