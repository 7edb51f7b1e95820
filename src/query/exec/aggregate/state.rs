//! What an aggregate holds of each group while rows come in.

use rustc_hash::FxHashSet;

use super::Prepared;
use super::key_table::KeyTable;
use super::retained::RetainedSums;
use super::samples::Samples;
use super::words::Words;
use crate::query::Kind;
use crate::query::catalog::Aggregate;
use crate::query::cells::Cells;
use crate::query::exec::notes::Notes;
use crate::query::exec::scan::Scan;
use crate::query::exec::vector::{Ints, Vector};
use crate::query::scalar::Scalar;

/// Numbers beyond this are not summed up: 2^32 rows of smaller ones cannot overflow, in whatever
/// order they are added.
const MAX_SUMMAND: u128 = 1 << 95;

/// The groups of the rows of a batch.
#[derive(Clone, Copy, Debug)]
pub enum GroupIds<'a> {
    /// All rows are of one group.
    Same(u32),
    /// One a row.
    Each(&'a [u32]),
}

impl GroupIds<'_> {
    /// The group of a row.
    #[inline]
    pub fn get(&self, row: usize) -> u32 {
        match self {
            GroupIds::Same(id) => *id,
            GroupIds::Each(ids) => ids[row],
        }
    }
}

/// What an aggregate holds of each group. Two states of the same aggregate can be merged, and the
/// result does not depend on which rows either of them met.
#[derive(Debug)]
pub enum State {
    /// Number of rows: kept once for all aggregates, not here.
    Rows,
    /// Number of values.
    Values(Vec<u64>),
    /// Different values.
    Distinct(Distinct),
    /// Sums of whole numbers, and how many were added.
    Whole(WholeSums),
    /// Biggest or smallest values.
    Extreme { smallest: bool, values: Vec<Scalar> },
    /// First values, with the numbers of their rows.
    First(Vec<(u32, Scalar)>),
    /// All values.
    Samples(Samples),
    /// What objects retain together.
    Retained(RetainedSums),
}

/// Different values of each group.
#[derive(Debug)]
pub struct Distinct {
    words: Words,
    /// A group and a value.
    seen: KeyTable,
}

/// Sums of whole numbers.
#[derive(Debug, Default)]
pub struct WholeSums {
    sums: Vec<i128>,
    counts: Vec<u64>,
    /// Groups with a number that is not summed up.
    too_big: FxHashSet<u32>,
}

impl State {
    /// The state of an aggregate that has seen no rows.
    pub fn new(prepared: &Prepared<'_>) -> State {
        let Some(argument) = &prepared.argument else { return State::Rows };
        if prepared.is_retained {
            return State::Retained(RetainedSums::default());
        }
        match prepared.call.function {
            Aggregate::Count if prepared.call.distinct => {
                let words = Words::new([argument.kind]);
                let seen = KeyTable::new(1 + words.stride());
                State::Distinct(Distinct { words, seen })
            }
            Aggregate::Count => State::Values(Vec::new()),
            Aggregate::Sum | Aggregate::Avg if argument.kind == Some(Kind::Real) => {
                State::Samples(Samples::new(argument.kind))
            }
            Aggregate::Sum | Aggregate::Avg => State::Whole(WholeSums::default()),
            Aggregate::Min => State::Extreme { smallest: true, values: Vec::new() },
            Aggregate::Max => State::Extreme { smallest: false, values: Vec::new() },
            Aggregate::Median | Aggregate::P90 | Aggregate::P99 => {
                State::Samples(Samples::new(argument.kind))
            }
            Aggregate::First => State::First(Vec::new()),
        }
    }

    /// Makes room for `len` groups.
    pub fn resize(&mut self, len: usize) {
        match self {
            State::Rows | State::Distinct(_) | State::Samples(_) | State::Retained(_) => {}
            State::Values(counts) => counts.resize(len, 0),
            State::Whole(sums) => {
                sums.sums.resize(len, 0);
                sums.counts.resize(len, 0);
            }
            State::Extreme { values, .. } => values.resize(len, Scalar::Null),
            State::First(values) => values.resize(len, (u32::MAX, Scalar::Null)),
        }
    }

