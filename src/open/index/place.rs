//! Where the index of a dump lies: beside it, or else in the user's cache folder.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::graph::index::{Identity, MAGIC};

/// What follows the dump's name in that of its index.
pub const SUFFIX: &str = ".hqlx";

/// A place for an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The file beside the dump.
    Beside(PathBuf),
    /// A file in the cache folder, named by what the dump is.
    Cached(PathBuf),
}

impl Place {
    /// The places for the index of the dump at `dump`, in the order in which they are tried.
    pub(super) fn of(dump: &Path, identity: &Identity, folder: Option<&Path>) -> Vec<Place> {
        let mut name = OsString::from(dump);
        name.push(SUFFIX);
        let cached = folder.map(|folder| Place::Cached(folder.join(format!("{identity}{SUFFIX}"))));
        std::iter::once(Place::Beside(name.into())).chain(cached).collect()
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Place::Beside(path) | Place::Cached(path) => path,
        }
    }

    /// The folder that the file goes to.
    pub(super) fn folder(&self) -> &Path {
        match self.path().parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        }
    }
}

/// What stands in a place.
#[derive(Debug)]
pub(super) enum Standing {
    /// Nothing, or an empty file, which is what a crash of the machine may leave.
    Nothing,
    /// A file that begins as an index does.
    Index(File),
    /// Something else, which is left alone.
    Foreign(&'static str),
}

/// Looks what stands at `path`; links are not followed: whoever made them may mean another file.
///
/// # Errors
/// It cannot be told.
pub(super) fn look(path: &Path) -> io::Result<Standing> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Standing::Nothing),
        Err(error) => return Err(error),
    };
    if metadata.is_symlink() {
        return Ok(Standing::Foreign("a link"));
    }
    if !metadata.is_file() {
        return Ok(Standing::Foreign("no file"));
    }
    if metadata.len() == 0 {
        return Ok(Standing::Nothing);
    }
    let file = File::open(path)?;
    let mut head = Vec::new();
    (&file).take(MAGIC.len() as u64).read_to_end(&mut head)?;
    Ok(if head == MAGIC { Standing::Index(file) } else { Standing::Foreign("a file that is no index") })
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: Identity = Identity { length: 0x1234, hash: [1, 2] };

    #[test]
    fn an_index_bears_the_name_of_its_dump() {
        let places = Place::of(Path::new("dumps/app.core.zst"), &IDENTITY, Some(Path::new("cache")));
        let paths: Vec<&Path> = places.iter().map(Place::path).collect();
        let cached = "cache/1234-00000000000000010000000000000002.hqlx";
        assert_eq!(paths, [Path::new("dumps/app.core.zst.hqlx"), Path::new(cached)]);
        let bare = Place::of(Path::new("app.core"), &IDENTITY, None);
        assert_eq!(bare.iter().map(Place::folder).collect::<Vec<_>>(), [Path::new(".")]);
    }

    #[test]
    fn what_is_no_index_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("text"), "notes").unwrap();
        fs::write(at("empty"), "").unwrap();
        fs::write(at("index"), [&MAGIC[..], b"more"].concat()).unwrap();
        fs::create_dir(at("folder")).unwrap();
        assert!(matches!(look(&at("none")).unwrap(), Standing::Nothing));
        assert!(matches!(look(&at("empty")).unwrap(), Standing::Nothing));
        assert!(matches!(look(&at("index")).unwrap(), Standing::Index(_)));
        assert!(matches!(look(&at("text")).unwrap(), Standing::Foreign("a file that is no index")));
        assert!(matches!(look(&at("folder")).unwrap(), Standing::Foreign("no file")));
        assert!(look(&at("text").join("below")).is_err() || cfg!(windows));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at("index"), at("link")).unwrap();
            assert!(matches!(look(&at("link")).unwrap(), Standing::Foreign("a link")));
        }
    }
}
