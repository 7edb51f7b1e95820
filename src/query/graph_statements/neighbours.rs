//! `references of X` and `referrers of X`: what is joined to objects, a row a reference.

use std::sync::atomic::Ordering;

use super::steps;
use super::subject::Subject;
use crate::graph::ObjectId;
use crate::graph::paths::Slots;
use crate::query::QueryError;
use crate::query::answer::{Answer, AnswerColumn, Kind};
use crate::query::cells::Cells;
use crate::query::exec::Execution;

/// Which neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// What the objects refer to.
    References,
    /// What refers to them.
    Referrers,
}

/// References, a number a column.
#[derive(Default)]
struct Rows {
    objects: Vec<ObjectId>,
    neighbours: Vec<ObjectId>,
    fields: Vec<std::sync::Arc<str>>,
}

/// The references of objects or to them: the neighbour, and the field or element that holds the reference.
///
/// # Errors
/// The dump does not tell its types; it was stopped.
pub fn neighbours(
    subject: &Subject<'_>,
    which: Neighbours,
    execution: &Execution<'_>,
) -> Result<Answer, QueryError> {
    let references = subject.references()?;
    let mut slots = Slots::new(subject.snapshot, subject.heap, &references.forward);
    let mut rows = Rows::default();
    let referrers = match which {
        Neighbours::References => None,
        Neighbours::Referrers => Some(subject.referrers()?),
    };
    for &object in &subject.objects {
        if execution.cancel.load(Ordering::Relaxed) {
            return Err(QueryError::Cancelled);
        }
        match &referrers {
            None => {
                for slot in slots.all(object) {
                    rows.push(object, slot.target, slot.name);
                }
            }
            Some(referrers) => {
                let mut holders = referrers.of(object).to_vec();
                // Each as often as it refers to the object, one behind the other.
                holders.dedup();
                for holder in holders {
                    for slot in slots.all(holder).into_iter().filter(|slot| slot.target == object) {
                        rows.push(object, holder, slot.name);
                    }
                }
            }
        }
    }
    Ok(Answer { columns: columns(&rows, subject, which, &slots), ..Answer::default() })
}

impl Rows {
    fn push(&mut self, object: ObjectId, neighbour: ObjectId, field: std::sync::Arc<str>) {
        self.objects.push(object);
        self.neighbours.push(neighbour);
        self.fields.push(field);
    }
}

fn columns(rows: &Rows, subject: &Subject<'_>, which: Neighbours, slots: &Slots<'_>) -> Vec<AnswerColumn> {
    let column = |name: &str, kind, cells| AnswerColumn { name: name.to_owned(), kind, cells };
    let addresses = |objects: &[ObjectId]| {
        Cells::unsigned(objects.iter().map(|&object| slots.address(object).0).collect())
    };
    let types: Vec<_> = rows.neighbours.iter().map(|&object| steps::type_name(object, slots)).collect();
    let sizes = rows.neighbours.iter().map(|&object| slots.object(object).map(|(_, size)| size));
    let mut columns = vec![
        column("address", Kind::Address, addresses(&rows.neighbours)),
        column("type", Kind::Text, Cells::texts(types.iter().map(|name| Some(&**name)))),
        column("field", Kind::Text, Cells::texts(rows.fields.iter().map(|field| Some(&**field)))),
        column("size", Kind::Bytes, Cells::optional(sizes)),
    ];
    if subject.objects.len() > 1 {
        let name = if which == Neighbours::References { "source" } else { "target" };
        columns.insert(0, column(name, Kind::Address, addresses(&rows.objects)));
    }
    columns
}
