//! Where the fields of the runtime's structures lie, as data.
//!
//! Every version's layout has the form of the runtime's own contract descriptor
//! (dotnet/runtime `docs/design/datacontracts/contract-descriptor.md`): types with fields and
//! offsets, and globals. What a dump carries itself is laid over what is bundled; readers ask for a
//! field by name and never look at a version.

mod bundled;
mod descriptor;
mod known_builds;
mod native_aot;
mod version;

pub use bundled::{Bundled, all, for_version};
pub use descriptor::{Descriptor, GlobalValue, Proposal};
pub use known_builds::{KnownBuild, known_build};
pub use native_aot::{DebugHeaderNames, NativeAot, native_aot};
pub use version::RuntimeVersion;
