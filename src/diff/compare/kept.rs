//! Answers to grouped selects as baselines keep them, and back.

use std::sync::Arc;

use serde_json::Value;

use crate::bytes::Addr;
use crate::diff::profile::{KeptAnswer, KeptColumn, Profile};
use crate::error::{Error, ErrorKind};
use crate::query::{Answer, AnswerColumn, GroupedAnswer, GroupedSelect, Kind, QueryError, Role, ValueRef};
use crate::units::real_word;

/// The answer to a select, to be kept.
pub fn keep(select: &GroupedSelect, grouped: &GroupedAnswer) -> KeptAnswer {
    let columns = grouped.answer.columns.iter().zip(&grouped.roles).map(|(column, role)| KeptColumn {
        name: column.name.clone(),
        kind: column.kind.word().to_owned(),
        measure: *role != Role::Key,
        total: *role == Role::Total,
    });
    let row = |row| grouped.answer.columns.iter().map(|column| json(&column.value(row))).collect();
    KeptAnswer {
        query: select.text().trim().to_owned(),
        columns: columns.collect(),
        rows: (0..grouped.answer.row_count()).map(row).collect(),
    }
}

/// What a baseline kept of a select, whatever its spelling.
///
/// # Errors
/// It kept nothing of it, or what it kept is no answer.
pub(super) fn answer(select: &GroupedSelect, profile: &Profile) -> Result<GroupedAnswer, QueryError> {
    let asked = select.canonical();
    let is_of =
        |kept: &&KeptAnswer| GroupedSelect::parse(&kept.query).is_ok_and(|of| of.canonical() == asked);
    let Some(kept) = profile.answers.iter().find(is_of) else {
        let file = &profile.dump.file;
        let error = Error::new(
            ErrorKind::Unsupported,
            format!("the baseline of {file} has no answer to this select"),
        )
        .hint(format!(
            "make one that has, from the dump: heapql snapshot {file} -o base.json -e \"{asked}\""
        ));
        return Err(Arc::new(error).into());
    };
    restored(kept).ok_or_else(|| {
        let message =
            format!("the baseline of {} holds an answer that is none: {}", profile.dump.file, kept.query);
        Arc::new(Error::new(ErrorKind::Malformed, message).hint("make the baseline again")).into()
    })
}

/// The answer that was kept; `None` where its rows and columns do not fit.
fn restored(kept: &KeptAnswer) -> Option<GroupedAnswer> {
    if kept.rows.iter().any(|row| row.len() != kept.columns.len()) {
        return None;
    }
    let (mut columns, mut roles) = (Vec::new(), Vec::new());
    for (at, column) in kept.columns.iter().enumerate() {
        let kind = Kind::of_word(&column.kind)?;
        let values = kept.rows.iter().map(|row| value(kind, &row[at])).collect::<Option<Vec<_>>>()?;
        columns.push(AnswerColumn::new(column.name.clone(), kind, values));
        roles.push(match kind {
            _ if !column.measure => Role::Key,
            Kind::Integer | Kind::Real | Kind::Bytes if column.total => Role::Total,
            Kind::Integer | Kind::Real | Kind::Bytes => Role::Figure,
            _ => Role::Word,
        });
    }
    // The first sum decides on the order, as it does in a select; a count is no sum.
    let is_sum = |at: &usize| roles[*at] == Role::Total && kept.columns[*at].name != "count";
    let leading = (0..roles.len()).find(is_sum).or_else(|| roles.iter().position(|role| role.is_measure()));
    Some(GroupedAnswer { answer: Answer { columns, ..Answer::default() }, roles, leading })
}

/// A value as answers in JSON have it.
fn json(value: &ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Text(text) => Value::from(*text),
        ValueRef::Integer(number) => whole(*number),
        ValueRef::Bytes(bytes) => Value::from(*bytes),
        ValueRef::Real(number) if number.is_finite() => Value::from(*number),
        ValueRef::Real(number) => Value::from(real_word(*number)),
        ValueRef::Address(address) => Value::from(format!("{:#x}", address.0)),
        ValueRef::Boolean(truth) => Value::from(*truth),
        ValueRef::List(items) => items.iter().map(json).collect(),
    }
}

/// A whole number; one that is too large for JSON as programs read it, as a real one.
fn whole(number: i128) -> Value {
    let small = i64::try_from(number).map(Value::from).or_else(|_| u64::try_from(number).map(Value::from));
    small.unwrap_or_else(|_| Value::from(number as f64))
}

