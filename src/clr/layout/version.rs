//! The version number of a runtime.

use std::fmt;
use std::str::FromStr;

/// The folder of the shared framework, in which each version has a folder of its own.
const SHARED_FRAMEWORK: &str = "Microsoft.NETCore.App";

/// A runtime's version, such as 10.0.14. The patch is `None` where only the family is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuntimeVersion {
    /// The major number.
    pub major: u32,
    /// The minor number.
    pub minor: u32,
    /// The patch number.
    pub patch: Option<u32>,
}

impl fmt::Display for RuntimeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

impl FromStr for RuntimeVersion {
    type Err = ();

    /// Reads `10.0.14`, also with a suffix (`11.0.0-preview.1.25080.5`).
    fn from_str(text: &str) -> Result<Self, ()> {
        let number = text.split(['-', '+', ' ']).next().unwrap_or_default();
        let mut parts = number.split('.').map(|part| part.parse::<u32>().map_err(|_| ()));
        let major = parts.next().ok_or(())??;
        let minor = parts.next().ok_or(())??;
        let patch = parts.next().transpose()?;
        Ok(RuntimeVersion { major, minor, patch })
    }
}

impl RuntimeVersion {
    /// The version that stands in the path of an installed runtime
    /// (`.../shared/Microsoft.NETCore.App/10.0.14/libcoreclr.so`), or `None` for a path of another form:
    /// that of a self-contained application may hold the application's version.
    pub fn from_path(path: &str) -> Option<RuntimeVersion> {
        let mut folders = path.rsplit('/').skip(1);
        let version = folders.next()?.parse().ok()?;
        (folders.next()? == SHARED_FRAMEWORK).then_some(version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_from_an_installed_runtimes_path() {
        let of = |path: &str| RuntimeVersion::from_path(path).map(|v| v.to_string());
        assert_eq!(
            of("/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.14/libcoreclr.so").as_deref(),
            Some("10.0.14")
        );
        assert_eq!(
            of("/x/Microsoft.NETCore.App/11.0.0-preview.1.25080.5/libcoreclr.so").as_deref(),
            Some("11.0.0")
        );
        assert_eq!(of("/app/libcoreclr.so"), None);
        assert_eq!(of("/opt/shop/1.2.3/libcoreclr.so"), None, "the application's version");
        assert_eq!(of("libcoreclr.so"), None);
    }
}
