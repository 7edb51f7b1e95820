//! What lies on the disk while a packed dump is opened, and what is left of it when that goes wrong.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

const CANNOT_OPEN: i32 = 3;

/// Asks a dump of the corpus after these words of the shell, with a folder for temporary files and maybe a cache.
fn ask(before: &str, temporary: &Path, cache: Option<&Path>) -> Output {
    let dump = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/zoo-10.0.core.zst");
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{before} exec \"$0\" query \"$1\" -e 'select count' --format csv")]);
    command.args([Path::new(env!("CARGO_BIN_EXE_heapql")), &dump]);
    command.env("HEAPQL_NO_INDEX", "1").env("TMPDIR", temporary).env_remove("HEAPQL_CACHE");
    if let Some(cache) = cache {
        command.env("HEAPQL_CACHE", cache);
    }
    command.output().expect("running heapql")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// Files may have some megabytes only, and who writes more is killed: a crash in the middle of unpacking.
const KILLED: &str = "ulimit -f 20000;";
/// The same, but the program is told.
const TOLD: &str = "trap '' XFSZ; ulimit -f 20000;";

#[test]
fn a_killed_program_leaves_nothing_in_the_temporary_folder() {
    let temporary = tempfile::tempdir().expect("a folder");
    let killed = ask(KILLED, temporary.path(), None);
    assert!(killed.status.signal().is_some(), "{killed:?}");
    assert_eq!(entries(temporary.path()), [""; 0].map(PathBuf::from));
}

#[test]
fn what_a_killed_program_leaves_in_the_cache_is_private_and_gone_after_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("cache");
    let killed = ask(KILLED, folder.path(), Some(&cache));
    assert!(killed.status.signal().is_some(), "{killed:?}");
    let [left] = &entries(&cache)[..] else { panic!("one unfinished file expected") };
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!((mode(&cache), mode(left)), (0o700, 0o600));

    // A file of this very second may be one that is only about to be locked.
    let earlier = SystemTime::now() - Duration::from_secs(60);
    File::options()
        .write(true)
        .open(left)
        .and_then(|file| file.set_modified(earlier))
        .expect("setting the time");
    let whole = ask("", folder.path(), Some(&cache));
    assert!(whole.status.success(), "{whole:?}");
    assert!(!left.exists());
    assert_eq!(entries(&cache).len(), 1);
}

#[test]
fn a_disk_that_is_full_is_told_and_nothing_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    for cache in [None, Some(folder.path().join("cache"))] {
        let temporary = tempfile::tempdir().expect("a folder");
        let told = ask(TOLD, temporary.path(), cache.as_deref());
        let message = String::from_utf8_lossy(&told.stderr);
        assert_eq!(told.status.code(), Some(CANNOT_OPEN), "{message}");
        assert!(message.contains("cannot be as large") && message.contains("TMPDIR"), "{message}");
        assert_eq!(entries(temporary.path()), [""; 0].map(PathBuf::from));
        assert_eq!(entries(&folder.path().join("cache")), [""; 0].map(PathBuf::from));
    }
}
