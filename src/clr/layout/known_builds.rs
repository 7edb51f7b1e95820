//! Published builds of the runtime by build id: their version and where their globals lie.
//!
//! Needed where a dump lacks the symbols (kernel cores) or the runtime never had them (3.1 and
//! older). A build that is not listed is found by the shape of its structures instead.

use std::sync::OnceLock;

use serde::Deserialize;

use super::RuntimeVersion;

/// A published build.
#[derive(Clone, Debug)]
pub struct KnownBuild {
    /// Its version.
    pub version: RuntimeVersion,
    /// Distance of the table of globals from the module's base, in bytes.
    pub dac_table: u64,
}

#[derive(Deserialize)]
struct File {
    builds: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    build_id: String,
    version: String,
    dac_table: String,
}

fn builds() -> &'static [(String, KnownBuild)] {
    static BUILDS: OnceLock<Vec<(String, KnownBuild)>> = OnceLock::new();
    BUILDS.get_or_init(|| {
        // A test reads the bundled file, so that an empty list here cannot reach a release.
        let file: Option<File> = serde_json::from_str(include_str!("data/known-builds.json")).ok();
        file.into_iter()
            .flat_map(|f| f.builds)
            .filter_map(|e| Some((e.build_id.clone(), known(&e)?)))
            .collect()
    })
}

fn known(entry: &Entry) -> Option<KnownBuild> {
    Some(KnownBuild {
        version: entry.version.parse().ok()?,
        dac_table: u64::from_str_radix(entry.dac_table.strip_prefix("0x")?, 16).ok()?,
    })
}

/// The build with that build id (lower-case hex), or `None` for one that is not listed.
pub fn known_build(build_id: &str) -> Option<&'static KnownBuild> {
    builds().iter().find(|(id, _)| id == build_id).map(|(_, build)| build)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_of_the_bundled_file_is_read() {
        let file: File = serde_json::from_str(include_str!("data/known-builds.json")).unwrap();
        assert_eq!(builds().len(), file.builds.len());
        assert_eq!(
            known_build("d075e1e8028ae7eacab6607a539c316a2cd4828a").unwrap().version.to_string(),
            "3.1.3"
        );
        assert!(known_build("00").is_none());
    }
}
