//! Where explicit frames hold what they tell.
//!
//! Source: the classes in `src/coreclr/vm/frames.h`, `TransitionBlock` in `callingconvention.h`, `LazyMachState` in
//! `amd64/gmscpu.h` and `arm64/gmscpu.h`, `HijackArgs` and `CalleeSavedRegisters` in `amd64/cgencpu.h`; `CONTEXT` in `src/coreclr/pal/inc/pal.h`.

use crate::clr::layout::Descriptor;
use crate::dump::Architecture;

/// Offsets of what frames tell; `None` for kinds that a version does not have.
#[derive(Clone, Debug)]
pub(in crate::clr::stacks) struct FrameLayout {
    pub head: u64,
    pub next: u64,
    pub inlined_call: Option<InlinedCall>,
    pub helper_method: Option<HelperMethod>,
    /// Where a frame refers to a TransitionBlock.
    pub transition_block: Option<u64>,
    pub block: Option<TransitionBlock>,
    /// Where a CONTEXT lies in a frame, by the name of the frame's kind.
    pub contexts: Vec<(&'static str, u64)>,
    /// Where a frame refers to a CONTEXT.
    pub context_pointer: Option<u64>,
    /// Where a frame refers to the debugger's record, and there the CONTEXT.
    pub evaluation: Option<(u64, u64)>,
    pub hijack: Option<Hijack>,
    /// What a method saves of its caller: the register, and where it stands among the saved ones.
    pub callee_saved: Vec<(u8, u64)>,
    /// The same of a HelperMethodFrame, which may have another order.
    pub captured: Vec<(u8, u64)>,
    pub context: Context,
}

/// Offsets in an InlinedCallFrame.
#[derive(Clone, Copy, Debug)]
pub(in crate::clr::stacks) struct InlinedCall {
    pub stack: u64,
    pub return_address: u64,
    pub frame_pointer: u64,
}

/// Offsets in a HelperMethodFrame.
#[derive(Clone, Copy, Debug)]
pub(in crate::clr::stacks) struct HelperMethod {
    pub size: u64,
    pub attributes: u64,
    pub thread: u64,
    pub instruction: u64,
    pub stack: u64,
    /// What is not 0 when someone has found the caller already: then what follows is valid.
    pub told: Told,
    /// Pointers to the saved registers, and beside them values where those are null (Unix).
    pub pointers: u64,
    pub unwound: Option<u64>,
    /// The native function that made the frame: where it was, and its registers.
    pub capture_instruction: u64,
    pub capture_stack: u64,
    pub captured: u64,
}

/// Where a HelperMethodFrame says that its caller was found.
#[derive(Clone, Copy, Debug)]
pub(in crate::clr::stacks) enum Told {
    /// A pointer to the return address (x64).
    Address(u64),
    /// Four bytes, with padding behind (arm64).
    Flag(u64),
}

/// Offsets in a TransitionBlock.
#[derive(Clone, Copy, Debug)]
pub(in crate::clr::stacks) struct TransitionBlock {
    pub size: u64,
    pub return_address: u64,
    pub saved: u64,
}

/// Offsets of a HijackFrame and its arguments.
#[derive(Clone, Copy, Debug)]
pub(in crate::clr::stacks) struct Hijack {
    pub return_address: u64,
    pub arguments: u64,
    pub saved: u64,
    /// The caller's stack pointer is this far behind the arguments' beginning.
    pub stack: u64,
}

/// Offsets in a CONTEXT, which the format fixes.
#[derive(Clone, Copy, Debug)]
pub(in crate::clr::stacks) struct Context {
    /// Where the first general register stands; the others follow by their numbers.
    pub registers: u64,
    /// How many there are.
    pub count: u8,
    /// Where the stack and the instruction pointer stand.
    pub stack: u64,
    pub instruction: u64,
}

impl Context {
    fn of(architecture: Architecture) -> Context {
        match architecture {
            Architecture::X64 => Context { registers: 120, count: 16, stack: 152, instruction: 248 },
            Architecture::Arm64 => Context { registers: 8, count: 31, stack: 256, instruction: 264 },
        }
    }
}

/// The registers that a layout may name as saved, and their numbers.
const X64_SAVED: [(&str, u8); 8] =
    [("Rbx", 3), ("Rbp", 5), ("Rsi", 6), ("Rdi", 7), ("R12", 12), ("R13", 13), ("R14", 14), ("R15", 15)];
const ARM64_SAVED: [(&str, u8); 12] = [
    ("X19", 19),
    ("X20", 20),
    ("X21", 21),
    ("X22", 22),
    ("X23", 23),
    ("X24", 24),
    ("X25", 25),
    ("X26", 26),
    ("X27", 27),
    ("X28", 28),
    ("Fp", 29),
    ("Lr", 30),
];

impl FrameLayout {
    /// `None` where the layout does not tell how explicit frames are linked.
    pub fn of(layout: &Descriptor, architecture: Architecture) -> Option<FrameLayout> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        let saved: &[(&str, u8)] = match architecture {
            Architecture::X64 => &X64_SAVED,
            Architecture::Arm64 => &ARM64_SAVED,
        };
        let registers = |list: &str| -> Vec<(u8, u64)> {
            saved.iter().filter_map(|&(name, number)| Some((number, of(list, name)?))).collect()
        };
        let order = "MachStateRegisters";
        let order = if layout.describes(order) { order } else { "CalleeSavedRegisters" };
        let contexts = ["SoftwareExceptionFrame", "FaultingExceptionFrame"];
        Some(FrameLayout {
            head: of("Thread", "Frame")?,
            next: of("Frame", "Next")?,
            inlined_call: InlinedCall::of(layout),
            helper_method: HelperMethod::of(layout),
            transition_block: of("FramedMethodFrame", "TransitionBlockPtr"),
            block: TransitionBlock::of(layout),
            contexts: contexts.iter().filter_map(|name| Some((*name, of(name, "TargetContext")?))).collect(),
            context_pointer: of("ResumableFrame", "TargetContextPtr"),
            evaluation: of("FuncEvalFrame", "DebuggerEvalPtr").zip(of("DebuggerEval", "TargetContext")),
            hijack: Hijack::of(layout),
            callee_saved: registers("CalleeSavedRegisters"),
            captured: registers(order),
            context: Context::of(architecture),
        })
    }
}

