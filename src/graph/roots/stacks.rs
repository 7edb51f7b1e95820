//! Words of threads' stacks, and registers, as roots.

use crate::bytes::Addr;
use crate::clr::stacks;
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
    let stacks = stacks::stacks(sources.types.runtime());
    let roots = stacks.threads.iter().flat_map(|stack| {
        let registers = stack.registers.iter().map(|&value| (None, Addr(value)));
        let words = stack.words(sources.types.memory()).map(|(at, value)| (Some(at), value));
        registers.chain(words).filter_map(|(at, value)| {
            let object = sources.object_around(value)?;
            let interior = sources.object(value).is_none();
            let os_id = Some(stack.os_id);
            Some(Root { os_id, interior, ..Root::new(RootKind::Stack, at, object) })
        })
    });
    Found { roots: roots.collect(), problems: stacks.problems }
}
