//! The user's folders for what programs keep: XDG Base Directory Specification 0.8; on Windows `%LOCALAPPDATA%`.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// `heapql` in the folder for what is remembered between runs, or `None` where there is no such folder.
pub(super) fn state() -> Option<PathBuf> {
    folder("XDG_STATE_HOME", &[".local", "state"], env::home_dir(), |name| env::var_os(name))
}

/// `heapql` in the folder for what can be made again, or `None` where there is no such folder.
pub(super) fn cache() -> Option<PathBuf> {
    folder("XDG_CACHE_HOME", &[".cache"], env::home_dir(), |name| env::var_os(name))
}

/// That of the variable if it is absolute, else the one below the user's home.
fn folder(
    variable: &str,
    below_home: &[&str],
    home: Option<PathBuf>,
    value: impl Fn(&str) -> Option<OsString>,
) -> Option<PathBuf> {
    let absolute = |name: &str| value(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = if cfg!(windows) {
        absolute("LOCALAPPDATA")
    } else {
        let home = home.filter(|home| home.is_absolute());
        absolute(variable).or_else(|| home.map(|home| home.join(below_home.iter().collect::<PathBuf>())))
    };
    folder.map(|folder| folder.join("heapql"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_specification_is_followed() {
        let of = |home: Option<&str>, variable: Option<&str>| {
            folder("XDG_STATE_HOME", &[".local", "state"], home.map(PathBuf::from), |name| {
                (name == "XDG_STATE_HOME").then_some(variable).flatten().map(OsString::from)
            })
        };
        assert_eq!(of(Some("/home/a"), Some("/state")), Some("/state/heapql".into()));
        assert_eq!(of(Some("/home/a"), Some("relative")), Some("/home/a/.local/state/heapql".into()));
        assert_eq!(of(Some("/home/a"), None), Some("/home/a/.local/state/heapql".into()));
        assert_eq!(of(Some("relative"), None), None);
        assert_eq!(of(None, None), None);
    }
}
