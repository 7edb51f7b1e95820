//! The kinds of explicit frames, and what each tells of the code that goes on behind it.
//!
//! Source: `src/coreclr/vm/frames.h` of dotnet/runtime v8.0 to v10.0; `src/vm/frames.h` of dotnet/coreclr v2.0 to v3.1.

/// What an explicit frame tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tells {
    /// Nothing: it marks a place, or protects objects.
    Nothing,
    /// The call that a managed method made to native code from within its own code.
    InlinedCall,
    /// A call that a managed method made to a function of the runtime (up to 9.0).
    HelperMethod,
    /// All registers, in a CONTEXT within the frame.
    Context,
    /// All registers, in a CONTEXT to which the frame refers, as they were when the code was interrupted.
    ContextPointer,
    /// All registers, in a CONTEXT in the debugger's record of an evaluation.
    Evaluation,
    /// The saved registers, in a TransitionBlock at the end of the caller's frame.
    TransitionBlock,
    /// The saved registers of a method whose return address was replaced.
    Hijack,
}

/// A kind of explicit frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameType {
    /// The class in the runtime's sources, by which listings call it: `InlinedCallFrame`.
    pub name: &'static str,
    pub(super) tells: Tells,
}

const fn of(name: &'static str, tells: Tells) -> FrameType {
    FrameType { name, tells }
}

/// All kinds that any version has.
pub(super) static FRAME_TYPES: &[FrameType] = &[
    of("InlinedCallFrame", Tells::InlinedCall),
    of("HelperMethodFrame", Tells::HelperMethod),
    of("HelperMethodFrame_1OBJ", Tells::HelperMethod),
    of("HelperMethodFrame_2OBJ", Tells::HelperMethod),
    of("HelperMethodFrame_3OBJ", Tells::HelperMethod),
    of("HelperMethodFrame_PROTECTOBJ", Tells::HelperMethod),
    of("SoftwareExceptionFrame", Tells::Context),
    of("FaultingExceptionFrame", Tells::Context),
    of("ResumableFrame", Tells::ContextPointer),
    of("RedirectedThreadFrame", Tells::ContextPointer),
    of("FuncEvalFrame", Tells::Evaluation),
    of("HijackFrame", Tells::Hijack),
    of("PrestubMethodFrame", Tells::TransitionBlock),
    of("CallCountingHelperFrame", Tells::TransitionBlock),
    of("StubDispatchFrame", Tells::TransitionBlock),
    of("ExternalMethodFrame", Tells::TransitionBlock),
    of("DynamicHelperFrame", Tells::TransitionBlock),
    of("PInvokeCalliFrame", Tells::TransitionBlock),
    of("SecureDelegateFrame", Tells::TransitionBlock),
    of("MulticastFrame", Tells::TransitionBlock),
    of("CLRToCOMMethodFrame", Tells::TransitionBlock),
    of("StubHelperFrame", Tells::TransitionBlock),
    of("ComMethodFrame", Tells::Nothing),
    of("ComPrestubMethodFrame", Tells::Nothing),
    of("GCFrame", Tells::Nothing),
    of("ProtectByRefsFrame", Tells::Nothing),
    of("ProtectValueClassFrame", Tells::Nothing),
    of("DebuggerClassInitMarkFrame", Tells::Nothing),
    of("DebuggerSecurityCodeMarkFrame", Tells::Nothing),
    of("DebuggerExitFrame", Tells::Nothing),
    of("DebuggerU2MCatchHandlerFrame", Tells::Nothing),
    of("ExceptionFilterFrame", Tells::Nothing),
    of("ContextTransitionFrame", Tells::Nothing),
    of("SecurityContextFrame", Tells::Nothing),
    of("TailCallFrame", Tells::Nothing),
];

/// The place in [`FRAME_TYPES`] of the kind with that name.
pub(super) fn frame_type(name: &str) -> Option<u16> {
    let place = FRAME_TYPES.iter().position(|kind| kind.name == name)?;
    u16::try_from(place).ok()
}
