//! What each dump says of the same thing, in one row: roots of one name, assemblies.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::diff::profile::{AssemblyRow, Profile, RootGroup};

use super::figures::change;
use super::names::root_of;

/// One thing in all dumps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row<K> {
    /// What it is.
    pub key: K,
    /// What each dump says of it, oldest first.
    pub figures: Vec<Figures>,
}

/// What one dump says of a thing; zeros where it has no such thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// Objects or roots.
    pub count: u64,
    /// Their own bytes; 0 for roots.
    pub size: u64,
    /// The bytes that hang on them.
    pub retained: u64,
}

impl<K> Row<K> {
    /// One of the figures in each dump.
    pub(super) fn each(&self, figure: fn(&Figures) -> u64) -> Vec<u64> {
        self.figures.iter().map(figure).collect()
    }

    fn retained_change(&self) -> i128 {
        change(&self.each(|figures| figures.retained))
    }

    fn last_retained(&self) -> u64 {
        self.figures.last().map_or(0, |last| last.retained)
    }
}

/// The roots of all dumps by what they are called, those whose retained bytes grew most first.
pub(super) fn roots(profiles: &[Profile]) -> Vec<Row<String>> {
    let figures = |group: &RootGroup| Figures { count: group.count, size: 0, retained: group.retained };
    joined(
        profiles
            .iter()
            .map(|profile| profile.roots.iter().map(move |group| (root_of(group), figures(group)))),
    )
}

/// The assemblies of all dumps by file name, those whose retained bytes grew most first.
pub(super) fn assemblies(profiles: &[Profile]) -> Vec<Row<Option<&str>>> {
    let figures = |row: &AssemblyRow| Figures { count: row.count, size: row.size, retained: row.retained };
    joined(
        profiles
            .iter()
            .map(|profile| profile.assemblies.iter().map(move |row| (row.module.as_deref(), figures(row)))),
    )
}

/// Rows of several dumps, each thing once. The biggest growth comes first, for one dump the biggest; what is equal in both
/// keeps the order of the dumps.
fn joined<K: Clone + Eq + Hash, R: Iterator<Item = (K, Figures)>>(
    dumps: impl ExactSizeIterator<Item = R>,
) -> Vec<Row<K>> {
    let count = dumps.len();
    let mut rows: Vec<Row<K>> = Vec::new();
    let mut known: FxHashMap<K, usize> = FxHashMap::default();
    for (dump, things) in dumps.enumerate() {
        for (key, figures) in things {
            let at = *known.entry(key.clone()).or_insert_with(|| {
                rows.push(Row { key, figures: vec![Figures::default(); count] });
                rows.len() - 1
            });
            let sum = &mut rows[at].figures[dump];
            sum.count = sum.count.saturating_add(figures.count);
            sum.size = sum.size.saturating_add(figures.size);
            sum.retained = sum.retained.saturating_add(figures.retained);
        }
    }
    if count > 1 {
        rows.sort_by_key(|row| std::cmp::Reverse((row.retained_change(), row.last_retained())));
    } else {
        rows.sort_by_key(|row| std::cmp::Reverse(row.last_retained()));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(roots: &[(&str, &str, u64)]) -> Profile {
        let group = |&(kind, name, retained): &(&str, &str, u64)| RootGroup {
            kind: kind.into(),
            name: Some(name.into()),
            count: 1,
            retained,
        };
        Profile { roots: roots.iter().map(group).collect(), ..Profile::default() }
    }

    #[test]
    fn what_grew_most_comes_first_and_what_one_dump_lacks_is_zero() {
        let before = profile(&[("static", "A.a", 100), ("static", "A.gone", 50)]);
        let after = profile(&[("static", "A.a", 110), ("static", "A.new", 30)]);
        let rows = roots(&[before, after]);
        let told: Vec<_> = rows.iter().map(|row| (row.key.as_str(), row.each(|f| f.retained))).collect();
        assert_eq!(
            told,
            [("static A.new", vec![0, 30]), ("static A.a", vec![100, 110]), ("static A.gone", vec![50, 0])]
        );
    }

    #[test]
    fn one_dump_is_ordered_by_weight() {
        let rows = roots(&[profile(&[("static", "A.small", 1), ("static", "A.big", 2)])]);
        assert_eq!(
            rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(),
            ["static A.big", "static A.small"]
        );
    }

    #[test]
    fn assemblies_without_a_name_are_one() {
        let row = |module: Option<&str>| AssemblyRow {
            module: module.map(Into::into),
            count: 1,
            size: 2,
            retained: 3,
        };
        let profile =
            Profile { assemblies: vec![row(None), row(Some("a.dll")), row(None)], ..Profile::default() };
        let profiles = [profile];
        let rows = assemblies(&profiles);
        assert_eq!((rows.len(), rows[0].key, rows[0].figures[0].size), (2, None, 4));
    }
}
