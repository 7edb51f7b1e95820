//! Comparisons of hand-made answers, and what holds for all.

use proptest::prelude::*;

use super::*;
use crate::query::Span;

/// A group in a dump: type, count, size.
type Row<'a> = (&'a str, i128, i128);

fn side(rows: &[Row<'_>]) -> GroupedAnswer {
    let column = |name: &str, kind, of: fn(&Row<'_>) -> i128| {
        AnswerColumn::new(name, kind, rows.iter().map(|row| ValueRef::Integer(of(row))))
    };
    let columns = vec![
        AnswerColumn::new("type", Kind::Text, rows.iter().map(|row| ValueRef::Text(row.0))),
        column("count", Kind::Integer, |row| row.1),
        column("size", Kind::Bytes, |row| row.2),
    ];
    GroupedAnswer {
        answer: Answer { columns, ..Answer::default() },
        roles: vec![Role::Key, Role::Total, Role::Total],
        leading: Some(2),
    }
}

fn compare_with(dumps: &[&[Row<'_>]], thresholds: &Thresholds, order: &[NamedOrder]) -> Answer {
    let sides: Vec<_> = dumps.iter().map(|rows| side(rows)).collect();
    Table::new(&sides, false, thresholds).unwrap().answer(order, |_| 0).unwrap()
}

fn compare_dumps(dumps: &[&[Row<'_>]]) -> Answer {
    compare_with(dumps, &Thresholds::default(), &[])
}

/// The rows, cells separated by blanks.
fn rows(answer: &Answer) -> Vec<String> {
    let cell = |column: &AnswerColumn, row| match column.value(row) {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Text(text) => text.to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Bytes(number) => number.to_string(),
        ValueRef::Boolean(truth) => truth.to_string(),
        other => format!("{other:?}"),
    };
    let line = |row| answer.columns.iter().map(|column| cell(column, row)).collect::<Vec<_>>().join(" ");
    (0..answer.row_count()).map(line).collect()
}

fn names(answer: &Answer) -> Vec<&str> {
    answer.columns.iter().map(|column| column.name.as_str()).collect()
}

fn by(name: &str, descending: bool) -> NamedOrder {
    NamedOrder { name: name.to_owned(), descending, span: Span::default() }
}

#[test]
fn two_dumps_have_values_changes_and_a_status() {
    let before = [("A", 1, 10), ("B", 5, 50), ("C", 2, 20), ("Same", 3, 30)];
    let after = [("A", 4, 40), ("D", 1, 100), ("C", 1, 10), ("Same", 3, 30)];
    let answer = compare_dumps(&[&before, &after]);
    assert_eq!(
        names(&answer),
        ["type", "count_1", "count_2", "count_delta", "size_1", "size_2", "size_delta", "status"]
    );
    assert_eq!(
        rows(&answer),
        [
            "D 0 1 1 0 100 100 new",
            "A 1 4 3 10 40 30 grew",
            "C 2 1 -1 20 10 -10 shrank",
            "B 5 0 -5 50 0 -50 gone",
        ]
    );
    assert_eq!(answer.columns[6].kind, Kind::Bytes);
    // That of the size decides on the order.
    assert_eq!(answer.changes, [6, 3]);
}

#[test]
fn of_three_dumps_steady_growth_is_told() {
    let dumps: [&[Row<'_>]; 3] = [
        &[("Steady", 1, 1), ("Jumped", 1, 1), ("Back", 5, 5)],
        &[("Steady", 2, 2), ("Jumped", 1, 1), ("Back", 7, 7), ("Passing", 9, 9)],
        &[("Steady", 3, 3), ("Jumped", 9, 9), ("Back", 5, 5)],
    ];
    let answer = compare_dumps(&dumps);
    assert_eq!(
        rows(&answer),
        [
            "Jumped 1 1 9 8 1 1 9 8 grew false",
            "Steady 1 2 3 2 1 2 3 2 grew true",
            "Back 5 7 5 0 5 7 5 0 same false",
            "Passing 0 9 0 0 0 9 0 0 gone false",
        ]
    );
}

#[test]
fn figures_of_missing_groups_have_no_value() {
    let side = |types: [&str; 2], averages: [f64; 2]| GroupedAnswer {
        answer: Answer {
            columns: vec![
                AnswerColumn::new("type", Kind::Text, types.map(ValueRef::Text)),
                AnswerColumn::new("avg(size)", Kind::Real, averages.map(ValueRef::Real)),
                AnswerColumn::new("first(value)", Kind::Text, types.map(ValueRef::Text)),
            ],
            ..Answer::default()
        },
        roles: vec![Role::Key, Role::Figure, Role::Word],
        leading: Some(1),
    };
    let sides = [side(["A", "B"], [1.5, 2.0]), side(["A", "C"], [4.0, 2.0])];
    let table = Table::new(&sides, false, &Thresholds::default()).unwrap();
    let answer = table.answer(&[], |_| 0).unwrap();
    assert_eq!(
        names(&answer),
        [
            "type",
            "avg(size)_1",
            "avg(size)_2",
            "avg(size)_delta",
            "first(value)_1",
            "first(value)_2",
            "status"
        ]
    );
    assert_eq!(
        rows(&answer),
        ["A Real(1.5) Real(4.0) Real(2.5) A A grew", "B Real(2.0) - - B - gone", "C - Real(2.0) - - C new",]
    );
    assert_eq!(answer.changes, [3]);
}

#[test]
fn a_dump_without_rows_has_none_of_the_groups() {
    let sides = [GroupedAnswer::default(), side(&[("A", 2, 20)])];
    let table = Table::new(&sides, false, &Thresholds::default()).unwrap();
    assert_eq!(rows(&table.answer(&[], |_| 0).unwrap()), ["A 0 2 2 0 20 20 new"]);
    assert!(Table::new(&[GroupedAnswer::default()], false, &Thresholds::default()).is_none());
}

#[test]
fn groups_without_keys_are_one_row() {
    let side = |count| GroupedAnswer {
        answer: Answer {
            columns: vec![AnswerColumn::new("count", Kind::Integer, [ValueRef::Integer(count)])],
            ..Answer::default()
        },
        roles: vec![Role::Total],
        leading: Some(0),
    };
    let sides = [side(3), side(5)];
    let table = Table::new(&sides, false, &Thresholds::default()).unwrap();
    assert_eq!(rows(&table.answer(&[], |_| 0).unwrap()), ["3 5 2 grew"]);
}

#[test]
fn small_changes_are_left_out_and_what_is_the_same_may_stay() {
    let (before, after) =
        ([("A", 1, 10), ("B", 1, 10), ("C", 9, 9)], [("A", 2, 110), ("B", 2, 109), ("C", 9, 9)]);
    let least = Thresholds { min_bytes: 100, ..Thresholds::default() };
    assert_eq!(rows(&compare_with(&[&before, &after], &least, &[])), ["A 1 2 1 10 110 100 grew"]);
    let all = Thresholds { unchanged: true, ..Thresholds::default() };
    let answer = compare_with(&[&before, &after], &all, &[]);
    assert_eq!(rows(&answer).last().unwrap(), "C 9 9 0 9 9 0 same");
}

#[test]
fn rows_are_ordered_by_columns_and_a_measure_means_its_change() {
    let dumps: [&[Row<'_>]; 2] = [&[("A", 1, 30), ("B", 9, 20)], &[("A", 5, 31), ("B", 8, 40)]];
    let first = |order: &[NamedOrder]| rows(&compare_with(&dumps, &Thresholds::default(), order))[0].clone();
    assert!(first(&[by("count", true)]).starts_with("A "));
    assert!(first(&[by("count", false)]).starts_with("B "));
    assert!(first(&[by("size_1", true)]).starts_with("A "));
    assert!(first(&[by("status", true), by("type", true)]).starts_with("B "));
    let sides = dumps.map(side);
    let table = Table::new(&sides, false, &Thresholds::default()).unwrap();
    let unknown = table.answer(&[by("sise", true)], |_| 0).unwrap_err();
    assert_eq!(unknown.key.name, "sise");
    assert!(unknown.columns.contains(&"size_delta".to_owned()));
}

#[test]
fn groups_can_be_put_in_front() {
    let sides = [side(&[("A", 1, 1), ("B", 1, 1)]), side(&[("A", 9, 9), ("B", 2, 2)])];
    let table = Table::new(&sides, false, &Thresholds::default()).unwrap();
    let answer = table.answer(&[], |rows| if rows[1] == Some(1) { 0 } else { 1 }).unwrap();
    assert!(rows(&answer)[0].starts_with("B "));
}

#[test]
fn addresses_as_keys_are_noted() {
    let side = || GroupedAnswer {
        answer: Answer {
            columns: vec![
                AnswerColumn::new("mt", Kind::Address, [ValueRef::Address(crate::bytes::Addr(16))]),
                AnswerColumn::new("count", Kind::Integer, [ValueRef::Integer(1)]),
            ],
            ..Answer::default()
        },
        roles: vec![Role::Key, Role::Total],
        leading: Some(1),
    };
    let sides = [side(), side()];
    let answer = Table::new(&sides, false, &Thresholds::default()).unwrap().answer(&[], |_| 0).unwrap();
    assert!(answer.warnings[0].message.starts_with("`mt` is an address"), "{:?}", answer.warnings);
    let one_run = Table::new(&sides, true, &Thresholds::default()).unwrap().answer(&[], |_| 0).unwrap();
    assert!(one_run.warnings.is_empty());
}

/// The groups of a dump.
fn dump() -> impl Strategy<Value = Vec<(String, i128, i128)>> {
    let row = ("[A-D]|P\\+<M>d__[0-2]", (0_i128..5, 0_i128..100));
    prop::collection::btree_map(row.0, row.1, 0..8)
        .prop_map(|rows| rows.into_iter().map(|(name, (count, size))| (name, count, size)).collect())
}

fn sides(dumps: &[Vec<(String, i128, i128)>]) -> Vec<GroupedAnswer> {
    let borrowed = |rows: &Vec<(String, i128, i128)>| {
        side(&rows.iter().map(|(name, count, size)| (name.as_str(), *count, *size)).collect::<Vec<_>>())
    };
    dumps.iter().map(borrowed).collect()
}

proptest! {
    #[test]
    fn a_dump_compared_with_itself_is_empty(rows in dump()) {
        let sides = sides(&[rows.clone(), rows]);
        let table = Table::new(&sides, false, &Thresholds::default()).unwrap();
        prop_assert_eq!(table.answer(&[], |_| 0).unwrap().row_count(), 0);
    }

    #[test]
    fn changes_add_up_to_the_change_of_the_whole(dumps in prop::collection::vec(dump(), 2..4)) {
        let sides = sides(&dumps);
        let answer = Table::new(&sides, false, &Thresholds::default()).unwrap().answer(&[], |_| 0).unwrap();
        let total = |dump: &Vec<(String, i128, i128)>| dump.iter().map(|row| row.2).sum::<i128>();
        let column = answer.columns.iter().find(|column| column.name == "size_delta").unwrap();
        let sum: i128 = (0..column.len())
            .map(|row| match column.value(row) {
                ValueRef::Integer(number) => number,
                ValueRef::Bytes(number) => number.into(),
                other => panic!("{other:?}"),
            })
            .sum();
        prop_assert_eq!(sum, total(dumps.last().unwrap()) - total(&dumps[0]));
    }

    #[test]
    fn the_biggest_growth_comes_first(one in dump(), other in dump()) {
        let sides = sides(&[one, other]);
        let answer = Table::new(&sides, false, &Thresholds::default()).unwrap().answer(&[], |_| 0).unwrap();
        let leading = &answer.columns[answer.changes[0]];
        let changes: Vec<_> = (0..leading.len()).map(|row| Amount::of(&leading.value(row))).collect();
        let sorted = changes.windows(2).all(|pair| match (pair[0], pair[1]) {
            (Some(before), Some(after)) => before.change_from(after).sign().is_ge(),
            _ => false,
        });
        prop_assert!(sorted);
    }
}