    /// The bytes that it takes.
    pub fn bytes(&self) -> usize {
        match self {
            State::Rows => 0,
            State::Values(counts) => size_of_val(&counts[..]),
            State::Distinct(distinct) => distinct.words.bytes() + distinct.seen.bytes(),
            State::Whole(sums) => size_of_val(&sums.sums[..]) + size_of_val(&sums.counts[..]),
            State::Extreme { values, .. } => size_of_val(&values[..]),
            State::First(values) => size_of_val(&values[..]),
            State::Samples(samples) => samples.bytes(),
            State::Retained(sums) => sums.bytes(),
        }
    }

    /// Adds the rows of a batch; `numbers` are the numbers of the rows in the scan.
    pub fn add(&mut self, groups: GroupIds<'_>, vector: &Vector, numbers: &[u32]) {
        if matches!(vector, Vector::Same(Scalar::Null)) {
            return;
        }
        let rows = (0..numbers.len()).filter(|&row| !vector.is_null(row));
        let rows = rows.map(|row| (groups.get(row), row));
        match self {
            State::Rows | State::Retained(_) => {}
            State::Values(counts) => rows.for_each(|(group, _)| counts[group as usize] += 1),
            State::Distinct(distinct) => distinct.add(groups, vector, numbers.len()),
            State::Whole(sums) => sums.add(groups, vector, rows),
            State::Extreme { smallest, values } => rows.for_each(|(group, row)| {
                better(&mut values[group as usize], vector.scalar(row), *smallest);
            }),
            State::First(values) => rows.for_each(|(group, row)| {
                let first = &mut values[group as usize];
                if numbers[row] < first.0 {
                    *first = (numbers[row], vector.scalar(row));
                }
            }),
            State::Samples(samples) => samples.add(vector, rows),
        }
    }

    /// Adds all that another state of the same aggregate holds; its group `g` is `remap[g]` here.
    pub fn merge(&mut self, other: State, remap: &[u32]) {
        let to = |group: usize| remap[group] as usize;
        match (self, other) {
            (State::Values(all), State::Values(counts)) => {
                counts.into_iter().enumerate().for_each(|(g, count)| all[to(g)] += count);
            }
            (State::Distinct(all), State::Distinct(distinct)) => all.merge(&distinct, remap),
            (State::Whole(all), State::Whole(sums)) => {
                all.too_big.extend(sums.too_big.iter().map(|&g| remap[g as usize]));
                for (g, (sum, count)) in sums.sums.into_iter().zip(sums.counts).enumerate() {
                    all.sums[to(g)] += sum;
                    all.counts[to(g)] += count;
                }
            }
            (State::Extreme { smallest, values: all }, State::Extreme { values, .. }) => {
                for (g, value) in values.into_iter().enumerate().filter(|(_, v)| !v.is_null()) {
                    better(&mut all[to(g)], value, *smallest);
                }
            }
            (State::First(all), State::First(values)) => {
                for (g, value) in values.into_iter().enumerate() {
                    let first = &mut all[to(g)];
                    if value.0 < first.0 {
                        *first = value;
                    }
                }
            }
            (State::Samples(all), State::Samples(samples)) => all.merge(samples, remap),
            (State::Retained(all), State::Retained(sums)) => all.merge(sums, remap),
            // States of one aggregate are of one form.
            _ => {}
        }
    }

