//! What the objects at which paths begin are called by their roots.

use rustc_hash::FxHashMap;

use super::RootLabel;
use crate::graph::{ObjectId, RootKind, Roots};

/// The objects that roots hold, and the labels of the roots.
#[derive(Clone, Debug, Default)]
pub struct RootLabels {
    /// The objects, those of the most telling roots first: of paths of the same length theirs are taken.
    pub entries: Vec<ObjectId>,
    /// The labels.
    pub labels: Vec<RootLabel>,
    of: FxHashMap<ObjectId, u32>,
}

impl RootLabels {
    /// The labels of `roots`; of several that hold an object the first.
    pub fn new(roots: &Roots) -> RootLabels {
        let mut labels = RootLabels::default();
        let mut numbers: FxHashMap<RootLabel, u32> = FxHashMap::default();
        let frozen = roots.frozen.iter().cloned().flatten();
        let frozen = frozen.map(|id| (ObjectId(id), RootLabel { kind: RootKind::Permanent, name: None }));
        let alive = roots.all.iter().filter(|root| root.keeps_alive);
        let alive = alive.map(|root| (root.object, RootLabel { kind: root.kind, name: root.name.clone() }));
        for (object, label) in alive.chain(frozen) {
            if labels.of.contains_key(&object) {
                continue;
            }
            let next = labels.labels.len() as u32;
            let number = *numbers.entry(label.clone()).or_insert(next);
            if number == next {
                labels.labels.push(label);
            }
            labels.of.insert(object, number);
            labels.entries.push(object);
        }
        labels
    }

    /// The number of the label of an object that a root holds.
    pub fn number(&self, object: ObjectId) -> u32 {
        self.of.get(&object).copied().unwrap_or_default()
    }
}
