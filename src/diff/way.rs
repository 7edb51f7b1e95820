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
    /// Dumps, by their positions from 1, that are baselines which did not keep the ways to these objects: what stands for them
    /// in `counts` and `sizes`, 0, is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_kept: Vec<u32>,
}

impl Way {
    /// How many objects hang on it in the dump at `position`, from 0; `None` where that is not known.
    pub fn known_count(&self, position: usize) -> Option<u64> {
        let is_unknown = self.not_kept.iter().any(|&dump| dump as usize == position + 1);
        self.counts.get(position).copied().filter(|_| !is_unknown)
    }

    /// The change from the first dump to the last; `None` where that is not known, or for fewer than two dumps.
    pub fn change(&self) -> Option<i128> {
        let last = self.counts.len().checked_sub(1).filter(|&last| last > 0)?;
        Some(i128::from(self.known_count(last)?) - i128::from(self.known_count(0)?))
    }
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
