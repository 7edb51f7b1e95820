//! The table `statics`: static fields with their values, a row each; structs opened.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::table::Table;
use crate::bytes::Addr;
use crate::clr::statics::{NoSlot, StaticSlot, statics as slots};
use crate::clr::type_system::{FieldShape, StaticField, StaticPlace};
use crate::dump::Fault;
use crate::graph::Snapshot;
use crate::problem::Problem;
use crate::query::Kind;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::query::scalar::Scalar;
use crate::values::{Plain, Values};

/// A static field, or a field in one that is a struct.
#[derive(Clone, Debug)]
struct Row {
    /// The type that the static field belongs to, by its MethodTable.
    of: Addr,
    field: String,
    field_type: Arc<str>,
    value: Plain,
    object: Option<Addr>,
    /// The managed id of the thread.
    thread: Option<u32>,
    text: Option<String>,
    address: Option<Addr>,
    /// Whether something of it is not in the dump.
    missing: bool,
    /// Whether it is constant data in a module's image.
    is_constant: bool,
}

/// Reads the columns `used` of the table. Values that are not in the dump are counted as a problem.
pub fn statics(snapshot: &Snapshot, values: &Values, used: &[usize]) -> (Table, Vec<Problem>) {
    let slots = slots(values.types());
    let rows: Vec<Row> = slots.par_iter().flat_map_iter(|slot| rows_of(values, slot)).collect();
    (
        Table::of_catalog(TableId::Statics.doc().columns, rows.len(), used, |name| {
            column(&rows, name, snapshot, values)
        }),
        problems(&slots, &rows),
    )
}

/// The rows of a static field: its own, and for a struct those of its fields.
fn rows_of(values: &Values, slot: &StaticSlot) -> Vec<Row> {
    let row = Row {
        of: slot.method_table,
        field: slot.field.name.to_string(),
        field_type: Arc::clone(&slot.field.field_type.name),
        value: Plain::None,
        object: None,
        thread: slot.thread,
        text: None,
        address: None,
        missing: matches!(slot.address, Err(NoSlot::Missing(_))),
        is_constant: slot.field.place == StaticPlace::Image,
    };
    let Ok(place) = slot.address else { return vec![row] };
    let place = match place_of_value(values, &slot.field, place) {
        Ok(place) => place,
        Err(_) => return vec![Row { missing: true, address: Some(place), ..row }],
    };
    let Some(ValuePlace { data, object }) = place else { return vec![row] };
    let opened = values.value_rows(&slot.field.name, data, &slot.field.field_type);
    let made = opened.into_iter().map(|opened| Row {
        field: opened.field,
        field_type: opened.type_name,
        value: opened.value,
        object: match opened.value {
            Plain::Address(address) if opened.is_reference => Some(address),
            _ => None,
        },
        text: opened.text,
        address: Some(data.offset(opened.offset)),
        missing: opened.missing.is_some(),
        ..row.clone()
    });
    let mut rows: Vec<Row> = made.collect();
    if let (Some(first), Some(object)) = (rows.first_mut(), object) {
        first.object = Some(object);
    }
    rows
}

/// Where the value of a static field lies.
struct ValuePlace {
    data: Addr,
    /// The box that holds it, of a struct.
    object: Option<Addr>,
}

/// Follows the reference to the box of a struct; `None` when there is no box yet.
fn place_of_value(values: &Values, field: &StaticField, slot: Addr) -> Result<Option<ValuePlace>, Fault> {
    let is_reference = matches!(field.field_type.shape, FieldShape::Reference { .. });
    if !field.by_reference || is_reference || field.place == StaticPlace::Image {
        return Ok(Some(ValuePlace { data: slot, object: None }));
    }
    let boxed = values.types().memory().pointer(slot)?;
    Ok((!boxed.is_null()).then(|| ValuePlace { data: boxed.offset(8), object: Some(boxed) }))
}

fn problems(slots: &[StaticSlot], rows: &[Row]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let missing = |constant| rows.iter().filter(|row| row.missing && row.is_constant == constant).count();
    if missing(false) > 0 {
        let message =
            format!("the values of {} static fields are not in the dump and count as null", missing(false));
        problems.push(Problem::loss(message));
    }
    if missing(true) > 0 {
        // Dumps leave out what the files of the program have; nothing of the process's state is lost.
        let message = format!(
            "{} constants lie in parts of modules that are not in the dump: their values are null",
            missing(true)
        );
        problems.push(Problem::note(message));
    }
    let unknown = slots.iter().filter(|slot| slot.address == Err(NoSlot::UnknownLayout)).count();
    if unknown > 0 {
        let message =
            format!("where this runtime keeps {unknown} static fields is not known: they count as null");
        problems.push(Problem::loss(message));
    }
    let more_threads = slots.iter().filter(|slot| slot.address == Err(NoSlot::TooManyThreads)).count();
    if more_threads > 0 {
        let message = format!(
            "there are too many threads to list the values of {more_threads} thread statics on all of them: \
             those of the last threads are left out"
        );
        problems.push(Problem::loss(message));
    }
    problems
}

/// A column, or `None` when there is no such column.
fn column(rows: &[Row], name: &str, snapshot: &Snapshot, values: &Values) -> Option<Cells> {
    let addresses = |of: fn(&Row) -> Option<Addr>| {
        Some(Cells::optional(rows.iter().map(|row| of(row).map(|address| address.0))))
    };
    match name {
        "type" => {
            let names: Vec<Arc<str>> = rows.par_iter().map(|row| values.types().name(row.of)).collect();
            Some(Cells::texts(names.iter().map(|name| Some(&**name))))
        }
        "field" => Some(Cells::texts(rows.iter().map(|row| Some(row.field.as_str())))),
        "field_type" => Some(Cells::texts(rows.iter().map(|row| Some(&*row.field_type)))),
        "value" => Some(Cells::scalars(Kind::Value, rows.iter().map(|row| Scalar::from(row.value)))),
        "object" => addresses(|row| row.object),
        "thread" => {
            let threads = snapshot.threads.iter().filter_map(|t| Some((t.managed_id?, t.os_id?)));
            let os_ids: FxHashMap<u32, u64> = threads.collect();
            Some(Cells::optional(rows.iter().map(|row| os_ids.get(&row.thread?).copied())))
        }
        "module" => {
            let types = values.types();
            let name = |row: &Row| types.definition_of(row.of).map(|(module, _)| types.module_name(module));
            Some(Cells::texts(rows.iter().map(name)))
        }
        "text" => Some(Cells::texts(rows.iter().map(|row| row.text.as_deref()))),
        "address" => addresses(|row| row.address),
        _ => None,
    }
}