    /// The column of the aggregate; `rows` is the number of rows of each group, which are rows of `scan`.
    pub fn finish(self, prepared: &Prepared<'_>, rows: &[u64], scan: &dyn Scan, notes: &Notes) -> Cells {
        let kind = prepared.call.kind;
        let average = prepared.call.function == Aggregate::Avg;
        match self {
            State::Rows => Cells::unsigned(rows.to_vec()),
            State::Values(counts) => Cells::unsigned(counts),
            State::Distinct(distinct) => {
                let mut counts = vec![0; rows.len()];
                (0..distinct.seen.len()).for_each(|at| counts[distinct.seen.key(at)[0] as usize] += 1);
                Cells::unsigned(counts)
            }
            State::Whole(sums) => sums.finish(kind, average, notes),
            State::Retained(sums) => match scan.objects() {
                Some(objects) => sums.finish(rows, objects),
                None => Cells::null(rows.len()),
            },
            State::Extreme { values, .. } => Cells::scalars(kind, values),
            State::First(values) => Cells::scalars(kind, values.into_iter().map(|(_, value)| value)),
            State::Samples(samples) => match prepared.call.function {
                Aggregate::Median => samples.percentile(50, kind, rows.len()),
                Aggregate::P90 => samples.percentile(90, kind, rows.len()),
                Aggregate::P99 => samples.percentile(99, kind, rows.len()),
                _ => Cells::scalars(
                    kind,
                    samples.real_sums(rows.len()).into_iter().map(|sum| match sum {
                        Some((sum, count)) if average => Scalar::Real(sum / count as f64),
                        Some((sum, _)) => Scalar::Real(sum),
                        None => Scalar::Null,
                    }),
                ),
            },
        }
    }
}

/// Keeps the smaller or the bigger of two values.
fn better(best: &mut Scalar, value: Scalar, smallest: bool) {
    let order = value.order(best);
    if best.is_null() || (smallest && order.is_lt()) || (!smallest && order.is_gt()) {
        *best = value;
    }
}

impl Distinct {
    fn add(&mut self, groups: GroupIds<'_>, vector: &Vector, len: usize) {
        let stride = 1 + self.words.stride();
        let mut keys = vec![0; len * stride];
        self.words.encode(std::slice::from_ref(vector), len, stride, 1, &mut keys);
        for (row, key) in keys.chunks_mut(stride).enumerate().filter(|(row, _)| !vector.is_null(*row)) {
            key[0] = groups.get(row).into();
            self.seen.insert(key);
        }
    }

    fn merge(&mut self, other: &Distinct, remap: &[u32]) {
        for at in 0..other.seen.len() {
            let mut key = other.seen.key(at).to_vec();
            key[0] = remap[key[0] as usize].into();
            self.words.translate(&other.words, &mut key[1..]);
            self.seen.insert(&key);
        }
    }
}

impl WholeSums {
    fn add(&mut self, groups: GroupIds<'_>, vector: &Vector, rows: impl Iterator<Item = (u32, usize)>) {
        match vector.ints() {
            Some(Ints::Unsigned(values)) => rows.for_each(|(_, row)| {
                let group = groups.get(row) as usize;
                self.sums[group] += i128::from(values[row]);
                self.counts[group] += 1;
            }),
            Some(ints) => rows.for_each(|(group, row)| {
                let value = ints.get(row);
                self.counts[group as usize] += 1;
                if value.unsigned_abs() > MAX_SUMMAND {
                    self.too_big.insert(group);
                } else {
                    self.sums[group as usize] += value;
                }
            }),
            None => {}
        }
    }

    fn finish(self, kind: Kind, average: bool, notes: &Notes) -> Cells {
        let WholeSums { sums, counts, too_big } = self;
        let values = sums.into_iter().zip(counts).enumerate().map(|(group, (sum, count))| {
            let fits = kind != Kind::Bytes || u64::try_from(sum).is_ok();
            if count == 0 {
                Scalar::Null
            } else if too_big.contains(&(group as u32)) || !fits {
                notes.overflow();
                Scalar::Null
            } else if average {
                Scalar::Real(sum as f64 / count as f64)
            } else {
                Scalar::Integer(sum)
            }
        });
        Cells::scalars(kind, values)
    }
}
