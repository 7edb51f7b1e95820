//! Modules found on disk, under the folders that the user names with `--files`.
//!
//! An index by file name, nothing more: several files of one name are normal (other versions, other
//! frameworks), and whether one of them is the module of the dump is for the caller to prove, by
//! build id, MVID, or TimeDateStamp and SizeOfImage.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::bytes::Mapped;
use crate::error::{Error, ErrorKind};
use crate::limits::{MAX_FILES_DEPTH, MAX_FILES_ENTRIES};
use crate::problem::Problem;

/// An index over files on disk by their names, without regard to case.
#[derive(Clone, Debug, Default)]
pub struct ModuleFiles {
    by_name: FxHashMap<String, Vec<PathBuf>>,
    /// Whether the paths that the dump recorded are looked at too.
    recorded: bool,
}

impl ModuleFiles {
    /// Searches each of `folders` and what lies below it. A path that is a file stands for itself.
    ///
    /// The search is breadth first and in the order of names, so that the index does not depend on
    /// the file system. Links to files are followed, links to folders are not: they may lead in
    /// circles. Returns with the index what could not be read or was left out at a cap.
    pub fn new(folders: &[PathBuf]) -> (ModuleFiles, Vec<Problem>) {
        ModuleFiles::search(folders, MAX_FILES_DEPTH, MAX_FILES_ENTRIES)
    }

    fn search(folders: &[PathBuf], max_depth: usize, max_entries: usize) -> (ModuleFiles, Vec<Problem>) {
        let mut search = Search { files: ModuleFiles::default(), problems: Vec::new(), left: max_entries };
        for folder in folders {
            search.add_tree(folder, max_depth);
        }
        if search.left == 0 {
            let message = format!("the search for modules stopped after {max_entries} files and folders");
            search.problems.push(Problem::note(message).hint("name a smaller folder with --files"));
        }
        (search.files, search.problems)
    }

    /// These files, and on this machine the paths that dumps record.
    #[must_use]
    pub fn with_recorded_paths(mut self) -> ModuleFiles {
        self.recorded = true;
        self
    }

    /// The files that bear the name of `recorded`, in the order in which they were found; where recorded paths are
    /// looked at, the file at that very path behind them.
    ///
    /// `recorded` is a path of the dumped machine, of Unix or of Windows, or a file name: its last part counts, so that
    /// paths within a container match too.
    pub fn candidates(&self, recorded: &str) -> impl Iterator<Item = PathBuf> {
        let name = recorded.rsplit(['/', '\\']).next().unwrap_or(recorded);
        let found = self.by_name.get(&name.to_lowercase()).into_iter().flatten().cloned();
        let itself = Some(PathBuf::from(recorded))
            .filter(|path| self.recorded && path.is_absolute() && path.is_file());
        found.chain(itself)
    }

    /// Maps a module's file into memory.
    ///
    /// # Errors
    /// `Io` with the path when the operating system refuses.
    pub fn open(path: &Path) -> Result<Mapped, Error> {
        File::open(path).and_then(|file| Mapped::open(&file)).map_err(|cause| {
            let message = format!("cannot open {}: {cause}", path.display());
            Error::new(ErrorKind::Io, message).caused_by(cause)
        })
    }

    /// Whether no file was found at all.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty() && !self.recorded
    }

    fn add(&mut self, path: PathBuf) {
        if let Some(name) = path.file_name() {
            self.by_name.entry(name.to_string_lossy().to_lowercase()).or_default().push(path);
        }
    }
}

struct Search {
    files: ModuleFiles,
    problems: Vec<Problem>,
    /// How many more entries may be looked at.
    left: usize,
}

impl Search {
    fn add_tree(&mut self, root: &Path, max_depth: usize) {
        if root.is_file() {
            self.files.add(root.to_path_buf());
            return;
        }
        let mut folders = VecDeque::from([(root.to_path_buf(), 0)]);
        while let Some((folder, depth)) = folders.pop_front() {
            let entries = match sorted_entries(&folder, self.left) {
                Ok(entries) => entries,
                Err(error) => {
                    let message = format!("cannot search {} for modules: {error}", folder.display());
                    self.problems.push(Problem::note(message));
                    continue;
                }
            };
            self.left -= entries.len();
            for entry in entries {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && depth < max_depth => {
                        folders.push_back((entry.path(), depth + 1))
                    }
                    Ok(kind) if kind.is_dir() => self.too_deep(&entry.path()),
                    _ if entry.path().is_file() => self.files.add(entry.path()),
                    _ => {}
                }
            }
        }
    }

    fn too_deep(&mut self, folder: &Path) {
        let message = format!("{} lies too deep and was not searched for modules", folder.display());
        self.problems.push(Problem::note(message).hint("name it with --files"));
    }
}

