//! The columns of a comparison: keys, each measure in each dump with its change, the status, and whether growth is steady.

use std::cmp::Ordering;

use super::Thresholds;
use super::amount::Amount;
use super::matching::{self, KeyColumn, KeyPart, Matched};
use crate::problem::Problem;
use crate::query::{Answer, AnswerColumn, GroupedAnswer, Kind, NamedOrder, Role, ValueRef};
use crate::units::grouped;

/// What became of a group from the first dump to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// The first dump does not have it.
    New,
    /// The last dump does not have it.
    Gone,
    /// The leading measure grew or, where that did not change, the first that did.
    Grew,
    /// The same the other way round.
    Shrank,
    /// It is in the last as it was in the first.
    Same,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::Grew => "grew",
            Self::Shrank => "shrank",
            Self::Same => "same",
        }
    }
}

/// A measure in each dump, for each group.
#[derive(Debug)]
struct Measure {
    name: String,
    kind: Kind,
    /// For each dump the values of all groups.
    values: Vec<Vec<Option<Amount>>>,
    /// The change from the first dump to the last, for all groups; `None` where either has no value.
    changes: Vec<Option<Amount>>,
}

/// A key of an order that is no column of the comparison.
#[derive(Debug)]
pub(super) struct UnknownColumn {
    /// The key.
    pub(super) key: NamedOrder,
    /// The columns that there are.
    pub(super) columns: Vec<String>,
}

/// Grouped answers side by side.
#[derive(Debug)]
pub(super) struct Table<'a> {
    sides: &'a [GroupedAnswer],
    /// An answer that has the columns; that of a dump without rows may have none.
    model: &'a GroupedAnswer,
    matched: Matched,
    measures: Vec<Measure>,
    /// Whether all dumps are known to be of one run of a process.
    one_run: bool,
    /// Which of the measures decides on status and order.
    leading: Option<usize>,
    /// The groups that are shown, by position.
    shown: Vec<usize>,
}

