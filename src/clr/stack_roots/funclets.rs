//! Which frames of a stack report their slots while exceptions are handled on it.
//!
//! A funclet works on the frame of the method that it belongs to, its parent, and reports that method's slots itself. While a
//! catch or a finally runs, the frames between it and the parent have been unwound already: they still lie there, but nothing
//! in them is alive, but for the runtime's own handlers where those are managed code. While a filter runs nothing has been
//! unwound yet.
//!
//! Source: `StackFrameIterator::Filter` in `src/coreclr/vm/stackwalk.cpp`, `GcInfoDecoder::EnumerateLiveSlots` in
//! `gcinfodecoder.cpp` of dotnet/runtime v8.0 to v10.0.

use crate::bytes::Addr;

/// What is known of a frame, in the order of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visited {
    /// A managed frame.
    Managed(Managed),
    /// An explicit frame, by which managed code called native code; whether it leads to the runtime's own handlers of exceptions.
    Crossing { to_handlers: bool },
    /// Any other frame.
    Other,
}

/// A managed frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Managed {
    /// Where its method begins.
    pub method: Addr,
    /// Its frame pointer: a funclet has that of its parent.
    pub frame_pointer: Option<u64>,
    /// What it is of its method.
    pub part: Part,
}

/// What a managed frame is of its method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The method itself.
    Method,
    /// A filter.
    Filter,
    /// A catch, finally or fault handler.
    Handler,
    /// A funclet of which cannot be told what it is.
    Funclet,
}

/// What a frame has to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// What is live in it.
    Live,
    /// Only what is tracked: the rest its parent reports.
    Tracked,
    /// Nothing: it has been unwound already.
    Dead,
    /// Nothing: a funclet has reported it.
    Parent,
    /// Whether it is alive cannot be told.
    Unclear,
}

/// The roles of a stack's frames.
pub(super) fn roles(frames: &[Visited]) -> Vec<Role> {
    let mut roles = Vec::with_capacity(frames.len());
    // The funclet whose parent is looked for, and where it lies.
    let mut sought: Option<(Managed, usize)> = None;
    let mut in_handlers = false;
    for (at, frame) in frames.iter().enumerate() {
        let between = match sought {
            Some((Managed { part: Part::Funclet, .. }, _)) => Role::Unclear,
            Some(_) => Role::Dead,
            None => Role::Live,
        };
        roles.push(match (*frame, sought) {
            (Visited::Crossing { to_handlers }, _) => {
                in_handlers = to_handlers && sought.is_some();
                between
            }
            (Visited::Other, _) => between,
            (Visited::Managed(frame), Some((funclet, _))) if is_parent(frame, funclet) => {
                (sought, in_handlers) = (None, false);
                Role::Parent
            }
            (Visited::Managed(_), Some(_)) => {
                if in_handlers {
                    Role::Live
                } else {
                    between
                }
            }
            (Visited::Managed(frame), None) => match frame.part {
                Part::Method => Role::Live,
                Part::Filter => Role::Tracked,
                Part::Handler | Part::Funclet => {
                    sought = Some((frame, at));
                    Role::Live
                }
            },
        });
    }
    // Whatever it was, what follows cannot be dead for its sake.
    if let Some((_, funclet)) = sought {
        roles.iter_mut().skip(funclet + 1).for_each(|role| *role = Role::Unclear);
    }
    roles
}

fn is_parent(frame: Managed, funclet: Managed) -> bool {
    let known = frame.frame_pointer.is_some();
    known
        && frame.part == Part::Method
        && (frame.method, frame.frame_pointer) == (funclet.method, funclet.frame_pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: u64 = 0x1000;
    const THROWER: u64 = 0x2000;

    fn managed(method: u64, frame_pointer: u64, part: Part) -> Visited {
        Visited::Managed(Managed { method: Addr(method), frame_pointer: Some(frame_pointer), part })
    }

    fn of(method: u64, frame_pointer: u64) -> Visited {
        managed(method, frame_pointer, Part::Method)
    }

    const NATIVE: Visited = Visited::Crossing { to_handlers: false };
    const HANDLERS: Visited = Visited::Crossing { to_handlers: true };

    #[test]
    fn without_funclets_every_frame_is_live() {
        assert_eq!(roles(&[Visited::Other, NATIVE, of(MAIN, 8)]), [Role::Live; 3]);
    }

    #[test]
    fn what_a_catch_has_unwound_is_dead_and_its_parent_was_reported() {
        let frames = [
            of(0x3000, 1),
            managed(MAIN, 8, Part::Handler),
            NATIVE,
            of(THROWER, 4),
            Visited::Other,
            // The same method further in, and a funclet of it.
            of(MAIN, 6),
            managed(MAIN, 8, Part::Handler),
            of(MAIN, 8),
            of(MAIN, 9),
        ];
        use Role::{Dead, Live, Parent};
        assert_eq!(roles(&frames), [Live, Live, Dead, Dead, Dead, Dead, Dead, Parent, Live]);
    }

    #[test]
    fn the_runtimes_own_handlers_live_up_to_the_next_native_code() {
        let frames = [
            managed(MAIN, 8, Part::Handler),
            HANDLERS,
            of(0x4000, 2),
            of(0x4100, 3),
            NATIVE,
            of(THROWER, 4),
            of(MAIN, 8),
            HANDLERS,
            of(0x4000, 9),
        ];
        use Role::{Dead, Live, Parent};
        assert_eq!(roles(&frames), [Live, Dead, Live, Live, Dead, Dead, Parent, Live, Live]);
    }

    #[test]
    fn a_filter_leaves_all_alive() {
        let frames = [managed(MAIN, 8, Part::Filter), NATIVE, of(THROWER, 4), of(MAIN, 8)];
        assert_eq!(roles(&frames), [Role::Tracked, Role::Live, Role::Live, Role::Live]);
    }

    #[test]
    fn what_cannot_be_told_is_unclear() {
        let frames = [managed(MAIN, 8, Part::Funclet), of(THROWER, 4), of(MAIN, 8)];
        assert_eq!(roles(&frames), [Role::Live, Role::Unclear, Role::Parent]);
        // A parent that is not there, and one whose frame pointer is not known.
        let frames = [managed(MAIN, 8, Part::Handler), of(THROWER, 4), of(MAIN, 9)];
        assert_eq!(roles(&frames), [Role::Live, Role::Unclear, Role::Unclear]);
        let unknown = Managed { method: Addr(MAIN), frame_pointer: None, part: Part::Handler };
        let frames = [Visited::Managed(unknown), Visited::Managed(Managed { part: Part::Method, ..unknown })];
        assert_eq!(roles(&frames), [Role::Live, Role::Unclear]);
    }
}
