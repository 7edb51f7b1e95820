//! The threads of the process as the operating system saw them.

use crate::bytes::Addr;

/// A native thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeThread {
    /// The id the operating system gave.
    pub id: u64,
    /// The general registers in the order of the Linux kernel's `user_regs_struct`; empty where they are cut off.
    pub registers: Vec<u64>,
    /// The name that the program gave it, where the dump says it (minidumps).
    pub name: Option<String>,
    /// Behind the highest word of its stack, where the dump says it (minidumps).
    pub stack_end: Option<Addr>,
}

/// The dumped process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The process id.
    pub id: u64,
    /// The program's name, on Linux cut to 15 characters by the kernel.
    pub name: String,
}
