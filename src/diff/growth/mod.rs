//! What holds the growth: the types at which it begins, and the ways by which their objects hang on roots.

mod ways;
mod wrappers;

use serde::Serialize;

pub use ways::{TypeName, ways_of, ways_to};

use super::identity::Survival;
use super::{Profile, Way};
use crate::graph::Snapshot;
use crate::query::{QueryError, RunOptions};

/// One of the dumps that are compared.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What is compared of it.
    pub profile: &'a Profile,
    /// The dump, where it is open; `None` for a baseline.
    pub snapshot: Option<&'a Snapshot>,
}

/// A type whose objects multiply: where growth begins, not what contains it nor what it contains.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Growth {
    /// The type's name, in the last dump.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The file name of its module.
    pub module: Option<String>,
    /// Its objects, in each dump.
    pub counts: Vec<u64>,
    /// Their bytes, in each dump.
    pub sizes: Vec<u64>,
    /// The bytes that hang on them, in each dump.
    pub retained: Vec<u64>,
    /// Whether there were more in every dump than in the one before; `None` for two dumps.
    pub steady: Option<bool>,
    /// The ways by which they hang on roots, the most growth first, with the counts of each dump.
    pub ways: Vec<Way>,
    /// Ways that are not listed, and the objects on them in the last dump.
    pub more_ways: (u64, u64),
    /// How many were there before; a step from dump to dump. Empty where it was not asked or is not possible.
    pub survival: Vec<Survival>,
}

/// The types at which growth begins, the most retained growth first, at most `most`.
///
/// # Errors
/// A dump cannot tell its references; it was stopped.
pub fn growth(sides: &[Side<'_>], most: usize, options: &RunOptions<'_>) -> Result<Vec<Growth>, QueryError> {
    let _ = (sides, most, options);
    Ok(Vec::new())
}
