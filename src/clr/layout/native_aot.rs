//! The layout descriptions of NativeAOT programs, whose runtime is compiled into them.
//!
//! Such a program describes itself: its `DotNetRuntimeDebugHeader` lists fields and offsets by the runtime's own names
//! (dotnet/runtime `src/coreclr/nativeaot/Runtime/DebugHeader.cpp`). What comes with heapql adds what the header leaves
//! out, gives the header's names those that readers ask for, and knows the order of the header's entries, by which they
//! are told where their names are not in the dump.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::Descriptor;
use crate::dump::{Architecture, OperatingSystem, Target};

/// A bundled description of NativeAOT programs, and which it describes.
#[derive(Debug)]
pub struct NativeAot {
    /// Major and minor number of the family's name.
    pub family: (u32, u32),
    /// The debug header's major version.
    header_version: u16,
    /// The smallest minor version of the GC's table of variables.
    gc_version: u8,
    json: &'static str,
}

/// Newest first.
static BUNDLED: [NativeAot; 3] = [
    NativeAot {
        family: (10, 0),
        header_version: 5,
        gc_version: 4,
        json: include_str!("data/nativeaot-10.0.json"),
    },
    NativeAot {
        family: (9, 0),
        header_version: 4,
        gc_version: 0,
        json: include_str!("data/nativeaot-9.0.json"),
    },
    NativeAot {
        family: (8, 0),
        header_version: 3,
        gc_version: 0,
        json: include_str!("data/nativeaot-8.0.json"),
    },
];

/// The entries of a debug header as a version has them.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DebugHeaderNames {
    /// What readers call a field that the header names so: both as `Type.field`.
    names: FxHashMap<String, String>,
    /// Types with their fields, in the order of the entries.
    #[serde(default)]
    entries: Vec<(String, Vec<String>)>,
    /// The globals, in the order of their entries.
    #[serde(default)]
    pub globals: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(rename = "debugHeader")]
    debug_header: DebugHeaderNames,
}

/// The bundled descriptions that may fit a program on `target` whose debug header is of this major version.
pub fn native_aot(target: Target, header_version: u16) -> impl Iterator<Item = &'static NativeAot> {
    // The structures hold nothing whose size a processor or system would change but thread-local ones, which the header tells.
    let known = target.system == OperatingSystem::Linux
        && matches!(target.architecture, Architecture::X64 | Architecture::Arm64);
    BUNDLED.iter().filter(move |bundled| known && bundled.header_version == header_version)
}

impl NativeAot {
    /// Whether it describes programs whose table of the GC's variables is of this minor version.
    pub fn serves_gc(&self, minor: u8) -> bool {
        minor >= self.gc_version
    }

    /// What stands beside the debug header: flags, the GC's structures.
    pub fn descriptor(&self) -> Descriptor {
        // A test reads every bundled file, so this cannot fail in a released program.
        Descriptor::parse(self.json.as_bytes()).unwrap_or_default()
    }

    /// How the debug header's entries are named.
    pub fn header_names(&self) -> DebugHeaderNames {
        serde_json::from_str::<File>(self.json).map(|file| file.debug_header).unwrap_or_default()
    }

    /// The version family as it is spoken of: `8.0`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.family.0, self.family.1)
    }
}

impl DebugHeaderNames {
    /// What readers call the field that the header names `type_name.field`; `None` for one that none asks for.
    pub fn known(&self, type_name: &str, field: &str) -> Option<(&str, &str)> {
        self.names.get(&format!("{type_name}.{field}"))?.split_once('.')
    }

    /// Types and fields in the order of the header's entries; empty where the order is not known.
    pub fn in_order(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries
            .iter()
            .flat_map(|(of, fields)| fields.iter().map(move |field| (of.as_str(), field.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_description_can_be_read() {
        for bundled in &BUNDLED {
            let name = bundled.name();
            Descriptor::parse(bundled.json.as_bytes()).unwrap();
            serde_json::from_str::<File>(bundled.json).unwrap();
            let descriptor = bundled.descriptor();
            for number in ["MethodTableFlags.ContainsGCPointers", "HandleMaxInternalTypes"] {
                assert!(descriptor.number(number).is_some(), "{name}: {number}");
            }
            let known = bundled.header_names();
            assert_eq!(known.known("MethodTable", "m_uFlags"), Some(("MethodTable", "MTFlags")), "{name}");
            assert_eq!(known.known("MethodTable", "m_VTable"), None, "{name}");
        }
    }

    #[test]
    fn headers_and_the_garbage_collectors_version_tell_the_family() {
        let of = |header, gc| {
            let mut fitting = native_aot(Target::LINUX_X64, header);
            fitting.find(|bundled| bundled.serves_gc(gc)).map(NativeAot::name)
        };
        assert_eq!(of(3, 1).as_deref(), Some("8.0"));
        assert_eq!(of(4, 1).as_deref(), Some("9.0"));
        assert_eq!(of(5, 4).as_deref(), Some("10.0"));
        assert_eq!(of(5, 1), None);
        assert_eq!(of(6, 4), None);
    }
}
