//! Functions of the values of one row.

use std::sync::Arc;

use crate::query::Kind;
use crate::query::catalog::Function;
use crate::query::cells::{Cells, Data, Texts};
use crate::query::exec::notes::Notes;
use crate::query::exec::vector::Vector;
use crate::query::scalar::Scalar;
use crate::units::human_bytes;

/// Calls a function in each row.
pub fn call(function: Function, kind: Kind, arguments: Vec<Vector>, len: usize, notes: &Notes) -> Vector {
    let constants = |rest: &[Vector]| rest.iter().all(|a| matches!(a, Vector::Same(_)));
    if constants(&arguments) {
        let values: Vec<Scalar> = arguments.iter().map(|a| a.scalar(0)).collect();
        return Vector::Same(apply(function, kind, &values, notes));
    }
    if let Some((Vector::Cells(cells), rest)) = arguments.split_first()
        && let Data::Text(texts) = cells.data()
        && texts.values.len() < len
        && constants(rest)
        && !matches!(function, Function::If | Function::Coalesce)
    {
        return each_text_once(function, kind, cells, texts, rest, notes);
    }
    let mut values = vec![Scalar::Null; arguments.len()];
    let row = |row| {
        for (value, argument) in values.iter_mut().zip(&arguments) {
            *value = argument.scalar(row);
        }
        apply(function, kind, &values, notes)
    };
    Vector::Cells(Cells::scalars(kind, (0..len).map(row)))
}

/// Where rows share texts and all other arguments are constants, each text is looked at once.
fn each_text_once(
    function: Function,
    kind: Kind,
    cells: &Cells,
    texts: &Texts,
    rest: &[Vector],
    notes: &Notes,
) -> Vector {
    let rest: Vec<Scalar> = rest.iter().map(|a| a.scalar(0)).collect();
    let result = |text: Option<&Arc<str>>| {
        let text = text.map_or(Scalar::Null, |t| Scalar::Text(Arc::clone(t)));
        let values: Vec<Scalar> = std::iter::once(text).chain(rest.iter().cloned()).collect();
        apply(function, kind, &values, notes)
    };
    // One result more than there are texts: that of null.
    let results = texts.values.iter().map(Some).chain([None]).map(result);
    let results = Cells::scalars(kind, results.collect::<Vec<_>>());
    let of_null = texts.values.len();
    let position = |row: usize| if cells.is_null(row) { of_null } else { texts.codes[row] as usize };
    Vector::Cells(results.gather((0..cells.len()).map(position)))
}

/// Calls a function. All but `if` and `coalesce` give null when an argument is null.
fn apply(function: Function, kind: Kind, values: &[Scalar], notes: &Notes) -> Scalar {
    match (function, values) {
        (Function::Coalesce, values) => values.iter().find(|v| !v.is_null()).cloned().unwrap_or_default(),
        (Function::If, [condition, yes, no]) => {
            if *condition == Scalar::Boolean(true) {
                yes.clone()
            } else {
                no.clone()
            }
        }
        (_, values) if values.iter().any(Scalar::is_null) => Scalar::Null,
        (Function::Lower, [Scalar::Text(t)]) => text(t.to_lowercase()),
        (Function::Upper, [Scalar::Text(t)]) => text(t.to_uppercase()),
        (Function::Length, [Scalar::Text(t)]) => Scalar::Integer(t.chars().count() as i128),
        (Function::Contains, [Scalar::Text(t), Scalar::Text(part)]) => Scalar::Boolean(t.contains(&**part)),
        (Function::StartsWith, [Scalar::Text(t), Scalar::Text(part)]) => {
            Scalar::Boolean(t.starts_with(&**part))
        }
        (Function::EndsWith, [Scalar::Text(t), Scalar::Text(part)]) => Scalar::Boolean(t.ends_with(&**part)),
        (Function::Substr, [Scalar::Text(t), Scalar::Integer(start)]) => substr(t, *start, i128::MAX),
        (Function::Substr, [Scalar::Text(t), Scalar::Integer(start), Scalar::Integer(count)]) => {
            substr(t, *start, *count)
        }
        (Function::Abs, [Scalar::Integer(n)]) => n.checked_abs().map(Scalar::Integer).unwrap_or_else(|| {
            notes.overflow();
            Scalar::Null
        }),
        (Function::Abs, [Scalar::Real(r)]) => Scalar::Real(r.abs()),
        (Function::Round, [Scalar::Real(r)]) => Scalar::Real(r.round()),
        (Function::Round, [Scalar::Real(r), Scalar::Integer(digits)]) => Scalar::Real(round(*r, *digits)),
        (Function::Round, [whole, ..]) if kind != Kind::Real => whole.clone(),
        (Function::Hex, [Scalar::Integer(n)]) if *n < 0 => text(format!("-{:#x}", n.unsigned_abs())),
        (Function::Hex, [Scalar::Integer(n)]) => text(format!("{n:#x}")),
        (Function::Human, [number]) => number.as_real().map_or(Scalar::Null, |n| text(human_bytes(n))),
        _ => Scalar::Null,
    }
}

fn text(text: String) -> Scalar {
    Scalar::Text(text.into())
}

/// `count` characters from `start` on. Positions begin with 1; those before hold nothing.
fn substr(t: &str, start: i128, count: i128) -> Scalar {
    let end = start.saturating_add(count.max(0)).max(1);
    let start = start.max(1);
    let position = |n: i128| usize::try_from(n - 1).unwrap_or(usize::MAX);
    let (skip, until) = (position(start), position(end));
    text(t.chars().skip(skip).take(until.saturating_sub(skip)).collect())
}

fn round(number: f64, digits: i128) -> f64 {
    let scale = 10_f64.powi(digits.clamp(0, 15) as i32);
    let scaled = (number * scale).round() / scale;
    // A number so big that scaling loses it has no digits behind the point anyway.
    if scaled.is_finite() { scaled } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_texts_count_from_one() {
        let part = |start, count| match substr("größe", start, count) {
            Scalar::Text(t) => t.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!((part(1, 3), part(3, i128::MAX), part(0, 2)), ("grö".into(), "öße".into(), "g".into()));
        assert_eq!(
            (part(9, 1), part(2, -1), part(i128::MIN, i128::MAX)),
            (String::new(), String::new(), String::new())
        );
    }

    #[test]
    fn rounding_keeps_what_it_cannot_scale() {
        assert_eq!((round(2.345, 2), round(-2.5, 0), round(1e300, 15)), (2.35, -3.0, 1e300));
    }
}
