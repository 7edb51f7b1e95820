//! Words of threads' stacks, and registers, as roots.

use crate::bytes::Addr;
use crate::clr::stacks::{StackParts, stacks as thread_stacks};
use crate::problem::Problem;

use super::build::{Found, Sources};
use super::{Root, RootKind};

/// Whether threads' stacks are searched for roots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StackRoots {
    /// Every word that points at an object or into one counts: none is missed, and some may be left over from before.
    #[default]
    Conservative,
    /// Stacks are left out: what only they hold counts as garbage.
    None,
}

/// A root for every word of a stack, and every general register, that points at an object or into one.
pub(super) fn stacks(sources: Sources<'_>, setting: StackRoots) -> Found {
    if setting == StackRoots::None {
        let note = Problem::note("threads' stacks are left out: what only they hold counts as garbage");
        return Found { roots: Vec::new(), problems: vec![note.hint("use --stacks conservative")] };
    }
    let stacks = thread_stacks(sources.types.runtime());
    let mut found = Found { roots: Vec::new(), problems: stacks.problems };
    for stack in &stacks.threads {
        let walked = sources.types.frames().thread(stack.os_id);
        let parts = walked.map(|thread| StackParts::of(sources.types, thread)).unwrap_or_default();
        let running = parts.all().first().filter(|part| part.instruction == stack.instruction);
        let of_registers = running.and_then(|part| part.method.as_ref());
        let registers = stack.registers.iter().map(|&value| (None, Addr(value)));
        let words = stack.words(sources.types.memory()).map(|(at, value)| (Some(at), value));
        found.roots.extend(registers.chain(words).filter_map(|(address, value)| {
            let object = sources.object_around(value)?;
            let method = address.map_or(of_registers, |address| parts.method_at(address));
            Some(Root {
                name: method.cloned(),
                os_id: Some(stack.os_id),
                interior: sources.object(value).is_none(),
                ..Root::new(RootKind::Stack, address, object)
            })
        }));
    }
    found
}
