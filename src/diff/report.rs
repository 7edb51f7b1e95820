//! Everything that is told of one dump or several, in one place: what reports are written from.

use super::compare::{Thresholds, compare_types};
use super::growth::{Growth, Side, growth};
use super::leaks::{Suspect, leaks};
use super::profile::Profile;
use super::relation;
use crate::problem::Problem;
use crate::query::{Answer, QueryError, RunOptions};

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
    /// Whether leaks could not be looked for, since the last dump is a baseline: then no suspect says nothing.
    pub leaks_unsought: bool,
}

/// What looks like a leak, for a report; `None`, with a remark, where the last dump is a baseline, which has no objects to ask.
///
/// # Errors
/// Those of [`leaks()`].
pub fn suspects(
    sides: &[Side<'_>],
    options: &RunOptions<'_>,
    remarks: &mut Vec<Problem>,
) -> Result<Option<Vec<Suspect>>, QueryError> {
    match sides.last() {
        Some(Side { snapshot: None, profile }) => {
            let message = format!("leaks were not looked for: {} is a baseline", profile.dump.file);
            remarks.push(Problem::note(message).hint("suspects need the last dump itself"));
            Ok(None)
        }
        _ => leaks(sides, options).map(Some),
    }
}

impl Report {
    /// Types at which growth begins that a report has: nobody reads more.
    pub const MOST_GROWTH: usize = 20;

    /// The report on one dump or several, oldest first. Of a single one there is no comparison and no growth.
    ///
    /// # Errors
    /// A dump holds no heap or cannot tell its references; it was stopped.
    pub fn of(
        sides: &[Side<'_>],
        thresholds: &Thresholds,
        options: &RunOptions<'_>,
    ) -> Result<Report, QueryError> {
        let facts: Vec<_> = sides.iter().map(|side| &side.profile.dump).collect();
        let mut remarks = relation::remarks(&facts);
        remarks.extend(sides.iter().flat_map(|side| left_out(side.profile, sides.len() > 1)));
        let several = sides.len() > 1;
        let growth = if several { growth(sides, Self::MOST_GROWTH, options)? } else { Vec::new() };
        let suspects = suspects(sides, options, &mut remarks)?;
        Ok(Report {
            profiles: sides.iter().map(|side| side.profile.clone()).collect(),
            remarks,
            comparison: several.then(|| compare_types(sides, &growth, thresholds)),
            growth,
            leaks_unsought: suspects.is_none(),
            suspects: suspects.unwrap_or_default(),
        })
    }
}

/// What the reading of a dump left out, with the dump's name where there are several.
fn left_out(profile: &Profile, named: bool) -> impl Iterator<Item = Problem> {
    profile.problems.iter().map(move |problem| {
        let message = if named { format!("{}: {problem}", profile.dump.file) } else { problem.clone() };
        Problem::loss(message)
    })
}
