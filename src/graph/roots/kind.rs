//! The kinds of roots.

/// What sort of root it is. In the order in which a person wants to hear of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RootKind {
    /// A static field.
    Static,
    /// A static field of one thread.
    ThreadStatic,
    /// A word on a thread's stack or in its registers.
    Stack,
    /// A handle that keeps its object alive.
    StrongHandle,
    /// A handle that keeps its object alive and where it is.
    PinnedHandle,
    /// A handle that keeps its object alive while a count is not zero.
    RefCountedHandle,
    /// A pinned handle of an overlapped operation.
    AsyncPinnedHandle,
    /// A strong handle whose object's size the collector measures.
    SizedRefHandle,
    /// The queue of objects whose finalizers are about to run.
    FinalizerQueue,
    /// An object that nothing collects: those on frozen segments, and what the runtime itself holds by no handle.
    Permanent,
    /// The dependent of a handle: alive while the object that it is attached to is, so no root by itself.
    DependentHandle,
    /// What a pointer of a type that can be unloaded leads to, its statics or its RuntimeType: the handle keeps the pointer
    /// up to date, and the loader allocator what it leads to.
    WeakInteriorHandle,
    /// An object that has a finalizer which has not run: it does not keep the object alive.
    Finalizable,
}

impl RootKind {
    /// All kinds.
    pub const ALL: [RootKind; 13] = [
        RootKind::Static,
        RootKind::ThreadStatic,
        RootKind::Stack,
        RootKind::StrongHandle,
        RootKind::PinnedHandle,
        RootKind::RefCountedHandle,
        RootKind::AsyncPinnedHandle,
        RootKind::SizedRefHandle,
        RootKind::FinalizerQueue,
        RootKind::Permanent,
        RootKind::DependentHandle,
        RootKind::WeakInteriorHandle,
        RootKind::Finalizable,
    ];

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            RootKind::Static => "static",
            RootKind::ThreadStatic => "thread_static",
            RootKind::Stack => "stack",
            RootKind::StrongHandle => "strong_handle",
            RootKind::PinnedHandle => "pinned_handle",
            RootKind::RefCountedHandle => "ref_counted_handle",
            RootKind::AsyncPinnedHandle => "async_pinned_handle",
            RootKind::SizedRefHandle => "sized_ref_handle",
            RootKind::FinalizerQueue => "finalizer_queue",
            RootKind::Permanent => "permanent",
            RootKind::DependentHandle => "dependent_handle",
            RootKind::WeakInteriorHandle => "weak_interior_handle",
            RootKind::Finalizable => "finalizable",
        }
    }

    /// Whether it keeps its object alive by itself.
    pub fn keeps_alive(self) -> bool {
        !matches!(self, RootKind::DependentHandle | RootKind::WeakInteriorHandle | RootKind::Finalizable)
    }
}
