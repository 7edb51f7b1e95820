//! Groups of any keys and any aggregates: expressions batch by batch, a table of groups for each
//! thread, joined at the end.

use super::key_table::KeyTable;
use super::keys::GroupKeys;
use super::state::{GroupIds, State};
use super::totals::MAX_DENSE;
use super::words::Words;
use super::{Prepared, table};
use crate::query::QueryError;
use crate::query::cells::Cells;
use crate::query::exec::eval::eval;
use crate::query::exec::filter::Filter;
use crate::query::exec::scan::{Batch, Morsel, Scan, Table};
use crate::query::exec::workers::try_fold_morsels;
use crate::query::exec::{Account, Execution};
use crate::query::plan::Typed;

/// How groups are told apart.
enum Groups {
    /// By the pair of the combinations of type and place, which is a small number.
    Dense,
    /// By a key: the combination of the type, that of the place, and the words of all other values.
    Hashed { numbers: KeyTable, words: Words },
}

/// Words of a key before those of values that depend on the row.
const PAIR: usize = 2;

/// What one thread has found.
struct Found<'a> {
    keys: &'a GroupKeys,
    row_keys: Vec<&'a Typed>,
    calls: &'a [Prepared<'a>],
    groups: Groups,
    /// The number of rows of each group.
    rows: Vec<u64>,
    states: Vec<State>,
    /// The groups of the rows of the present batch.
    ids: Vec<u32>,
    /// The keys of the rows of the present batch.
    row_words: Vec<u64>,
    account: Account<'a>,
}

/// Groups the rows that pass `filter`.
///
/// # Errors
/// [`QueryError::Cancelled`].
pub fn aggregate(
    keys: &GroupKeys,
    calls: &[Prepared<'_>],
    scan: &dyn Scan,
    filter: &Filter,
    execution: &Execution<'_>,
) -> Result<Table, QueryError> {
    let notes = &execution.notes;
    let add = |found: &mut Found<'_>, morsel: &Morsel| {
        let selection = filter.select(scan, morsel, notes);
        if let Some(batch) = selection.batch(scan, morsel, notes) {
            found.add(morsel, &batch);
            found.account.hold(found.bytes())?;
        }
        Ok(())
    };
    let start = || Found::new(keys, calls, execution);
    let mut found = try_fold_morsels(scan.morsels(), execution.cancel, start, add)?.into_iter();
    let mut all = found.next().unwrap_or_else(start);
    for found in found {
        all.merge(found);
        all.account.hold(all.bytes())?;
    }
    Ok(all.finish(scan, execution))
}

