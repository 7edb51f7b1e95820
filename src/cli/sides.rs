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
use crate::query::{QueryError, RunOptions};

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
            let options = RunOptions { progress: &*console.progress, cancel };
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
            ExitStatus::Dump
        }
        QueryError::Cancelled => {
            console.messages.remark("stopped");
            ExitStatus::Interrupted
        }
    }
}
