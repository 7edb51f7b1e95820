//! The types of dumps side by side.

use rustc_hash::FxHashMap;

use super::table::Table;
use super::{Thresholds, are_of_one_run, cut};
use crate::diff::growth::{Growth, Side};
use crate::diff::profile::TypeRow;
use crate::query::{Answer, AnswerColumn, GroupedAnswer, Kind, Role, ValueRef};

/// The types of the dumps side by side: `type`, `module`, then count, size and retained as comparisons have them. Types at
/// which growth begins (`growth`) come first, in its order, then all others by retained growth.
pub fn compare_types(sides: &[Side<'_>], growth: &[Growth], thresholds: &Thresholds) -> Answer {
    let answers: Vec<_> = sides.iter().map(|side| grouped(&side.profile.types)).collect();
    let Some(table) = Table::new(&answers, are_of_one_run(sides), thresholds) else {
        return Answer::default();
    };
    let begins = growth.iter().enumerate();
    let begins: FxHashMap<(&str, Option<&str>), usize> =
        begins.map(|(at, of)| ((of.type_name.as_str(), of.module.as_deref()), at)).collect();
    let rank = |rows: &[Option<usize>]| {
        let last = rows.last().copied().flatten().zip(sides.last());
        let row = last.and_then(|(row, side)| side.profile.types.get(row));
        row.and_then(|row| begins.get(&(row.name.as_str(), row.module.as_deref())).copied())
            .unwrap_or(usize::MAX)
    };
    // Nothing is said of the order, so that no name in it can be wrong.
    let mut answer = table.answer(&[], rank).unwrap_or_default();
    if let Some(limit) = thresholds.limit {
        cut(&mut answer, limit, 0);
    }
    answer
}

/// Types as the answer to a select that groups by them.
fn grouped(types: &[TypeRow]) -> GroupedAnswer {
    let number = |name: &str, kind, of: fn(&TypeRow) -> u64| {
        AnswerColumn::new(name, kind, types.iter().map(|row| ValueRef::Integer(of(row).into())))
    };
    let module = types.iter().map(|row| row.module.as_deref().map_or(ValueRef::Null, ValueRef::Text));
    let columns = vec![
        AnswerColumn::new("type", Kind::Text, types.iter().map(|row| ValueRef::Text(&row.name))),
        AnswerColumn::new("module", Kind::Text, module),
        number("count", Kind::Integer, |row| row.count),
        number("size", Kind::Bytes, |row| row.size),
        number("retained", Kind::Bytes, |row| row.retained),
    ];
    GroupedAnswer {
        answer: Answer { columns, ..Answer::default() },
        roles: vec![Role::Key, Role::Key, Role::Total, Role::Total, Role::Total],
        leading: Some(4),
    }
}
