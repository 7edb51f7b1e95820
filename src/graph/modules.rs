//! The managed modules that were loaded.

use crate::bytes::Addr;

/// A managed module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its file name (`System.Private.CoreLib.dll`), or the assembly's name for a dynamic module.
    pub name: String,
    /// The path it was loaded from; `None` for dynamic modules and where it is not in the dump.
    pub path: Option<String>,
    /// Where its image lies; `None` for dynamic modules.
    pub base: Option<Addr>,
    /// Size of its image in bytes.
    pub size: Option<u64>,
    /// The assembly's version, `None` without metadata.
    pub version: Option<String>,
    /// The module version id, as `8-4-4-4-12` hex digits; `None` without metadata.
    pub mvid: Option<String>,
    /// Whether it was made by Reflection.Emit.
    pub dynamic: bool,
}
