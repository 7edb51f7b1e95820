//! What the first level of the merged tree is called: by which roots each object is held.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::graph::{ObjectId, RootKind, Roots};

/// What roots have in common, or what stands in for roots.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TopLabel {
    /// Roots of one kind and name: a static; all strong handles together.
    Root {
        /// The kind of root.
        kind: RootKind,
        /// `Type.Field` of a static; `None` for kinds that have no names.
        name: Option<Arc<str>>,
    },
    /// The stack and the thread statics of the thread with that id, as the operating system counts them.
    Thread(Option<u64>),
    /// What roots of several labels hold together: it would go without none of them.
    Shared,
    /// What nothing holds any more and no collection has taken yet.
    Garbage,
}

impl fmt::Display for TopLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TopLabel::Root { kind, name } => {
                f.write_str(&kind.word().replace('_', " "))?;
                name.as_ref().map_or(Ok(()), |name| write!(f, " {name}"))
            }
            TopLabel::Thread(Some(os_id)) => write!(f, "thread {os_id}"),
            TopLabel::Thread(None) => f.write_str("thread"),
            TopLabel::Shared => f.write_str("shared"),
            TopLabel::Garbage => f.write_str("garbage"),
        }
    }
}

/// The number of [`TopLabel::Shared`] in every list of labels.
const SHARED: u32 = 0;
/// The number of [`TopLabel::Garbage`].
const GARBAGE: u32 = 1;

/// The labels of the objects that roots hold directly.
#[derive(Debug)]
pub(super) struct Tops {
    /// The labels, each with how many roots bear it.
    pub labels: Vec<(TopLabel, u64)>,
    of: FxHashMap<ObjectId, u32>,
}

impl Tops {
    /// The labels of `roots`.
    pub fn new(roots: &Roots) -> Tops {
        let mut tops =
            Tops { labels: vec![(TopLabel::Shared, 0), (TopLabel::Garbage, 0)], of: FxHashMap::default() };
        let mut numbers: FxHashMap<TopLabel, u32> = FxHashMap::default();
        // Nothing takes what lies on frozen segments, whoever else holds it.
        let frozen = roots.frozen.iter().cloned().flatten().map(ObjectId);
        let permanent = tops.number(TopLabel::Root { kind: RootKind::Permanent, name: None }, &mut numbers);
        for object in frozen {
            tops.labels[permanent as usize].1 += 1;
            tops.of.insert(object, permanent);
        }
        for root in roots.all.iter().filter(|root| root.keeps_alive) {
            let label = match root.kind {
                RootKind::Stack | RootKind::ThreadStatic => TopLabel::Thread(root.os_id),
                kind => TopLabel::Root { kind, name: root.name.clone() },
            };
            let number = tops.number(label, &mut numbers);
            tops.labels[number as usize].1 += 1;
            let known = *tops.of.entry(root.object).or_insert(number);
            if known != number && known != permanent && !tops.outweighs(known, number) {
                tops.of.insert(root.object, SHARED);
            }
        }
        tops
    }

    /// Whether an object that both labels hold is the first one's. Statics hold for ever, and words of stacks come and go (they
    /// may be left over from before): the same object would be shared in one dump and the static's in the next. Roots come
    /// in the order of their kinds, so statics are always known first.
    fn outweighs(&self, known: u32, other: u32) -> bool {
        let label = |number: u32| self.labels.get(number as usize).map(|(label, _)| label);
        matches!(label(known), Some(TopLabel::Root { kind: RootKind::Static, .. }))
            && matches!(label(other), Some(TopLabel::Thread(_)))
    }

    fn number(&mut self, label: TopLabel, numbers: &mut FxHashMap<TopLabel, u32>) -> u32 {
        if let Some(&number) = numbers.get(&label) {
            return number;
        }
        let number = self.labels.len() as u32;
        self.labels.push((label.clone(), 0));
        numbers.insert(label, number);
        number
    }

    /// The label of a reachable object that no other object dominates: those that no root holds directly are held by several.
    pub fn of(&self, object: ObjectId) -> u32 {
        self.of.get(&object).copied().unwrap_or(SHARED)
    }

    /// The label of garbage that no other object dominates.
    pub fn garbage(&self) -> u32 {
        GARBAGE
    }
}
