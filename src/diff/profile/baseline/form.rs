//! The form of a baseline: a JSON object whose long lists have a short array a row. `docs/baseline.md` names every key.
//!
//! It is made apart from the profile, so that a baseline changes when somebody means it to.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::FORMAT;
use super::refusal::senseless;
use crate::diff::profile::{
    AssemblyRow, DumpFacts, HeapTotals, KeptAnswer, LeftOut, OwnerNode, OwnerTree, Profile, RootGroup,
    TypeRow, TypeWays,
};
use crate::diff::{Way, WayStep};
use crate::error::Result;
use crate::limits;

/// A baseline.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct File<'a> {
    format: Cow<'a, str>,
    version: u32,
    written_by: Cow<'a, str>,
    dump: Cow<'a, DumpFacts>,
    totals: Cow<'a, HeapTotals>,
    /// The modules that rows name by their positions here.
    modules: Vec<Cow<'a, str>>,
    types: Vec<TypeForm<'a>>,
    roots: Vec<RootForm<'a>>,
    assemblies: Vec<AssemblyForm>,
    tree: TreeForm<'a>,
    ways: Vec<TypeWaysForm<'a>>,
    answers: Cow<'a, [KeptAnswer]>,
    problems: Cow<'a, [String]>,
    left_out: LeftOut,
}

/// type, module, count, size, retained
#[derive(Debug, Serialize, Deserialize)]
struct TypeForm<'a>(Cow<'a, str>, Option<u32>, u64, u64, u64);

/// kind, name, count, retained
#[derive(Debug, Serialize, Deserialize)]
struct RootForm<'a>(Cow<'a, str>, Option<Cow<'a, str>>, u64, u64);

/// module, count, size, retained
#[derive(Debug, Serialize, Deserialize)]
struct AssemblyForm(Option<u32>, u64, u64, u64);

#[derive(Debug, Serialize, Deserialize)]
struct TreeForm<'a> {
    nodes: Vec<NodeForm<'a>>,
    cut: (u64, u64),
}

/// parent, type or name, count, size, retained
#[derive(Debug, Serialize, Deserialize)]
struct NodeForm<'a>(Option<u32>, TypeName<'a>, u64, u64, u64);

/// A type by its position among the types, or any name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum TypeName<'a> {
    Number(u32),
    Name(Cow<'a, str>),
}

/// type, ways
#[derive(Debug, Serialize, Deserialize)]
struct TypeWaysForm<'a>(u32, Vec<WayForm<'a>>);

/// kind of the root, its name, steps, which of them is the owner, count, size
#[derive(Debug, Serialize, Deserialize)]
struct WayForm<'a>(Cow<'a, str>, Option<Cow<'a, str>>, Vec<StepForm<'a>>, Option<usize>, u64, u64);

/// type, field, whether it repeats
#[derive(Debug, Serialize, Deserialize)]
struct StepForm<'a>(TypeName<'a>, Option<Cow<'a, str>>, bool);

/// The positions of names, to write.
struct Numbers<'a> {
    modules: FxHashMap<&'a str, u32>,
    types: FxHashMap<(&'a str, Option<&'a str>), u32>,
    /// Types by their names alone; of several the first.
    names: FxHashMap<&'a str, u32>,
}

impl<'a> Numbers<'a> {
    fn of(profile: &'a Profile) -> (Numbers<'a>, Vec<Cow<'a, str>>) {
        let of_types = profile.types.iter().map(|row| &row.module);
        let of_assemblies = profile.assemblies.iter().map(|row| &row.module);
        let mut modules: Vec<&str> = of_types.chain(of_assemblies).filter_map(Option::as_deref).collect();
        modules.sort_unstable();
        modules.dedup();
        let rows = || profile.types.iter().zip(0..);
        let mut names = FxHashMap::default();
        for (row, at) in rows() {
            names.entry(&*row.name).or_insert(at);
        }
        let numbers = Numbers {
            modules: modules.iter().copied().zip(0..).collect(),
            types: rows().map(|(row, at)| ((&*row.name, row.module.as_deref()), at)).collect(),
            names,
        };
        (numbers, modules.into_iter().map(Cow::Borrowed).collect())
    }

    fn module(&self, name: &Option<String>) -> Option<u32> {
        self.modules.get(name.as_deref()?).copied()
    }

