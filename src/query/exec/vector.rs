//! What an expression gives on a batch of rows.

use crate::query::Kind;
use crate::query::cells::{Bitmap, Cells, Data};
use crate::query::scalar::Scalar;

/// The values of an expression on a batch of rows.
#[derive(Clone, Debug)]
pub enum Vector {
    /// The same value in every row.
    Same(Scalar),
    /// One value a row.
    Cells(Cells),
}

impl Vector {
    /// Null in every row.
    pub const NULL: Vector = Vector::Same(Scalar::Null);

    /// One cell for each of `len` rows.
    pub fn into_cells(self, len: usize, kind: Kind) -> Cells {
        match self {
            Vector::Cells(cells) => cells,
            Vector::Same(Scalar::Null) => Cells::null(len),
            Vector::Same(value) => Cells::scalars(kind, [value]).gather(std::iter::repeat_n(0, len)),
        }
    }

    /// The value in a row.
    pub fn scalar(&self, row: usize) -> Scalar {
        match self {
            Vector::Same(value) => value.clone(),
            Vector::Cells(cells) => cells.scalar(row),
        }
    }

    /// Whether the value in a row is null.
    #[inline]
    pub fn is_null(&self, row: usize) -> bool {
        match self {
            Vector::Same(value) => value.is_null(),
            Vector::Cells(cells) => cells.is_null(row),
        }
    }

    /// Which rows are null, when they are not all the same and some are.
    pub fn nulls(&self) -> Option<&Bitmap> {
        match self {
            Vector::Same(_) => None,
            Vector::Cells(cells) => cells.nulls(),
        }
    }

    /// The values as whole numbers; `None` when they are something else.
    pub fn ints(&self) -> Option<Ints<'_>> {
        match self {
            Vector::Same(Scalar::Integer(n)) => Some(Ints::Same(*n)),
            Vector::Cells(cells) => match cells.data() {
                Data::Unsigned(v) => Some(Ints::Unsigned(v)),
                Data::Wide(v) => Some(Ints::Wide(v)),
                _ => None,
            },
            Vector::Same(_) => None,
        }
    }

    /// The values as real numbers; `None` when they are no numbers.
    pub fn reals(&self) -> Option<Reals<'_>> {
        match self {
            Vector::Same(value) => value.as_real().map(Reals::Same),
            Vector::Cells(cells) => match cells.data() {
                Data::Real(v) => Some(Reals::Real(v)),
                _ => self.ints().map(Reals::Ints),
            },
        }
    }
}

/// Whole numbers of a vector.
#[derive(Clone, Copy, Debug)]
pub enum Ints<'a> {
    /// The same everywhere.
    Same(i128),
    /// One a row.
    Unsigned(&'a [u64]),
    /// One a row.
    Wide(&'a [i128]),
}

impl Ints<'_> {
    /// The number of a row; any, where that is null.
    #[inline]
    pub fn get(&self, row: usize) -> i128 {
        match self {
            Ints::Same(n) => *n,
            Ints::Unsigned(v) => i128::from(v[row]),
            Ints::Wide(v) => v[row],
        }
    }
}

/// Numbers of a vector, as real ones.
#[derive(Clone, Copy, Debug)]
pub enum Reals<'a> {
    /// The same everywhere.
    Same(f64),
    /// One a row.
    Real(&'a [f64]),
    /// Whole numbers.
    Ints(Ints<'a>),
}

impl Reals<'_> {
    /// The number of a row; any, where that is null.
    #[inline]
    pub fn get(&self, row: usize) -> f64 {
        match self {
            Reals::Same(r) => *r,
            Reals::Real(v) => v[row],
            Reals::Ints(ints) => ints.get(row) as f64,
        }
    }
}

/// The rows in which one of two vectors is null; `None` for no row.
pub fn either_null(a: &Vector, b: &Vector) -> Option<Bitmap> {
    match (a.nulls(), b.nulls()) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(one.clone()),
        (Some(one), Some(other)) => {
            let mut both = one.clone();
            both.unite(other);
            Some(both)
        }
    }
}
