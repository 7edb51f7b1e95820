//! The kinds of GC handles.

/// What a handle does for its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HandleKind {
    /// Does not keep its object alive; null as soon as the object is dead.
    WeakShort,
    /// Does not keep its object alive; follows it through its finalizer.
    WeakLong,
    /// Keeps its object alive.
    Strong,
    /// Keeps its object alive and where it is.
    Pinned,
    /// Of a strength that may change, and of which is not told what it is now (2.x and 3.x).
    Variable,
    /// Keeps its object alive while a count of outside references is not zero.
    RefCounted,
    /// Keeps a second object alive while its own is.
    Dependent,
    /// Pinned, of an overlapped operation.
    AsyncPinned,
    /// Strong; the collector measures what hangs on it.
    SizedRef,
    /// Weak, of an object that COM or Windows Runtime hold too.
    WeakWinRt,
    /// Keeps a pointer into its object up to date, not the object alive.
    WeakInteriorPointer,
    /// Of an object that another runtime's collector follows too (10.0).
    CrossReference,
}

/// Strengths of a variable handle (`VHT_*` in `src/gc/objecthandle.h`).
const VARIABLE_WEAK_SHORT: u64 = 0x100;
const VARIABLE_WEAK_LONG: u64 = 0x200;
const VARIABLE_STRONG: u64 = 0x400;
const VARIABLE_PINNED: u64 = 0x800;

impl HandleKind {
    /// All kinds.
    pub const ALL: [HandleKind; 12] = [
        HandleKind::WeakShort,
        HandleKind::WeakLong,
        HandleKind::Strong,
        HandleKind::Pinned,
        HandleKind::Variable,
        HandleKind::RefCounted,
        HandleKind::Dependent,
        HandleKind::AsyncPinned,
        HandleKind::SizedRef,
        HandleKind::WeakWinRt,
        HandleKind::WeakInteriorPointer,
        HandleKind::CrossReference,
    ];

    /// The kind with that number in the runtime (`HandleType` in `src/coreclr/gc/gcinterface.h`); `None` for a number
    /// that no version has.
    pub fn of(number: u8) -> Option<HandleKind> {
        HandleKind::ALL.get(usize::from(number)).copied()
    }

    /// What a variable handle is at the moment, by the word that stands in its user data.
    pub(super) fn of_variable(strength: u64) -> HandleKind {
        match strength {
            VARIABLE_WEAK_SHORT => HandleKind::WeakShort,
            VARIABLE_WEAK_LONG => HandleKind::WeakLong,
            VARIABLE_STRONG => HandleKind::Strong,
            VARIABLE_PINNED => HandleKind::Pinned,
            _ => HandleKind::Variable,
        }
    }

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            HandleKind::WeakShort => "weak_short",
            HandleKind::WeakLong => "weak_long",
            HandleKind::Strong => "strong",
            HandleKind::Pinned => "pinned",
            HandleKind::Variable => "variable",
            HandleKind::RefCounted => "ref_counted",
            HandleKind::Dependent => "dependent",
            HandleKind::AsyncPinned => "async_pinned",
            HandleKind::SizedRef => "sized_ref",
            HandleKind::WeakWinRt => "weak_winrt",
            HandleKind::WeakInteriorPointer => "weak_interior_pointer",
            HandleKind::CrossReference => "cross_reference",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_runtime() {
        assert_eq!(HandleKind::of(0), Some(HandleKind::WeakShort));
        assert_eq!(HandleKind::of(6), Some(HandleKind::Dependent));
        assert_eq!(HandleKind::of(11), Some(HandleKind::CrossReference));
        assert_eq!([12, 0xff].map(HandleKind::of), [None; 2]);
    }

    #[test]
    fn a_variable_handle_is_what_it_says() {
        let kinds = [0x100, 0x200, 0x400, 0x800, 0, 0x300].map(HandleKind::of_variable);
        let words = kinds.map(HandleKind::word);
        assert_eq!(words, ["weak_short", "weak_long", "strong", "pinned", "variable", "variable"]);
    }
}
