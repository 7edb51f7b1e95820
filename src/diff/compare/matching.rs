//! Which rows of several answers are of the same group: by exact keys first, then by what the names of types come from.
//!
//! Within one run of a process a type keeps its name, and nothing else is needed. Between runs and builds the numbers in
//! generated names change ([`names`]), and so do the names of modules that are copied or generated. Rows that no other row
//! has the exact keys of are matched by such keys where that leaves no choice. Where it does, they are left apart: a type
//! that is told to be new is a smaller harm than growth that was put together from two types.

use std::borrow::Cow;
use std::fmt::Write as _;

use rustc_hash::{FxHashMap, FxHashSet};

use super::names;
use crate::query::{AnswerColumn, ValueRef};

/// How the values of a key column are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyPart {
    /// As they are.
    Value,
    /// As names of types.
    TypeName,
    /// As names of modules.
    Module,
}

impl KeyPart {
    /// How a column of that name is matched.
    pub(super) fn of_column(name: &str) -> KeyPart {
        match name {
            "type" => KeyPart::TypeName,
            "module" => KeyPart::Module,
            name if name.ends_with("_type") => KeyPart::TypeName,
            _ => KeyPart::Value,
        }
    }
}

/// A column of keys of one dump.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyColumn<'a> {
    /// Its values.
    pub(super) column: &'a AnswerColumn,
    /// How they are matched.
    pub(super) part: KeyPart,
}

/// Rows of several dumps that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Matched {
    /// For each group its row in each dump, in the order in which they were met.
    pub(super) groups: Vec<Vec<Option<usize>>>,
    /// Rows that could have been matched in several ways and were not: a name of each lot, in the order of dumps.
    pub(super) ambiguous: Vec<String>,
}

