//! One dump as it is compared with others, and as a baseline keeps it.

use serde::{Deserialize, Serialize};

use super::Way;

mod baseline;
mod build;
mod facts;
mod owner_tree;
mod roots;
#[cfg(test)]
mod tests;
mod totals;
mod types;

pub use owner_tree::{OwnerNode, OwnerTree, Pruning};

/// What is compared of a dump. Written to a file, it is a baseline: see `docs/baseline.md`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The form's version. It changes when a reader of an older one would misread a newer one.
    pub version: u32,
    /// Which dump it is of.
    pub dump: DumpFacts,
    /// The heap in numbers.
    pub totals: HeapTotals,
    /// All types that have objects, the biggest retained size first; Free is not among them.
    pub types: Vec<TypeRow>,
    /// What hangs on each root, those of one name together: static, thread (by its id), kind of handle; biggest first. What
    /// several of them share counts for none.
    pub roots: Vec<RootGroup>,
    /// What hangs on the objects of each assembly's types, biggest first.
    pub assemblies: Vec<AssemblyRow>,
    /// The dominator tree, objects of one type under one parent taken together.
    pub tree: OwnerTree,
    /// The ways to the objects of the types that weigh most; for a baseline, which has no objects to ask later.
    pub ways: Vec<TypeWays>,
    /// Answers to other selects that were kept with it.
    pub answers: Vec<KeptAnswer>,
    /// What the dump's reading left out, a sentence each.
    pub problems: Vec<String>,
    /// What a baseline left out of it, because it weighs too little; nothing for an open dump.
    #[serde(default)]
    pub left_out: LeftOut,
}

/// How many rows a baseline left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Types; none of them retains more than any that is there.
    pub types: u64,
    /// Groups of roots; none of them retains more than any that is there.
    pub roots: u64,
    /// Ways to objects; none of them has more objects than those of the same type that are there.
    pub ways: u64,
}

/// What tells one dump from another, and whether two are of one program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DumpFacts {
    /// The file's name, without its folder.
    pub file: String,
    /// The runtime's version (`10.0.14`).
    pub runtime: String,
    /// `x64`, `arm64`.
    pub architecture: String,
    /// `workstation` or `server`; `None` where it is not known.
    pub gc_mode: Option<String>,
    /// The module with the program's entry point, or what seems to be the program.
    pub program: Option<String>,
    /// The process id.
    pub process_id: Option<u32>,
    /// A number that is the same for two dumps of one run of a process only (where its modules lie), as hex digits.
    pub process_run: Option<String>,
    /// A number that tells the dump from all others, as hex digits.
    pub fingerprint: Option<String>,
    /// The latest moment that the process's own memory speaks of (its clock in ms since boot), to tell the order of dumps
    /// of one run.
    pub clock_ms: Option<u64>,
    /// Names of the managed modules, sorted.
    pub modules: Vec<String>,
}

/// The heap in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeapTotals {
    /// Objects, without free ones.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of free objects.
    pub free: u64,
    /// Bytes of objects that roots reach.
    pub reachable: u64,
    /// Bytes of objects that nothing reaches any more.
    pub garbage: u64,
    /// The generations that have objects, in the order gen0, gen1, gen2, loh, poh, frozen.
    pub generations: Vec<GenerationRow>,
}

/// A generation in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GenerationRow {
    /// gen0, gen1, gen2, loh, poh or frozen.
    pub generation: String,
    /// Objects, without free ones.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of free objects.
    pub free: u64,
}

/// A type in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TypeRow {
    /// Its name as listings print it.
    #[serde(rename = "type")]
    pub name: String,
    /// The file name of its module; `None` where it is not known.
    pub module: Option<String>,
    /// Its objects. Types of one name and module (in several load contexts) are one row.
    pub count: u64,
    /// Their bytes.
    pub size: u64,
    /// The bytes that hang on them, each once.
    pub retained: u64,
}

/// What hangs on roots of one name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RootGroup {
    /// The kind of root, by the word of the table `roots`, [`RootGroup::THREAD`] or `shared`.
    pub kind: String,
    /// `Type.Field` of statics, `thread 1234` of stacks and thread statics; `None` for kinds that have no names.
    pub name: Option<String>,
    /// Roots.
    pub count: u64,
    /// The bytes that would go without them.
    pub retained: u64,
}

impl RootGroup {
    /// The kind of what the stack and the thread statics of one thread hold together.
    pub const THREAD: &str = "thread";
}

/// What hangs on the objects of an assembly's types.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AssemblyRow {
    /// The file name of the module; `None` for those whose module is not known.
    pub module: Option<String>,
    /// Objects of its types.
    pub count: u64,
    /// Their bytes.
    pub size: u64,
    /// The bytes that hang on them, each once.
    pub retained: u64,
}

/// The ways to the objects of a type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TypeWays {
    /// The type's name.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The file name of its module.
    pub module: Option<String>,
    /// The ways, those with the most objects first; counts of one dump.
    pub ways: Vec<Way>,
}

/// The answer to a grouped select, kept without the dump.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// The select as it was written.
    pub query: String,
    /// The columns: name, kind and whether it is a measure.
    pub columns: Vec<KeptColumn>,
    /// The rows, values as in JSON answers.
    pub rows: Vec<Vec<serde_json::Value>>,
}

/// A column of a kept answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptColumn {
    /// Its name.
    pub name: String,
    /// Its kind, by the word of the JSON contract.
    pub kind: String,
    /// Whether it is compared; if not, it is a key.
    pub measure: bool,
    /// Of a measure, whether it is a count or a sum, which is 0 for a group without rows.
    #[serde(default)]
    pub total: bool,
}

impl Profile {
    /// The version that this program writes.
    pub const VERSION: u32 = 1;
}
