//! What collections and arrays hold, a row an item.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rayon::prelude::*;

use super::table::Table;
use crate::bytes::Addr;
use crate::clr::type_system::FieldShape;
use crate::problem::Problem;
use crate::query::QueryError;
use crate::query::catalog::SourceFunction;
use crate::query::cells::Cells;
use crate::query::exec::Execution;
use crate::values::collections::{Item, Place};
use crate::values::{Plain, Values};

/// A key or an item, as far as it is asked for.
#[derive(Debug, Default)]
struct Part {
    text: Option<String>,
    object: Option<u64>,
    type_name: Option<Arc<str>>,
    is_missing: bool,
}

/// The items of some collections.
#[derive(Debug, Default)]
struct Items {
    collections: Vec<u64>,
    indexes: Vec<u64>,
    keys: Vec<Part>,
    values: Vec<Part>,
    /// Items that must be there and are not, and collections that lost some.
    missing: u64,
    damaged: u64,
    /// Values that are not in the dump.
    unreadable: u64,
    /// Addresses of what is no collection.
    others: Vec<Addr>,
}

/// Reads the columns `used` of the items of `collections`; the others are left empty.
///
/// # Errors
/// [`QueryError::Cancelled`].
pub fn items(
    values: &Values,
    collections: &[Addr],
    used: &[usize],
    execution: &Execution<'_>,
) -> Result<Table, QueryError> {
    let reader = Reader { values, wanted: Wanted::new(used), execution };
    let parts: Vec<Items> = collections.par_iter().map(|&collection| reader.items(collection)).collect();
    if execution.cancel.load(Ordering::Relaxed) {
        return Err(QueryError::Cancelled);
    }
    let all = parts.into_iter().fold(Items::default(), Items::joined);
    execution.notes.tell(all.problems());
    let columns = SourceFunction::Items.doc().columns;
    Ok(Table::of_catalog(columns, all.collections.len(), used, |name| all.column(name)))
}

/// Which columns are wanted: what nobody asks for is not read.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    keys: bool,
    values: bool,
    texts: bool,
    types: bool,
}

impl Wanted {
    fn new(used: &[usize]) -> Wanted {
        let columns = SourceFunction::Items.doc().columns;
        let any = |test: &dyn Fn(&str) -> bool| {
            used.iter().any(|&at| columns.get(at).is_some_and(|c| test(c.name)))
        };
        Wanted {
            keys: any(&|name| name.starts_with("key")),
            values: any(&|name| name.starts_with("value")),
            texts: any(&|name| matches!(name, "key" | "value")),
            types: any(&|name| name.ends_with("_type")),
        }
    }
}

struct Reader<'a> {
    values: &'a Values,
    wanted: Wanted,
    execution: &'a Execution<'a>,
}

impl Reader<'_> {
    fn items(&self, collection: Addr) -> Items {
        let mut items = Items::default();
        let end = self.values.items(collection, &mut |item| {
            if self.execution.cancel.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            self.add(&mut items, collection, &item);
            ControlFlow::Continue(())
        });
        match end {
            Ok(Some(end)) => {
                items.missing = end.missing;
                items.damaged = u64::from(end.damage.is_some());
            }
            Ok(None) | Err(_) => items.others.push(collection),
        }
        items
    }

    fn add(&self, items: &mut Items, collection: Addr, item: &Item<'_>) {
        items.collections.push(collection.0);
        items.indexes.push(item.index);
        let key = item.key.filter(|_| self.wanted.keys).map(|key| self.part(key)).unwrap_or_default();
        let value = if self.wanted.values { self.part(item.value) } else { Part::default() };
        items.unreadable += u64::from(key.is_missing) + u64::from(value.is_missing);
        items.keys.push(key);
        items.values.push(value);
    }

    fn part(&self, place: Place<'_>) -> Part {
        self.read(place).unwrap_or(Part { is_missing: true, ..Part::default() })
    }

    /// What stands at a place; `None` when it is not in the dump.
    fn read(&self, place: Place<'_>) -> Option<Part> {
        let (values, of) = (self.values, place.field_type);
        let declared = || self.wanted.types.then(|| Arc::clone(&of.name));
        if let Some(bit) = place.bit {
            let byte = values.types().memory().u8(place.address).ok()?;
            let text = Some((byte >> bit & 1 == 1).to_string());
            return Some(Part { text, type_name: declared(), ..Part::default() });
        }
        let plain = values.plain(place.address, of).ok()?;
        let mut part = Part { type_name: declared(), ..Part::default() };
        if let (FieldShape::Reference { .. }, Plain::Address(object)) = (&of.shape, plain) {
            part.object = Some(object.0);
            if self.wanted.types {
                part.type_name = Some(values.types().name(values.types().type_of(object).ok()?));
            }
        }
        if self.wanted.texts {
            part.text = values.spelled(place.address, of).ok()?;
        }
        Some(part)
    }
}

impl Items {
    fn joined(mut self, mut other: Items) -> Items {
        self.collections.append(&mut other.collections);
        self.indexes.append(&mut other.indexes);
        self.keys.append(&mut other.keys);
        self.values.append(&mut other.values);
        self.others.append(&mut other.others);
        self.missing += other.missing;
        self.damaged += other.damaged;
        self.unreadable += other.unreadable;
        self
    }

    /// The column of that name; `None` when there is none.
    fn column(&self, name: &str) -> Option<Cells> {
        let texts = |parts: &[Part]| Cells::texts(parts.iter().map(|p| p.text.as_deref()));
        let objects = |parts: &[Part]| Cells::optional(parts.iter().map(|p| p.object));
        let types = |parts: &[Part]| Cells::texts(parts.iter().map(|p| p.type_name.as_deref()));
        Some(match name {
            "collection" => Cells::unsigned(self.collections.clone()),
            "index" => Cells::unsigned(self.indexes.clone()),
            "key" => texts(&self.keys),
            "value" => texts(&self.values),
            "key_object" => objects(&self.keys),
            "value_object" => objects(&self.values),
            "key_type" => types(&self.keys),
            "value_type" => types(&self.values),
            _ => return None,
        })
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        match self.others[..] {
            [] => {}
            [one] => problems.push(Problem::note(format!("at {one} is no collection and no array"))),
            [first, ..] => {
                let count = self.others.len();
                problems.push(Problem::note(format!(
                    "{count} of the addresses, the first being {first}, are those of no collection and no array"
                )));
            }
        }
        if self.damaged > 0 {
            let (missing, damaged) = (self.missing, self.damaged);
            problems.push(Problem::loss(format!(
                "{damaged} collections are missing or damaged in part; at least {missing} items are left out"
            )));
        }
        if self.unreadable > 0 {
            let count = self.unreadable;
            problems
                .push(Problem::loss(format!("{count} keys and items are not in the dump and count as null")));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        let items = Items::default();
        for column in SourceFunction::Items.doc().columns {
            assert!(items.column(column.name).is_some(), "{}", column.name);
        }
        assert!(items.column("nothing").is_none());
    }
}
