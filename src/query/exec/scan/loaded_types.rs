//! The table `loaded_types`: what the runtime knows of each type.

use std::sync::Arc;

use rayon::prelude::*;

use super::table::Table;
use crate::bytes::Addr;
use crate::clr::type_system::{TypeDescription, TypeKind, TypeSystem};
use crate::clr::types::Shape;
use crate::problem::Problem;
use crate::query::Kind;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::query::scalar::Scalar;

/// A loaded type.
struct Row {
    of: Arc<TypeDescription>,
    class: Option<Addr>,
    /// The name of its module, and its token there.
    definition: Option<(String, String)>,
    parent: Option<Arc<str>>,
    shape: Option<Shape>,
}

/// Reads the columns `used` of the table, and tells which types could not be listed.
pub fn loaded_types(types: &TypeSystem, used: &[usize]) -> (Table, Vec<Problem>) {
    let rows: Vec<Row> = types.loaded().par_iter().map(|&mt| row(types, mt)).collect();
    (
        Table::of_catalog(TableId::LoadedTypes.doc().columns, rows.len(), used, |name| column(&rows, name)),
        types.problems().to_vec(),
    )
}

fn row(types: &TypeSystem, mt: Addr) -> Row {
    let of = types.description(mt);
    let tables = types.method_tables();
    let definition = types.definition_of(mt).map(|(module, row)| {
        let token = 0x0200_0000 | row;
        (types.module_name(module).to_owned(), format!("0x{token:08x}"))
    });
    Row {
        class: tables.class(types.memory(), mt).ok(),
        definition,
        parent: of.parent.map(|parent| types.name(parent)),
        shape: tables.shape(types.memory(), mt).ok(),
        of,
    }
}

/// The word for a kind of type; `None` where it is not told.
fn kind_word(kind: &TypeKind) -> Option<&'static str> {
    Some(match kind {
        TypeKind::Class => "class",
        TypeKind::Interface => "interface",
        TypeKind::String => "string",
        TypeKind::Array(_) => "array",
        TypeKind::Struct => "struct",
        TypeKind::Enum(_) => "enum",
        TypeKind::Primitive(_) => "primitive",
        TypeKind::Free | TypeKind::Unknown => return None,
    })
}

/// A column, or `None` when there is no such column.
fn column(rows: &[Row], name: &str) -> Option<Cells> {
    let numbers = |of: &dyn Fn(&Row) -> Option<u64>| Some(Cells::optional(rows.iter().map(of)));
    match name {
        "type" => Some(Cells::texts(rows.iter().map(|row| Some(&*row.of.name)))),
        "mt" => Some(Cells::unsigned(rows.iter().map(|row| row.of.method_table.0).collect())),
        "class" => numbers(&|row| row.class.map(|at| at.0)),
        "kind" => Some(Cells::texts(rows.iter().map(|row| kind_word(&row.of.kind)))),
        "module" => {
            Some(Cells::texts(rows.iter().map(|row| row.definition.as_ref().map(|of| of.0.as_str()))))
        }
        "token" => Some(Cells::texts(rows.iter().map(|row| row.definition.as_ref().map(|of| of.1.as_str())))),
        "parent" => Some(Cells::texts(rows.iter().map(|row| row.parent.as_deref()))),
        "parent_mt" => numbers(&|row| row.of.parent.map(|at| at.0)),
        "base_size" => numbers(&|row| row.shape.map(|shape| shape.base_size.into())),
        "element_size" => numbers(&|row| row.shape.map(|shape| shape.component_size.into())),
        "fields" => numbers(&|row| Some(row.of.fields.len() as u64)),
        "statics" => numbers(&|row| Some(row.of.static_fields.len() as u64)),
        "finalizable" => {
            let finalizer = |row: &Row| row.shape.map(|shape| shape.flags.has_finalizer());
            let finalizer = |row: &Row| finalizer(row).map_or(Scalar::Null, Scalar::Boolean);
            Some(Cells::scalars(Kind::Boolean, rows.iter().map(finalizer)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for doc in TableId::LoadedTypes.doc().columns {
            assert!(column(&[], doc.name).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing").is_none());
    }
}
