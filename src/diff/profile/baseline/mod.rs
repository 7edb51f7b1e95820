//! Profiles as files: baselines, which stand in for dumps that were not kept.
//!
//! `docs/baseline.md` describes the file. A baseline comes from somewhere else, so it is believed no more than a dump: sizes
//! are capped, numbers that name rows are held against the rows.

mod form;
mod prune;
mod refusal;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use super::Profile;
use crate::error::Result;
use crate::limits;
use form::File;

/// What a baseline says first that it is.
const FORMAT: &str = "heapql baseline";

impl Profile {
    /// Writes it as a baseline, without what weighs too little to be asked for later; says what that left out.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<Profile> {
        let kept = prune::pruned(self);
        serde_json::to_writer(&mut *out, &File::of(&kept))?;
        out.write_all(b"\n")?;
        Ok(kept)
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// [`NotADump`] for JSON that is no baseline, [`Unsupported`] for one of a later version, [`Malformed`] for one that is
    /// damaged or makes no sense.
    ///
    /// [`NotADump`]: crate::ErrorKind::NotADump
    /// [`Unsupported`]: crate::ErrorKind::Unsupported
    /// [`Malformed`]: crate::ErrorKind::Malformed
    pub fn read(bytes: &[u8]) -> Result<Profile> {
        if bytes.len() as u64 > limits::MAX_BASELINE_BYTES {
            return Err(refusal::too_large());
        }
        refusal::check_head(bytes)?;
        let file: File<'_> = serde_json::from_slice(bytes).map_err(refusal::damaged)?;
        file.profile()
    }
}