impl InlinedCall {
    fn of(layout: &Descriptor) -> Option<InlinedCall> {
        let of = |field: &str| layout.optional_field("InlinedCallFrame", field);
        Some(InlinedCall {
            stack: of("CallSiteSP")?,
            return_address: of("CallerReturnAddress")?,
            frame_pointer: of("CalleeSavedFP")?,
        })
    }
}

impl HelperMethod {
    fn of(layout: &Descriptor) -> Option<HelperMethod> {
        let of = |field: &str| layout.optional_field("HelperMethodFrame", field);
        Some(HelperMethod {
            size: of(Descriptor::SIZE)?,
            attributes: of("Attributes")?,
            thread: of("Thread")?,
            instruction: of("Rip")?,
            stack: of("Rsp")?,
            told: of("IsValid").map(Told::Flag).or_else(|| of("RetAddr").map(Told::Address))?,
            pointers: of("Pointers")?,
            unwound: of("Unwound"),
            capture_instruction: of("CaptureRip")?,
            capture_stack: of("CaptureRsp")?,
            captured: of("Captured")?,
        })
    }
}

impl TransitionBlock {
    fn of(layout: &Descriptor) -> Option<TransitionBlock> {
        let of = |field: &str| layout.optional_field("TransitionBlock", field);
        Some(TransitionBlock {
            size: of(Descriptor::SIZE)?,
            return_address: of("ReturnAddress")?,
            saved: of("CalleeSavedRegisters")?,
        })
    }
}

impl Hijack {
    fn of(layout: &Descriptor) -> Option<Hijack> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        Some(Hijack {
            return_address: of("HijackFrame", "ReturnAddress")?,
            arguments: of("HijackFrame", "HijackArgsPtr")?,
            saved: of("HijackArgs", "CalleeSavedRegisters")?,
            // On Windows a part of the arguments lies in the caller's frame.
            stack: of("HijackArgs", "Rsp").or_else(|| of("HijackArgs", Descriptor::SIZE))?,
        })
    }
}
