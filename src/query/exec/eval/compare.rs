//! Comparisons, and membership in a set.

use std::cmp::Ordering;

use super::texts;
use crate::query::Kind;
use crate::query::ast::CompareOp;
use crate::query::cells::{Bitmap, Cells, Data};
use crate::query::exec::vector::{Ints, Vector, either_null};
use crate::query::scalar::{Class, Scalar};
use crate::query::value_set::ValueSet;

/// Compares two vectors row by row; null where one of them is.
pub fn compare(op: CompareOp, a: &Vector, b: &Vector, len: usize) -> Vector {
    if let (Vector::Same(a), Vector::Same(b)) = (a, b) {
        let known = !a.is_null() && !b.is_null();
        return Vector::Same(if known { Scalar::Boolean(holds_scalars(op, a, b)) } else { Scalar::Null });
    }
    if matches!(a, Vector::Same(Scalar::Null)) || matches!(b, Vector::Same(Scalar::Null)) {
        return Vector::NULL;
    }
    if is_mixed(a) || is_mixed(b) {
        return mixed(op, a, b, len);
    }
    let nulls = either_null(a, b);
    if let (Some(a), Some(b)) = (a.ints(), b.ints()) {
        return ints(op, a, b, len, nulls);
    }
    if let (Some(a), Some(b)) = (a.reals(), b.reals()) {
        return fill(len, nulls, |row| holds_reals(op, a.get(row), b.get(row)));
    }
    match (a, b) {
        (Vector::Cells(_), Vector::Same(Scalar::Text(text))) => {
            texts::test(a, len, |value| holds(op, value.cmp(text)))
        }
        (Vector::Same(Scalar::Text(text)), Vector::Cells(_)) => {
            texts::test(b, len, |value| holds(op, (**text).cmp(value)))
        }
        _ => others(op, a, b, len, nulls),
    }
}

fn is_mixed(vector: &Vector) -> bool {
    matches!(vector, Vector::Cells(cells) if matches!(cells.data(), Data::Mixed(_)))
}

/// Values of any sort: null where the two do not compare, as a number and a truth value.
fn mixed(op: CompareOp, a: &Vector, b: &Vector, len: usize) -> Vector {
    let row = |row| {
        let (a, b) = (a.scalar(row), b.scalar(row));
        let compares = a.class() == b.class() && a.class() != Class::Null;
        if compares { Scalar::Boolean(holds_scalars(op, &a, &b)) } else { Scalar::Null }
    };
    Vector::Cells(Cells::scalars(Kind::Boolean, (0..len).map(row)))
}

/// Texts with texts and truth values with truth values.
fn others(op: CompareOp, a: &Vector, b: &Vector, len: usize, nulls: Option<Bitmap>) -> Vector {
    if let (Vector::Cells(a), Vector::Cells(b)) = (a, b)
        && let (Data::Text(a), Data::Text(b)) = (a.data(), b.data())
    {
        let null = |row| nulls.as_ref().is_some_and(|n: &Bitmap| n.get(row));
        let values = (0..len).map(|row| !null(row) && holds(op, a.get(row).cmp(b.get(row))));
        return Vector::Cells(Cells::new(Data::Boolean(values.collect()), nulls));
    }
    // A row that is null on one side compares to anything; the mask hides it.
    fill(len, nulls, |row| {
        let (a, b) = (a.scalar(row), b.scalar(row));
        !a.is_null() && !b.is_null() && holds_scalars(op, &a, &b)
    })
}

fn fill(len: usize, nulls: Option<Bitmap>, test: impl Fn(usize) -> bool) -> Vector {
    Vector::Cells(Cells::new(Data::Boolean((0..len).map(test).collect()), nulls))
}

/// Whether two values in that order satisfy the operator.
fn holds(op: CompareOp, order: Ordering) -> bool {
    match op {
        CompareOp::Equal => order.is_eq(),
        CompareOp::Unequal => order.is_ne(),
        CompareOp::Less => order.is_lt(),
        CompareOp::LessOrEqual => order.is_le(),
        CompareOp::Greater => order.is_gt(),
        CompareOp::GreaterOrEqual => order.is_ge(),
    }
}

/// The same for real numbers: a NaN is unequal to all and in no order with any.
fn holds_reals(op: CompareOp, a: f64, b: f64) -> bool {
    a.partial_cmp(&b).map_or(op == CompareOp::Unequal, |order| holds(op, order))
}

fn holds_scalars(op: CompareOp, a: &Scalar, b: &Scalar) -> bool {
    match (a, b) {
        (Scalar::Real(_), _) | (_, Scalar::Real(_)) => {
            holds_reals(op, a.as_real().unwrap_or(f64::NAN), b.as_real().unwrap_or(f64::NAN))
        }
        _ => holds(op, a.order(b)),
    }
}

