//! What the dumped process ran on: by it layouts are chosen.

use std::fmt;

use super::Architecture;

/// The operating system of the dumped process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperatingSystem {
    /// Linux, of any distribution.
    Linux,
    /// Windows.
    Windows,
}

impl fmt::Display for OperatingSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OperatingSystem::Linux => "Linux",
            OperatingSystem::Windows => "Windows",
        })
    }
}

/// Operating system and processor architecture of the dumped process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The operating system.
    pub system: OperatingSystem,
    /// The processor architecture.
    pub architecture: Architecture,
}

impl Target {
    /// Linux on x86-64.
    pub const LINUX_X64: Target = Target { system: OperatingSystem::Linux, architecture: Architecture::X64 };
    /// Linux on AArch64.
    pub const LINUX_ARM64: Target =
        Target { system: OperatingSystem::Linux, architecture: Architecture::Arm64 };
    /// Windows on x86-64.
    pub const WINDOWS_X64: Target =
        Target { system: OperatingSystem::Windows, architecture: Architecture::X64 };
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.system, self.architecture)
    }
}
