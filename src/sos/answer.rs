//! Explanations as answers, so that every format can write them.

use super::Translation;
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};

/// Columns of text.
pub(super) fn texts<const N: usize>(query: String, names: [&str; N], rows: &[[String; N]]) -> Answer {
    let columns = names.iter().enumerate().map(|(at, name)| {
        AnswerColumn::new(*name, Kind::Text, rows.iter().map(|row| ValueRef::Text(&row[at])))
    });
    Answer { columns: columns.collect(), query, ..Answer::default() }
}

/// The statements that a line stands for, a row each.
pub(super) fn statements(translation: &Translation, line: &str) -> Answer {
    let rows: Vec<_> = translation.statements.iter().map(|statement| [statement.clone()]).collect();
    texts(line.to_owned(), ["statement"], &rows)
}
