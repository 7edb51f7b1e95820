//! The statement `object ADDR`: one object, a row a field.

mod place;

use super::answer::{Answer, AnswerColumn, Kind, ValueRef};
use super::ast::ObjectAt;
use super::exec::{no_dump, no_values};
use super::resolve::dumps;
use super::{QueryError, RunOptions};
use crate::bytes::Addr;
use crate::graph::Snapshot;
use place::Found;

/// The fields of an object, and of an array its first elements.
///
/// # Errors
/// The address is not that of an object; the dump has no heap.
pub fn object(at: &ObjectAt, snapshots: &[Snapshot], options: &RunOptions<'_>) -> Result<Answer, QueryError> {
    let (address, span) = (Addr(at.address.0), &at.address.1);
    let position = dumps::position(at.dump.as_ref(), snapshots.len())?;
    let snapshot = snapshots.get(position).ok_or_else(no_dump)?;
    let Some(values) = &snapshot.values else {
        // What is missing is what the walk says.
        snapshot.heap(options.progress)?;
        return Err(no_values());
    };
    let found = place::find(snapshot, values, address, span, options.progress)?;
    Ok(Answer { heading: heading(address, &found), ..Answer::default() })
}

fn heading(address: Addr, found: &Found) -> Vec<AnswerColumn> {
    let one = |name: &str, kind, value| AnswerColumn::new(name, kind, [value]);
    let mut heading = vec![
        one("type", Kind::Text, ValueRef::Text(&found.type_name)),
        one("address", Kind::Address, ValueRef::Address(address)),
    ];
    if let Some(size) = found.size {
        heading.push(one("size", Kind::Bytes, ValueRef::Bytes(size)));
    }
    if let Some(generation) = found.generation {
        heading.push(one("gen", Kind::Text, ValueRef::Text(generation.word())));
    }
    heading
}
