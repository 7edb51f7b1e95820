//! Threads' stacks and registers as roots.
//!
//! Precisely (`precise`) these are the slots that hold references at the point at which each frame stands. A stack that
//! cannot be walked, or all of them where it is asked for, are searched conservatively (`conservative`): every word that
//! points at an object counts.

mod conservative;
mod precise;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::clr::stack_roots::{Scanned, StackRootScanner};
use crate::clr::stacks::{ThreadFrames, ThreadStack, stacks as thread_stacks};
use crate::problem::Problem;

use super::Root;
use super::build::{Found, Sources};

/// How threads' stacks are searched for roots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StackRoots {
    /// The slots that hold references, as the collector would find them. What cannot be told of a frame or a thread, is
    /// searched conservatively.
    #[default]
    Precise,
    /// Every word that points at an object or into one counts: none is missed, and some may be left over from before.
    Conservative,
    /// Stacks are left out: what only they hold counts as garbage.
    None,
}

/// What became of the stack of a thread.
enum Searched {
    /// It was scanned frame by frame.
    Frames(Scanned),
    /// Every word counts, since it could not be walked.
    Words,
}

/// The roots on stacks and in registers.
pub(super) fn stacks(sources: Sources<'_>, setting: StackRoots) -> Found {
    if setting == StackRoots::None {
        let note = Problem::note("threads' stacks are left out: what only they hold counts as garbage");
        return Found { roots: Vec::new(), problems: vec![note.hint("use --stacks precise")] };
    }
    let stacks = thread_stacks(sources.types.runtime());
    let frames = sources.types.frames();
    let walked: FxHashMap<u64, &ThreadFrames> =
        frames.threads.iter().map(|thread| (thread.os_id, thread)).collect();
    let scanner = (setting == StackRoots::Precise).then(|| StackRootScanner::new(sources.types));
    let search = |stack: &ThreadStack| {
        let thread = walked.get(&stack.os_id).copied();
        let can_scan = thread.filter(|thread| StackRootScanner::can_scan(thread));
        match scanner.as_ref().zip(can_scan) {
            Some((scanner, thread)) => {
                let (roots, scanned) = precise::roots(sources, scanner, thread);
                (roots, Searched::Frames(scanned))
            }
            None => (conservative::roots(sources, stack, thread), Searched::Words),
        }
    };
    let searched: Vec<(Vec<Root>, Searched)> = stacks.threads.par_iter().map(search).collect();
    let mut found = Found { roots: Vec::new(), problems: stacks.problems };
    if setting == StackRoots::Precise {
        found.problems.extend(problems(searched.iter().map(|(_, searched)| searched)));
    }
    found.roots.extend(searched.into_iter().flat_map(|(roots, _)| roots));
    found
}

/// What is not precise, and what was left out.
fn problems<'s>(searched: impl Iterator<Item = &'s Searched>) -> Vec<Problem> {
    let (mut frames, mut threads, mut whole, mut cut) = (0, 0, 0, 0);
    for searched in searched {
        match searched {
            Searched::Words => whole += 1,
            Searched::Frames(scanned) => {
                frames += scanned.conservative;
                threads += usize::from(scanned.conservative > 0);
                cut += usize::from(scanned.cut);
            }
        }
    }
    let mut problems = Vec::new();
    let hint = "give the folder with the program's modules and the runtime's: --files DIR";
    if whole > 0 {
        let message = format!(
            "the stacks of {whole} threads cannot be told frame by frame: every word of them that points at an object counts as a root"
        );
        problems.push(Problem::note(message).hint(hint));
    }
    if frames > 0 {
        let message = format!(
            "of {frames} frames of {threads} threads the dump does not tell which words hold references: all that point at objects count as roots"
        );
        problems.push(Problem::note(message).hint(hint));
    }
    if cut > 0 {
        let message =
            format!("the stacks of {cut} threads have more slots than are looked at: the rest is left out");
        problems.push(Problem::loss(message));
    }
    problems
}