/// A value of a column of `kind`; `None` where it is none.
fn value(kind: Kind, json: &Value) -> Option<ValueRef<'_>> {
    match (kind, json) {
        (_, Value::Null) => Some(ValueRef::Null),
        (Kind::Text | Kind::Value, Value::String(text)) => Some(ValueRef::Text(text)),
        (Kind::Boolean | Kind::Value, Value::Bool(truth)) => Some(ValueRef::Boolean(*truth)),
        (Kind::Address, Value::String(text)) => {
            let address = u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()?;
            Some(ValueRef::Address(Addr(address)))
        }
        (Kind::Real, Value::String(word)) => match word.as_str() {
            "NaN" => Some(ValueRef::Real(f64::NAN)),
            "Infinity" => Some(ValueRef::Real(f64::INFINITY)),
            "-Infinity" => Some(ValueRef::Real(f64::NEG_INFINITY)),
            _ => None,
        },
        (Kind::Real, Value::Number(number)) => number.as_f64().map(ValueRef::Real),
        (Kind::Integer | Kind::Bytes | Kind::Value, Value::Number(number)) => {
            let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            let whole =
                whole.or_else(|| (kind != Kind::Value).then(|| number.as_f64().map(|n| n as i128))?);
            whole.map(ValueRef::Integer).or_else(|| number.as_f64().map(ValueRef::Real))
        }
        (Kind::List | Kind::Value, Value::Array(items)) => {
            items.iter().map(|item| value(Kind::Value, item)).collect::<Option<Vec<_>>>().map(ValueRef::List)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped() -> GroupedAnswer {
        use ValueRef::{Address, Boolean, Bytes, Integer, List, Null, Real, Text};
        let columns = vec![
            AnswerColumn::new("type", Kind::Text, [Text("A"), Null]),
            AnswerColumn::new("mt", Kind::Address, [Address(Addr(0x7f00)), Null]),
            AnswerColumn::new("count", Kind::Integer, [Integer(7), Integer(-1)]),
            AnswerColumn::new("size", Kind::Bytes, [Bytes(u64::MAX), Null]),
            AnswerColumn::new("avg(size)", Kind::Real, [Real(0.5), Real(f64::INFINITY)]),
            AnswerColumn::new("first(finalizable)", Kind::Boolean, [Boolean(true), Null]),
            AnswerColumn::new("first(lengths)", Kind::List, [List(vec![Integer(3)]), Null]),
        ];
        use Role::{Figure, Key, Total, Word};
        let roles = vec![Key, Key, Total, Total, Figure, Word, Word];
        GroupedAnswer { answer: Answer { columns, ..Answer::default() }, roles, leading: Some(3) }
    }

    fn select(text: &str) -> GroupedSelect {
        GroupedSelect::parse(text).unwrap()
    }

    const SELECT: &str = "select type, mt, count, size group by type, mt";

    #[test]
    fn what_is_kept_comes_back() {
        let kept = keep(&select(SELECT), &grouped());
        let written = serde_json::to_string(&kept).unwrap();
        let profile =
            Profile { answers: vec![serde_json::from_str(&written).unwrap()], ..Profile::default() };
        let other_spelling = "SELECT type, mt, count, size GROUP BY type, mt order by size desc limit 3";
        let back = answer(&select(other_spelling), &profile).unwrap();
        let before = grouped();
        assert_eq!((back.roles, back.leading), (before.roles, before.leading));
        for (back, before) in back.answer.columns.iter().zip(&before.answer.columns) {
            let values = |column: &AnswerColumn| {
                (0..2).map(|row| format!("{:?}", column.value(row))).collect::<Vec<_>>()
            };
            assert_eq!((&back.name, back.kind, values(back)), (&before.name, before.kind, values(before)));
        }
    }

    #[test]
    fn a_select_that_was_not_kept_is_told_with_how_to_keep_it() {
        let kept = keep(&select(SELECT), &grouped());
        let dump = crate::diff::profile::DumpFacts { file: "a.core".into(), ..Default::default() };
        let profile = Profile { answers: vec![kept], dump, ..Profile::default() };
        let error = answer(&select("select gen, size group by gen"), &profile).unwrap_err();
        let QueryError::Data(error) = error else { panic!("{error:?}") };
        assert_eq!(error.to_string(), "the baseline of a.core has no answer to this select");
        let hint = error.hint_text().unwrap();
        assert!(hint.ends_with("-e \"select gen, size group by gen\""), "{hint}");
    }

    #[test]
    fn a_damaged_answer_is_refused() {
        let damages: [fn(&mut KeptAnswer); 3] = [
            |kept| kept.rows[0].truncate(2),
            |kept| kept.columns[2].kind = "colour".into(),
            |kept| kept.rows[1][2] = Value::from("seven"),
        ];
        for damage in damages {
            let mut kept = keep(&select(SELECT), &grouped());
            damage(&mut kept);
            let profile = Profile { answers: vec![kept], ..Profile::default() };
            let error = answer(&select(SELECT), &profile).unwrap_err();
            assert!(error.to_string().contains("holds an answer that is none"), "{error}");
        }
    }
}
