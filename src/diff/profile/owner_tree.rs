//! The dominator tree, objects of one type under one parent taken together, by names.

use serde::{Deserialize, Serialize};

/// The merged dominator tree of a dump: who holds how much, as far down as it weighs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnerTree {
    /// The nodes, parents before their children, children of one parent the biggest first.
    pub nodes: Vec<OwnerNode>,
    /// Nodes that were cut off because they weigh too little, and what they retain together (each under its parent: bytes
    /// of cut nodes below cut nodes count once).
    pub cut: (u64, u64),
}

/// Objects of one type that the same parent holds, or a root.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnerNode {
    /// The position of its parent; `None` for roots.
    pub parent: Option<u32>,
    /// For a node of objects the type's name; for a root its kind and name (`static Shop.Cache.all`), or `shared` for
    /// what several roots hold together, or `garbage`.
    pub name: String,
    /// The file name of the type's module; `None` for roots and where it is not known.
    pub module: Option<String>,
    /// Objects; for a root the roots of that name.
    pub count: u64,
    /// The bytes of the objects themselves; 0 for a root.
    pub size: u64,
    /// The bytes that hang on them.
    pub retained: u64,
}