/// Matches the rows of dumps. Each of `dumps` is the key columns of one, in the same order, and its number of rows.
/// In dumps of one run of a process (`one_run`) names do not change, so that only equal ones are matched.
pub(super) fn matched(dumps: &[(Vec<KeyColumn<'_>>, usize)], one_run: bool) -> Matched {
    let mut matched = Matched::default();
    // The exact keys of each group in the last dump that has it.
    let mut latest: Vec<RowKeys> = Vec::new();
    for (at, (columns, rows)) in dumps.iter().enumerate() {
        let keys: Vec<RowKeys> = (0..*rows).map(|row| RowKeys::of(columns, row)).collect();
        let round = Round { known: &latest, new: &keys };
        let mut taken = round.exactly();
        if !one_run {
            round.by_what_names_come_from(&mut taken, &mut matched.ambiguous);
        }
        for (row, (keys, group)) in keys.into_iter().zip(taken).enumerate() {
            let group = group.unwrap_or_else(|| {
                matched.groups.push(vec![None; dumps.len()]);
                latest.push(RowKeys::default());
                matched.groups.len() - 1
            });
            matched.groups[group][at] = Some(row);
            latest[group] = keys;
        }
    }
    matched
}

/// The keys of a row, from the narrowest to the widest.
#[derive(Clone, Debug, Default)]
struct RowKeys {
    exact: String,
    /// Names of types and modules by their keys; empty where that is the exact key.
    by_name: String,
    /// The names of types as they are, of any module; empty where no module is among the keys.
    of_any_module: String,
    /// A name for messages.
    shown: String,
}

impl RowKeys {
    fn of(columns: &[KeyColumn<'_>], row: usize) -> RowKeys {
        let mut keys = RowKeys::default();
        for KeyColumn { column, part } in columns {
            let value = column.value(row);
            let text = spelled(&value);
            let key = match (part, &value) {
                (KeyPart::TypeName, ValueRef::Text(name)) => names::key(name),
                (KeyPart::Module, ValueRef::Text(name)) => names::module_key(name),
                _ => Cow::Borrowed(&*text),
            };
            push_part(&mut keys.by_name, &key);
            if *part != KeyPart::Module {
                push_part(&mut keys.of_any_module, &text);
            }
            if *part == KeyPart::TypeName && keys.shown.is_empty() {
                keys.shown.push_str(&text);
            }
            push_part(&mut keys.exact, &text);
        }
        if keys.by_name == keys.exact {
            keys.by_name.clear();
        }
        if columns.iter().all(|column| column.part != KeyPart::Module) {
            keys.of_any_module.clear();
        }
        keys
    }

    /// The key by which names are matched.
    fn name_key(&self) -> &str {
        if self.by_name.is_empty() { &self.exact } else { &self.by_name }
    }
}

/// A value as text; different for different values of one column.
fn spelled<'v>(value: &'v ValueRef<'_>) -> Cow<'v, str> {
    match value {
        ValueRef::Null => Cow::Borrowed("\0"),
        ValueRef::Text(text) => Cow::Borrowed(text),
        ValueRef::Integer(number) => Cow::Owned(number.to_string()),
        ValueRef::Bytes(number) => Cow::Owned(number.to_string()),
        other => Cow::Owned(format!("{other:?}")),
    }
}

/// Adds a part of a key so that no two rows of parts read alike: its length in front.
fn push_part(key: &mut String, part: &str) {
    write!(key, "{}:{part}", part.len()).expect("writing to a String does not fail");
}

/// The rows of one more dump beside the groups that are known.
struct Round<'a> {
    known: &'a [RowKeys],
    new: &'a [RowKeys],
}

/// The groups and rows that have a key in common and are not matched yet.
#[derive(Debug, Default)]
struct Lot {
    known: Vec<usize>,
    new: Vec<usize>,
    /// Whether groups and rows with this key have equal exact keys: then the names are those of one build.
    one_build: bool,
}

impl Round<'_> {
    /// The group of each new row that has the same keys; `None` for those that have none.
    fn exactly(&self) -> Vec<Option<usize>> {
        let mut by_key: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        // From the end, so that of several groups with one key the first is taken first.
        for (group, keys) in self.known.iter().enumerate().rev() {
            by_key.entry(&keys.exact).or_default().push(group);
        }
        self.new.iter().map(|keys| by_key.get_mut(&*keys.exact).and_then(Vec::pop)).collect()
    }

    /// Finds groups for the rows that have none yet.
    fn by_what_names_come_from(&self, group_of: &mut [Option<usize>], ambiguous: &mut Vec<String>) {
        let mut is_taken = vec![false; self.known.len()];
        group_of.iter().flatten().for_each(|&group| is_taken[group] = true);
        let settled = self.by_names(group_of, &mut is_taken, ambiguous);
        self.of_any_module(group_of, &mut is_taken, &settled);
    }

    /// Matches by the keys of names. Returns the keys that were found to be ambiguous: their rows stay apart.
    fn by_names<'k>(
        &'k self,
        group_of: &mut [Option<usize>],
        is_taken: &mut [bool],
        ambiguous: &mut Vec<String>,
    ) -> FxHashSet<&'k str> {
        let mut lots = lots(self, group_of, is_taken, RowKeys::name_key);
        for (keys, group) in self.new.iter().zip(&*group_of) {
            if let (Some(_), Some(lot)) = (group, lots.get_mut(keys.name_key())) {
                lot.one_build = true;
            }
        }
        let mut settled = FxHashSet::default();
        let mut lots: Vec<_> = lots.into_iter().filter(|(_, lot)| lot.is_on_both_sides()).collect();
        lots.sort_unstable_by_key(|(_, lot)| lot.new.first().copied());
        for (key, mut lot) in lots {
            if lot.one_build || lot.known.len() != lot.new.len() {
                settled.insert(key);
                if !lot.one_build {
                    ambiguous.push(self.new[lot.new[0]].shown.clone());
                }
                continue;
            }
            lot.known.sort_by_cached_key(|&group| numbers(&self.known[group].shown));
            lot.new.sort_by_cached_key(|&row| numbers(&self.new[row].shown));
            for (group, row) in lot.known.into_iter().zip(lot.new) {
                group_of[row] = Some(group);
                is_taken[group] = true;
            }
        }
        settled
    }

    /// Matches names that one group and one row are left with, whatever their module.
    fn of_any_module(
        &self,
        group_of: &mut [Option<usize>],
        is_taken: &mut [bool],
        settled: &FxHashSet<&str>,
    ) {
        for (key, lot) in lots(self, group_of, is_taken, |keys| &keys.of_any_module) {
            if let ([group], [row]) = (&lot.known[..], &lot.new[..])
                && !key.is_empty()
                && !settled.contains(self.new[*row].name_key())
                && !settled.contains(self.known[*group].name_key())
            {
                group_of[*row] = Some(*group);
                is_taken[*group] = true;
            }
        }
    }
}

impl Lot {
    fn is_on_both_sides(&self) -> bool {
        !self.known.is_empty() && !self.new.is_empty()
    }
}

/// What is not matched yet, by a key.
fn lots<'k>(
    round: &'k Round<'_>,
    group_of: &[Option<usize>],
    is_taken: &[bool],
    key: impl Fn(&'k RowKeys) -> &'k str,
) -> FxHashMap<&'k str, Lot> {
    let mut lots: FxHashMap<&str, Lot> = FxHashMap::default();
    for (row, keys) in round.new.iter().enumerate().filter(|(row, _)| group_of[*row].is_none()) {
        lots.entry(key(keys)).or_default().new.push(row);
    }
    for (group, keys) in round.known.iter().enumerate().filter(|(group, _)| !is_taken[*group]) {
        if let Some(lot) = lots.get_mut(key(keys)) {
            lot.known.push(group);
        }
    }
    lots
}

/// The numbers in a text, by which generated names follow each other in the source.
fn numbers(text: &str) -> Vec<u64> {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    runs.map(|digits| digits.parse().unwrap_or(u64::MAX)).collect()
}

#[cfg(test)]
mod tests;
