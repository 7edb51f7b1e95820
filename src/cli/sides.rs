//! The dumps and baselines that are compared, opened.

use std::path::PathBuf;

use crate::diff::Profile;
use crate::diff::growth::Side;
use crate::graph::Snapshot;
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

impl<'a> Sides<'a> {
    /// Opens dumps and reads baselines, and makes the profiles of the dumps. What is wrong is told.
    pub(super) fn open(
        files: &[PathBuf],
        common: &Common,
        console: &'a Console,
    ) -> Result<Sides<'a>, ExitStatus> {
        // TODO(profile): baselines are recognised by content.
        let session = Session::open(files, common, console)?;
        let profiles = console.interrupt.while_working(|cancel| {
            let options = RunOptions { progress: &*console.progress, cancel };
            let made = session.snapshots().iter().enumerate();
            made.map(|(at, dump)| Ok((Profile::of(dump, &options)?, Some(at)))).collect()
        });
        match profiles {
            Ok(profiles) => Ok(Sides { session, profiles }),
            Err(error) => Err(tell(&error, console)),
        }
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
