//! The line below the answers of a word that those who know it look for.

use crate::query::{Answer, ValueRef};
use crate::units::grouped;

/// What is said below the answers of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closing {
    /// Nothing.
    #[default]
    Nothing,
    /// How many objects were counted, and their bytes: out of the last answer's columns `count` and `size`.
    Total,
    /// Whether anything is broken: out of the first answer's rows.
    Damage,
}

impl Closing {
    /// The line below an answer, which is that to statement number `at` of `count`; `None` when none is due there.
    pub fn line(self, answer: &Answer, at: usize, count: usize) -> Option<String> {
        // What could not be read was told; nothing is said of it that sounds as if it had been looked at.
        let unread = answer.row_count() == 0 && !answer.warnings.is_empty();
        match self {
            _ if unread => None,
            Closing::Nothing => None,
            Closing::Total => (at + 1 == count).then(|| total(answer)).flatten(),
            Closing::Damage => (at == 0).then(|| damage(answer)),
        }
    }
}

/// `Total 123 objects, 4,567 bytes`
fn total(answer: &Answer) -> Option<String> {
    let objects = sum(answer, "count")?;
    let bytes = sum(answer, "size").map(|bytes| format!(", {} bytes", grouped(bytes)));
    Some(format!("Total {} objects{}", grouped(objects), bytes.unwrap_or_default()))
}

fn damage(answer: &Answer) -> String {
    match answer.row_count() {
        0 => "No heap corruption detected.".to_owned(),
        1 => "1 error.".to_owned(),
        errors => format!("{} errors.", grouped(errors as i128)),
    }
}

/// The sum of a column of whole numbers; `None` when there is none of that name.
fn sum(answer: &Answer, name: &str) -> Option<i128> {
    let column = answer.columns.iter().find(|column| column.name == name)?;
    let number = |row| match column.value(row) {
        ValueRef::Integer(number) => number,
        ValueRef::Bytes(bytes) => i128::from(bytes),
        _ => 0,
    };
    Some((0..column.len()).map(number).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::query::{AnswerColumn, Kind};

    fn answer(rows: &[(i128, u64)]) -> Answer {
        let counts = rows.iter().map(|row| ValueRef::Integer(row.0));
        let sizes = rows.iter().map(|row| ValueRef::Bytes(row.1));
        let columns = vec![
            AnswerColumn::new("count", Kind::Integer, counts),
            AnswerColumn::new("size", Kind::Bytes, sizes),
        ];
        Answer { columns, ..Answer::default() }
    }

    #[test]
    fn totals_stand_below_the_last_answer() {
        let answer = answer(&[(1000, 24), (3, 5000)]);
        assert_eq!(Closing::Total.line(&answer, 0, 2), None);
        assert_eq!(Closing::Total.line(&answer, 1, 2).as_deref(), Some("Total 1,003 objects, 5,024 bytes"));
        assert_eq!(Closing::Total.line(&Answer::default(), 0, 1), None);
        assert_eq!(Closing::Nothing.line(&answer, 0, 1), None);
    }

    #[test]
    fn nothing_is_said_of_a_heap_that_could_not_be_read() {
        let warnings = vec![Problem::note("nothing of the heap can be read")];
        let answer = Answer { warnings, ..answer(&[]) };
        assert_eq!(Closing::Total.line(&answer, 0, 1), None);
        assert_eq!(Closing::Damage.line(&answer, 0, 1), None);
    }

    #[test]
    fn a_sound_heap_is_told_to_be_sound() {
        let line = |rows: &[(i128, u64)]| Closing::Damage.line(&answer(rows), 0, 2).unwrap();
        assert_eq!(line(&[]), "No heap corruption detected.");
        assert_eq!(line(&[(1, 1)]), "1 error.");
        assert_eq!(line(&[(1, 1), (2, 2)]), "2 errors.");
        assert_eq!(Closing::Damage.line(&answer(&[]), 1, 2), None);
    }
}