impl<'a> Table<'a> {
    /// Puts answers to one select side by side, oldest first; those without columns stand for dumps that have no rows.
    /// `None` when none has columns. Of the groups those are left out that `thresholds` names; its limit is for later.
    pub(super) fn new(
        sides: &'a [GroupedAnswer],
        one_run: bool,
        thresholds: &Thresholds,
    ) -> Option<Table<'a>> {
        let model = sides.iter().rev().find(|side| !side.roles.is_empty())?;
        let dumps: Vec<_> = sides.iter().map(|side| (key_columns(side), side.answer.row_count())).collect();
        let matched = matching::matched(&dumps, one_run);
        let is_measure = |at: &usize| model.roles[*at].is_measure();
        let places: Vec<usize> = (0..model.roles.len()).filter(is_measure).collect();
        let measures = places.iter().map(|&at| measure(sides, model, &matched, at)).collect();
        let leading = model.leading.and_then(|leading| places.iter().position(|&at| at == leading));
        let mut table = Table { sides, model, matched, measures, one_run, leading, shown: Vec::new() };
        let is_shown = |&group: &usize| {
            (thresholds.unchanged || table.is_different(group))
                && table.changes_by(group, thresholds.min_bytes)
        };
        table.shown = (0..table.matched.groups.len()).filter(is_shown).collect();
        Some(table)
    }

    /// Whether the largest change of a group in bytes is so large; always where nothing is measured in bytes.
    fn changes_by(&self, group: usize, min_bytes: u64) -> bool {
        let mut in_bytes = self.measures.iter().filter(|measure| measure.kind == Kind::Bytes).peekable();
        if min_bytes == 0 || in_bytes.peek().is_none() {
            return true;
        }
        let largest = in_bytes.filter_map(|measure| measure.changes[group]).map(Amount::magnitude).max();
        largest.is_some_and(|change| change >= u128::from(min_bytes))
    }

    /// The groups as rows: by `order` where it names columns, else those that grew most first; after that by keys.
    /// `rank` puts groups in front, the smallest first; it is asked for the positions of a group's row in each dump.
    ///
    /// # Errors
    /// A name in `order` is that of no column.
    pub(super) fn answer(
        self,
        order: &[NamedOrder],
        rank: impl Fn(&[Option<usize>]) -> usize,
    ) -> Result<Answer, UnknownColumn> {
        let mut columns = self.columns();
        let by = self.order(&columns, order)?;
        let ranks: Vec<usize> = self.shown.iter().map(|&group| rank(&self.matched.groups[group])).collect();
        let mut rows: Vec<usize> = (0..self.shown.len()).collect();
        let in_order = |&a: &usize, &b: &usize| {
            let by_columns =
                by.iter().map(|&(column, descending)| compare(&columns[column], a, b, descending));
            std::iter::once(ranks[a].cmp(&ranks[b]))
                .chain(by_columns)
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        };
        rows.sort_by(in_order);
        for column in &mut columns {
            column.cells = column.cells.gather(rows.iter().copied());
        }
        let is_change = |column: &AnswerColumn| column.name.ends_with(CHANGE) && column.kind != Kind::Text;
        let keys = self.model.roles.iter().filter(|role| **role == Role::Key).count();
        let mut changes: Vec<usize> = (keys..columns.len()).filter(|&at| is_change(&columns[at])).collect();
        if let Some(leading) = self.leading.filter(|&leading| leading < changes.len()) {
            changes[..=leading].rotate_right(1);
        }
        Ok(Answer { columns, changes, warnings: self.warnings(), ..Answer::default() })
    }

    fn warnings(&self) -> Vec<Problem> {
        let mut warnings = Vec::new();
        if let Some(first) = self.matched.ambiguous.first() {
            let count = self.matched.ambiguous.len();
            let others =
                if count > 1 { format!(" and {} more", grouped((count - 1) as i128)) } else { String::new() };
            warnings.push(Problem::note(format!(
                "generated names that differ in their numbers only were not matched from dump to dump, since there are \
                 several ways to: {first}{others}"
            )));
        }
        let of_addresses = key_columns(self.model).into_iter().find(|key| key.column.kind == Kind::Address);
        if let Some(key) = of_addresses.filter(|_| !self.one_run) {
            warnings.push(Problem::note(format!(
                "`{}` is an address, which means something else in every run of a process",
                key.column.name
            )));
        }
        warnings
    }

    /// Whether anything of a group differs between any two dumps.
    fn is_different(&self, group: usize) -> bool {
        let rows = &self.matched.groups[group];
        let comes_or_goes = rows.iter().any(|row| row.is_some() != rows[0].is_some());
        comes_or_goes
            || self
                .measures
                .iter()
                .any(|measure| measure.values.iter().any(|values| values[group] != measure.values[0][group]))
    }

    fn status(&self, group: usize) -> Status {
        let rows = &self.matched.groups[group];
        match (rows.first().copied().flatten(), rows.last().copied().flatten()) {
            (None, Some(_)) => Status::New,
            (_, None) => Status::Gone,
            (Some(_), Some(_)) => {
                let leading = self.leading.map(|leading| &self.measures[leading]);
                let mut signs = leading
                    .into_iter()
                    .chain(&self.measures)
                    .filter_map(|m| m.changes[group].map(Amount::sign));
                match signs.find(|sign| sign.is_ne()) {
                    Some(Ordering::Greater) => Status::Grew,
                    Some(Ordering::Less) => Status::Shrank,
                    _ => Status::Same,
                }
            }
        }
    }

    /// Whether the leading measure grew from every dump to the next.
    fn is_steady(&self, group: usize) -> bool {
        let Some(leading) = self.leading else { return false };
        self.measures[leading].values.windows(2).all(|pair| {
            let change = pair[1][group].zip(pair[0][group]).map(|(after, before)| after.change_from(before));
            change.is_some_and(|change| change.sign().is_gt())
        })
    }

    /// All columns, their rows the groups that are shown.
    fn columns(&self) -> Vec<AnswerColumn> {
        let mut columns = Vec::new();
        let mut measures = self.measures.iter();
        for (at, role) in self.model.roles.iter().enumerate() {
            match role {
                Role::Key => columns.push(self.latest(at)),
                Role::Total | Role::Figure => measures.next().into_iter().for_each(|measure| {
                    columns.extend(self.of_measure(measure));
                }),
                Role::Word => columns.extend((0..self.sides.len()).map(|dump| self.in_dump(at, dump))),
            }
        }
        let status = self.shown.iter().map(|&group| ValueRef::Text(self.status(group).word()));
        columns.push(AnswerColumn::new("status", Kind::Text, status));
        if self.sides.len() > 2 {
            let steady = self.shown.iter().map(|&group| ValueRef::Boolean(self.is_steady(group)));
            columns.push(AnswerColumn::new("steady", Kind::Boolean, steady));
        }
        columns
    }

    fn of_measure(&self, measure: &Measure) -> Vec<AnswerColumn> {
        let column = |name: String, values: &[Option<Amount>]| {
            let values = self.shown.iter().map(|&group| values[group].map_or(ValueRef::Null, Amount::value));
            AnswerColumn::new(name, measure.kind, values)
        };
        let in_dumps = measure.values.iter().enumerate();
        let mut columns: Vec<_> =
            in_dumps.map(|(dump, values)| column(format!("{}_{}", measure.name, dump + 1), values)).collect();
        columns.push(column(format!("{}{CHANGE}", measure.name), &measure.changes));
        columns
    }

    /// A column of keys: as they are in the last dump that has the group.
    fn latest(&self, at: usize) -> AnswerColumn {
        let model = &self.model.answer.columns[at];
        let value = |&group: &usize| {
            let rows = self.matched.groups[group].iter().zip(self.sides);
            let last = rows.rev().find_map(|(row, side)| Some(side.answer.columns.get(at)?.value((*row)?)));
            last.unwrap_or(ValueRef::Null)
        };
        AnswerColumn::new(model.name.clone(), model.kind, self.shown.iter().map(value))
    }

    /// A column that is no measure, in one dump.
    fn in_dump(&self, at: usize, dump: usize) -> AnswerColumn {
        let model = &self.model.answer.columns[at];
        let column = self.sides[dump].answer.columns.get(at);
        let value = |&group: &usize| {
            let row = self.matched.groups[group][dump];
            column.zip(row).map_or(ValueRef::Null, |(column, row)| column.value(row))
        };
        AnswerColumn::new(format!("{}_{}", model.name, dump + 1), model.kind, self.shown.iter().map(value))
    }

    /// The columns to sort by, each with whether the biggest comes first.
    fn order(
        &self,
        columns: &[AnswerColumn],
        named: &[NamedOrder],
    ) -> Result<Vec<(usize, bool)>, UnknownColumn> {
        let find = |name: &str| columns.iter().position(|column| column.name == name);
        let mut order = Vec::new();
        for key in named {
            // A measure's own name means its change.
            let column = find(&key.name).or_else(|| find(&format!("{}{CHANGE}", key.name)));
            let unknown = || UnknownColumn {
                key: key.clone(),
                columns: columns.iter().map(|column| column.name.clone()).collect(),
            };
            order.push((column.ok_or_else(unknown)?, key.descending));
        }
        if let (true, Some(leading)) = (named.is_empty(), self.leading) {
            let name = format!("{}{CHANGE}", self.measures[leading].name);
            order.extend(find(&name).map(|column| (column, true)));
        }
        let keys = self.model.roles.iter().enumerate().filter(|(_, role)| **role == Role::Key);
        order.extend(keys.map(|(at, _)| (at, false)));
        Ok(order)
    }
}

