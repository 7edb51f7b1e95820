//! The threads of the process as the operating system saw them.

/// A native thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeThread {
    /// The id the operating system gave.
    pub id: u64,
    /// The general registers in the order of the kernel's `user_regs_struct`.
    pub registers: Vec<u64>,
}

/// The dumped process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The process id.
    pub id: u64,
    /// The program's name, cut to 15 characters by the kernel.
    pub name: String,
}
