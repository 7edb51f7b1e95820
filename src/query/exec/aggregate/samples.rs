//! All values of each group, for aggregates that need them together: percentiles, and sums of real
//! numbers, which would otherwise depend on the order of adding.

use crate::query::Kind;
use crate::query::cells::Cells;
use crate::query::exec::vector::{Ints, Vector};
use crate::query::scalar::{Scalar, order_reals};

/// Values and the groups that they belong to.
#[derive(Debug, Default)]
pub struct Samples {
    groups: Vec<u32>,
    values: Values,
}

/// Whole numbers start out small and become wide with the first that needs it.
#[derive(Debug)]
enum Values {
    Unsigned(Vec<u64>),
    Wide(Vec<i128>),
    Real(Vec<f64>),
}

impl Default for Values {
    fn default() -> Self {
        Values::Unsigned(Vec::new())
    }
}

impl Samples {
    /// No values yet, of a kind.
    pub fn new(kind: Option<Kind>) -> Samples {
        let values = if kind == Some(Kind::Real) { Values::Real(Vec::new()) } else { Values::default() };
        Samples { groups: Vec::new(), values }
    }

    /// The bytes that they take. Bringing the values of each group together takes them once more.
    pub fn bytes(&self) -> usize {
        let of_values = match &self.values {
            Values::Unsigned(values) => size_of_val(&values[..]),
            Values::Wide(values) => size_of_val(&values[..]),
            Values::Real(values) => size_of_val(&values[..]),
        };
        size_of_val(&self.groups[..]) + 2 * of_values
    }

    /// Adds the values of rows; `rows` are those that are not null, each with its group.
    pub fn add(&mut self, vector: &Vector, rows: impl Iterator<Item = (u32, usize)>) {
        if let (Values::Unsigned(all), Some(Ints::Wide(_) | Ints::Same(_))) = (&self.values, vector.ints()) {
            self.values = Values::Wide(all.iter().map(|&v| v.into()).collect());
        }
        let groups = &mut self.groups;
        match (&mut self.values, vector.ints(), vector.reals()) {
            (Values::Unsigned(all), Some(Ints::Unsigned(values)), _) => {
                rows.for_each(|(group, row)| {
                    groups.push(group);
                    all.push(values[row]);
                });
            }
            (Values::Wide(all), Some(ints), _) => rows.for_each(|(group, row)| {
                groups.push(group);
                all.push(ints.get(row));
            }),
            (Values::Real(all), _, Some(reals)) => rows.for_each(|(group, row)| {
                groups.push(group);
                all.push(reals.get(row));
            }),
            _ => {}
        }
    }

    /// Adds the values of another, whose group `g` is `remap[g]` here.
    pub fn merge(&mut self, other: Samples, remap: &[u32]) {
        self.groups.extend(other.groups.iter().map(|&g| remap[g as usize]));
        self.values = match (std::mem::take(&mut self.values), other.values) {
            (Values::Unsigned(mut a), Values::Unsigned(b)) => {
                a.extend(b);
                Values::Unsigned(a)
            }
            (Values::Real(mut a), Values::Real(b)) => {
                a.extend(b);
                Values::Real(a)
            }
            (a, b) => {
                let mut all = a.wide();
                all.extend(b.wide());
                Values::Wide(all)
            }
        };
    }

    /// For each of `len` groups the smallest value that at least `percent` % of its values do not
    /// exceed; null for a group without values.
    pub fn percentile(self, percent: usize, kind: Kind, len: usize) -> Cells {
        let rank = |count: usize| (count * percent).div_ceil(100).max(1) - 1;
        match self.values {
            Values::Unsigned(values) => {
                let picked =
                    each_group(&self.groups, &values, len, |v| *v.select_nth_unstable(rank(v.len())).1);
                Cells::optional(picked)
            }
            Values::Wide(values) => {
                let picked =
                    each_group(&self.groups, &values, len, |v| *v.select_nth_unstable(rank(v.len())).1);
                Cells::scalars(kind, picked.into_iter().map(|v| v.map_or(Scalar::Null, Scalar::Integer)))
            }
            Values::Real(values) => {
                let picked = each_group(&self.groups, &values, len, |v| {
                    *v.select_nth_unstable_by(rank(v.len()), |a, b| order_reals(*a, *b)).1
                });
                Cells::scalars(kind, picked.into_iter().map(|v| v.map_or(Scalar::Null, Scalar::Real)))
            }
        }
    }

