//! How wide the columns of a table are: what their cells need, and what the terminal leaves them.

use unicode_width::UnicodeWidthStr;

use crate::query::{AnswerColumn, Kind, ValueRef};

use super::cells::{Notation, texts};
use super::sanitize::sanitize;
use super::table::Shown;
use crate::units::grouped_width;

/// The widest a column gets where nothing limits it. One string of a megabyte would else pad every
/// row to a megabyte; type names stay far below. What is longer is shortened in the middle.
pub(super) const MAX_COLUMN_WIDTH: usize = 2_000;

/// What a column that must shrink keeps at least: a start, an ellipsis and an end.
const MIN_TEXT_WIDTH: usize = 12;

/// The width of the widest cell of a column, in terminal columns, `null_width` being that of null.
/// Costs one pass over the rows; text is measured once a distinct text that occurs.
pub(super) fn natural_width(column: &AnswerColumn, null_width: usize) -> usize {
    // The list of texts may hold more than occur here (after a limit, say).
    let texts = texts(column);
    let mut measured = vec![false; texts.as_ref().map_or(0, |texts| texts.values.len())];
    let is_new = |row: usize, measured: &mut Vec<bool>| match &texts {
        Some(texts) => !std::mem::replace(&mut measured[texts.codes[row] as usize], true),
        None => true,
    };
    let mut width = 0;
    // The longest whole number is the smallest or the largest.
    let (mut smallest, mut largest) = (0, 0);
    for row in 0..column.len() {
        width = width.max(match column.value(row) {
            ValueRef::Null => null_width,
            value if column.kind == Kind::Value => mixed_width(&value),
            ValueRef::Text(text) if is_new(row, &mut measured) => sanitize(text).width(),
            ValueRef::Text(_) => 0,
            ValueRef::Integer(number) => {
                (smallest, largest) = (number.min(smallest), number.max(largest));
                1
            }
            ValueRef::Bytes(bytes) => {
                largest = largest.max(i128::from(bytes));
                1
            }
            other => shown_width(&other),
        });
    }
    let numbers =
        if largest > 0 || smallest < 0 { grouped_width(smallest).max(grouped_width(largest)) } else { 0 };
    width.max(numbers).min(MAX_COLUMN_WIDTH)
}

fn shown_width(value: &ValueRef<'_>) -> usize {
    let mut text = Vec::new();
    Shown { width: MAX_COLUMN_WIDTH, signed: false }.value(value, &mut text);
    String::from_utf8_lossy(&text).width()
}

fn mixed_width(value: &ValueRef<'_>) -> usize {
    let mut text = Vec::new();
    Shown { width: MAX_COLUMN_WIDTH, signed: false }.mixed(value, &mut text);
    String::from_utf8_lossy(&text).width()
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
    use std::sync::Arc;

    use super::*;
    use crate::bytes::Addr;
    use crate::output::samples::text_column;
    use crate::query::{CellData, CellTexts, Cells};
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
        let values = Arc::new(vec![Arc::from("short"), Arc::from("a much longer one")]);
        let texts = CellData::Text(CellTexts { values, codes: vec![0] });
        let names = AnswerColumn { cells: Cells::new(texts, None), ..text_column("t", &[]) };
        assert_eq!(natural_width(&names, 1), 5);
    }

    #[test]
    fn numbers_are_as_wide_as_the_longest() {
        use ValueRef::{Address, Boolean, Bytes, Integer, Null, Real};
        let cases = [
            (Kind::Integer, vec![Integer(-1000), Integer(50), Null], "-1,000"),
            (Kind::Integer, vec![Null, Null], "-"),
            (Kind::Integer, vec![Integer(0)], "0"),
            (Kind::Bytes, vec![Bytes(u64::MAX), Bytes(1)], "18,446,744,073,709,551,615"),
            (Kind::Address, vec![Address(Addr(0)), Address(Addr(0x1_0000))], "0x10000"),
            (Kind::Boolean, vec![Boolean(true), Null], "true"),
            (Kind::Real, vec![Real(1234.5678)], "1,234.568"),
            (Kind::Value, vec![Real(1234.5678), Integer(-5), Address(Addr(16))], "1234.5678"),
            (Kind::List, vec![ValueRef::List(vec![Integer(3), Integer(4000)])], "[3,4000]"),
        ];
        for (kind, values, widest) in cases {
            let column = AnswerColumn::new("c", kind, values);
            assert_eq!(natural_width(&column, 1), widest.len(), "{widest}");
        }
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
