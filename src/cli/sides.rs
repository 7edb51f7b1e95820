//! The dumps and baselines that are compared, opened.

use std::path::{Path, PathBuf};

use crate::diff::Profile;
use crate::diff::growth::Side;
use crate::dump::container::{self, ContainerOptions};
use crate::error::Result;
use crate::graph::Snapshot;
use crate::limits;
use crate::problem::Problem;
use crate::progress::NoProgress;
use crate::query::QueryError;

use super::console::Console;
use super::exit::ExitStatus;
use super::request::Common;
use super::session::Session;

/// What is compared, oldest first.
pub(super) struct Sides<'a> {
    session: Session<'a>,
    /// For each of them its profile, and the position of its dump among the open ones; `None` for a baseline.
    profiles: Vec<(Profile, Option<usize>)>,
}

/// A file that is compared.
enum File<'a> {
    Dump(&'a Path),
    /// Boxed: a profile is large beside a path.
    Baseline(Box<Profile>),
}

impl<'a> Sides<'a> {
    /// Opens dumps and reads baselines, and makes the profiles of the dumps. What is wrong is told. Baselines are read
    /// before any dump is opened: that one is damaged should not cost the opening of a large dump.
    pub(super) fn open(
        files: &[PathBuf],
        common: &Common,
        console: &'a Console,
    ) -> Result<Sides<'a>, ExitStatus> {
        let mut read = Vec::with_capacity(files.len());
        for path in files {
            let file = File::of(path).map_err(|error| {
                console.messages.error(&error);
                ExitStatus::Dump
            })?;
            read.push(file);
        }
        let dumps = read.iter().filter_map(|file| match file {
            File::Dump(path) => Some(path.to_path_buf()),
            File::Baseline(_) => None,
        });
        let session = Session::open(&dumps.collect::<Vec<_>>(), common, console)?;
        let profiles = console.interrupt.while_working(|cancel| {
            let options = console.run_options(cancel);
            let mut open = session.snapshots().iter().enumerate();
            let made = read.into_iter().filter_map(|file| match file {
                File::Baseline(profile) => Some(Ok((*profile, None))),
                File::Dump(_) => {
                    let (at, dump) = open.next()?;
                    Some(Profile::of(dump, &options).map(|profile| (profile, Some(at))))
                }
            });
            made.collect::<Result<Vec<_>, QueryError>>()
        });
        let sides = match profiles {
            Ok(profiles) => Sides { session, profiles },
            Err(error) => return Err(tell(&error, console)),
        };
        sides.problems().iter().for_each(|problem| console.messages.problem(problem));
        Ok(sides)
    }

    /// The session over the dumps that are open.
    pub(super) fn session(&self) -> &Session<'a> {
        &self.session
    }

    /// What is compared.
    pub(super) fn all(&self) -> Vec<Side<'_>> {
        let snapshots: &[Snapshot] = self.session.snapshots();
        self.profiles
            .iter()
            .map(|(profile, at)| Side { profile, snapshot: at.and_then(|at| snapshots.get(at)) })
            .collect()
    }

    /// What was left out of the dumps, and of those that baselines are of when they were made.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (profile, at) in &self.profiles {
            match at.and_then(|at| self.session.snapshots().get(at)) {
                Some(snapshot) => {
                    problems.extend(snapshot.problems.iter().cloned());
                    problems.extend(snapshot.built_heap().into_iter().flat_map(|heap| heap.problems.clone()));
                    let roots = snapshot.graph().built_roots();
                    problems.extend(roots.into_iter().flat_map(|roots| roots.problems.clone()));
                }
                None => {
                    let file = &profile.dump.file;
                    problems.extend(profile.problems.iter().map(|sentence| {
                        Problem::note(format!("said of {file} when its baseline was made: {sentence}"))
                    }));
                }
            }
        }
        problems
    }
}

