//! Chains: what an answer says as paths, for formats that show paths and not cells.

use std::sync::Arc;

use crate::bytes::Addr;

/// The paths of an answer.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    /// The paths, the most telling first.
    pub chains: Vec<Chain>,
    /// What of the rows stands in no chain, as a sentence.
    pub left_out: Option<String>,
    /// Whether the rows of the answer say it better where there is room for rows only.
    pub rows_are_better: bool,
}

/// One path.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// How it begins: `static Zoo.Program.keep`.
    pub title: String,
    /// What is to be said of the whole beside: `98,000 of 100,000`. Empty for nothing.
    pub remark: String,
    /// What it leads through.
    pub links: Vec<Link>,
    /// Whether the last link stands in a chain before, which goes on from there as this one does.
    pub joins: bool,
}

/// Something that a path leads through: an object, or all objects of a type.
#[derive(Clone, Debug)]
pub struct Link {
    /// The name of its type.
    pub type_name: Arc<str>,
    /// Its address; `None` for a type.
    pub address: Option<Addr>,
    /// The field or element by which it holds the next; `None` for the last.
    pub field: Option<Arc<str>>,
    /// What is left out behind it, in words.
    pub gap: Option<String>,
}
