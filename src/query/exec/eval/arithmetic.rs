//! Arithmetic. Nothing wraps: a result that its kind cannot hold is null, and noted.

use crate::query::Kind;
use crate::query::ast::ArithmeticOp;
use crate::query::cells::{Bitmap, Cells, Data, narrow};
use crate::query::exec::notes::Notes;
use crate::query::exec::vector::{Ints, Reals, Vector, either_null};
use crate::query::scalar::Scalar;

/// Computes row by row; null where one side is, and for a division by zero.
pub fn arithmetic(
    op: ArithmeticOp,
    kind: Option<Kind>,
    a: &Vector,
    b: &Vector,
    len: usize,
    notes: &Notes,
) -> Vector {
    let same = matches!((a, b), (Vector::Same(_), Vector::Same(_)));
    let len = if same { len.min(1) } else { len };
    let nulls = either_null(a, b);
    let cells = if kind == Some(Kind::Real) {
        let (Some(a), Some(b)) = (a.reals(), b.reals()) else { return Vector::NULL };
        reals(op, a, b, len, nulls)
    } else {
        let (Some(a), Some(b)) = (a.ints(), b.ints()) else { return Vector::NULL };
        ints(op, kind, a, b, len, nulls, notes)
    };
    if same { Vector::Same(cells.scalar(0)) } else { Vector::Cells(cells) }
}

/// The numbers with the other sign.
pub fn negate(a: &Vector, len: usize, notes: &Notes) -> Vector {
    let zero = Vector::Same(Scalar::Integer(0));
    if a.ints().is_some() {
        return arithmetic(ArithmeticOp::Subtract, Some(Kind::Integer), &zero, a, len, notes);
    }
    match a {
        Vector::Same(Scalar::Real(r)) => Vector::Same(Scalar::Real(-r)),
        Vector::Cells(cells) => match cells.data() {
            Data::Real(v) => {
                Vector::Cells(Cells::new(Data::Real(v.iter().map(|r| -r).collect()), cells.nulls().cloned()))
            }
            _ => Vector::NULL,
        },
        Vector::Same(_) => Vector::NULL,
    }
}

fn reals(op: ArithmeticOp, a: Reals<'_>, b: Reals<'_>, len: usize, nulls: Option<Bitmap>) -> Cells {
    let mut nulls = nulls.unwrap_or_else(|| Bitmap::clear(len));
    let divides = matches!(op, ArithmeticOp::Divide | ArithmeticOp::Remainder);
    let values = (0..len).map(|row| {
        let (a, b) = (a.get(row), b.get(row));
        if divides && b == 0.0 {
            nulls.set(row);
        }
        match op {
            ArithmeticOp::Add => a + b,
            ArithmeticOp::Subtract => a - b,
            ArithmeticOp::Multiply => a * b,
            ArithmeticOp::Divide => a / b,
            ArithmeticOp::Remainder => a % b,
        }
    });
    let values = Data::Real(values.collect());
    Cells::new(values, Some(nulls))
}

fn ints(
    op: ArithmeticOp,
    kind: Option<Kind>,
    a: Ints<'_>,
    b: Ints<'_>,
    len: usize,
    nulls: Option<Bitmap>,
    notes: &Notes,
) -> Cells {
    let mut nulls = nulls.unwrap_or_else(|| Bitmap::clear(len));
    let unsigned = matches!(kind, Some(Kind::Bytes | Kind::Address));
    let values = (0..len).map(|row| {
        let (a, b) = (a.get(row), b.get(row));
        let result = match op {
            ArithmeticOp::Add => a.checked_add(b),
            ArithmeticOp::Subtract => a.checked_sub(b),
            ArithmeticOp::Multiply => a.checked_mul(b),
            ArithmeticOp::Divide | ArithmeticOp::Remainder => a.checked_rem(b),
        };
        let result = result.filter(|&n| !unsigned || u64::try_from(n).is_ok());
        result.unwrap_or_else(|| {
            let by_zero = op == ArithmeticOp::Remainder && b == 0;
            if !by_zero && !nulls.get(row) {
                notes.overflow();
            }
            nulls.set(row);
            0
        })
    });
    let values = narrow(values.collect());
    Cells::new(values, Some(nulls))
}
