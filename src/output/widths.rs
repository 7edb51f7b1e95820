//! How wide the columns of a table are: what their cells need, and what the terminal leaves them.

use unicode_width::UnicodeWidthStr;

use crate::query::{AnswerColumn, Cells};

use super::sanitize::sanitize;
use super::units::{grouped_width, push_short_real};

/// The widest a column gets where nothing limits it. One string of a megabyte would else pad every
/// row to a megabyte; type names stay far below. What is longer is shortened in the middle.
pub(super) const MAX_COLUMN_WIDTH: usize = 2_000;

/// What a column that must shrink keeps at least: a start, an ellipsis and an end.
const MIN_TEXT_WIDTH: usize = 12;

/// The width of the widest cell of a column, in terminal columns, `null_width` being that of null.
/// Costs one pass over the rows; text is measured once a distinct text that occurs.
pub(super) fn natural_width(column: &AnswerColumn, null_width: usize) -> usize {
    match &column.cells {
        Cells::Text { values, rows } => text_width(values, rows, null_width),
        Cells::Integer(rows) => extremes(rows, null_width, |&n| n),
        Cells::Bytes(rows) => extremes(rows, null_width, |&n| i128::from(n)),
        Cells::Real(rows) => widest(rows, null_width, |&real| {
            let mut text = Vec::new();
            push_short_real(real, &mut text);
            text.len()
        }),
        Cells::Address(rows) => {
            let digits = |n: u64| n.checked_ilog2().map_or(1, |log| log as usize / 4 + 1);
            widest(rows, null_width, |address| 2 + digits(address.0))
        }
        Cells::Boolean(rows) => widest(rows, null_width, |&value| if value { 4 } else { 5 }),
    }
}

fn text_width<T: AsRef<str>>(values: &[T], rows: &[u32], null_width: usize) -> usize {
    // The list of texts may hold more than occur here (after a limit, say).
    let mut measured = vec![false; values.len()];
    let mut width = 0;
    for &row in rows {
        match values.get(row as usize) {
            None => width = width.max(null_width),
            Some(text) if !std::mem::replace(&mut measured[row as usize], true) => {
                width = width.max(sanitize(text.as_ref()).width());
            }
            Some(_) => {}
        }
    }
    width.min(MAX_COLUMN_WIDTH)
}

/// The width of the longest number: that of the smallest or of the largest.
fn extremes<T>(rows: &[Option<T>], null_width: usize, number: impl Fn(&T) -> i128) -> usize {
    let mut range: Option<(i128, i128)> = None;
    let mut width = 0;
    for row in rows {
        match row {
            None => width = width.max(null_width),
            Some(value) => {
                let n = number(value);
                range = Some(range.map_or((n, n), |(min, max)| (min.min(n), max.max(n))));
            }
        }
    }
    range.map_or(width, |(min, max)| width.max(grouped_width(min)).max(grouped_width(max)))
}

fn widest<T>(rows: &[Option<T>], null_width: usize, width: impl Fn(&T) -> usize) -> usize {
    rows.iter().map(|row| row.as_ref().map_or(null_width, &width)).max().unwrap_or(0)
}

/// A column that asks for room.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    /// What its header and cells need.
    pub natural: usize,
    /// Whether its cells may be shortened.
    pub shrinks: bool,
}

/// The widths that the columns get in `room` terminal columns, `gap` between each two. Columns
/// that do not shrink get what they need; the others share the rest evenly, the narrow ones
/// leaving what they do not need to the wide. No column shrinks below a minimum, so the sum may
/// exceed `room`: a terminal then wraps, which beats names of two letters.
pub(super) fn fit(wishes: &[Wish], gap: usize, room: usize) -> Vec<usize> {
    let fixed: usize = wishes.iter().filter(|w| !w.shrinks).map(|w| w.natural).sum();
    let gaps = gap * wishes.len().saturating_sub(1);
    let mut left = room.saturating_sub(fixed + gaps);
    let mut shrinking: Vec<_> = (0..wishes.len()).filter(|&i| wishes[i].shrinks).collect();
    shrinking.sort_by_key(|&i| wishes[i].natural);
    let mut widths: Vec<_> = wishes.iter().map(|w| w.natural).collect();
    for (place, &column) in shrinking.iter().enumerate() {
        let share = left / (shrinking.len() - place);
        let width = widths[column].min(share.max(MIN_TEXT_WIDTH));
        widths[column] = width;
        left = left.saturating_sub(width);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Addr;
    use crate::output::samples::{column, text_column};
    use crate::query::Kind;
    use proptest::prelude::*;

    fn wish(natural: usize, shrinks: bool) -> Wish {
        Wish { natural, shrinks }
    }

    #[test]
    fn text_is_measured_as_it_is_shown() {
        assert_eq!(natural_width(&text_column("t", &[Some("a\nb"), Some("犬犬犬"), None]), 1), 6);
        assert_eq!(natural_width(&text_column("t", &[None]), 1), 1);
        assert_eq!(natural_width(&text_column("t", &[Some(&"x".repeat(5000))]), 1), MAX_COLUMN_WIDTH);
    }

    #[test]
    fn texts_that_do_not_occur_do_not_count() {
        let mut names = text_column("t", &[Some("short"), Some("a much longer one")]);
        let Cells::Text { rows, .. } = &mut names.cells else { unreachable!() };
        rows.truncate(1);
        assert_eq!(natural_width(&names, 1), 5);
    }

    #[test]
    fn numbers_are_as_wide_as_the_longest() {
        let integers = column("n", Kind::Integer, Cells::Integer(vec![Some(-1000), Some(50), None]));
        assert_eq!(natural_width(&integers, 1), "-1,000".len());
        let addresses = column("a", Kind::Address, Cells::Address(vec![Some(Addr(0)), Some(Addr(0x1_0000))]));
        assert_eq!(natural_width(&addresses, 1), "0x10000".len());
        let booleans = column("b", Kind::Boolean, Cells::Boolean(vec![Some(true), None]));
        assert_eq!(natural_width(&booleans, 1), 4);
        let reals = column("r", Kind::Real, Cells::Real(vec![Some(1234.5678)]));
        assert_eq!(natural_width(&reals, 1), "1,234.568".len());
    }

    #[test]
    fn the_widest_text_gives_way_first() {
        let wishes = [wish(100, true), wish(10, false), wish(20, true)];
        assert_eq!(fit(&wishes, 2, 80), [46, 10, 20]);
        assert_eq!(fit(&wishes, 2, 200), [100, 10, 20]);
    }

    #[test]
    fn nothing_shrinks_below_the_minimum() {
        assert_eq!(fit(&[wish(100, true), wish(70, false)], 2, 60), [MIN_TEXT_WIDTH, 70]);
    }

    proptest! {
        #[test]
        fn widths_fit_where_they_can(
            columns in proptest::collection::vec((1_usize..120, any::<bool>()), 1..8),
            room in 20_usize..300,
        ) {
            let wishes: Vec<_> = columns.iter().map(|&(n, s)| wish(n, s)).collect();
            let widths = fit(&wishes, 2, room);
            let total = |w: &[usize]| w.iter().sum::<usize>() + 2 * (w.len() - 1);
            let least: Vec<_> = columns
                .iter()
                .map(|&(n, s)| if s { n.min(MIN_TEXT_WIDTH) } else { n })
                .collect();
            prop_assert!(total(&widths) <= room.max(total(&least)));
            for (width, wish) in widths.iter().zip(&wishes) {
                prop_assert!(*width <= wish.natural);
            }
        }
    }
}
