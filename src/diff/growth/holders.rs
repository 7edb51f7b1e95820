//! How much more hangs on what: statics, threads, kinds of handles, assemblies.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Side;
use crate::diff::compare::names::{key, module_key};

/// What hangs on the roots of one name, in each dump.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RootGrowth {
    /// The kind of root, by the word of the table `roots`.
    pub kind: String,
    /// `Type.Field` of statics, `thread 1234` of stacks and thread statics; `None` for kinds that have no names.
    pub name: Option<String>,
    /// The bytes that would go without them, in each dump.
    pub retained: Vec<u64>,
    /// How many more there are in the last dump than in the first; negative where there are fewer.
    pub retained_delta: i64,
}

/// What hangs on the objects of an assembly's types, in each dump.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AssemblyGrowth {
    /// The file name of the module; `None` for types whose module is not known.
    pub module: Option<String>,
    /// Objects, in each dump.
    pub counts: Vec<u64>,
    /// Their bytes.
    pub sizes: Vec<u64>,
    /// The bytes that hang on them, each once.
    pub retained: Vec<u64>,
    /// How many more bytes hang on them in the last dump than in the first; negative where there are fewer.
    pub retained_delta: i64,
}

/// What hangs on the roots of each name in the dumps, the biggest growth first; what did not change is left out.
pub fn root_growth(sides: &[Side<'_>]) -> Vec<RootGrowth> {
    let mut known = FxHashMap::default();
    let mut all: Vec<RootGrowth> = Vec::new();
    for (dump, side) in sides.iter().enumerate() {
        for root in &side.profile.roots {
            let name = root.name.as_deref().map(key);
            let at = *known.entry((&*root.kind, name)).or_insert(all.len());
            if at == all.len() {
                all.push(RootGrowth {
                    kind: root.kind.clone(),
                    name: root.name.clone(),
                    retained: vec![0; sides.len()],
                    retained_delta: 0,
                });
            }
            let sum = &mut all[at].retained[dump];
            *sum = sum.saturating_add(root.retained);
        }
    }
    for growth in &mut all {
        growth.retained_delta = delta(&growth.retained);
    }
    all.retain(|growth| growth.retained_delta != 0);
    all.sort_by_key(|growth| Reverse(growth.retained_delta));
    all
}

/// What hangs on the objects of each assembly's types in the dumps, the biggest growth first; what did not change is left out.
pub fn assembly_growth(sides: &[Side<'_>]) -> Vec<AssemblyGrowth> {
    let mut known = FxHashMap::default();
    let mut all: Vec<AssemblyGrowth> = Vec::new();
    for (dump, side) in sides.iter().enumerate() {
        for row in &side.profile.assemblies {
            let at = *known.entry(row.module.as_deref().map(module_key)).or_insert(all.len());
            if at == all.len() {
                let zeros = || vec![0; sides.len()];
                all.push(AssemblyGrowth {
                    module: row.module.clone(),
                    counts: zeros(),
                    sizes: zeros(),
                    retained: zeros(),
                    retained_delta: 0,
                });
            }
            let growth = &mut all[at];
            growth.counts[dump] += row.count;
            growth.sizes[dump] = growth.sizes[dump].saturating_add(row.size);
            growth.retained[dump] = growth.retained[dump].saturating_add(row.retained);
        }
    }
    for growth in &mut all {
        growth.retained_delta = delta(&growth.retained);
    }
    all.retain(|growth| growth.retained_delta != 0 || delta(&growth.counts) != 0);
    all.sort_by_key(|growth| Reverse(growth.retained_delta));
    all
}

/// The change from the first number to the last.
fn delta(numbers: &[u64]) -> i64 {
    let number = |number: Option<&u64>| number.map_or(0, |&number| i128::from(number));
    let change = number(numbers.last()) - number(numbers.first());
    i64::try_from(change).unwrap_or(if change < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Profile;
    use crate::diff::profile::{AssemblyRow, RootGroup};

    fn profile(roots: &[(&str, Option<&str>, u64)], assemblies: &[(&str, u64)]) -> Profile {
        let root = |&(kind, name, retained): &(&str, Option<&str>, u64)| RootGroup {
            kind: kind.to_owned(),
            name: name.map(str::to_owned),
            count: 1,
            retained,
        };
        let assembly = |&(module, retained): &(&str, u64)| AssemblyRow {
            module: Some(module.to_owned()),
            count: retained / 10,
            size: retained / 2,
            retained,
        };
        Profile {
            roots: roots.iter().map(root).collect(),
            assemblies: assemblies.iter().map(assembly).collect(),
            ..Profile::default()
        }
    }

    #[test]
    fn roots_and_assemblies_are_compared_by_name() {
        let before = profile(
            &[("static", Some("A.a"), 10), ("strong_handle", None, 50), ("static", Some("A.b"), 5)],
            &[("a.dll", 10)],
        );
        let after = profile(
            &[("static", Some("A.b"), 5), ("static", Some("A.a"), 900), ("thread_static", Some("A.a"), 7)],
            &[("b.dll", 40), ("a.dll", 10)],
        );
        let sides = [&before, &after].map(|profile| Side { profile, snapshot: None });
        let roots: Vec<_> = root_growth(&sides)
            .into_iter()
            .map(|root| (root.kind, root.retained, root.retained_delta))
            .collect();
        let expected =
            [("static", [10, 900], 890), ("thread_static", [0, 7], 7), ("strong_handle", [50, 0], -50)];
        assert_eq!(
            roots,
            expected.map(|(kind, retained, delta)| (kind.to_owned(), retained.to_vec(), delta))
        );
        let assemblies = assembly_growth(&sides);
        assert_eq!(assemblies.len(), 1, "a.dll did not change");
        assert_eq!((assemblies[0].retained.as_slice(), assemblies[0].retained_delta), (&[0, 40][..], 40));
    }
}