    fn node(&self, node: &'a OwnerNode) -> TypeName<'a> {
        let known = self.types.get(&(&*node.name, node.module.as_deref()));
        let known = known.filter(|_| node.parent.is_some());
        known.map_or(TypeName::Name(Cow::Borrowed(&*node.name)), |&number| TypeName::Number(number))
    }

    fn way(&self, way: &'a Way) -> WayForm<'a> {
        let steps = way.steps.iter().map(|step| {
            let known = self.names.get(&*step.type_name);
            let of =
                known.map_or(TypeName::Name(Cow::Borrowed(&*step.type_name)), |&at| TypeName::Number(at));
            StepForm(of, step.field.as_deref().map(Cow::Borrowed), step.repeats)
        });
        let first = |numbers: &[u64]| numbers.first().copied().unwrap_or(0);
        WayForm(
            Cow::Borrowed(&*way.root_kind),
            way.root_name.as_deref().map(Cow::Borrowed),
            steps.collect(),
            way.owner,
            first(&way.counts),
            first(&way.sizes),
        )
    }
}

impl<'a> File<'a> {
    /// The form of a profile.
    pub fn of(profile: &'a Profile) -> File<'a> {
        let (numbers, modules) = Numbers::of(profile);
        let types = profile.types.iter().map(|row| {
            let module = numbers.module(&row.module);
            TypeForm(Cow::Borrowed(&*row.name), module, row.count, row.size, row.retained)
        });
        let roots = profile.roots.iter().map(|row| {
            let name = row.name.as_deref().map(Cow::Borrowed);
            RootForm(Cow::Borrowed(&*row.kind), name, row.count, row.retained)
        });
        let assemblies = profile
            .assemblies
            .iter()
            .map(|row| AssemblyForm(numbers.module(&row.module), row.count, row.size, row.retained));
        let nodes = profile
            .tree
            .nodes
            .iter()
            .map(|node| NodeForm(node.parent, numbers.node(node), node.count, node.size, node.retained));
        let ways = profile.ways.iter().filter_map(|of_type| {
            let number = numbers.types.get(&(&*of_type.type_name, of_type.module.as_deref()))?;
            Some(TypeWaysForm(*number, of_type.ways.iter().map(|way| numbers.way(way)).collect()))
        });
        File {
            format: Cow::Borrowed(FORMAT),
            version: Profile::VERSION,
            written_by: Cow::Borrowed(concat!("heapql ", env!("CARGO_PKG_VERSION"))),
            dump: Cow::Borrowed(&profile.dump),
            totals: Cow::Borrowed(&profile.totals),
            types: types.collect(),
            roots: roots.collect(),
            assemblies: assemblies.collect(),
            tree: TreeForm { nodes: nodes.collect(), cut: profile.tree.cut },
            ways: ways.collect(),
            answers: Cow::Borrowed(&profile.answers),
            problems: Cow::Borrowed(&profile.problems),
            left_out: profile.left_out,
            modules,
        }
    }

    /// The profile that was written.
    ///
    /// # Errors
    /// Numbers name rows that are not there, or are larger than any process is.
    pub fn profile(self) -> Result<Profile> {
        self.check()?;
        let module = |number: Option<u32>| -> Result<Option<String>> {
            let Some(number) = number else { return Ok(None) };
            let name = self.modules.get(number as usize);
            name.map(|name| Some(name.to_string())).ok_or_else(|| missing("module", number))
        };
        let types = self.types.iter().map(|&TypeForm(ref name, of, count, size, retained)| {
            Ok(TypeRow { name: name.to_string(), module: module(of)?, count, size, retained })
        });
        let types: Vec<TypeRow> = types.collect::<Result<_>>()?;
        let roots = self.roots.iter().map(|&RootForm(ref kind, ref name, count, retained)| RootGroup {
            kind: kind.to_string(),
            name: name.as_deref().map(str::to_owned),
            count,
            retained,
        });
        let assemblies = self.assemblies.iter().map(|&AssemblyForm(of, count, size, retained)| {
            Ok(AssemblyRow { module: module(of)?, count, size, retained })
        });
        let nodes = self.tree.nodes.iter().enumerate().map(|(at, node)| node.read(at, &types));
        let ways = self.ways.iter().map(|of_type| of_type.read(&types));
        Ok(Profile {
            version: self.version,
            roots: roots.collect(),
            assemblies: assemblies.collect::<Result<_>>()?,
            tree: OwnerTree { nodes: nodes.collect::<Result<_>>()?, cut: self.tree.cut },
            ways: ways.collect::<Result<_>>()?,
            types,
            dump: self.dump.into_owned(),
            totals: self.totals.into_owned(),
            answers: self.answers.into_owned(),
            problems: self.problems.into_owned(),
            left_out: self.left_out,
        })
    }

    /// Refuses lists and numbers that are larger than any real ones.
    fn check(&self) -> Result<()> {
        let lengths = [
            self.types.len(),
            self.roots.len(),
            self.assemblies.len(),
            self.tree.nodes.len(),
            self.ways.len(),
            self.answers.len(),
            self.problems.len(),
        ];
        if lengths.into_iter().any(|rows| rows > limits::MAX_BASELINE_ROWS) {
            return Err(senseless(&format!(
                "one of its lists has more than {} rows",
                limits::MAX_BASELINE_ROWS
            )));
        }
        let HeapTotals { objects, bytes, free, reachable, garbage, generations } = &*self.totals;
        let totals = [*objects, *bytes, *free, *reachable, *garbage, self.tree.cut.0, self.tree.cut.1];
        let generations = generations.iter().flat_map(|row| [row.objects, row.bytes, row.free]);
        let types = self.types.iter().flat_map(|row| [row.2, row.3, row.4]);
        let roots = self.roots.iter().flat_map(|row| [row.2, row.3]);
        let assemblies = self.assemblies.iter().flat_map(|row| [row.1, row.2, row.3]);
        let nodes = self.tree.nodes.iter().flat_map(|row| [row.2, row.3, row.4]);
        let ways = self.ways.iter().flat_map(|of_type| &of_type.1).flat_map(|way| [way.4, way.5]);
        let all = totals.into_iter().chain(generations).chain(types).chain(roots);
        let mut all = all.chain(assemblies).chain(nodes).chain(ways);
        match all.find(|&number| number > limits::MAX_BASELINE_AMOUNT) {
            Some(number) => Err(senseless(&format!("no process has {number} objects or bytes"))),
            None => Ok(()),
        }
    }
}

impl NodeForm<'_> {
    /// The node at position `at`. Parents come first, so that no node hangs on itself.
    fn read(&self, at: usize, types: &[TypeRow]) -> Result<OwnerNode> {
        let &NodeForm(parent, ref of, count, size, retained) = self;
        if parent.is_some_and(|parent| parent as usize >= at) {
            return Err(senseless(&format!("node {at} of the tree stands before its parent")));
        }
        let (name, module) = match of {
            TypeName::Number(number) => {
                let row = types.get(*number as usize).ok_or_else(|| missing("type", *number))?;
                (row.name.clone(), row.module.clone())
            }
            TypeName::Name(name) => (name.to_string(), None),
        };
        Ok(OwnerNode { parent, name, module, count, size, retained })
    }
}

impl TypeWaysForm<'_> {
    fn read(&self, types: &[TypeRow]) -> Result<TypeWays> {
        let row = types.get(self.0 as usize).ok_or_else(|| missing("type", self.0))?;
        let ways = self.1.iter().map(|way| way.read(types)).collect::<Result<_>>()?;
        Ok(TypeWays { type_name: row.name.clone(), module: row.module.clone(), ways })
    }
}

impl WayForm<'_> {
    fn read(&self, types: &[TypeRow]) -> Result<Way> {
        let &WayForm(ref kind, ref name, ref steps, owner, count, size) = self;
        if owner.is_some_and(|owner| owner >= steps.len()) {
            return Err(senseless("a way has an owner that is none of its steps"));
        }
        let steps = steps.iter().map(|StepForm(of, field, repeats)| {
            let type_name = match of {
                TypeName::Number(number) => {
                    types.get(*number as usize).ok_or_else(|| missing("type", *number))?.name.clone()
                }
                TypeName::Name(name) => name.to_string(),
            };
            Ok(WayStep { type_name, field: field.as_deref().map(str::to_owned), repeats: *repeats })
        });
        Ok(Way {
            root_kind: kind.to_string(),
            root_name: name.as_deref().map(str::to_owned),
            steps: steps.collect::<Result<_>>()?,
            owner,
            counts: vec![count],
            sizes: vec![size],
            not_kept: Vec::new(),
        })
    }
}

fn missing(what: &str, number: u32) -> crate::Error {
    senseless(&format!("it names {what} {number}, which is not there"))
}