impl<'a> Found<'a> {
    fn new(keys: &'a GroupKeys, calls: &'a [Prepared<'a>], execution: &'a Execution<'_>) -> Found<'a> {
        let row_keys: Vec<&Typed> = keys.by_row().collect();
        let dense = keys.is_dense() && keys.dense_len() <= MAX_DENSE;
        let groups = if dense {
            Groups::Dense
        } else {
            let words = Words::new(row_keys.iter().map(|k| k.kind));
            Groups::Hashed { numbers: KeyTable::new(PAIR + words.stride()), words }
        };
        let states = calls.iter().map(State::new).collect();
        let (ids, row_words) = (Vec::new(), Vec::new());
        let account = execution.budget.account("the groups");
        let mut found =
            Found { keys, row_keys, calls, groups, rows: Vec::new(), states, ids, row_words, account };
        found.resize(if dense { keys.dense_len() } else { 0 });
        found
    }

    /// The bytes that the groups take.
    fn bytes(&self) -> u64 {
        let of_groups = match &self.groups {
            Groups::Dense => 0,
            Groups::Hashed { numbers, words } => numbers.bytes() + words.bytes(),
        };
        let of_states: usize = self.states.iter().map(State::bytes).sum();
        (size_of_val(&self.rows[..]) + of_groups + of_states) as u64
    }

    fn resize(&mut self, len: usize) {
        self.rows.resize(len, 0);
        self.states.iter_mut().for_each(|s| s.resize(len));
    }

    fn add(&mut self, morsel: &Morsel, batch: &Batch<'_>) {
        let len = batch.len();
        let same = self.find_groups(morsel, batch);
        let len_groups = match &self.groups {
            Groups::Dense => self.rows.len(),
            Groups::Hashed { numbers, .. } => numbers.len(),
        };
        self.resize(len_groups);
        let groups = same.map_or(GroupIds::Each(&self.ids), GroupIds::Same);
        match groups {
            GroupIds::Same(id) => self.rows[id as usize] += len as u64,
            GroupIds::Each(ids) => ids.iter().for_each(|&id| self.rows[id as usize] += 1),
        }
        let numbers = batch.numbers();
        for (state, prepared) in self.states.iter_mut().zip(self.calls) {
            match (state, &prepared.argument) {
                (State::Retained(sums), _) => sums.add(groups, &numbers),
                (state, Some(argument)) => state.add(groups, &eval(argument, batch), &numbers),
                (_, None) => {}
            }
        }
    }

    /// Finds the group of each row of a batch: one for all is returned, else they stand in `ids`.
    fn find_groups(&mut self, morsel: &Morsel, batch: &Batch<'_>) -> Option<u32> {
        let place = self.keys.places.of.get(morsel.place as usize).copied().unwrap_or(0);
        let codes = &self.keys.types.of;
        let by_type = self.keys.by_type();
        let types = if by_type { batch.pick(batch.scan.block_types(morsel.block)) } else { Vec::new() };
        self.ids.clear();
        let (numbers, words) = match &mut self.groups {
            Groups::Dense if !by_type => return Some(self.keys.dense_id(0, place)),
            Groups::Dense => {
                let first = self.keys.dense_id(0, place);
                self.ids.extend(types.iter().map(|t| first + codes[t.0 as usize]));
                return None;
            }
            Groups::Hashed { numbers, words } => (numbers, words),
        };
        let (len, stride) = (batch.len(), PAIR + words.stride());
        self.row_words.clear();
        self.row_words.resize(len * stride, 0);
        let vectors: Vec<_> = self.row_keys.iter().map(|key| eval(key, batch)).collect();
        words.encode(&vectors, len, stride, PAIR, &mut self.row_words);
        for (row, key) in self.row_words.chunks_mut(stride).enumerate() {
            key[0] = types.get(row).map_or(0, |t| codes[t.0 as usize].into());
            key[1] = place.into();
            self.ids.push(numbers.insert(key).0);
        }
        None
    }

    fn merge(&mut self, other: Found<'_>) {
        let remap: Vec<u32> = match (&mut self.groups, &other.groups) {
            (Groups::Hashed { numbers, words }, Groups::Hashed { numbers: theirs, words: their_words }) => {
                let mut translated = |number| {
                    let mut key = theirs.key(number).to_vec();
                    words.translate(their_words, &mut key[PAIR..]);
                    numbers.insert(&key).0
                };
                (0..theirs.len()).map(&mut translated).collect()
            }
            _ => (0..other.rows.len() as u32).collect(),
        };
        let len = remap.iter().map(|&g| g as usize + 1).max().unwrap_or(0).max(self.rows.len());
        self.resize(len);
        remap.iter().zip(&other.rows).for_each(|(&group, rows)| self.rows[group as usize] += rows);
        for (state, theirs) in self.states.iter_mut().zip(other.states) {
            state.merge(theirs, &remap);
        }
    }

    fn finish(self, scan: &dyn Scan, execution: &Execution<'_>) -> Table {
        let Found { keys, calls, groups, rows, states, .. } = self;
        let columns =
            states.into_iter().zip(calls).map(|(s, call)| s.finish(call, &rows, scan, &execution.notes));
        match groups {
            Groups::Dense => {
                let ids = keys.dense_ids(|id| rows[id as usize] > 0);
                let columns: Vec<Cells> =
                    columns.map(|c| c.gather(ids.iter().map(|&id| id as usize))).collect();
                table(keys.dense_columns(&ids), columns.into_iter(), ids.len())
            }
            Groups::Hashed { numbers, words } => {
                let all = || (0..numbers.len()).map(|n| numbers.key(n));
                let pairs: Vec<(u32, u32)> = all().map(|key| (key[0] as u32, key[1] as u32)).collect();
                let key_columns =
                    keys.columns(&pairs, |column| words.decode(column, all().map(|key| &key[PAIR..])));
                table(key_columns, columns, numbers.len())
            }
        }
    }
}
