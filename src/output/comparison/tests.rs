//! Comparisons as people and programs read them.

use super::*;
use crate::output::samples::{self, text_column};

fn totals(objects: u64, bytes: u64) -> HeapTotals {
    HeapTotals { objects, bytes, reachable: bytes, ..HeapTotals::default() }
}

/// Two types in three dumps.
fn types() -> Answer {
    let numbers =
        |name: &str, kind, values: [i128; 2]| AnswerColumn::new(name, kind, values.map(ValueRef::Integer));
    use Kind::{Boolean, Bytes, Integer, Text};
    let columns = vec![
        text_column("type", &[Some("Shop.Cart"), Some("Shop.\u{1b}[31mItem")]),
        text_column("module", &[Some("shop.dll"), None]),
        numbers("count_1", Integer, [1, 5]),
        numbers("count_2", Integer, [2, 5]),
        numbers("count_3", Integer, [1003, 4]),
        numbers("count_delta", Integer, [1002, -1]),
        numbers("size_1", Bytes, [16, 80]),
        numbers("size_2", Bytes, [32, 80]),
        numbers("size_3", Bytes, [16_048, 80]),
        numbers("size_delta", Bytes, [16_032, 0]),
        AnswerColumn::new("status", Text, ["grew", "shrank"].map(ValueRef::Text)),
        AnswerColumn::new("steady", Boolean, [true, false].map(ValueRef::Boolean)),
    ];
    Answer { columns, changes: vec![9, 5], ..Answer::default() }
}

fn table(answer: &Answer, left_out: usize, screen: Screen) -> String {
    let (one, two) = (totals(6, 96), totals(1007, 16_128));
    let dumps = [("a.core", &one), ("b.core", &one), ("c.core", &two)];
    let comparison = Comparison { answer, dumps: &dumps, left_out, is_limited: left_out > 0 };
    let mut out = Vec::new();
    write_comparison_table(&comparison, screen, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn dumps_and_changes_stand_in_columns() {
    assert_eq!(
        table(&types(), 0, Screen::default()),
        "\
dump       objects     +/-     size       +/-  reachable       +/-
@1 a.core        6             96 B                 96 B
@2 b.core        6             96 B                 96 B
@3 c.core    1,007  +1,001  15.8 KB  +15.7 KB    15.8 KB  +15.7 KB

type                   count     +/-  size @1    @2       @3       +/-  status
Shop.Cart              1,003  +1,002     16 B  32 B  15.7 KB  +15.7 KB  grew, steady
Shop.\\u001b[31mItem        4      -1     80 B  80 B     80 B            shrank
"
    );
}

#[test]
fn the_module_is_shown_where_types_share_a_name() {
    let mut answer = types();
    answer.columns[0] = text_column("type", &[Some("Shop.Cart"), Some("Shop.Cart")]);
    assert!(table(&answer, 0, Screen::default()).contains("type       module "));
}

#[test]
fn what_a_limit_left_out_is_counted() {
    assert!(
        table(&types(), 1, Screen::default())
            .ends_with("1 more row changed: --limit shows more, --format csv all\n")
    );
    assert!(table(&types(), 1234, Screen::default()).contains("\n1,234 more rows changed"));
}

#[test]
fn a_terminal_gets_a_screen_of_rows_and_lines_that_fit() {
    let rows = 100;
    let numbers =
        |name: &str| AnswerColumn::new(name, Kind::Bytes, (0..rows).map(|_| ValueRef::Integer(1 << 30)));
    let long = format!("Shop.{}Cart", "Very".repeat(50));
    let columns = vec![
        AnswerColumn::new("type", Kind::Text, (0..rows).map(|_| ValueRef::Text(&long))),
        numbers("size_1"),
        numbers("size_2"),
        numbers("size_delta"),
        AnswerColumn::new("status", Kind::Text, (0..rows).map(|_| ValueRef::Text("new"))),
    ];
    let answer = Answer { columns, changes: vec![3], ..Answer::default() };
    let text = table(&answer, 0, Screen { width: Some(80), terminal: true });
    assert!(text.lines().all(|line| line.width() <= 80), "{text}");
    assert!(text.contains("75 more rows changed"), "{text}");
    assert_eq!(text.matches("+1.0 GB").count(), MOST_ROWS);
}

#[test]
fn namespaces_go_where_there_is_no_room() {
    let narrow = Screen { width: Some(75), terminal: false };
    let text = table(&types(), 0, narrow);
    assert!(text.contains("\nCart  ") && !text.contains("Shop."), "{text}");
}

#[test]
fn nothing_changed() {
    let mut answer = types();
    for column in &mut answer.columns {
        column.cells = column.cells.gather(0..0);
    }
    assert!(table(&answer, 0, Screen::default()).ends_with("\n\nnothing changed\n"));
}

#[test]
fn the_document_has_the_rows_and_what_holds_the_growth() {
    let (answer, facts, totals) = (types(), samples::facts(), totals(1, 2));
    let document = Document { answer: &answer, dumps: &[&facts, &facts], problems: &[], prose: false };
    let remarks = [Problem::note("the same \"dump\" twice")];
    let mut out = Vec::new();
    write_comparison_json(&document, &[&totals, &totals], &GrowthSection::default(), &remarks, &mut out)
        .unwrap();
    let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(read["rows"][1][9], 0);
    assert_eq!(read["columns"][9], serde_json::json!({"name": "size_delta", "kind": "bytes"}));
    assert_eq!(read["totals"][1]["bytes"], 2);
    assert_eq!(read["growth"], serde_json::json!([]));
    assert_eq!(read["remarks"][0]["message"], "the same \"dump\" twice");
    assert_eq!(read["dumps"].as_array().unwrap().len(), 2);
}

#[test]
fn a_row_is_told_in_a_line() {
    assert_eq!(compared_row(&types(), 0), "Shop.Cart  count +1,002, size +15.7 KB");
    let sum = Answer {
        columns: vec![AnswerColumn::new("sum(size_3)", Kind::Bytes, [ValueRef::Bytes(2048)])],
        ..Answer::default()
    };
    assert_eq!(compared_row(&sum, 0), "sum(size_3) 2.0 KB");
}
