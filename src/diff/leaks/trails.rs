//! By which way each object hangs on a root: one breadth-first search over the whole dump, asked again and again.

use std::sync::Arc;

use super::dump::OpenDump;
use crate::graph::paths::{Direction, HiddenEdges, Hops, RootLabel, RootLabels, Search, Slots};
use crate::graph::{ObjectId, ObjectSet, References};
use crate::query::QueryError;

/// Steps of a way that are spelled: programs hold things some ten deep, and a list would go on for ever.
const MAX_STEPS: usize = 24;

/// The shortest ways from roots to all objects.
pub(super) struct Trails {
    references: Arc<References>,
    labels: RootLabels,
    hops: Hops,
}

/// Who holds an object, nearest to the root: the root, or an object by one of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// A root of this name (`static Shop.Cache.all`, `stack`).
    Root(String),
    /// An object, by a field.
    Object(ObjectId, Arc<str>),
}

impl Trails {
    /// Searches a dump.
    ///
    /// # Errors
    /// The dump does not tell its types; it was stopped.
    pub fn of(dump: &OpenDump<'_>) -> Result<Trails, QueryError> {
        let references = dump.snapshot.references(dump.options().progress)?;
        let hidden = HiddenEdges::of(dump.snapshot, dump.heap, &dump.roots, &references.forward);
        let search = Search {
            rows: &references.forward,
            direction: Direction::Forward,
            hidden: &hidden,
            stop: dump.options().cancel,
        };
        let labels = RootLabels::new(&dump.roots);
        let (hops, _) = search.all(&labels.entries, &ObjectSet::none(dump.heap.objects.len()))?;
        Ok(Trails { references, labels, hops })
    }

    /// Names the fields by which objects hold others.
    pub fn slots<'d>(&'d self, dump: &OpenDump<'d>) -> Slots<'d> {
        Slots::new(dump.snapshot, dump.heap, &self.references.forward)
    }

    /// Who holds an object on its shortest way from a root; `None` for one that is not reachable.
    pub fn holder(&self, object: ObjectId, slots: &mut Slots<'_>) -> Option<Holder> {
        let next = self.hops.next(object)?;
        if next == object {
            let label = self.labels.labels.get(self.labels.number(object) as usize);
            return Some(Holder::Root(label.map_or_else(|| "permanent".to_owned(), title)));
        }
        Some(Holder::Object(next, slots.name(next, object)))
    }

    /// How a way reads, the same in every dump: root, types and fields, without addresses and numbers of elements.
    pub fn text(&self, object: ObjectId, dump: &OpenDump<'_>, slots: &mut Slots<'_>) -> Option<String> {
        let mut parts = Vec::new();
        let mut at = object;
        while parts.len() < MAX_STEPS {
            match self.holder(at, slots)? {
                Holder::Root(title) => {
                    parts.push(title);
                    break;
                }
                Holder::Object(holder, field) => {
                    let of = dump.type_of(holder).map_or("?", |of| &*of.name);
                    parts.push(format!("{of}.{}", without_numbers(&field)));
                    at = holder;
                }
            }
        }
        parts.reverse();
        Some(parts.join(" -> "))
    }
}

/// What a root is called.
fn title(root: &RootLabel) -> String {
    let kind = root.kind.word().replace('_', " ");
    match &root.name {
        Some(name) => format!("{kind} {name}"),
        None => kind,
    }
}

/// A slot's name without the numbers of elements: `[12].key` is `[].key`.
fn without_numbers(name: &str) -> String {
    let mut kept = String::with_capacity(name.len());
    let mut within = false;
    for c in name.chars() {
        within = (within || c == '[') && c != ']';
        if !within || c == '[' {
            kept.push(c);
        }
    }
    kept
}
