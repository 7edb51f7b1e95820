//! Everything that is told of one dump or several, in one place: what reports are written from.

use super::growth::Growth;
use super::leaks::Suspect;
use super::profile::Profile;
use crate::problem::Problem;
use crate::query::Answer;

/// What a report tells.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The dumps, oldest first.
    pub profiles: Vec<Profile>,
    /// What the dumps are to each other, and what was left out.
    pub remarks: Vec<Problem>,
    /// The comparison of their types; `None` for a single dump.
    pub comparison: Option<Answer>,
    /// Where growth begins and who holds it.
    pub growth: Vec<Growth>,
    /// What looks like a leak.
    pub suspects: Vec<Suspect>,
}
