//! Suspects as the answer to the statement `leaks`.

use super::Suspect;
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};

/// A row a suspect: score, rule, subject, module, then objects and bytes in each dump, the reason and what to ask next.
pub fn answer(suspects: &[Suspect], dumps: usize) -> Answer {
    let text = |name: &str, of: fn(&Suspect) -> Option<&str>| {
        let values = suspects.iter().map(|suspect| of(suspect).map_or(ValueRef::Null, ValueRef::Text));
        AnswerColumn::new(name, Kind::Text, values)
    };
    let score = suspects.iter().map(|suspect| ValueRef::Integer(suspect.score.into()));
    let mut columns = vec![
        AnswerColumn::new("score", Kind::Integer, score),
        text("rule", |suspect| Some(&suspect.rule)),
        text("subject", |suspect| Some(&suspect.subject)),
        text("module", |suspect| suspect.module.as_deref()),
    ];
    for dump in 0..dumps {
        let name = |name: &str| if dumps == 1 { name.to_owned() } else { format!("{name}_{}", dump + 1) };
        let counts = suspects.iter().map(|of| of.counts.get(dump));
        let counts = counts.map(|count| count.map_or(ValueRef::Null, |&n| ValueRef::Integer(n.into())));
        columns.push(AnswerColumn::new(name("count"), Kind::Integer, counts));
        let bytes = suspects.iter().map(|of| of.bytes.get(dump));
        let bytes = bytes.map(|bytes| bytes.map_or(ValueRef::Null, |&n| ValueRef::Bytes(n)));
        columns.push(AnswerColumn::new(name("bytes"), Kind::Bytes, bytes));
    }
    columns.push(text("reason", |suspect| Some(&suspect.reason)));
    columns.push(text("next", |suspect| suspect.next.as_deref()));
    Answer { columns, ..Answer::default() }
}
