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
    /// The version that the four numbers in the file of a Windows runtime stand for: 10.0.1426.52326 is 10.0.14. `None` for
    /// those before 5.0, which had numbers of their own (3.1.32: 4.700.22.55902).
    pub fn from_file_version([major, minor, build, _]: [u16; 4]) -> Option<RuntimeVersion> {
        let patch = Some(u32::from(build / 100));
        (major >= 5).then_some(RuntimeVersion { major: major.into(), minor: minor.into(), patch })
    }

    /// The version that stands in the path of an installed runtime
    /// (`.../shared/Microsoft.NETCore.App/10.0.14/libcoreclr.so`), or `None` for a path of another form:
    /// that of a self-contained application may hold the application's version.
    pub fn from_path(path: &str) -> Option<RuntimeVersion> {
        let mut folders = path.rsplit(['/', '\\']).skip(1);
        let version = folders.next()?.parse().ok()?;
        (folders.next()? == SHARED_FRAMEWORK).then_some(version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_of_a_windows_file() {
        let of = |numbers| RuntimeVersion::from_file_version(numbers).map(|v| v.to_string());
        assert_eq!(of([10, 0, 1426, 52326]).as_deref(), Some("10.0.14"));
        assert_eq!(of([8, 0, 23, 53103]).as_deref(), Some("8.0.0"));
        assert_eq!(of([4, 700, 22, 55902]), None);
    }

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
        assert_eq!(
            of(r"C:\Program Files\dotnet\shared\Microsoft.NETCore.App\8.0.33\coreclr.dll").as_deref(),
            Some("8.0.33")
        );
        assert_eq!(of("/app/libcoreclr.so"), None);
        assert_eq!(of("/opt/shop/1.2.3/libcoreclr.so"), None, "the application's version");
        assert_eq!(of("libcoreclr.so"), None);
    }
}
