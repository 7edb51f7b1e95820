//! Functions of the values of one row.

use std::sync::Arc;

use super::dates;
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
        (Function::Trim, [Scalar::Text(t)]) => text(t.trim().to_owned()),
        (Function::Replace, [Scalar::Text(t), Scalar::Text(part), Scalar::Text(other)]) => {
            match part.is_empty() {
                true => Scalar::Text(Arc::clone(t)),
                false => text(t.replace(&**part, other)),
            }
        }
        (Function::Concat, values) => text(values.iter().map(ToString::to_string).collect()),
        (Function::SplitPart, [Scalar::Text(t), Scalar::Text(separator), Scalar::Integer(n)]) => {
            split_part(t, separator, *n)
        }
        (Function::DatePart(part), [Scalar::Text(t)]) => {
            dates::part(t, part).map_or(Scalar::Null, |n| Scalar::Integer(n.into()))
        }
        (Function::Date, [Scalar::Text(t)]) => dates::day(t).map_or(Scalar::Null, |day| text(day.to_owned())),
        (Function::ToNumber, [Scalar::Text(t)]) => to_number(t).map_or(Scalar::Null, Scalar::Real),
        (Function::Abs, [Scalar::Integer(n)]) => n.checked_abs().map(Scalar::Integer).unwrap_or_else(|| {
            notes.overflow();
            Scalar::Null
        }),
        (Function::Abs, [Scalar::Real(r)]) => Scalar::Real(r.abs()),
        (Function::Round, [Scalar::Real(r)]) => Scalar::Real(r.round()),
        (Function::Round, [Scalar::Real(r), Scalar::Integer(digits)]) => Scalar::Real(round(*r, *digits)),
        (Function::Round, [Scalar::Integer(n), Scalar::Integer(digits)]) if *digits < 0 => {
            round_whole(*n, *digits).map(Scalar::Integer).unwrap_or_else(|| {
                notes.overflow();
                Scalar::Null
            })
        }
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

/// The n-th part between separators, from 1 on. Without a separator, the whole is the only part.
fn split_part(t: &str, separator: &str, n: i128) -> Scalar {
    let Some(at) = n.checked_sub(1).and_then(|at| usize::try_from(at).ok()) else { return Scalar::Null };
    let part = if separator.is_empty() { (at == 0).then_some(t) } else { t.split(separator).nth(at) };
    part.map_or(Scalar::Null, |part| text(part.to_owned()))
}

fn to_number(t: &str) -> Option<f64> {
    let t = t.trim();
    let (negative, digits) = match t.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, t.strip_prefix('+').unwrap_or(t)),
    };
    let number = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u128::from_str_radix(hex, 16).ok()? as f64,
        // The library's parser takes `inf` and `nan` too, and a second sign is none of ours.
        None if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') => digits.parse().ok()?,
        _ => return None,
    };
    Some(if negative { -number } else { number })
}

/// To how many digits before or behind the point numbers are rounded: a real number has no more.
const MOST_DIGITS: i128 = 15;

fn round(number: f64, digits: i128) -> f64 {
    let scale = 10_f64.powi(digits.clamp(-MOST_DIGITS, MOST_DIGITS).unsigned_abs() as i32);
    let scaled = match digits < 0 {
        true => (number / scale).round() * scale,
        false => (number * scale).round() / scale,
    };
    // A number so big that scaling loses it has no digits behind the point anyway.
    if scaled.is_finite() { scaled } else { number }
}

/// A whole number without so many of its last digits, halves away from zero; `None` where that is too big.
fn round_whole(number: i128, digits: i128) -> Option<i128> {
    let unit = 10_u128.pow(digits.clamp(-MOST_DIGITS, 0).unsigned_abs() as u32);
    let units = number.unsigned_abs().checked_add(unit / 2)? / unit;
    i128::try_from(units * unit).ok().map(|rounded| rounded * number.signum())
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
    fn numbers_are_read_in_decimal_and_hexadecimal() {
        for (text, number) in [
            ("42", Some(42.0)),
            (" -1.5e3 ", Some(-1500.0)),
            ("+.5", Some(0.5)),
            ("0xFF", Some(255.0)),
            ("-0x10", Some(-16.0)),
        ] {
            assert_eq!(to_number(text), number, "{text}");
        }
        for text in ["", "-", "0x", "0xg", "1 2", "inf", "nan", "--1", "1,5", "twelve"] {
            assert_eq!(to_number(text), None, "{text}");
        }
    }

    #[test]
    fn parts_between_separators_count_from_one() {
        let part = |n| split_part("a::b::", "::", n);
        assert_eq!([part(1), part(2), part(3)], ["a", "b", ""].map(|t| Scalar::Text(t.into())));
        assert_eq!([part(0), part(4), part(-1), part(i128::MIN)], [const { Scalar::Null }; 4]);
        assert_eq!(split_part("ab", "", 1), Scalar::Text("ab".into()));
    }

    #[test]
    fn rounding_keeps_what_it_cannot_scale() {
        assert_eq!((round(2.345, 2), round(-2.5, 0), round(1e300, 15)), (2.35, -3.0, 1e300));
        assert_eq!((round(1250.5, -2), round(-1249.9, -2), round(3.0, -15)), (1300.0, -1200.0, 0.0));
        assert_eq!([1250, -1250, 1249, 49].map(|n| round_whole(n, -2)), [1300, -1300, 1200, 0].map(Some));
        assert_eq!(round_whole(i128::MAX, -1), None);
        assert_eq!(round_whole(i128::MIN, -1), None);
        assert_eq!(round_whole(9, i128::MIN), Some(0));
    }
}