/// What the name of a measure's change ends with.
const CHANGE: &str = "_delta";

/// The columns of an answer that are keys.
fn key_columns(side: &GroupedAnswer) -> Vec<KeyColumn<'_>> {
    let keys = side.answer.columns.iter().zip(&side.roles).filter(|(_, role)| **role == Role::Key);
    keys.map(|(column, _)| KeyColumn { column, part: KeyPart::of_column(&column.name) }).collect()
}

/// The measure in a column of all answers.
fn measure(sides: &[GroupedAnswer], model: &GroupedAnswer, matched: &Matched, at: usize) -> Measure {
    let without_rows = (model.roles[at] == Role::Total).then_some(Amount::Whole(0));
    let column = &model.answer.columns[at];
    let in_dump = |(dump, side): (usize, &GroupedAnswer)| {
        let column = side.answer.columns.get(at);
        let value = |group: &Vec<Option<usize>>| match (group[dump], column) {
            (Some(row), Some(column)) => Amount::of(&column.value(row)),
            _ => without_rows,
        };
        matched.groups.iter().map(value).collect()
    };
    let values: Vec<Vec<Option<Amount>>> = sides.iter().enumerate().map(in_dump).collect();
    let change = |group: usize| {
        let (first, last) = (values.first()?[group]?, values.last()?[group]?);
        Some(last.change_from(first))
    };
    let changes = (0..matched.groups.len()).map(change).collect();
    Measure { name: column.name.clone(), kind: column.kind, values, changes }
}

/// The order of two rows of a column, nulls last either way.
fn compare(column: &AnswerColumn, a: usize, b: usize, descending: bool) -> Ordering {
    let cells = &column.cells;
    match (cells.is_null(a), cells.is_null(b)) {
        (false, false) if descending => cells.order_values(b, a),
        (false, false) => cells.order_values(a, b),
        (null_a, null_b) => null_a.cmp(&null_b),
    }
}

#[cfg(test)]
mod tests;
