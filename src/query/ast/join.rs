//! Sources under names of their own, and joins of several.

use std::fmt;

use super::{Expr, Name, Source, written_name};
use crate::diagnostic::Span;

/// A source, perhaps under another name.
#[derive(Clone, Debug)]
pub struct Aliased {
    /// The source.
    pub source: Source,
    /// The name that it was given.
    pub alias: Option<Name>,
    /// Where both stand.
    pub span: Span,
}

/// A source with those that are joined to it, in the order in which they are written; with none of them, a source
/// that was given a name.
#[derive(Clone, Debug)]
pub struct Join {
    /// The first source.
    pub first: Aliased,
    /// The others.
    pub others: Vec<Joined>,
}

/// A source that is joined to those before it.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Whether rows that find none of this source stay, with nulls in its place: `left join`.
    pub keeps_left: bool,
    /// The source.
    pub right: Aliased,
    /// Which rows belong together.
    pub on: Expr,
}

impl Join {
    /// All sources, in the order in which they are written.
    pub fn sources(&self) -> impl Iterator<Item = &Aliased> {
        std::iter::once(&self.first).chain(self.others.iter().map(|other| &other.right))
    }
}

impl fmt::Display for Aliased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        self.alias.as_ref().map_or(Ok(()), |alias| write!(f, " as {}", written_name(&alias.text)))
    }
}

impl fmt::Display for Join {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        for Joined { keeps_left, right, on } in &self.others {
            write!(f, " {} {right} on {on}", if *keeps_left { "left join" } else { "join" })?;
        }
        Ok(())
    }
}
