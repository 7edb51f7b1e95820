//! Cases: each row takes the value of the first branch whose condition is true, and no other value is computed for it.

use super::{eval, is_true};
use crate::query::Kind;
use crate::query::cells::{Cells, Data};
use crate::query::exec::scan::{Batch, Rows};
use crate::query::exec::vector::Vector;
use crate::query::plan::Typed;

/// The values of a case on a batch.
pub fn case(branches: &[(Typed, Typed)], otherwise: Option<&Typed>, kind: Kind, batch: &Batch<'_>) -> Vector {
    match batch.rows {
        Rows::Of(morsel, picked) => {
            let all: Vec<u32> = picked.map_or_else(|| (morsel.start..morsel.end).collect(), <[u32]>::to_vec);
            let of = |rows: &[u32], expr: &Typed| {
                eval(expr, &Batch { rows: Rows::Of(morsel, Some(rows)), ..*batch })
            };
            chosen(branches, otherwise, kind, all, of)
        }
        // Rows that are no rows of a morsel cannot be picked: all branches are computed, which is done once only.
        _ => {
            let of = |rows: &[u32], expr: &Typed| {
                let all = eval(expr, batch).into_cells(batch.len(), expr.kind_or_text());
                Vector::Cells(all.gather(rows.iter().map(|&row| row as usize)))
            };
            chosen(branches, otherwise, kind, (0..batch.len() as u32).collect(), of)
        }
    }
}

/// The values of a case in `all` rows, of which `of` evaluates expressions in some.
fn chosen(
    branches: &[(Typed, Typed)],
    otherwise: Option<&Typed>,
    kind: Kind,
    all: Vec<u32>,
    of: impl Fn(&[u32], &Typed) -> Vector,
) -> Vector {
    let len = all.len();
    // The rows that no branch took yet, and where each stands in the batch.
    let mut left: Vec<(u32, u32)> = all.into_iter().zip(0..).collect();
    let (mut parts, mut places) = (Vec::new(), Vec::with_capacity(len));
    let mut take = |rows: Vec<(u32, u32)>, value: Option<&Typed>| {
        if rows.is_empty() {
            return;
        }
        let numbers: Vec<u32> = rows.iter().map(|&(row, _)| row).collect();
        let values = value.map_or(Vector::NULL, |value| of(&numbers, value));
        parts.push(as_kind(values.into_cells(rows.len(), kind), kind));
        places.extend(rows.into_iter().map(|(_, place)| place));
    };
    for (condition, value) in branches {
        if left.is_empty() {
            break;
        }
        let numbers: Vec<u32> = left.iter().map(|&(row, _)| row).collect();
        let mut holds = is_true(&of(&numbers, condition), numbers.len()).into_iter();
        let (taken, others) = left.into_iter().partition(|_| holds.next().unwrap_or(false));
        take(taken, Some(value));
        left = others;
    }
    take(left, otherwise);
    if parts.is_empty() {
        return Vector::Cells(Cells::null(0));
    }
    let mut back = vec![0; len];
    places.iter().enumerate().for_each(|(from, &to)| back[to as usize] = from);
    Vector::Cells(Cells::concat(parts).gather(back.into_iter()))
}

/// Values of a kind that holds theirs: whole numbers among real ones become such.
pub fn as_kind(cells: Cells, kind: Kind) -> Cells {
    if kind != Kind::Real {
        return cells;
    }
    let values = match cells.data() {
        Data::Unsigned(values) => values.iter().map(|&n| n as f64).collect(),
        Data::Wide(values) => values.iter().map(|&n| n as f64).collect(),
        _ => return cells,
    };
    Cells::new(Data::Real(values), cells.nulls().cloned())
}
