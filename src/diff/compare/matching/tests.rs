//! Rows of dumps matched by hand-made names, and what holds for all names.

use proptest::prelude::*;

use super::*;
use crate::query::Kind;

/// A type and its module.
type Row<'a> = (&'a str, &'a str);

fn columns(rows: &[Row<'_>]) -> [AnswerColumn; 2] {
    let column = |name: &str, of: fn(&Row<'_>) -> String| {
        let values: Vec<_> = rows.iter().map(of).collect();
        AnswerColumn::new(name, Kind::Text, values.iter().map(|text| ValueRef::Text(text)))
    };
    [column("type", |row| row.0.to_owned()), column("module", |row| row.1.to_owned())]
}

fn match_in(one_run: bool, dumps: &[Vec<Row<'_>>]) -> Matched {
    let columns: Vec<_> = dumps.iter().map(|rows| columns(rows)).collect();
    let keys = columns.iter().zip(dumps).map(|(columns, rows)| {
        let part = |column| KeyColumn { column, part: KeyPart::of_column(&column.name) };
        (columns.iter().map(part).collect(), rows.len())
    });
    matched(&keys.collect::<Vec<_>>(), one_run)
}

fn match_all(dumps: &[Vec<Row<'_>>]) -> Matched {
    match_in(false, dumps)
}

/// The names in each dump of one group a line.
fn told(dumps: &[Vec<Row<'_>>], matched: &Matched) -> Vec<String> {
    let name = |dump: usize, row: &Option<usize>| row.map_or("-", |row| dumps[dump][row].0).to_owned();
    let line = |group: &Vec<Option<usize>>| {
        group.iter().enumerate().map(|(dump, row)| name(dump, row)).collect::<Vec<_>>().join(" = ")
    };
    matched.groups.iter().map(line).collect()
}

#[track_caller]
fn check(dumps: &[Vec<Row<'_>>], expected: &[&str], ambiguous: &[&str]) {
    let matched = match_all(dumps);
    assert_eq!(told(dumps, &matched), expected);
    assert_eq!(matched.ambiguous, ambiguous);
}

#[test]
fn equal_names_of_one_module_are_matched() {
    let before = vec![("A", "m.dll"), ("B", "m.dll"), ("A", "n.dll")];
    let after = vec![("A", "n.dll"), ("A", "m.dll"), ("C", "m.dll")];
    let matched = match_all(&[before, after]);
    assert_eq!(
        matched.groups,
        [vec![Some(0), Some(1)], vec![Some(1), None], vec![Some(2), Some(0)], vec![None, Some(2)]]
    );
}

#[test]
fn numbers_of_compilers_do_not_tell_types_apart() {
    check(
        &[
            vec![("P+<Park>d__6", "m"), ("P+<>c__DisplayClass1_0", "m")],
            vec![("P+<>c__DisplayClass2_0", "m"), ("P+<Park>d__7", "m")],
        ],
        &["P+<Park>d__6 = P+<Park>d__7", "P+<>c__DisplayClass1_0 = P+<>c__DisplayClass2_0"],
        &[],
    );
}

#[test]
fn as_many_as_before_are_matched_in_the_order_of_the_source() {
    check(
        &[
            vec![("P+<>c__DisplayClass10_0", "m"), ("P+<>c__DisplayClass9_0", "m")],
            vec![("P+<>c__DisplayClass12_0", "m"), ("P+<>c__DisplayClass11_0", "m")],
        ],
        &[
            "P+<>c__DisplayClass10_0 = P+<>c__DisplayClass12_0",
            "P+<>c__DisplayClass9_0 = P+<>c__DisplayClass11_0",
        ],
        &[],
    );
}

#[test]
fn what_could_be_matched_in_several_ways_is_left_apart_and_told() {
    check(
        &[
            vec![("P+<>c__DisplayClass1_0", "m")],
            vec![("P+<>c__DisplayClass2_0", "m"), ("P+<>c__DisplayClass3_0", "m")],
        ],
        &["P+<>c__DisplayClass1_0 = -", "- = P+<>c__DisplayClass2_0", "- = P+<>c__DisplayClass3_0"],
        &["P+<>c__DisplayClass2_0"],
    );
}

#[test]
fn where_numbers_agree_once_the_others_are_taken_as_they_are() {
    check(
        &[
            vec![("P+<>c__DisplayClass1_0", "m"), ("P+<>c__DisplayClass2_0", "m")],
            vec![("P+<>c__DisplayClass1_0", "m"), ("P+<>c__DisplayClass3_0", "m")],
        ],
        &[
            "P+<>c__DisplayClass1_0 = P+<>c__DisplayClass1_0",
            "P+<>c__DisplayClass2_0 = -",
            "- = P+<>c__DisplayClass3_0",
        ],
        &[],
    );
}

#[test]
fn within_one_run_names_do_not_change() {
    let dumps = [vec![("P+<Park>d__6", "m")], vec![("P+<Park>d__7", "m")]];
    assert_eq!(match_in(true, &dumps).groups.len(), 2);
    assert_eq!(match_in(false, &dumps).groups.len(), 1);
}

#[test]
fn a_type_may_move_to_another_module() {
    check(
        &[vec![("Shop.Cart", "shop.dll")], vec![("Shop.Cart", "cart.dll")]],
        &["Shop.Cart = Shop.Cart"],
        &[],
    );
    check(
        &[
            vec![("Plug.In", "plugin-1.2.3.dll"), ("Plug.In", "x.dll")],
            vec![("Plug.In", "plugin-1.3.0.dll"), ("Plug.In", "y.dll")],
        ],
        &["Plug.In = Plug.In", "Plug.In = Plug.In"],
        &[],
    );
}

#[test]
fn a_group_that_is_away_for_a_dump_is_recognised() {
    check(
        &[vec![("A", "m"), ("B", "m")], vec![("B", "m")], vec![("A", "m")]],
        &["A = - = A", "B = B = -"],
        &[],
    );
}

#[test]
fn values_are_matched_as_they_are() {
    let column = |values: [ValueRef<'static>; 2]| AnswerColumn::new("gen", Kind::Integer, values);
    let (before, after) =
        (column([ValueRef::Integer(1), ValueRef::Null]), column([ValueRef::Null, ValueRef::Integer(11)]));
    let keys = |column| (vec![KeyColumn { column, part: KeyPart::Value }], 2);
    let matched = matched(&[keys(&before), keys(&after)], false);
    assert_eq!(matched.groups, [vec![Some(0), None], vec![Some(1), Some(0)], vec![None, Some(1)]]);
}

#[test]
fn rows_with_the_same_keys_are_matched_in_their_order() {
    let twice = vec![("A", "m"), ("A", "m")];
    let matched = match_all(&[twice.clone(), twice]);
    assert_eq!(matched.groups, [vec![Some(0), Some(0)], vec![Some(1), Some(1)]]);
}

/// Names of a few types in a few builds.
fn rows() -> impl Strategy<Value = Vec<(String, String)>> {
    let name =
        prop_oneof!["[AB]", "[AB]\\+<>c__DisplayClass[0-3]_0", "[AB]\\+<M>d__[0-3]", "L<[AB]\\+<M>d__[0-3]>"];
    prop::collection::btree_set((name, "[mn]"), 0..12).prop_map(|rows| rows.into_iter().collect())
}

fn borrowed(rows: &[(String, String)]) -> Vec<Row<'_>> {
    rows.iter().map(|(name, module)| (name.as_str(), module.as_str())).collect()
}

proptest! {
    #[test]
    fn every_row_is_in_one_group(dumps in prop::collection::vec(rows(), 1..4)) {
        let dumps: Vec<_> = dumps.iter().map(|rows| borrowed(rows)).collect();
        let matched = match_all(&dumps);
        for (at, rows) in dumps.iter().enumerate() {
            let mut met: Vec<usize> = matched.groups.iter().filter_map(|group| group[at]).collect();
            met.sort_unstable();
            prop_assert_eq!(met, (0..rows.len()).collect::<Vec<_>>());
        }
        prop_assert!(matched.groups.iter().all(|group| group.iter().any(Option::is_some)));
    }

    #[test]
    fn matching_is_symmetric(one in rows(), other in rows()) {
        let pairs = |matched: Matched, swapped: bool| {
            let mut pairs: Vec<_> = matched.groups.iter().map(|group| (group[0], group[1])).collect();
            if swapped {
                pairs = pairs.into_iter().map(|(a, b)| (b, a)).collect();
            }
            pairs.sort_unstable();
            pairs
        };
        let there = match_all(&[borrowed(&one), borrowed(&other)]);
        let back = match_all(&[borrowed(&other), borrowed(&one)]);
        prop_assert_eq!(pairs(there, false), pairs(back, true));
    }

    #[test]
    fn a_dump_is_matched_with_itself(rows in rows()) {
        let matched = match_all(&[borrowed(&rows), borrowed(&rows)]);
        prop_assert_eq!(matched.groups.len(), rows.len());
        prop_assert!(matched.groups.iter().all(|group| group[0] == group[1]));
        prop_assert!(matched.ambiguous.is_empty());
    }

    #[test]
    fn the_order_of_rows_does_not_matter(one in rows(), other in rows()) {
        let names = |rows: &[Row<'_>], at: Option<usize>| at.map(|at| format!("{:?}", rows[at]));
        let pairs = |one: &[Row<'_>], other: &[Row<'_>]| {
            let matched = match_all(&[one.to_vec(), other.to_vec()]);
            let pair = |group: &Vec<Option<usize>>| (names(one, group[0]), names(other, group[1]));
            let mut pairs: Vec<_> = matched.groups.iter().map(pair).collect();
            pairs.sort_unstable();
            pairs
        };
        let (one, other) = (borrowed(&one), borrowed(&other));
        let reversed: Vec<_> = other.iter().rev().copied().collect();
        prop_assert_eq!(pairs(&one, &other), pairs(&one, &reversed));
    }
}
