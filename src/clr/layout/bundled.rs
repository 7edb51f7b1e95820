//! The layout descriptions that come with the program, one a family of versions.

use super::{Descriptor, RuntimeVersion};

/// A bundled description and the versions that it describes.
#[derive(Debug)]
pub struct Bundled {
    /// Major and minor number of the family's name: `3.1` also serves 3.0.
    pub family: (u32, u32),
    /// Other versions with the same layout.
    also: &'static [(u32, u32)],
    json: &'static str,
}

/// Newest first: where the version is not known they are tried in this order.
static BUNDLED: [Bundled; 5] = [
    Bundled { family: (10, 0), also: &[], json: include_str!("data/10.0.json") },
    Bundled { family: (9, 0), also: &[], json: include_str!("data/9.0.json") },
    Bundled { family: (8, 0), also: &[], json: include_str!("data/8.0.json") },
    Bundled { family: (3, 1), also: &[(3, 0)], json: include_str!("data/3.1.json") },
    Bundled { family: (2, 0), also: &[], json: include_str!("data/2.0.json") },
];

/// All bundled descriptions, newest first.
pub fn all() -> &'static [Bundled] {
    &BUNDLED
}

/// The bundled description of a version, or `None` where there is none.
pub fn for_version(version: RuntimeVersion) -> Option<&'static Bundled> {
    BUNDLED.iter().find(|b| b.serves((version.major, version.minor)))
}

impl Bundled {
    fn serves(&self, version: (u32, u32)) -> bool {
        self.family == version || self.also.contains(&version)
    }

    /// The description itself.
    pub fn descriptor(&self) -> Descriptor {
        // A test parses every bundled file, so this cannot fail in a released program; an empty
        // description would name the first field that it lacks.
        Descriptor::parse(self.json.as_bytes()).unwrap_or_default()
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
        for bundled in all() {
            let descriptor = Descriptor::parse(bundled.json.as_bytes()).unwrap();
            for (of, field) in [("MethodTable", "BaseSize"), ("Thread", "LinkNext"), ("HeapSegment", "mem")] {
                assert!(descriptor.field(of, field).is_ok(), "{} lacks {of}.{field}", bundled.name());
            }
        }
    }

    #[test]
    fn versions_find_their_family() {
        let family = |text: &str| for_version(text.parse().unwrap()).map(Bundled::name);
        assert_eq!(family("10.0.14").as_deref(), Some("10.0"));
        assert_eq!(family("3.0.3").as_deref(), Some("3.1"));
        assert_eq!(family("7.0.1"), None);
    }
}
