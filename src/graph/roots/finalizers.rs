//! The queue of finalization as roots: it keeps what is ready, and knows of the rest.

use crate::clr::finalizer_queue::{FinalizerState, finalizer_queue};
use crate::problem::Problem;

use super::build::{Found, Sources};
use super::{Root, RootKind};

/// A root for every object of the queue.
pub(super) fn finalizers(sources: Sources<'_>) -> Found {
    let queue = finalizer_queue(sources.types.runtime());
    let mut found = Found { roots: Vec::with_capacity(queue.objects.len()), problems: queue.problems };
    let mut to_nothing = 0;
    for queued in &queue.objects {
        let kind = match queued.state {
            FinalizerState::Ready => RootKind::FinalizerQueue,
            FinalizerState::Live => RootKind::Finalizable,
        };
        match sources.object(queued.object) {
            Some(object) => found.roots.push(Root::new(kind, Some(queued.address), object)),
            None => to_nothing += 1,
        }
    }
    if to_nothing > 0 {
        let message =
            format!("{to_nothing} entries of the queue of finalization lead to no object that was found");
        found.problems.push(Problem::loss(message));
    }
    found
}