/// The entries of a folder, at most `limit`, by name.
fn sorted_entries(folder: &Path, limit: usize) -> std::io::Result<Vec<fs::DirEntry>> {
    let mut entries = fs::read_dir(folder)?.take(limit).collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with `a/Zoo.dll`, `a/b/zoo.DLL`, `a/b/c/deep.dll` and `other.txt`.
    fn folder() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a/b/c")).unwrap();
        for file in ["a/Zoo.dll", "a/b/zoo.DLL", "a/b/c/deep.dll", "other.txt"] {
            fs::write(root.path().join(file), file).unwrap();
        }
        root
    }

    fn names(files: &ModuleFiles, root: &Path, name: &str) -> Vec<String> {
        let relative = |path: PathBuf| path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        files.candidates(name).map(relative).collect()
    }

    #[test]
    fn finds_files_in_every_folder_below_without_regard_to_case() {
        let root = folder();
        let (files, problems) = ModuleFiles::new(&[root.path().to_path_buf()]);
        assert_eq!(problems, []);
        assert_eq!(names(&files, root.path(), "zoo.dll"), ["a/Zoo.dll", "a/b/zoo.DLL"]);
        assert_eq!(names(&files, root.path(), "/app/x/Deep.dll"), ["a/b/c/deep.dll"]);
        assert_eq!(names(&files, root.path(), "C:\\app\\other.txt"), ["other.txt"]);
        assert_eq!(files.candidates("c").count(), 0, "a folder is no module");
        assert_eq!(files.candidates("").count(), 0);
    }

    #[test]
    fn recorded_paths_are_looked_at_when_that_is_allowed() {
        let root = folder();
        let recorded = root.path().join("a/Zoo.dll").to_string_lossy().into_owned();
        let (files, _) = ModuleFiles::new(&[root.path().join("a/b")]);
        assert_eq!(names(&files, root.path(), &recorded), ["a/b/zoo.DLL"]);
        let files = files.with_recorded_paths();
        assert_eq!(names(&files, root.path(), &recorded), ["a/b/zoo.DLL", "a/Zoo.dll"]);
        assert_eq!(names(&files, root.path(), "Zoo.dll"), ["a/b/zoo.DLL"], "a name is no path");
    }

    #[test]
    fn a_file_stands_for_itself() {
        let root = folder();
        let (files, problems) = ModuleFiles::new(&[root.path().join("a/Zoo.dll")]);
        assert_eq!(problems, []);
        assert_eq!(names(&files, root.path(), "zoo.dll"), ["a/Zoo.dll"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_problem_and_no_end() {
        let root = folder();
        let folders = [root.path().join("nowhere"), root.path().to_path_buf()];
        let (files, problems) = ModuleFiles::new(&folders);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].message.contains("nowhere"), "{}", problems[0]);
        assert!(!files.is_empty());
    }

    #[test]
    fn what_lies_too_deep_is_told() {
        let root = folder();
        let (files, problems) = ModuleFiles::search(&[root.path().to_path_buf()], 2, 100);
        assert_eq!(files.candidates("deep.dll").count(), 0);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].message.contains("too deep"), "{}", problems[0]);
    }

    #[test]
    fn the_search_stops_at_its_cap_of_entries_and_says_so() {
        let root = folder();
        let (files, problems) = ModuleFiles::search(&[root.path().to_path_buf()], 9, 4);
        assert_eq!(files.candidates("zoo.dll").count(), 1, "the shallow one is found first");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].message.contains("stopped after 4"), "{}", problems[0]);
    }

    #[cfg(unix)]
    #[test]
    fn links_to_files_are_followed_and_links_to_folders_are_not() {
        let root = folder();
        std::os::unix::fs::symlink(root.path(), root.path().join("a/loop")).unwrap();
        std::os::unix::fs::symlink(root.path().join("a/Zoo.dll"), root.path().join("link.dll")).unwrap();
        let (files, problems) = ModuleFiles::new(&[root.path().to_path_buf()]);
        assert_eq!(problems, []);
        assert_eq!(names(&files, root.path(), "link.dll"), ["link.dll"]);
        assert_eq!(files.candidates("zoo.dll").count(), 2);
    }

    #[test]
    fn a_file_opens_and_a_missing_one_is_an_error_with_its_path() {
        let root = folder();
        assert_eq!(&*ModuleFiles::open(&root.path().join("other.txt")).unwrap(), b"other.txt");
        let error = ModuleFiles::open(&root.path().join("gone.dll")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.message().contains("gone.dll"));
    }
}
