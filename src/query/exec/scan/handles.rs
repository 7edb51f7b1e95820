//! The table `handles`.

use std::sync::Arc;

use rayon::prelude::*;

use super::table::Table;
use crate::bytes::Addr;
use crate::clr::handles::{Handle, handles as read_handles};
use crate::problem::Problem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::values::Values;

/// Reads the columns `used` of the table, and tells what of the handle tables is not in the dump.
pub fn handles(values: &Values, used: &[usize]) -> (Table, Vec<Problem>) {
    let read = read_handles(values.types().runtime());
    let rows = &read.all;
    (
        Table::of_catalog(TableId::Handles.doc().columns, rows.len(), used, |name| {
            column(rows, name, values)
        }),
        read.problems,
    )
}

/// A column, or `None` when there is no such column.
fn column(rows: &[Handle], name: &str, values: &Values) -> Option<Cells> {
    match name {
        "kind" => Some(Cells::texts(rows.iter().map(|row| Some(row.kind.word())))),
        "address" => Some(Cells::unsigned(rows.iter().map(|row| row.address.0).collect())),
        "object" => Some(Cells::unsigned(rows.iter().map(|row| row.object.0).collect())),
        "type" => Some(type_names(values, rows.iter().map(|row| row.object).collect())),
        "mt" => Some(method_tables(values, rows.iter().map(|row| row.object))),
        "size" => Some(sizes(values, rows.iter().map(|row| row.object))),
        "dependent" => Some(Cells::optional(rows.iter().map(|row| row.dependent.map(|object| object.0)))),
        _ => None,
    }
}

/// The names of the types of objects, without a walk over the heap; null for what is no object.
pub(super) fn type_names(values: &Values, objects: Vec<Addr>) -> Cells {
    let name = |object: Addr| method_table(values, object).map(|mt| values.types().name(mt));
    let names: Vec<Option<Arc<str>>> = objects.into_par_iter().map(name).collect();
    Cells::texts(names.iter().map(Option::as_deref))
}

/// The MethodTables of objects; null for what is no object.
pub(super) fn method_tables(values: &Values, objects: impl Iterator<Item = Addr>) -> Cells {
    Cells::optional(objects.map(|object| method_table(values, object).map(|mt| mt.0)))
}

/// The sizes of objects; null for what is no object.
pub(super) fn sizes(values: &Values, objects: impl Iterator<Item = Addr>) -> Cells {
    Cells::optional(
        objects.map(|object| method_table(values, object).and_then(|_| values.object_size(object))),
    )
}

fn method_table(values: &Values, object: Addr) -> Option<Addr> {
    let types = values.types();
    let mt = types.type_of(object).ok()?;
    types.method_tables().is_method_table(types.memory(), mt).then_some(mt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::synthetic::{kennel, values};

    #[test]
    fn every_column_of_the_catalog_is_read() {
        let values = values(kennel().process);
        for doc in TableId::Handles.doc().columns {
            assert!(column(&[], doc.name, &values).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing", &values).is_none());
    }
}
