//! `retained by X`: what would go with objects.

use std::sync::atomic::Ordering;

use super::subject::Subject;
use crate::graph::{Heap, ObjectId, ObjectSet};
use crate::problem::Problem;
use crate::query::QueryError;
use crate::query::answer::{Answer, AnswerColumn, Kind, ValueRef};
use crate::query::cells::{Cells, Data, Texts};
use crate::query::exec::Execution;

/// The objects that could be collected if those asked about were let go, the biggest first; they are among them.
///
/// # Errors
/// The dump does not tell its types; it was stopped.
pub fn retained_by(subject: &Subject<'_>, execution: &Execution<'_>) -> Result<Answer, QueryError> {
    subject.references()?;
    subject.roots()?;
    let heap = subject.heap;
    let set = ObjectSet::from_ids(heap.objects.len(), subject.objects.iter().copied());
    let retained = subject.snapshot.retained_by(&set, execution.progress)?;
    if execution.cancel.load(Ordering::Relaxed) {
        return Err(QueryError::Cancelled);
    }
    let mut rows: Vec<(u64, ObjectId)> = retained.iter().map(|object| (size(heap, object), object)).collect();
    // By size, then in the order of the heap.
    rows.sort_unstable_by_key(|&(size, object)| (std::cmp::Reverse(size), object));
    let total = rows.iter().map(|&(size, _)| size).sum();
    if rows.is_empty() && !subject.objects.is_empty() {
        subject.tell(&[Problem::note(format!("{} retains nothing", subject.name))]);
    }
    let one = |name: &str, kind, value| AnswerColumn::new(name, kind, [value]);
    Ok(Answer {
        heading: vec![
            one("objects", Kind::Integer, ValueRef::Integer(rows.len() as i128)),
            one("size", Kind::Bytes, ValueRef::Bytes(total)),
        ],
        columns: columns(heap, &rows),
        ..Answer::default()
    })
}

fn size(heap: &Heap, object: ObjectId) -> u64 {
    heap.objects.size(object).unwrap_or(0)
}

fn columns(heap: &Heap, rows: &[(u64, ObjectId)]) -> Vec<AnswerColumn> {
    let column = |name: &str, kind, cells| AnswerColumn { name: name.to_owned(), kind, cells };
    let (mut addresses, mut types) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for &(_, object) in rows {
        let Some((block, row)) = heap.objects.row(object) else { continue };
        addresses.push(block.address(row).0);
        types.push(block.types[row].0);
    }
    let names = heap.types.all().iter().map(|of| std::sync::Arc::clone(&of.name)).collect();
    let texts = Texts { values: std::sync::Arc::new(names), codes: types };
    vec![
        column("address", Kind::Address, Cells::unsigned(addresses)),
        column("type", Kind::Text, Cells::new(Data::Text(texts), None)),
        column("size", Kind::Bytes, Cells::unsigned(rows.iter().map(|&(size, _)| size).collect())),
    ]
}
