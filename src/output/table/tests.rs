//! Tables as they look, and what must never happen to them.

use super::*;
use crate::output::{Document, samples};
use crate::query::Answer;

fn table(answer: &Answer, width: Option<usize>) -> String {
    let mut out = Vec::new();
    TableWriter::new(Screen { width, terminal: width.is_some() })
        .write(&Document { answer, dumps: &[], problems: &[], prose: false }, &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn numbers_stand_on_the_right_with_separators() {
    assert_eq!(
        table(&samples::types(), None),
        "type           count    size\n\
         ────────────────────────────\n\
         Zoo.Dog        1,013  72,936\n\
         System.String      7       -\n"
    );
}

#[test]
fn every_kind_of_cell_is_shown_on_one_line() {
    let text = table(&samples::every_kind(), None);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(
        lines[2].starts_with(r#"a "quoted", text\r\n\u001b[31mred\u001b[0m \u202egnp.exe 犬 =1+1\u0000"#)
    );
    assert!(lines[2].ends_with("-5  72.5  18,446,744,073,709,551,615  0x7f0000001000  true"), "{text}");
    assert!(
        lines[4].ends_with("9,007,199,254,740,993   NaN                           0  0x0             false")
    );
}

#[test]
fn a_heading_stands_above_and_values_have_no_separators() {
    assert_eq!(
        table(&samples::with_heading(), None),
        "type     Zoo.Dog\n\
         address  0x7f0000001000\n\
         size     72\n\
         \n\
         field     value\n\
         ──────────────────────────────\n\
         _id       1234567\n\
         _on       true\n\
         _share    0.25\n\
         _next     0x7f0000001000\n\
         _nan      NaN\n\
         _no       -\n\
         _all      18446744073709551615\n\
         _lengths  [3,4]\n"
    );
}

#[test]
fn wide_names_are_shortened_to_the_terminal() {
    let mut answer = samples::types();
    answer.columns[0] = samples::text_column(
        "type",
        &[Some("System.Collections.Generic.Dictionary<System.String, Zoo.Dog>"), None],
    );
    let text = table(&answer, Some(60));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[2], "System.Collections.Gen…ystem.String, Zoo.Dog>  1,013  72,936");
    assert!(lines.iter().all(|line| line.width() <= 60), "{text}");
}

#[test]
fn names_are_whole_in_a_pipe() {
    let name = "N".repeat(1500);
    assert!(table(&samples::one_text(&[&name]), None).contains(&name));
}

#[test]
fn a_text_of_a_megabyte_does_not_pad_every_row_to_a_megabyte() {
    let huge = "x".repeat(1 << 20);
    let text = table(&samples::one_text(&[&huge, "small"]), None);
    assert!(text.len() < 10 * MAX_COLUMN_WIDTH, "{} bytes", text.len());
    assert!(text.contains('…'));
}

#[test]
fn an_empty_answer_has_a_header() {
    assert_eq!(table(&samples::empty(), None), "type  size\n──────────\n");
}

#[test]
fn an_answer_without_columns_is_nothing() {
    assert_eq!(table(&Answer::default(), None), "");
}

#[test]
fn tables_are_separated_by_an_empty_line() {
    let (answer, mut out) = (samples::empty(), Vec::new());
    let mut writer = TableWriter::new(Screen::default());
    for _ in 0..2 {
        writer
            .write(&Document { answer: &answer, dumps: &[], problems: &[], prose: false }, &mut out)
            .unwrap();
    }
    assert_eq!(String::from_utf8(out).unwrap(), "type  size\n──────────\n\ntype  size\n──────────\n");
}

/// `count` rows of names of all lengths, wide characters among them, and numbers.
fn long(count: usize) -> Answer {
    let name = |i: usize| format!("{}{}{i}", "T".repeat(i % 40), if i.is_multiple_of(7) { "犬" } else { "" });
    let names: Vec<_> = (0..count).map(name).collect();
    let names: Vec<_> = names.iter().map(|name| (name.len() > 3).then_some(name.as_str())).collect();
    let integer = |n: i128| if n % 5 == 0 { ValueRef::Null } else { ValueRef::Integer(n * n) };
    let integers = (0..count as i128).map(integer);
    let booleans = (0..count).map(|n| ValueRef::Boolean(n % 2 == 0));
    Answer {
        columns: vec![
            samples::text_column("type", &names),
            AnswerColumn::new("square", Kind::Integer, integers),
            AnswerColumn::new("even", Kind::Boolean, booleans),
        ],
        ..Answer::default()
    }
}

#[test]
fn a_long_table_looks_like_a_short_one() {
    for answer in [long(300), samples::every_kind(), samples::types()] {
        let columns = lay_out(&answer, &natural_widths(&Rows::whole(&answer)).unwrap(), false, Some(70));
        let cells = answer.columns.iter().zip(&columns);
        let cells: Vec<_> = cells.map(|(of, column)| CellWriter::new(of, &column.notation)).collect();
        let (mut short, mut long) = (Vec::new(), Vec::new());
        push_laid_out(&columns, &cells, 0..answer.row_count(), &mut short);
        push_padded(&columns, &cells, 0..answer.row_count(), &mut long);
        assert_eq!(String::from_utf8(short).unwrap(), String::from_utf8(long).unwrap());
    }
}

#[test]
fn all_rows_of_a_long_table_are_aligned() {
    let mut answer = long(LONG + 10_000);
    answer.columns.truncate(2);
    let text = table(&answer, None);
    let widths: Vec<_> = text.lines().map(UnicodeWidthStr::width).collect();
    assert_eq!(widths.len(), LONG + 10_002);
    assert!(widths.iter().all(|&width| width == widths[0]), "numbers end in the same column everywhere");
}

#[test]
fn wide_characters_are_counted_as_two_columns() {
    let mut answer = samples::types();
    answer.columns[0] = samples::text_column("type", &[Some("犬犬"), Some("ab")]);
    answer.columns.truncate(2);
    assert_eq!(table(&answer, None), "type  count\n───────────\n犬犬  1,013\nab        7\n");
}

#[test]
fn sentences_are_wrapped_at_words() {
    let mut answer = samples::types();
    answer.columns[0] = samples::text_column("type", &[Some("describe"), Some("help")]);
    answer.columns[1] =
        samples::text_column("what", &[Some("Shows the columns of a table."), Some("Lists all.")]);
    answer.columns.truncate(2);
    let mut out = Vec::new();
    TableWriter::new(Screen { width: Some(28), terminal: true })
        .write(&Document { answer: &answer, dumps: &[], problems: &[], prose: true }, &mut out)
        .unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "type      what\n\
         ────────────────────────────\n\
         describe  Shows the columns\n          of a table.\n\
         help      Lists all.\n"
    );
}
