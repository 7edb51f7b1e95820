//! The layout descriptions that come with the program, one a family of versions and target.

use super::{Descriptor, RuntimeVersion};
use crate::dump::Target;

/// A bundled description, and the versions and the target that it describes.
#[derive(Debug)]
pub struct Bundled {
    /// What it describes runs on this.
    pub target: Target,
    /// Major and minor number of the family's name: `3.1` also serves 3.0.
    pub family: (u32, u32),
    /// Other versions with the same layout.
    also: &'static [(u32, u32)],
    /// What describes it: each part is laid over those before it.
    parts: &'static [&'static str],
}

/// Each target's newest first: where the version is not known they are tried in this order.
static BUNDLED: &[Bundled] = &[
    Bundled {
        target: Target::LINUX_X64,
        family: (10, 0),
        also: &[],
        parts: &[include_str!("data/10.0.json")],
    },
    Bundled { target: Target::LINUX_X64, family: (9, 0), also: &[], parts: &[include_str!("data/9.0.json")] },
    Bundled { target: Target::LINUX_X64, family: (8, 0), also: &[], parts: &[include_str!("data/8.0.json")] },
    Bundled {
        target: Target::LINUX_X64,
        family: (7, 0),
        also: &[],
        parts: &[include_str!("data/8.0.json"), include_str!("data/7.0.json")],
    },
    Bundled {
        target: Target::LINUX_X64,
        family: (6, 0),
        also: &[],
        parts: &[include_str!("data/8.0.json"), include_str!("data/6.0.json")],
    },
    Bundled {
        target: Target::LINUX_X64,
        family: (5, 0),
        also: &[],
        parts: &[include_str!("data/8.0.json"), include_str!("data/6.0.json"), include_str!("data/5.0.json")],
    },
    Bundled {
        target: Target::LINUX_X64,
        family: (3, 1),
        also: &[(3, 0)],
        parts: &[include_str!("data/3.1.json")],
    },
    Bundled {
        target: Target::LINUX_X64,
        family: (2, 1),
        also: &[(2, 2)],
        parts: &[include_str!("data/2.0.json"), include_str!("data/2.1.json")],
    },
    Bundled { target: Target::LINUX_X64, family: (2, 0), also: &[], parts: &[include_str!("data/2.0.json")] },
    Bundled {
        target: Target::LINUX_ARM64,
        family: (10, 0),
        also: &[],
        parts: &[include_str!("data/10.0.json"), include_str!("data/10.0-arm64.json")],
    },
    Bundled {
        target: Target::LINUX_ARM64,
        family: (9, 0),
        also: &[],
        parts: &[include_str!("data/9.0.json"), include_str!("data/9.0-arm64.json")],
    },
    Bundled {
        target: Target::LINUX_ARM64,
        family: (8, 0),
        also: &[],
        parts: &[include_str!("data/8.0.json"), include_str!("data/8.0-arm64.json")],
    },
    Bundled {
        target: Target::WINDOWS_X64,
        family: (10, 0),
        also: &[],
        parts: &[include_str!("data/10.0.json"), include_str!("data/windows-10.0.json")],
    },
    Bundled {
        target: Target::WINDOWS_X64,
        family: (9, 0),
        also: &[],
        parts: &[include_str!("data/9.0.json"), include_str!("data/windows-9.0.json")],
    },
    Bundled {
        target: Target::WINDOWS_X64,
        family: (8, 0),
        also: &[],
        parts: &[include_str!("data/8.0.json"), include_str!("data/windows-8.0.json")],
    },
    Bundled {
        target: Target::WINDOWS_X64,
        family: (6, 0),
        also: &[],
        parts: &[include_str!("data/windows-6.0.json")],
    },
];

/// All bundled descriptions of what runs on `target`, newest first; none for a target that is not known.
pub fn all(target: Target) -> impl Iterator<Item = &'static Bundled> {
    BUNDLED.iter().filter(move |bundled| bundled.target == target)
}

/// The bundled description of a version on `target`, or `None` where there is none.
pub fn for_version(version: RuntimeVersion, target: Target) -> Option<&'static Bundled> {
    all(target).find(|b| b.serves((version.major, version.minor)))
}

impl Bundled {
    fn serves(&self, version: (u32, u32)) -> bool {
        self.family == version || self.also.contains(&version)
    }

    /// The description itself.
    pub fn descriptor(&self) -> Descriptor {
        // A test parses every bundled file, so this cannot fail in a released program; an empty
        // description would name the first field that it lacks.
        let part = |json: &&str| Descriptor::parse(json.as_bytes()).unwrap_or_default();
        self.parts.iter().map(part).fold(Descriptor::default(), |mut below, part| {
            below.overlay(part);
            below
        })
    }

    /// The version family as it is spoken of: `8.0`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.family.0, self.family.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_description_can_be_read_and_is_not_empty() {
        for bundled in BUNDLED {
            for part in bundled.parts {
                Descriptor::parse(part.as_bytes()).unwrap();
            }
            let descriptor = bundled.descriptor();
            for (of, field) in [("MethodTable", "BaseSize"), ("Thread", "LinkNext"), ("HeapSegment", "mem")] {
                let name = bundled.name();
                let about = descriptor.proposal(of, field).is_some();
                assert!(
                    descriptor.field(of, field).is_ok() || about,
                    "{name} of {} lacks {of}.{field}",
                    bundled.target
                );
            }
        }
    }

    #[test]
    fn versions_find_their_family() {
        let family = |text: &str| for_version(text.parse().unwrap(), Target::LINUX_X64).map(Bundled::name);
        assert_eq!(family("10.0.14").as_deref(), Some("10.0"));
        assert_eq!(family("3.0.3").as_deref(), Some("3.1"));
        assert_eq!(family("12.0.1"), None);
    }

    #[test]
    fn what_differs_on_a_target_lies_over_what_is_common() {
        let link = |target| {
            let layout = for_version("10.0.9".parse().unwrap(), target).unwrap().descriptor();
            (layout.field("Thread", "LinkNext").unwrap(), layout.field("Thread", "Id").unwrap())
        };
        assert_eq!(link(Target::LINUX_X64), (112, 16));
        assert_eq!(link(Target::LINUX_ARM64), (152, 16));
        assert_eq!(link(Target::WINDOWS_X64), (120, 16));
    }

    #[test]
    fn arm64_has_what_follows_a_lock_eight_bytes_later() {
        for version in ["8.0.6", "9.0.9"] {
            let of = |target| for_version(version.parse().unwrap(), target).unwrap().descriptor();
            let (x64, arm64) = (of(Target::LINUX_X64), of(Target::LINUX_ARM64));
            for (name, field) in [
                ("ThreadStore", "FirstThreadLink"),
                ("ThreadStore", "ThreadCount"),
                ("ThreadStore", "DeadCount"),
                ("Module", "LoaderAllocator"),
                ("Module", "PEAssembly"),
                ("Module", "Assembly"),
                ("LoaderAllocator", "LoaderAllocatorObjectHandle"),
                ("ReadyToRunInfo", "EntryPointToMethodDescMap"),
                ("SyncBlockCache", "FreeSyncTableIndex"),
            ] {
                let at = |layout: &Descriptor| layout.field(name, field).unwrap();
                assert_eq!(at(&arm64), at(&x64) + 8, "{version}: {name}.{field}");
            }
            assert!(!arm64.has_proposals(), "{version}");
        }
    }
}
