//! The table `fields`: what the types of a process are made of.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::table::Table;
use crate::bytes::Addr;
use crate::clr::type_system::{FieldType, TypeDescription, TypeSystem};
use crate::graph::TypeInfo;
use crate::problem::Problem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;

/// A field of a type.
struct Row {
    of: Arc<TypeDescription>,
    name: Arc<str>,
    /// `None` for a static field.
    offset: Option<u32>,
    field_type: FieldType,
    declared_in: Arc<str>,
}

/// Reads the columns `used` of the table, for the types that have objects and all that are loaded. Types that
/// could not be described whole are told as problems.
pub fn fields(types: &TypeSystem, with_objects: &[TypeInfo], used: &[usize]) -> (Table, Vec<Problem>) {
    let mut method_tables: Vec<Addr> = types.loaded().to_vec();
    method_tables.extend(with_objects.iter().map(|of| of.method_table));
    method_tables.par_sort_unstable();
    method_tables.dedup();
    let descriptions: Vec<_> = method_tables.par_iter().map(|&mt| types.description(mt)).collect();
    let incomplete = problems(&descriptions);
    let rows: Vec<Row> = descriptions.into_par_iter().flat_map_iter(|of| rows_of(types, of)).collect();
    (
        Table::of_catalog(TableId::Fields.doc().columns, rows.len(), used, |name| column(&rows, name)),
        incomplete,
    )
}

/// The fields of a type: those of its instances, then the static ones.
fn rows_of(types: &TypeSystem, of: Arc<TypeDescription>) -> Vec<Row> {
    let declaring = |mt: Addr| if mt == of.method_table { Arc::clone(&of.name) } else { types.name(mt) };
    let row = |name: &Arc<str>, offset, field_type: &FieldType, declared_in| Row {
        of: Arc::clone(&of),
        name: Arc::clone(name),
        offset,
        field_type: field_type.clone(),
        declared_in: declaring(declared_in),
    };
    let instance = of.fields.iter().map(|f| row(&f.name, Some(f.offset), &f.field_type, f.declared_in));
    let statics = of.static_fields.iter().map(|f| row(&f.name, None, &f.field_type, f.declared_in));
    instance.chain(statics).collect()
}

/// How many types could not be described whole, by the reason.
fn problems(descriptions: &[Arc<TypeDescription>]) -> Vec<Problem> {
    let mut reasons: FxHashMap<&str, usize> = FxHashMap::default();
    for reason in descriptions.iter().filter_map(|of| of.incomplete.as_deref()) {
        *reasons.entry(reason).or_default() += 1;
    }
    let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
    reasons.sort_unstable_by_key(|&(reason, count)| (std::cmp::Reverse(count), reason));
    let told = reasons.iter().map(|(reason, count)| {
        Problem::note(format!("the fields of {count} types are not all told: {reason}"))
    });
    told.take(MAX_REASONS).collect()
}

/// Reasons beyond the most frequent ones say nothing new.
const MAX_REASONS: usize = 3;

/// A column, or `None` when there is no such column.
fn column(rows: &[Row], name: &str) -> Option<Cells> {
    let texts = |of: fn(&Row) -> &str| Some(Cells::texts(rows.iter().map(|row| Some(of(row)))));
    match name {
        "type" => texts(|row| &row.of.name),
        "mt" => Some(Cells::unsigned(rows.iter().map(|row| row.of.method_table.0).collect())),
        "name" => texts(|row| &row.name),
        "offset" => Some(Cells::optional(rows.iter().map(|row| row.offset.map(u64::from)))),
        "field_type" => texts(|row| &row.field_type.name),
        "static" => Some(Cells::booleans(rows.iter().map(|row| row.offset.is_none()))),
        "declared_in" => texts(|row| &row.declared_in),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for doc in TableId::Fields.doc().columns {
            assert!(column(&[], doc.name).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing").is_none());
    }

    #[test]
    fn types_that_are_not_told_are_counted_by_the_reason() {
        let of = |reason: Option<&str>| {
            let incomplete = reason.map(str::to_owned);
            Arc::new(TypeDescription { incomplete, ..TypeDescription::unknown(Addr(8), "T".into()) })
        };
        let reasons = [Some("b"), None, Some("a"), Some("b"), Some("c"), Some("d")].map(of);
        let told: Vec<_> = problems(&reasons).iter().map(ToString::to_string).collect();
        let expected = |count, reason| format!("the fields of {count} types are not all told: {reason}");
        assert_eq!(told, [expected(2, "b"), expected(1, "a"), expected(1, "c")]);
    }
}
