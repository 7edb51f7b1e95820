//! The statement `object ADDR`: one object, a row a field.

use std::sync::Arc;

use super::answer::{Answer, AnswerColumn, Kind, ValueRef};
use super::ast::ObjectAt;
use super::cells::Cells;
use super::exec::{no_dump, values_of};
use super::place::{self, Found};
use super::resolve::dumps;
use super::scalar::Scalar;
use super::{QueryError, RunOptions, resolve};
use crate::bytes::Addr;
use crate::graph::Snapshot;
use crate::problem::Problem;
use crate::values::{NotAnArray, NotAnObject, ObjectView, Row};

/// So many elements of an array are shown: a screen or two, and as much as a program asks for at once.
const MAX_ELEMENTS: u64 = 1000;

/// The fields of an object, and of an array its first elements.
///
/// # Errors
/// The address is not that of an object; the dump has no heap.
pub fn object(at: &ObjectAt, snapshots: &[Snapshot], options: &RunOptions<'_>) -> Result<Answer, QueryError> {
    let (position, address, span) = match at {
        ObjectAt::Address { dump, address: (address, span) } => {
            (dumps::position(dump.as_ref(), snapshots.len())?, Addr(*address), span)
        }
        ObjectAt::Kept(value) => {
            let (dump, address) = resolve::kept_address(value, options.environment)?;
            (dump.unwrap_or(0), address, &value.span)
        }
    };
    let snapshot = snapshots.get(position).ok_or_else(no_dump)?;
    let values = values_of(snapshot, options.progress)?;
    let found = place::find(snapshot, values, address, span, options.progress)?;
    let view = values.object(address, MAX_ELEMENTS).map_err(|no_object| not_read(address, no_object))?;
    let mut warnings = snapshot.problems.clone();
    warnings.extend(snapshot.built_heap().into_iter().flat_map(|heap| heap.problems.clone()));
    warnings.extend(left_out(&view));
    Ok(Answer {
        heading: heading(address, &found),
        columns: columns(&view.rows),
        warnings,
        dump: Some(position),
        ..Answer::default()
    })
}

/// The rows as columns.
fn columns(rows: &[Row]) -> Vec<AnswerColumn> {
    let text =
        |text: &'_ Option<String>| text.as_deref().map_or(Scalar::Null, |text| Scalar::Text(text.into()));
    let column = |name: &str, kind, of: &dyn Fn(&Row) -> Scalar| AnswerColumn {
        name: name.to_owned(),
        kind,
        cells: Cells::scalars(kind, rows.iter().map(of)),
    };
    vec![
        column("field", Kind::Text, &|row| Scalar::Text(row.field.as_str().into())),
        column("offset", Kind::Integer, &|row| Scalar::Integer(row.offset.into())),
        column("type", Kind::Text, &|row| Scalar::Text(Arc::clone(&row.type_name))),
        column("value", Kind::Value, &|row| Scalar::from(row.value)),
        column("text", Kind::Text, &|row| text(&row.text)),
    ]
}

/// What of the object is not shown.
fn left_out(view: &ObjectView) -> Vec<Problem> {
    let mut problems = Vec::new();
    let missing = view.rows.iter().filter(|row| row.missing.is_some()).count();
    if missing > 0 {
        let message = format!(
            "{missing} values of the object at {} are not in the dump and count as null",
            view.address
        );
        problems.push(Problem::loss(message));
    }
    match view.no_elements {
        Some(NotAnArray::Missing(fault)) => {
            problems.push(Problem::loss(format!("how many elements the array has is not told: {fault}")));
        }
        Some(NotAnArray::OtherType | NotAnArray::Inconsistent) => {
            let message = "the dimensions of the array contradict each other, so its elements are not shown";
            problems.push(Problem::loss(message));
        }
        None => {}
    }
    if view.elements_left_out > 0 {
        let message = format!("{} more elements are not shown", view.elements_left_out);
        let hint = format!("`select index, value from items({})` lists all", view.address);
        problems.push(Problem::note(message).hint(hint));
    }
    if view.fields_left_out {
        problems
            .push(Problem::note("not all fields are shown: structs are nested too deep or have too many"));
    }
    if let Some(reason) = &view.description.incomplete {
        problems.push(Problem::note(format!(
            "the fields of {} are not all told: {reason}",
            view.description.name
        )));
    }
    problems
}

fn not_read(address: Addr, no_object: NotAnObject) -> QueryError {
    let error = match no_object {
        NotAnObject::Missing(fault) => crate::Error::from(fault),
        NotAnObject::NoMethodTable(word) => {
            let message = format!("the object at {address} begins with {word}, which is no MethodTable");
            crate::Error::new(crate::ErrorKind::Malformed, message).at(address)
        }
    };
    QueryError::Data(Arc::new(error))
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