    /// For each of `len` groups the sum of its real numbers and how many there are, added from the
    /// smallest to the biggest: so the sum does not depend on the order in which they were met.
    pub fn real_sums(self, len: usize) -> Vec<Option<(f64, u64)>> {
        let Values::Real(values) = self.values else { return vec![None; len] };
        each_group(&self.groups, &values, len, |v| {
            v.sort_unstable_by(f64::total_cmp);
            (v.iter().sum::<f64>(), v.len() as u64)
        })
    }
}

impl Values {
    fn wide(self) -> Vec<i128> {
        match self {
            Values::Unsigned(values) => values.into_iter().map(i128::from).collect(),
            Values::Wide(values) => values,
            Values::Real(_) => Vec::new(),
        }
    }
}

/// Brings the values of each group together and makes something of them; `None` for a group without values.
fn each_group<T: Copy + Default, R>(
    groups: &[u32],
    values: &[T],
    len: usize,
    mut make: impl FnMut(&mut [T]) -> R,
) -> Vec<Option<R>> {
    let mut ends = vec![0_usize; len + 1];
    groups.iter().for_each(|&g| ends[g as usize + 1] += 1);
    for group in 1..=len {
        ends[group] += ends[group - 1];
    }
    let mut next = ends.clone();
    let mut sorted = vec![T::default(); values.len()];
    for (&group, &value) in groups.iter().zip(values) {
        let at = &mut next[group as usize];
        sorted[*at] = value;
        *at += 1;
    }
    let group = |group: usize| {
        let of = &mut sorted[ends[group]..ends[group + 1]];
        (!of.is_empty()).then(|| make(of))
    };
    (0..len).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: i128) -> Scalar {
        Scalar::Integer(n)
    }

    fn samples(values: &[u64]) -> Samples {
        let mut samples = Samples::new(Some(Kind::Bytes));
        let vector = Vector::Cells(Cells::unsigned(values.to_vec()));
        samples.add(&vector, (0..values.len()).map(|row| (1, row)));
        samples
    }

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let of = |values: &[u64], percent| samples(values).percentile(percent, Kind::Bytes, 2).scalar(1);
        let hundred: Vec<u64> = (1..=100).rev().collect();
        assert_eq!(
            (of(&hundred, 50), of(&hundred, 90), of(&hundred, 99)),
            (number(50), number(90), number(99))
        );
        assert_eq!((of(&[7], 50), of(&[7], 99), of(&[4, 1, 3, 2], 50)), (number(7), number(7), number(2)));
        assert_eq!(samples(&[1]).percentile(50, Kind::Bytes, 2).scalar(0), Scalar::Null);
    }

    #[test]
    fn sums_of_reals_do_not_depend_on_the_order() {
        let values = [1e100, 1.0, -1e100, 0.1, 0.2, 0.3];
        let sum = |rows: &mut dyn Iterator<Item = usize>| {
            let mut samples = Samples::new(Some(Kind::Real));
            let vector = Vector::Cells(Cells::scalars(Kind::Real, values.map(Scalar::Real)));
            samples.add(&vector, rows.map(|row| (0, row)));
            samples.real_sums(1)[0].map(|(sum, count)| (sum.to_bits(), count))
        };
        assert_eq!(sum(&mut (0..6)), sum(&mut (0..6).rev()));
    }

    #[test]
    fn wide_numbers_join_small_ones() {
        let mut all = samples(&[5, 6]);
        let mut wide = Samples::new(Some(Kind::Integer));
        let vector = Vector::Cells(Cells::scalars(Kind::Integer, [Scalar::Integer(-1)]));
        wide.add(&vector, [(0, 0)].into_iter());
        all.merge(wide, &[1]);
        assert_eq!(all.percentile(1, Kind::Integer, 2).scalar(1), Scalar::Integer(-1));
    }
}
