//! How GC info is encoded: numbers that differ by architecture and by version of the format.
//!
//! Source: `AMD64GcInfoEncoding` and `ARM64GcInfoEncoding` in `src/coreclr/inc/gcinfotypes.h` of dotnet/runtime v8.0 to
//! v10.0 (macros of the same names in `src/inc/gcinfotypes.h` of dotnet/coreclr v2.0 and v3.1), `GCINFO_VERSION` in `gcinfo.h`
//! beside it: 2 from 2.0 to 8.0, 3 in 9.0, 4 in 10.0. Version 3 differs from 2 only in where a frame that an exception
//! interrupted stands.

use crate::dump::Architecture;

/// How GC info of an architecture and a version is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    pub(super) widths: Widths,
    pub(super) version: Version,
}

/// Numbers of an architecture. Widths are those of a group of a number of variable length, without the bit that says
/// whether another group follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Widths {
    /// The register that a stack base register of 0 stands for; others are combined with it by exclusive or.
    pub stack_base: u32,
    /// How many bits the length of code, and from version 4 on offsets in it, are shifted: instructions are so long.
    pub instruction_shift: u32,
    pub code_length: u32,
    pub prologue: u32,
    pub epilogue: u32,
    pub stack_slot: u32,
    pub stack_slot_delta: u32,
    pub stack_base_register: u32,
    pub outgoing_area: u32,
    pub edit_and_continue: u32,
    /// A second number of edit-and-continue, where there is one.
    pub edit_and_continue_frame: Option<u32>,
    pub safe_points: u32,
    pub ranges: u32,
    pub range_start: u32,
    pub range_length: u32,
    pub registers: u32,
    pub stack_slots: u32,
    pub untracked: u32,
    pub register: u32,
    pub register_delta: u32,
    pub pointer_size: u32,
    /// Of a run of live slots.
    pub live_run: u32,
    /// Of a run of dead slots.
    pub dead_run: u32,
    /// Plain bits of what a method returns, in a slim and in a fat header.
    pub return_kind: (u32, u32),
}

/// What a version of the format has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version {
    /// Whether the header tells what the method returns, and where it keeps the stack pointer for its funclets.
    pub return_kind_and_psp_sym: bool,
    /// Whether offsets within code are shifted as its length is.
    pub offsets_shifted: bool,
    /// How far before the return address a frame stands that waits for a call to return.
    pub calling: u32,
    /// How far before its instruction pointer a frame stands that an exception interrupted.
    pub interrupted: u32,
}

const X64: Widths = Widths {
    stack_base: 5,
    instruction_shift: 0,
    code_length: 8,
    prologue: 5,
    epilogue: 3,
    stack_slot: 6,
    stack_slot_delta: 4,
    stack_base_register: 3,
    outgoing_area: 3,
    edit_and_continue: 4,
    edit_and_continue_frame: None,
    safe_points: 2,
    ranges: 1,
    range_start: 6,
    range_length: 6,
    registers: 2,
    stack_slots: 2,
    untracked: 1,
    register: 3,
    register_delta: 2,
    pointer_size: 3,
    live_run: 2,
    dead_run: 4,
    return_kind: (2, 4),
};

const ARM64: Widths = Widths {
    stack_base: 29,
    instruction_shift: 2,
    stack_base_register: 2,
    edit_and_continue_frame: Some(4),
    safe_points: 3,
    registers: 3,
    ..X64
};

const VERSION_2: Version =
    Version { return_kind_and_psp_sym: true, offsets_shifted: false, calling: 1, interrupted: 1 };
const VERSION_3: Version = Version { interrupted: 0, ..VERSION_2 };
const VERSION_4: Version =
    Version { return_kind_and_psp_sym: false, offsets_shifted: true, calling: 0, interrupted: 0 };

impl Encoding {
    /// The encoding of a version of the format on an architecture; `None` for what is not known.
    pub fn of(version: u64, architecture: Architecture) -> Option<Encoding> {
        let widths = match architecture {
            Architecture::X64 => X64,
            Architecture::Arm64 => ARM64,
        };
        let version = match version {
            2 => VERSION_2,
            3 => VERSION_3,
            4 => VERSION_4,
            _ => return None,
        };
        Some(Encoding { widths, version })
    }

    /// An offset within code as it is encoded.
    pub(super) fn normalize(&self, offset: u32) -> u32 {
        if self.version.offsets_shifted { offset >> self.widths.instruction_shift } else { offset }
    }
}