impl File<'_> {
    /// Reads the file at `path` if it is a baseline, compressed or not.
    ///
    /// # Errors
    /// It begins as a baseline does and is none that can be read.
    fn of(path: &Path) -> Result<File<'_>> {
        // Whatever is wrong with what may be a dump, opening it will tell.
        let Ok(head) = container::first_bytes(path, 64) else { return Ok(File::Dump(path)) };
        if head.trim_ascii_start().first() != Some(&b'{') {
            return Ok(File::Dump(path));
        }
        let options =
            ContainerOptions { max_unpacked: limits::MAX_BASELINE_BYTES, ..ContainerOptions::default() };
        let contents = container::open(path, &options, &NoProgress)?;
        let profile = Profile::read(&contents.bytes).map_err(|error| error.of_file(path))?;
        Ok(File::Baseline(Box::new(profile)))
    }
}

/// Tells why there is no comparison.
pub(super) fn tell(error: &QueryError, console: &Console) -> ExitStatus {
    match error {
        QueryError::Statement(diagnostic) => {
            console.messages.diagnostic(&diagnostic.message);
            ExitStatus::Statement
        }
        QueryError::Data(error) => {
            console.messages.error(error);
            ExitStatus::of_error(error)
        }
        QueryError::Cancelled => {
            console.messages.remark("stopped");
            ExitStatus::Interrupted
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;
    use crate::cli::console::tests::quiet;
    use crate::cli::messages::tests::Page;
    use crate::diff::profile::DumpFacts;
    use crate::graph::StackRoots;

    fn baseline(file: &str) -> Vec<u8> {
        let dump = DumpFacts { file: file.to_owned(), ..DumpFacts::default() };
        let problems = vec!["2 pages are missing".to_owned()];
        let profile = Profile { version: Profile::VERSION, dump, problems, ..Profile::default() };
        let mut bytes = Vec::new();
        profile.write(&mut bytes).unwrap();
        bytes
    }

    /// Opens files of these contents; the sides' dumps, or the status, and what was told.
    fn opened(contents: &[&[u8]]) -> (Result<Vec<(String, bool)>, ExitStatus>, String) {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<PathBuf> = (0..contents.len()).map(|n| folder.path().join(format!("{n}"))).collect();
        for (file, contents) in files.iter().zip(contents) {
            fs::write(file, contents).unwrap();
        }
        let (console, page): (Console, Page) = quiet();
        let common = Common {
            files: vec![],
            cache: None,
            index: false,
            collections: vec![],
            stacks: StackRoots::default(),
            threads: None,
            memory: crate::memory_limit::MemoryLimit::Available,
            progress: false,
            color: None,
        };
        let told = Sides::open(&files, &common, &console).map(|sides| {
            let all = sides.all();
            all.iter().map(|side| (side.profile.dump.file.clone(), side.snapshot.is_some())).collect()
        });
        (told, page.take())
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn baselines_are_told_by_content_packed_or_not_and_keep_their_order() {
        let zstd = zstd::encode_all(&*baseline("c.core"), 1).unwrap();
        let spaced = [b"\n  ".as_slice(), &baseline("a.core")].concat();
        let (sides, told) = opened(&[&spaced, &gzip(&baseline("b.core")), &zstd]);
        let names = ["a.core", "b.core", "c.core"].map(|name| (name.to_owned(), false));
        assert_eq!(sides.unwrap(), names);
        assert!(told.contains("said of b.core when its baseline was made: 2 pages are missing"), "{told}");
    }

    #[test]
    fn a_damaged_baseline_is_told_with_its_path() {
        let whole = baseline("a.core");
        let (sides, told) = opened(&[&whole, &whole[..whole.len() / 2]]);
        assert_eq!(sides.unwrap_err(), ExitStatus::Dump);
        assert!(told.starts_with("error: the baseline is damaged: ") && told.contains("/1\n"), "{told}");
        assert!(told.contains("line 1 column") && told.contains("hint: make it again"), "{told}");
    }

    #[test]
    fn other_files_are_taken_for_dumps() {
        let (sides, told) = opened(&[b"no dump and no baseline"]);
        assert_eq!(sides.unwrap_err(), ExitStatus::Dump);
        assert!(told.contains("the file is text, not a dump"), "{told}");
    }
}
