use std::fs::File;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::*;
use crate::output::samples;
use crate::query::{Cells, ValueRef};

fn written(answer: &Answer, constants: &[AnswerColumn]) -> (SerializedFileReader<File>, ParquetTotals) {
    let mut file = tempfile::tempfile().unwrap();
    let totals = write_parquet(&Rows::whole(answer), constants, &[("heapql.query", "q")], &mut file).unwrap();
    (SerializedFileReader::new(file).unwrap(), totals)
}

fn rows(reader: &SerializedFileReader<File>) -> Vec<Vec<(String, Field)>> {
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| {
        row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect()
    })
    .collect()
}

fn named(name: &str, field: Field) -> (String, Field) {
    (name.to_owned(), field)
}

#[test]
fn every_kind_reads_back() {
    let (reader, totals) = written(&samples::every_kind(), &[]);
    let rows = rows(&reader);
    assert_eq!(totals, ParquetTotals { rows: 3, too_wide: 1 });
    let hostile = Field::Str(samples::HOSTILE.into());
    assert_eq!(
        rows[0],
        [
            named("text", hostile),
            named("integer", Field::Long(-5)),
            named("real", Field::Double(72.5)),
            // 2^64 - 1 bytes do not fit.
            named("bytes", Field::Null),
            named("address", Field::ULong(0x7f00_0000_1000)),
            named("boolean", Field::Bool(true)),
        ]
    );
    assert!(rows[1].iter().all(|(_, field)| *field == Field::Null));
    assert_eq!((&rows[2][0].1, &rows[2][3].1), (&Field::Str(String::new()), &Field::Long(0)));
}

#[test]
fn constants_stand_before_the_columns_and_values_are_json() {
    let constants = [
        samples::text_column("dump", &[Some("d1")]),
        AnswerColumn::new("clock_ms", Kind::Integer, [ValueRef::Null]),
    ];
    let (reader, _) = written(&samples::with_heading(), &constants);
    let rows = rows(&reader);
    assert!(rows.iter().all(|row| row[0] == named("dump", Field::Str("d1".into()))));
    assert!(rows.iter().all(|row| row[1] == named("clock_ms", Field::Null)));
    let values: Vec<&Field> = rows.iter().map(|row| &row[3].1).collect();
    let text = |text: &str| Field::Str(text.into());
    assert_eq!(*values[0], text("1234567"));
    assert_eq!(
        (values[3], values[5], values[7]),
        (&text("\"0x7f0000001000\""), &Field::Null, &text("[3,4]"))
    );
    let metadata = reader.metadata().file_metadata();
    assert!(metadata.created_by().unwrap().starts_with("heapql "));
    assert_eq!(metadata.key_value_metadata().unwrap()[0].value.as_deref(), Some("q"));
}

#[test]
fn row_groups_are_bounded_and_columns_that_share_a_name_are_told_apart() {
    let numbers = || Cells::unsigned((0..GROUP_ROWS as u64 + CHUNK as u64 + 5).collect());
    let column = || AnswerColumn { name: "n".into(), kind: Kind::Integer, cells: numbers() };
    let answer = Answer { columns: vec![column(), column()], ..Answer::default() };
    let (reader, totals) = written(&answer, &[]);
    assert_eq!(totals.rows, (GROUP_ROWS + CHUNK + 5) as u64);
    assert_eq!(reader.num_row_groups(), 2);
    let last = reader.get_row_iter(None).unwrap().last().unwrap().unwrap();
    let expected = Field::Long((GROUP_ROWS + CHUNK + 4) as i64);
    let fields: Vec<_> = last.get_column_iter().map(|(name, field)| (name.as_str(), field)).collect();
    assert_eq!(fields, [("n", &expected), ("n_2", &expected)]);
}

#[test]
fn an_empty_answer_is_a_file_with_its_columns() {
    let (reader, totals) = written(&samples::empty(), &[]);
    assert_eq!((totals.rows, reader.num_row_groups()), (0, 0));
    assert_eq!(reader.metadata().file_metadata().schema_descr().num_columns(), 2);
}

#[test]
fn terminals_and_second_answers_are_refused() {
    let shown = ParquetWriter::new(Screen { width: None, terminal: true });
    assert!(shown.refusal(&samples::types()).unwrap().hint_text().unwrap().contains("-o FILE"));
    let mut writer = ParquetWriter::new(Screen::default());
    assert!(writer.refusal(&samples::types()).is_none());
    writer.write_rows(&Rows::whole(&samples::types()), false, &mut Vec::new()).unwrap();
    assert!(writer.refusal(&samples::types()).is_some());
}
