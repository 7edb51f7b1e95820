//! Tests of texts, and parts of them.

use crate::query::Kind;
use crate::query::cells::{Cells, Data};
use crate::query::exec::vector::Vector;
use crate::query::scalar::Scalar;

/// Each value as text, spelled as answers show it; null where there is none.
pub fn spelled(value: Vector, len: usize) -> Vector {
    let text = |value: Scalar| match value {
        Scalar::Null => Scalar::Null,
        text @ Scalar::Text(_) => text,
        value => Scalar::Text(value.to_string().into()),
    };
    match value {
        Vector::Same(value) => Vector::Same(text(value)),
        Vector::Cells(cells) => {
            Vector::Cells(Cells::scalars(Kind::Text, (0..len).map(|row| text(cells.scalar(row)))))
        }
    }
}

/// Tests each text; null where there is none. Where rows share texts, each text is tested once.
pub fn test(value: &Vector, len: usize, test: impl Fn(&str) -> bool) -> Vector {
    let cells = match value {
        Vector::Same(Scalar::Text(text)) => return Vector::Same(Scalar::Boolean(test(text))),
        Vector::Same(_) => return Vector::NULL,
        Vector::Cells(cells) => cells,
    };
    let Data::Text(texts) = cells.data() else { return Vector::NULL };
    let values: Vec<bool> = if texts.values.len() <= len && cells.nulls().is_none() {
        let results: Vec<bool> = texts.values.iter().map(|text| test(text)).collect();
        texts.codes.iter().map(|&code| results[code as usize]).collect()
    } else {
        (0..len).map(|row| !cells.is_null(row) && test(texts.get(row))).collect()
    };
    Vector::Cells(Cells::new(Data::Boolean(values), cells.nulls().cloned()))
}

/// The part of each text that `part` gives; null where there is none.
pub fn map(value: &Vector, len: usize, part: impl Fn(&str) -> Option<&str>) -> Vector {
    let cells = match value {
        Vector::Same(Scalar::Text(text)) => {
            return Vector::Same(part(text).map_or(Scalar::Null, |part| Scalar::Text(part.into())));
        }
        Vector::Same(_) => return Vector::NULL,
        Vector::Cells(cells) => cells,
    };
    let Data::Text(texts) = cells.data() else { return Vector::NULL };
    let text = |row: usize| (!cells.is_null(row)).then(|| part(texts.get(row))).flatten();
    Vector::Cells(Cells::texts((0..len).map(text)))
}
