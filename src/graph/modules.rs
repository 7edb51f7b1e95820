//! The managed modules that were loaded.

use crate::bytes::Addr;

/// How the names of the framework's modules begin, and of packages from its makers.
const FRAMEWORK_PREFIXES: [&str; 2] = ["System.", "Microsoft."];
/// Modules of the framework whose names begin otherwise.
const FRAMEWORK_NAMES: [&str; 4] = ["mscorlib", "netstandard", "System", "WindowsBase"];

/// Whether a module of that name is part of the framework or comes with it, and says nothing of the program.
pub fn is_of_framework(name: &str) -> bool {
    let stem = name.strip_suffix(".dll").unwrap_or(name);
    FRAMEWORK_PREFIXES.iter().any(|prefix| stem.starts_with(prefix)) || FRAMEWORK_NAMES.contains(&stem)
}

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
