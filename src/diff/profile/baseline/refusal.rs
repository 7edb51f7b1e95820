//! Why a file is no baseline that can be read.

use serde::Deserialize;

use super::FORMAT;
use crate::diff::Profile;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

const MAKE_IT_AGAIN: &str = "make it again from the dump: heapql snapshot DUMP -o FILE";

/// What tells what a file is, before the rest is looked at.
#[derive(Deserialize)]
struct Head {
    format: Option<String>,
    version: Option<u32>,
    written_by: Option<String>,
}

/// Refuses what is no baseline, and one of a later version.
pub(super) fn check_head(bytes: &[u8]) -> Result<()> {
    let head: Head = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => no_baseline(),
        _ => damaged(error),
    })?;
    if head.format.as_deref() != Some(FORMAT) {
        return Err(no_baseline());
    }
    match head.version {
        Some(1..=Profile::VERSION) => Ok(()),
        Some(version) if version > Profile::VERSION => {
            let by = head.written_by.unwrap_or_else(|| "a later heapql".to_owned());
            let known = Profile::VERSION;
            let message =
                format!("the baseline is of version {version}, this heapql reads those up to {known}");
            Err(Error::new(ErrorKind::Unsupported, message)
                .hint(format!("it was written by {by}: use that one, or {MAKE_IT_AGAIN}")))
        }
        _ => Err(senseless("it has no version")),
    }
}

fn no_baseline() -> Error {
    Error::new(ErrorKind::NotADump, "the file is JSON, but neither a dump nor a baseline")
        .hint("a baseline is what `heapql snapshot DUMP -o FILE` writes")
}

/// The error for what is no JSON, or of another form; it names line and column.
pub(super) fn damaged(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Malformed, "the baseline is damaged").caused_by(error).hint(MAKE_IT_AGAIN)
}

/// The error for what contradicts itself.
pub(super) fn senseless(what: &str) -> Error {
    Error::new(ErrorKind::Malformed, format!("the baseline makes no sense: {what}")).hint(MAKE_IT_AGAIN)
}

/// The error for a file that no baseline is as large as.
pub(super) fn too_large() -> Error {
    let limit = limits::MAX_BASELINE_BYTES >> 20;
    Error::new(ErrorKind::Malformed, format!("the file has more than {limit} MiB: it is no baseline"))
        .hint(MAKE_IT_AGAIN)
}
