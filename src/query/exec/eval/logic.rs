//! Truth values, of which there are three: false, unknown (null), true.

use crate::query::cells::{Bitmap, Cells, Data};
use crate::query::exec::vector::Vector;
use crate::query::scalar::Scalar;

/// A truth value as a number: `and` is then the smaller of two, `or` the bigger.
type Truth = u8;

const FALSE: Truth = 0;
const UNKNOWN: Truth = 1;
const TRUE: Truth = 2;

fn truth(value: &Scalar) -> Truth {
    match value {
        Scalar::Boolean(true) => TRUE,
        Scalar::Boolean(false) => FALSE,
        _ => UNKNOWN,
    }
}

fn truths(vector: &Vector, len: usize) -> Vec<Truth> {
    let cells = match vector {
        Vector::Same(value) => return vec![truth(value); len],
        Vector::Cells(cells) => cells,
    };
    let Data::Boolean(values) = cells.data() else { return vec![UNKNOWN; len] };
    let mut truths: Vec<Truth> = values.iter().map(|&b| if b { TRUE } else { FALSE }).collect();
    if cells.nulls().is_some() {
        (0..len).filter(|&row| cells.is_null(row)).for_each(|row| truths[row] = UNKNOWN);
    }
    truths
}

fn vector(truths: &[Truth]) -> Vector {
    let mut nulls = Bitmap::default();
    truths.iter().for_each(|&t| nulls.push(t == UNKNOWN));
    Vector::Cells(Cells::new(Data::Boolean(truths.iter().map(|&t| t == TRUE).collect()), Some(nulls)))
}

fn fold(
    parts: impl Iterator<Item = Vector>,
    len: usize,
    start: Truth,
    join: fn(Truth, Truth) -> Truth,
) -> Vector {
    let mut all = vec![start; len];
    for part in parts {
        for (a, b) in all.iter_mut().zip(truths(&part, len)) {
            *a = join(*a, b);
        }
    }
    vector(&all)
}

/// True where all parts are, false where one is.
pub fn and(parts: impl Iterator<Item = Vector>, len: usize) -> Vector {
    fold(parts, len, TRUE, Truth::min)
}

/// True where one part is, false where all are.
pub fn or(parts: impl Iterator<Item = Vector>, len: usize) -> Vector {
    fold(parts, len, FALSE, Truth::max)
}

/// True where the part is false, and the other way round.
pub fn not(part: &Vector, len: usize) -> Vector {
    vector(&truths(part, len).iter().map(|&t| TRUE - t).collect::<Vec<_>>())
}

/// Where there is no value.
pub fn is_null(part: &Vector, len: usize) -> Vector {
    Vector::Cells(Cells::booleans((0..len).map(|row| part.is_null(row))))
}

/// Where a condition holds: neither false nor unknown.
pub fn is_true(condition: &Vector, len: usize) -> Vec<bool> {
    match condition {
        Vector::Cells(cells) if cells.nulls().is_none() => match cells.data() {
            Data::Boolean(values) => values.clone(),
            _ => vec![false; len],
        },
        _ => truths(condition, len).iter().map(|&t| t == TRUE).collect(),
    }
}