fn ints(op: CompareOp, a: Ints<'_>, b: Ints<'_>, len: usize, nulls: Option<Bitmap>) -> Vector {
    match (a, b) {
        (Ints::Unsigned(values), Ints::Same(n)) if u64::try_from(n).is_ok() => {
            let values = with_constant(op, values, n as u64);
            Vector::Cells(Cells::new(Data::Boolean(values), nulls))
        }
        _ => match op {
            CompareOp::Equal => fill(len, nulls, |row| a.get(row) == b.get(row)),
            CompareOp::Unequal => fill(len, nulls, |row| a.get(row) != b.get(row)),
            CompareOp::Less => fill(len, nulls, |row| a.get(row) < b.get(row)),
            CompareOp::LessOrEqual => fill(len, nulls, |row| a.get(row) <= b.get(row)),
            CompareOp::Greater => fill(len, nulls, |row| a.get(row) > b.get(row)),
            CompareOp::GreaterOrEqual => fill(len, nulls, |row| a.get(row) >= b.get(row)),
        },
    }
}

/// The common case, in loops that the compiler turns into vector instructions.
fn with_constant(op: CompareOp, values: &[u64], n: u64) -> Vec<bool> {
    match op {
        CompareOp::Equal => values.iter().map(|&v| v == n).collect(),
        CompareOp::Unequal => values.iter().map(|&v| v != n).collect(),
        CompareOp::Less => values.iter().map(|&v| v < n).collect(),
        CompareOp::LessOrEqual => values.iter().map(|&v| v <= n).collect(),
        CompareOp::Greater => values.iter().map(|&v| v > n).collect(),
        CompareOp::GreaterOrEqual => values.iter().map(|&v| v >= n).collect(),
    }
}

/// Whether each value is in a set: null where the value is, and where it was not found in a set with a null.
pub fn in_set(value: &Vector, set: &ValueSet, len: usize) -> Vector {
    let found: Vec<bool> = match value {
        Vector::Same(value) => {
            let found = set.has(value);
            let null = value.is_null() || (set.has_null() && !found);
            return Vector::Same(if null { Scalar::Null } else { Scalar::Boolean(found) });
        }
        Vector::Cells(cells) => match cells.data() {
            Data::Unsigned(v) => v.iter().map(|&n| set.has_number(i128::from(n))).collect(),
            Data::Wide(v) => v.iter().map(|&n| set.has_number(n)).collect(),
            Data::Real(v) => v.iter().map(|&r| set.has_real(r)).collect(),
            Data::Boolean(v) => v.iter().map(|&b| set.has_boolean(b)).collect(),
            Data::Text(_) => match texts::test(value, len, |text| set.has_text(text)) {
                Vector::Cells(cells) => {
                    (0..len).map(|row| cells.scalar(row) == Scalar::Boolean(true)).collect()
                }
                Vector::Same(_) => vec![false; len],
            },
            Data::Mixed(v) => v.iter().map(|value| set.has(value)).collect(),
        },
    };
    let mut nulls = Bitmap::default();
    (0..len).for_each(|row| nulls.push(value.is_null(row) || (set.has_null() && !found[row])));
    Vector::Cells(Cells::new(Data::Boolean(found), Some(nulls)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a comparison gives in each row: y, n, or - for null.
    fn compared(op: CompareOp, a: &Vector, b: &Vector, len: usize) -> String {
        let result = compare(op, a, b, len);
        let sign = |row| match result.scalar(row) {
            Scalar::Boolean(true) => 'y',
            Scalar::Boolean(false) => 'n',
            _ => '-',
        };
        (0..len).map(sign).collect()
    }

    fn number(n: i128) -> Scalar {
        Scalar::Integer(n)
    }

    #[test]
    fn values_of_any_sort_compare_with_their_own_sort_and_exactly() {
        let values = [
            number(u64::MAX.into()),
            Scalar::Real(2.5),
            Scalar::Boolean(true),
            Scalar::Address(16),
            Scalar::Text("NaN".into()),
            Scalar::Null,
        ];
        let values = Vector::Cells(Cells::scalars(Kind::Value, values));
        let with = |op, other: Scalar| compared(op, &values, &Vector::Same(other), 6);
        assert_eq!(with(CompareOp::Equal, number(u64::MAX.into())), "yn-n--");
        assert_eq!(with(CompareOp::Equal, number((u64::MAX - 1).into())), "nn-n--");
        assert_eq!(with(CompareOp::Less, number(17)), "ny-y--");
        assert_eq!(with(CompareOp::Equal, number(16)), "nn-y--");
        assert_eq!(with(CompareOp::Equal, Scalar::Boolean(true)), "--y---");
        let mut set = ValueSet::default();
        [number(16), Scalar::Real(2.5), Scalar::Boolean(false)].into_iter().for_each(|v| set.insert(v));
        let found = in_set(&values, &set, 6);
        let found: Vec<Scalar> = (0..6).map(|row| found.scalar(row)).collect();
        let expected = [false, true, false, true, false].map(Scalar::Boolean);
        assert_eq!((&found[..5], &found[5]), (&expected[..], &Scalar::Null));
    }

    #[test]
    fn lists_compare_element_by_element() {
        let list = |items: &[i128]| Scalar::List(items.iter().map(|&n| number(n)).collect());
        let cells = |lists: [Scalar; 4]| Vector::Cells(Cells::scalars(Kind::List, lists));
        let a = cells([list(&[3, 4]), list(&[3]), list(&[]), list(&[1, 9])]);
        let b = cells([list(&[3, 4]), list(&[3, 0]), list(&[0]), list(&[2])]);
        assert_eq!(compared(CompareOp::Equal, &a, &b, 4), "ynnn");
        assert_eq!(compared(CompareOp::Less, &a, &b, 4), "nyyy");
    }
}
