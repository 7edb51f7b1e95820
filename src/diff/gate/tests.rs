use super::*;
use crate::query::{AnswerColumn, Kind, ValueRef};

/// Types with their sizes in two dumps.
fn comparison() -> Answer {
    let rows: [(&str, i128, i128); 4] = [
        ("Shop.Cart", 1 << 20, 30 << 20),
        ("Shop.Item", 8 << 20, 60 << 20),
        ("System.String", 40 << 20, 41 << 20),
        ("Shop.Old", 90 << 20, 0),
    ];
    let column = |name, kind, of: fn(&(&'static str, i128, i128)) -> ValueRef<'static>| {
        AnswerColumn::new(name, kind, rows.iter().map(of))
    };
    let columns = vec![
        column("type", Kind::Text, |r| ValueRef::Text(r.0)),
        column("count_1", Kind::Integer, |r| ValueRef::Integer(r.1 / 1024)),
        column("count_delta", Kind::Integer, |r| ValueRef::Integer((r.2 - r.1) / 1024)),
        column("size_1", Kind::Bytes, |r| ValueRef::Bytes(r.1 as u64)),
        column("size_2", Kind::Bytes, |r| ValueRef::Bytes(r.2 as u64)),
        column("size_delta", Kind::Bytes, |r| ValueRef::Integer(r.2 - r.1)),
        column("status", Kind::Text, |r| ValueRef::Text(if r.2 > r.1 { "grew" } else { "gone" })),
    ];
    Answer { columns, ..Answer::default() }
}

/// The types for which a condition holds, and the number of rows that it was about.
fn failing(condition: &str) -> (Vec<String>, u64) {
    let verdict = evaluate(condition, &comparison()).unwrap();
    let types = verdict.failing.columns.iter().find(|c| c.name == "type");
    let text = |value| if let ValueRef::Text(text) = value { text.to_owned() } else { panic!("text") };
    let types = types.map(|c| (0..c.len()).map(|row| text(c.value(row))).collect());
    assert_eq!(verdict.holds(), verdict.failing.row_count() > 0);
    (types.unwrap_or_default(), verdict.looked_at)
}

fn names<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

/// What is said of a wrong condition.
fn refused(condition: &str) -> String {
    match evaluate(condition, &comparison()) {
        Err(QueryError::Statement(diagnostic)) => diagnostic.render(condition),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_fail_the_biggest_first_whatever_the_comparison_shows_first() {
    assert_eq!(failing("size_delta > 10mb"), (names(["Shop.Item", "Shop.Cart"]), 4));
    assert_eq!(
        failing("size_delta > 500kb where type like 'S%m.%' or count_1 < 2000"),
        (names(["Shop.Cart", "System.String"]), 2)
    );
    assert_eq!(failing("size_delta < -1mb or size_delta > 50mb").0, names(["Shop.Old", "Shop.Item"]));
    assert_eq!(failing("status = 'gone'").0, names(["Shop.Old"]));
}

#[test]
fn a_condition_that_no_row_meets_is_passed_and_tells_how_many_rows_it_looked_at() {
    assert_eq!(failing("size_delta > 1gb"), (Vec::new(), 4));
    assert_eq!(failing("size_delta > 1mb where type like 'Shpo.%'"), (Vec::new(), 0));
}

#[test]
fn aggregates_are_over_all_rows_that_pass() {
    let verdict =
        |condition| evaluate(condition, &comparison()).map(|v| (v.holds(), v.looked_at, v.failing)).unwrap();
    assert!(!verdict("sum(size_2) > 1.1 * sum(size_1)").0);
    let (holds, looked_at, row) =
        verdict("sum(size_2) > 1.1 * sum(size_1) and max(size_delta) > 1mb where status = 'grew'");
    let values: Vec<_> = row.columns.iter().map(|c| (c.name.as_str(), c.value(0))).collect();
    assert_eq!((holds, looked_at, row.row_count()), (true, 3, 1));
    let sums = [
        ("sum(size_2)", ValueRef::Bytes(131 << 20)),
        ("sum(size_1)", ValueRef::Bytes(49 << 20)),
        ("max(size_delta)", ValueRef::Bytes(52 << 20)),
    ];
    assert_eq!(values, sums);
    assert!(verdict("count(*) >= 3 where type like 'Shop.%'").0);
    assert!(!verdict("sum(size_2) > 0 where type = 'None'").0, "a sum of no rows is null");
}

#[test]
fn wrong_conditions_are_told_with_their_place() {
    let told = refused("sise_delta > 10mb");
    assert!(told.starts_with("error: the comparison has no column `sise_delta`\n"), "{told}");
    assert!(told.contains("1 | sise_delta > 10mb\n  | ^^^^^^^^^^\n"), "{told}");
    assert!(told.contains("did you mean `size_delta`?"), "{told}");
    for (condition, expected) in [
        ("size > 10mb", "did you mean `size_delta`?"),
        ("count > 10", "did you mean `count_delta`? `count(*)` is the number of rows"),
        ("count_delta > 10 where count > 1", "did you mean `count_delta`?"),
        ("size_delta", "this is a number of bytes, where a condition is wanted"),
        ("type > 10mb", "^"),
        ("size_delta > 10mb where", "the condition ends too early"),
        ("size_delta > 10mb were type = 'x'", "did you mean `where`?"),
        ("  ", "there is no condition"),
        ("sum(size_1) > 1 and size_delta > 1", "`size_delta` is of single rows"),
        ("size_1 > 1 where sum(size_1) > 1", "has no place in `where`"),
        ("type in (select type from objects)", "the rows are those of the comparison: no dump is asked"),
        ("this.Name = 'x'", "^"),
    ] {
        let told = refused(condition);
        assert!(told.contains(expected), "{condition}: {told}");
    }
}

#[test]
fn selects_among_the_rows_may_stand_behind_in() {
    let condition = "size_delta > 0 where type in (select type order by size_2 desc limit 1)";
    assert_eq!(failing(condition), (names(["Shop.Item"]), 1));
}
