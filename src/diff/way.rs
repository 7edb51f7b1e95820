//! A way by which objects hang on a root, told in types and fields, so that it reads alike in every dump.

use serde::{Deserialize, Serialize};

/// A way from a root to objects of a type, with how many objects hang on it.
///
/// Two ways of two dumps are the same when root, types (as [`super::compare`] matches them) and fields are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The kind of root, by the word of the table `roots`: `static`, `stack`.
    pub root_kind: String,
    /// The root's name: `Type.Field` of a static, the method of a stack frame; `None` where it has none.
    pub root_name: Option<String>,
    /// The types from the root to the objects, those included.
    pub steps: Vec<WayStep>,
    /// Which step is the owner: where the fan-out begins, the last one before the many that is no array, delegate or inner
    /// node of a collection. `None` where the objects hang on the root itself.
    pub owner: Option<usize>,
    /// How many objects hang on it, in each dump; one number where it is of a single dump.
    pub counts: Vec<u64>,
    /// The bytes of these objects themselves, in each dump.
    pub sizes: Vec<u64>,
}

/// A type on a way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WayStep {
    /// The type's name as listings print it.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The field by which it holds the next step, `[]` for elements; `None` for the last step.
    pub field: Option<String>,
    /// Whether the step stands for any number of objects behind one another (nodes of a list).
    #[serde(default)]
    pub repeats: bool,
}
