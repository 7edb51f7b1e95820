//! Dump files as an address space with mappings and threads. Knows nothing of .NET.

mod address_space;
pub mod container;
mod elf_core;
mod environment;
mod fingerprint;
mod mappings;
mod minidump;
mod modules;
mod recognize;
mod regions;
mod target;
mod threads;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::bytes::Mapped;
use crate::error::Result;
use crate::problem::Problem;

pub use address_space::{AddressSpace, Fault, Piece, Run};
pub use mappings::{FileMapping, without_deleted_mark};
pub use modules::{FileVersion, NativeModule, PdbId};
pub use regions::{MemoryRegion, Protection, SavedRanges};
pub use target::{OperatingSystem, Target};
pub use threads::{NativeThread, Process};

/// The processor architecture of the dumped process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Architecture {
    /// x86-64.
    X64,
    /// AArch64.
    Arm64,
}

impl Architecture {
    /// How many general registers a core holds for each thread: `user_regs_struct` of x64 has 27
    /// words, `user_pt_regs` of arm64 has 34.
    pub fn register_count(self) -> usize {
        match self {
            Architecture::X64 => 27,
            Architecture::Arm64 => 34,
        }
    }

    /// Which of those registers is the stack pointer.
    pub fn stack_pointer(self) -> usize {
        match self {
            Architecture::X64 => 19,
            Architecture::Arm64 => 31,
        }
    }

    /// Which of those registers is the instruction pointer.
    pub fn instruction_pointer(self) -> usize {
        match self {
            Architecture::X64 => 16,
            Architecture::Arm64 => 32,
        }
    }

    /// Which of those registers is the frame pointer.
    pub fn frame_pointer(self) -> usize {
        match self {
            Architecture::X64 => 4,
            Architecture::Arm64 => 29,
        }
    }

    /// Which of those registers code computes with, and which may therefore hold references: of x64 r15 to rdi, of
    /// arm64 x0 to x30.
    pub fn general_registers(self) -> Range<usize> {
        match self {
            Architecture::X64 => 0..15,
            Architecture::Arm64 => 0..31,
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Architecture::X64 => "x64",
            Architecture::Arm64 => "arm64",
        })
    }
}

/// What wrote the dump; decides what it can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenBy {
    /// The runtime's own createdump: `dotnet-dump collect`, crash dumps.
    Createdump,
    /// gdb's gcore.
    Gcore,
    /// The kernel, when the process crashed or was aborted.
    Kernel,
    /// The function of Windows that nearly all of its tools call; nothing tells which did.
    MiniDumpWriteDump,
}

impl fmt::Display for TakenBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TakenBy::Createdump => "createdump",
            TakenBy::Gcore => "gcore",
            TakenBy::Kernel => "the kernel",
            TakenBy::MiniDumpWriteDump => "MiniDumpWriteDump",
        })
    }
}

/// A dump, read but not interpreted.
#[derive(Clone, Debug)]
pub struct Dump {
    /// The process's memory.
    pub memory: Arc<AddressSpace>,
    /// What the process ran on.
    pub target: Target,
    /// What wrote the dump; `None` when what would tell is cut off.
    pub taken_by: Option<TakenBy>,
    /// The files that were mapped, in the order of the dump's note; empty when the note is missing.
    pub mappings: Vec<FileMapping>,
    /// The regions of the process's memory, in the order of addresses and apart from each other.
    pub regions: Vec<MemoryRegion>,
    /// What of it the dump's own file holds.
    pub saved: SavedRanges,
    /// The loaded images with what identifies their files, where the dump lists them (minidumps); else empty.
    pub modules: Vec<NativeModule>,
    /// The native threads, the one that crashed or was interrupted first.
    pub threads: Vec<NativeThread>,
    /// The auxiliary vector, (type, value).
    pub auxv: Vec<(u64, u64)>,
    /// The process, where the dump says it.
    pub process: Option<Process>,
    /// When the process began, in seconds since 1970, where the dump says it (minidumps).
    pub started: Option<u64>,
    /// Whether the dump was taken without the process's full memory, or the list of that is cut off (minidumps).
    pub lacks_memory: bool,
    /// What the file lacks.
    pub problems: Vec<Problem>,
    /// The file, unpacked.
    file: Arc<Mapped>,
    /// Where its notes stand.
    notes: Vec<Range<u64>>,
}

impl Dump {
    /// Reads a dump from the bytes of its file (already unpacked).
    ///
    /// # Errors
    /// The file is no dump, or one of a kind that is not read; the message says what it is.
    pub fn parse(bytes: Mapped) -> Result<Dump> {
        if elf_core::is_elf(&bytes) {
            return elf_core::parse(Arc::new(bytes));
        }
        if minidump::is_minidump(&bytes) {
            return minidump::parse(Arc::new(bytes));
        }
        Err(recognize::refusal(&bytes))
    }

    /// The same dump with other memory.
    #[must_use]
    pub fn with_memory(&self, memory: AddressSpace) -> Dump {
        Dump { memory: Arc::new(memory), ..self.clone() }
    }

    /// Bytes of the file, unpacked.
    pub fn length(&self) -> u64 {
        self.file.len() as u64
    }

    /// A hash over what tells this dump from others, without reading all of it: see the file `fingerprint.rs` beside this one.
    pub fn fingerprint(&self) -> u128 {
        fingerprint::fingerprint(&self.file, &self.notes)
    }
}
