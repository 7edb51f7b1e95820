//! Statements about the graph of objects, and the objects that they are about.

use super::{KeptValue, Literal, Name, Select};
use crate::diagnostic::Span;

/// Objects: what a function that gives rows is called with, and what a statement of the graph is about.
#[derive(Clone, Debug)]
pub enum SourceArgument {
    /// Values, each with its place: addresses, for all functions but one.
    Values(Vec<(Literal, Span)>),
    /// The rows of a select.
    Select(Box<Select>),
    /// Values of an answer that was kept.
    Kept(KeptValue),
    /// All objects of a type.
    Type {
        /// The type.
        name: Name,
        /// Whether the types that derive from it are meant too: `Zoo.Animal+`.
        subclasses: bool,
    },
}

/// The objects that a statement is about.
#[derive(Clone, Debug)]
pub struct Objects {
    /// The number of the dump, from 1; `None` when it was not said.
    pub dump: Option<(u32, Span)>,
    /// Which objects of it.
    pub which: SourceArgument,
    /// Where they stand.
    pub span: Span,
}

/// A statement about the graph.
#[derive(Clone, Debug)]
pub enum GraphStatement {
    /// Asks which roots keep objects alive.
    RootsOf(Objects),
    /// Asks for a shortest path.
    PathFromTo(Objects, Objects),
    /// Asks for all ways from roots, merged by type.
    PathsTo(Objects),
    /// Asks what objects refer to.
    ReferencesOf(Objects),
    /// Asks what refers to objects.
    ReferrersOf(Objects),
    /// Asks what would go with objects.
    RetainedBy(Objects),
    /// Asks through which objects every way from the roots leads.
    DominatorsOf(Objects),
}

impl GraphStatement {
    /// The objects that it is about, in the order in which they are written.
    pub fn operands(&self) -> Vec<&Objects> {
        match self {
            Self::PathFromTo(from, to) => vec![from, to],
            Self::RootsOf(of)
            | Self::PathsTo(of)
            | Self::ReferencesOf(of)
            | Self::ReferrersOf(of)
            | Self::RetainedBy(of)
            | Self::DominatorsOf(of) => vec![of],
        }
    }
}
