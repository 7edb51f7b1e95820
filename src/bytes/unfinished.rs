//! Files in the making: private to the user, and gone when they are given up, however the program ends.
//!
//! Each is locked for as long as it is written. The system takes the lock back when the program ends, so what a crash
//! left behind is known by a name that nobody has locked: the next program that writes to the folder removes it. Ctrl-C
//! ends the program without dropping anything: [`remove_unfinished`] is for that.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::{Builder, TempPath};

/// How old a file without a lock must be to be taken for abandoned: its program may be about to lock it.
const UNLOCKED_FOR: Duration = Duration::from_secs(10);

/// How old a file must be where there are no locks (some network folders): no writing takes a day.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What is being written at the moment.
static UNDER_WAY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The name of a file in the making, which is removed when this is dropped.
#[derive(Debug)]
pub struct Unfinished {
    /// As it stands in [`UNDER_WAY`].
    name: PathBuf,
    /// `None` once the file was given away.
    path: Option<TempPath>,
}

impl Unfinished {
    /// A new file in `folder` whose name begins with `prefix`, with the mode that `builder` has, which without one is for its
    /// owner only. It is made anew: nothing that stands there is opened, and no link followed. What programs that were
    /// killed left under such names is removed.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn create<'a>(
        folder: &Path,
        prefix: &'a str,
        mut builder: Builder<'a, '_>,
    ) -> io::Result<(File, Unfinished)> {
        remove_abandoned(folder, prefix);
        let (file, path) = builder.prefix(prefix).tempfile_in(folder)?.into_parts();
        let name = path.to_path_buf();
        under_way().push(name.clone());
        // Where there are no locks others go by its age.
        let _ = file.try_lock();
        Ok((file, Unfinished { name, path: Some(path) }))
    }

    /// The name that it has until then, for others who write to it.
    pub fn path(&self) -> &Path {
        &self.name
    }

    /// Gives the file its name, in the place of what stands there.
    ///
    /// # Errors
    /// What the operating system says; the file is then removed.
    pub fn persist(mut self, to: &Path) -> io::Result<()> {
        let Some(path) = self.path.take() else { return Ok(()) };
        path.persist(to).map_err(|error| error.error)
    }

    /// Gives the file its name, unless something has it.
    ///
    /// # Errors
    /// What the operating system says, with the file to try otherwise.
    pub fn persist_noclobber(mut self, to: &Path) -> Result<(), (io::Error, Unfinished)> {
        let Some(path) = self.path.take() else { return Ok(()) };
        path.persist_noclobber(to).map_err(|error| {
            self.path = Some(error.path);
            (error.error, self)
        })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        under_way().retain(|name| *name != self.name);
    }
}

/// Removes all files in the making: for who ends the program without dropping anything.
pub fn remove_unfinished() {
    for name in under_way().drain(..) {
        // What cannot be removed now is removed by the next program that writes to the folder.
        let _ = fs::remove_file(name);
    }
}

fn under_way() -> MutexGuard<'static, Vec<PathBuf>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what programs that were killed left in `folder` under names that begin with `prefix`.
fn remove_abandoned(folder: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix));
        if ours && is_abandoned(&entry.path()) {
            // What cannot be removed now will be tried again the next time.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_abandoned(path: &Path) -> bool {
    // A link is none of ours, and a pipe would be waited for.
    let Ok(metadata) = fs::symlink_metadata(path) else { return false };
    let Some(age) = metadata.modified().ok().and_then(|modified| modified.elapsed().ok()) else {
        return false;
    };
    if !metadata.is_file() || age < UNLOCKED_FOR {
        return false;
    }
    match File::open(path).map(|file| file.try_lock()) {
        Ok(Ok(())) => true,
        Ok(Err(TryLockError::WouldBlock)) => false,
        _ => age > ABANDONED_AFTER,
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    const PREFIX: &str = ".making-";

    fn create(folder: &Path) -> (File, Unfinished) {
        Unfinished::create(folder, PREFIX, Builder::new()).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        entries.map(|name| name.into_string().unwrap()).collect()
    }

    /// Sets a file back by an hour.
    fn age(path: &Path) {
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        File::options().write(true).open(path).unwrap().set_modified(hour_ago).unwrap();
    }

    #[test]
    fn a_file_that_is_given_up_is_gone_and_one_that_is_kept_has_its_name() {
        let folder = tempfile::tempdir().unwrap();
        drop(create(folder.path()));
        assert_eq!(names(folder.path()), [""; 0]);
        create(folder.path()).1.persist(&folder.path().join("kept")).unwrap();
        assert_eq!(names(folder.path()), ["kept"]);
        let (error, again) =
            create(folder.path()).1.persist_noclobber(&folder.path().join("kept")).unwrap_err();
        assert_eq!((error.kind(), names(folder.path()).len()), (io::ErrorKind::AlreadyExists, 2));
        again.persist(&folder.path().join("kept")).unwrap();
        assert_eq!(names(folder.path()), ["kept"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (file, _kept) = create(folder.path());
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn what_a_killed_program_left_is_removed_and_what_is_being_written_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (locked, kept) = create(folder.path());
        age(&kept.name);
        let [left, fresh, foreign] =
            [".making-left", ".making-fresh", "making"].map(|n| folder.path().join(n));
        for path in [&left, &fresh, &foreign] {
            fs::write(path, "half").unwrap();
        }
        age(&left);
        age(&foreign);
        let link = folder.path().join(".making-link");
        std::os::unix::fs::symlink(&foreign, &link).unwrap();
        let second = create(folder.path());
        assert!(
            !left.exists() && fresh.exists() && foreign.exists() && kept.name.exists() && link.is_symlink()
        );
        // The end of a program gives its locks back.
        drop((locked, second));
        drop(create(folder.path()));
        assert!(!kept.name.exists());
    }

    #[test]
    fn the_end_of_the_program_removes_what_is_under_way() {
        let folder = tempfile::tempdir().unwrap();
        let under_way = create(folder.path());
        // Not all of them: other tests have theirs.
        let name = under_way.1.name.clone();
        assert!(super::under_way().contains(&name));
        drop(under_way);
        assert!(!super::under_way().contains(&name) && !name.exists());
    }
}
