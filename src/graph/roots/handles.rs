//! GC handles as roots: those that keep alive, and the dependents of dependent ones.

use crate::clr::handles::{self, Handle, HandleKind};
use crate::problem::Problem;

use super::build::{Found, Sources};
use super::{Root, RootKind};

/// A root for every handle that is not weak.
pub(super) fn handles(sources: Sources<'_>) -> Found {
    let read = handles::handles(sources.types.runtime());
    let mut found = Found { roots: Vec::new(), problems: read.problems };
    let mut to_nothing = 0;
    for handle in &read.all {
        let Some(kind) = root_kind(handle.kind) else { continue };
        match root(sources, handle, kind) {
            Some(root) => found.roots.push(root),
            // A dependent handle that nothing was attached to yet.
            None if kind == RootKind::DependentHandle && handle.dependent.is_none() => {}
            None => to_nothing += 1,
        }
    }
    if to_nothing > 0 {
        found
            .problems
            .push(Problem::loss(format!("{to_nothing} GC handles lead to no object that was found")));
    }
    found
}

fn root(sources: Sources<'_>, handle: &Handle, kind: RootKind) -> Option<Root> {
    let object = match kind {
        RootKind::DependentHandle => handle.dependent?,
        _ => handle.object,
    };
    Some(Root::new(kind, Some(handle.address), sources.object(object)?))
}

/// The kind of root that a handle is; `None` for weak ones. A counted handle whose count is zero is weak at the moment,
/// which only the code that counts knows.
fn root_kind(kind: HandleKind) -> Option<RootKind> {
    match kind {
        HandleKind::Strong => Some(RootKind::StrongHandle),
        HandleKind::Pinned => Some(RootKind::PinnedHandle),
        HandleKind::RefCounted => Some(RootKind::RefCountedHandle),
        HandleKind::AsyncPinned => Some(RootKind::AsyncPinnedHandle),
        HandleKind::SizedRef => Some(RootKind::SizedRefHandle),
        HandleKind::Dependent => Some(RootKind::DependentHandle),
        HandleKind::WeakShort
        | HandleKind::WeakLong
        | HandleKind::Variable
        | HandleKind::WeakWinRt
        | HandleKind::WeakInteriorPointer
        | HandleKind::CrossReference => None,
    }
}
