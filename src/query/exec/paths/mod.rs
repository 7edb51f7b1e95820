//! The values that paths lead to, batch by batch.

mod column;
mod walker;

use column::Column;
use walker::{Arrival, Walker};

use super::eval::eval;
use super::reader::{Missing, Reader};
use super::scan::{Batch, Rows};
use super::vector::Vector;
use crate::bytes::Addr;
use crate::query::Kind;
use crate::query::cells::{Cells, Data};
use crate::query::path::Path;
use crate::query::plan::{ObjectProperty, TypeTest, Typed};
use crate::query::scalar::Scalar;

/// What a path leads to from each row: from the objects that `start` gives, or from the row's own.
pub fn path(start: Option<&Typed>, path: &Path, batch: &Batch<'_>) -> Vector {
    let mut column = Column::new(path, batch.len());
    each_arrival(start, path, batch, |reader, arrival| column.push(reader, arrival));
    Vector::Cells(column.finish())
}

/// Follows the path from each row of the batch in turn, and notes the objects from which it led to missing memory.
fn each_arrival<'m>(
    start: Option<&Typed>,
    path: &'m Path,
    batch: &Batch<'_>,
    mut take: impl FnMut(&mut Reader<'m>, Arrival<'_>) -> Result<(), Missing>,
) {
    let mut walker = Walker::new(path);
    let mut missing = Vec::new();
    let mut taken = |object, result| {
        if result == Err(Missing) {
            missing.push(object);
        }
    };
    match (start, batch.scan.objects(), batch.rows) {
        (Some(start), ..) => {
            let addresses = eval(start, batch);
            for row in 0..batch.len() {
                match address(&addresses, row) {
                    Some(object) => taken(object, walker.follow_object(object, &mut take)),
                    None => taken(Addr::NULL, walker.nowhere(&mut take)),
                }
            }
        }
        (None, Some(objects), Rows::Of(morsel, picked)) => {
            let block = objects.block(morsel);
            let mut row = |row: usize| {
                let program = path.by_type.get(block.types[row].0 as usize).and_then(Option::as_deref);
                let object = block.address(row);
                match program {
                    Some(program) => taken(object, walker.follow(object, program, &mut take)),
                    None => taken(object, walker.nowhere(&mut take)),
                }
            };
            match picked {
                Some(picked) => picked.iter().for_each(|&at| row(at as usize)),
                None => morsel.range().for_each(row),
            }
        }
        _ => (0..batch.len()).for_each(|_| taken(Addr::NULL, walker.nowhere(&mut take))),
    }
    batch.notes.missing_values(path.snapshot, missing);
}

/// The address in a row; `None` for null, for a null reference, and for a value that is no address.
fn address(addresses: &Vector, row: usize) -> Option<Addr> {
    let address = match addresses {
        Vector::Cells(cells) if cells.is_null(row) => return None,
        Vector::Cells(cells) => match cells.data() {
            Data::Unsigned(values) => values[row],
            _ => of_scalar(&cells.scalar(row))?,
        },
        Vector::Same(value) => of_scalar(value)?,
    };
    (address != 0).then_some(Addr(address))
}

fn of_scalar(value: &Scalar) -> Option<u64> {
    match value {
        Scalar::Address(address) => Some(*address),
        Scalar::Integer(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

/// Something about the object at each address.
pub fn of_object(start: &Typed, property: &ObjectProperty, batch: &Batch<'_>) -> Vector {
    let addresses = eval(start, batch);
    let same = matches!(addresses, Vector::Same(_));
    let len = if same { batch.len().min(1) } else { batch.len() };
    let rows = (0..len).map(|row| address(&addresses, row));
    let cells = match property {
        ObjectProperty::IsOf(test) => {
            // Null is of no type.
            let is = rows.map(|object| object.map_or(Some(false), |object| is_of(test, object)));
            Cells::scalars(Kind::Boolean, is.map(|is| is.map_or(Scalar::Null, Scalar::Boolean)))
        }
        ObjectProperty::As(test) => {
            Cells::optional(rows.map(|object| object.filter(|&o| is_of(test, o) == Some(true)).map(|o| o.0)))
        }
        ObjectProperty::TypeName(values) => {
            let name = |object: Addr| Some(values.types().name(values.types().type_of(object).ok()?));
            let names: Vec<_> = rows.map(|object| object.and_then(name)).collect();
            Cells::texts(names.iter().map(|name| name.as_deref()))
        }
        ObjectProperty::Text(values) => {
            let text = |object: Addr| {
                values.object_text(object).ok().flatten().unwrap_or_else(|| object.to_string())
            };
            let texts: Vec<_> = rows.map(|object| object.map(text)).collect();
            Cells::texts(texts.iter().map(|text| text.as_deref()))
        }
    };
    if same { Vector::Same(cells.scalar(0)) } else { Vector::Cells(cells) }
}

/// Whether the object is of the types; `None` when its MethodTable is not in the dump.
fn is_of(test: &TypeTest, object: Addr) -> Option<bool> {
    let word = test.memory.pointer(object).ok()?;
    // The GC keeps marks in the low bits while it works.
    Some(test.method_tables.contains(&word.without(7)))
}
