//! Code that was compiled ahead, as the tables of its image describe it.

use crate::bytes::Addr;

/// The code around an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CompiledCode {
    /// The MethodDesc.
    pub method_desc: Addr,
    /// Where the method's code begins.
    pub start: Addr,
    /// How it is unwound; `None` where the table of functions is not in the dump.
    pub unwind: Option<Unwind>,
}

/// Which unwind information holds at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unwind {
    /// Where the function, the funclet or the cold part begins.
    pub begin: Addr,
    /// Its unwind information.
    pub own: Addr,
    /// That of the method's main function, behind which the GC info lies.
    pub main: Addr,
    /// 0 in the main function, else which of the funclets behind it this is.
    pub funclet: u32,
}
