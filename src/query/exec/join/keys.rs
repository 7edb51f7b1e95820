//! The keys of a join as numbers: equal values have equal numbers, and unequal ones mostly not.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::query::Kind;
use crate::query::cells::{Cells, Data};
use crate::query::exec::eval::eval;
use crate::query::exec::scan::Batch;
use crate::query::plan::{JoinKey, Typed};
use crate::query::scalar::Scalar;

/// How values of a key become numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Whole numbers are their own.
    Whole,
    /// By what they are as real numbers, since one side has such.
    Real,
    /// By their text.
    Text,
    /// By the value, whatever it is.
    Any,
}

/// The side of a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// The rows before.
    Left,
    /// The source that is joined.
    Right,
}

/// The keys of a join, prepared.
#[derive(Debug)]
pub struct Keys {
    keys: Vec<(Typed, Typed, Form)>,
}

/// The keys of a batch of rows.
#[derive(Debug)]
pub struct KeyNumbers {
    /// A number for each row; `None` where a part of the key is null, which equals nothing.
    pub numbers: Vec<Option<u64>>,
    /// Whether different keys never have the same number.
    pub is_exact: bool,
}

impl Keys {
    /// Keys of which both sides are prepared.
    pub fn new(keys: &[JoinKey], prepared: Vec<(Typed, Typed)>) -> Keys {
        let form = |key: &JoinKey| form(key.left.kind, key.right.kind);
        let keys = keys.iter().zip(prepared).map(|(key, (left, right))| (left, right, form(key))).collect();
        Keys { keys }
    }

    /// The keys of the rows of a batch, which is one of either side.
    pub fn numbers(&self, hand: Hand, batch: &Batch<'_>) -> KeyNumbers {
        let len = batch.len();
        let mut all = KeyNumbers { numbers: Vec::new(), is_exact: self.keys.len() == 1 };
        for (at, (left, right, form)) in self.keys.iter().enumerate() {
            let expr = if hand == Hand::Left { left } else { right };
            let cells = eval(expr, batch).into_cells(len, expr.kind_or_text());
            let is_own = *form == Form::Whole && matches!(cells.data(), Data::Unsigned(_));
            all.is_exact &= is_own;
            let number = |row: usize| (!cells.is_null(row)).then(|| number(&cells, *form, row));
            if at == 0 {
                all.numbers = (0..len).map(number).collect();
            } else {
                for (row, before) in all.numbers.iter_mut().enumerate() {
                    *before = before.zip(number(row)).map(|(a, b)| hash_of(&(a, b)));
                }
            }
        }
        all
    }
}

fn form(left: Option<Kind>, right: Option<Kind>) -> Form {
    match (left, right) {
        (Some(a), Some(b)) if a.is_whole() && b.is_whole() => Form::Whole,
        (Some(a), Some(b)) if a.is_number() && b.is_number() => Form::Real,
        (Some(Kind::Text), Some(Kind::Text)) => Form::Text,
        _ => Form::Any,
    }
}

fn number(cells: &Cells, form: Form, row: usize) -> u64 {
    match (form, cells.data()) {
        (Form::Whole, Data::Unsigned(v)) => v[row],
        // The lower half is enough: keys that are no numbers of 64 bits are compared whole.
        (Form::Whole, Data::Wide(v)) => v[row] as u64,
        (Form::Text, Data::Text(texts)) => hash_of(texts.get(row).as_ref()),
        (Form::Real, Data::Real(v)) => of_real(v[row]),
        _ => of_scalar(&cells.scalar(row), form),
    }
}

fn of_scalar(value: &Scalar, form: Form) -> u64 {
    match value {
        Scalar::Text(text) => hash_of(&**text),
        Scalar::Boolean(truth) => u64::from(*truth),
        // Lists that are equal may differ in the sorts of their numbers.
        Scalar::List(items) => items.len() as u64,
        Scalar::Null => 0,
        number => match (form, number.as_real()) {
            (Form::Whole, _) | (_, None) => number.as_whole().unwrap_or(0) as u64,
            (_, Some(real)) => of_real(real),
        },
    }
}

/// Zero has two signs and what is no number many forms; each is one key.
fn of_real(real: f64) -> u64 {
    if real == 0.0 {
        0
    } else if real.is_nan() {
        f64::NAN.to_bits()
    } else {
        real.to_bits()
    }
}

fn hash_of<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}
