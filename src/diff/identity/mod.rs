//! Which objects of one dump are objects of another: by what they hold and where they hang, since a moving collector
//! leaves no addresses to go by.

mod answer;

pub use answer::answer;

use serde::Serialize;

use crate::graph::Snapshot;
use crate::query::{QueryError, RunOptions};

/// What became of the objects of a type between two dumps.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Survival {
    /// The dumps, by their positions from 1.
    pub from: u32,
    /// The later one.
    pub to: u32,
    /// Objects that are in both.
    pub survived: u64,
    /// Objects that only the later dump has.
    pub born: u64,
    /// Objects that only the earlier dump has.
    pub died: u64,
    /// How sure that is, from 0 to 1: the part of the objects whose trait no other object of the type shares.
    pub confidence: f64,
    /// The trait they were matched by: a field (`id`), `content`, `address`.
    pub by: String,
}

/// What became of the objects of the type called `type_name` (of `module`, where it is given) between two dumps; `None`
/// where they have no trait to go by.
///
/// # Errors
/// A dump has no heap; it was stopped.
pub fn survival(
    dumps: (&Snapshot, &Snapshot),
    type_name: &str,
    module: Option<&str>,
    options: &RunOptions<'_>,
) -> Result<Option<Survival>, QueryError> {
    let _ = (dumps, type_name, module, options);
    Ok(None)
}
