//! Whose bytes they are: every byte of the dominator tree, counted once, for the assembly whose objects hold it.
//!
//! Most bytes of a heap lie in strings, arrays and collections, which are .NET's own. They are counted for the nearest holder
//! up the tree that is not: a string for the customer whose name it is. What only .NET's own objects hold counts for the
//! outermost of them.

use std::collections::BTreeMap;

use crate::diff::profile::{OwnerNode, OwnerTree};

/// The bytes of an assembly, by the types that hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AssemblyBytes<'a> {
    /// The file name of the module; `None` for roots that hold bytes themselves and for types whose module is not known.
    pub module: Option<&'a str>,
    /// All of it.
    pub bytes: u64,
    /// By type, the most bytes first.
    pub holders: Vec<Holder<'a>>,
}

/// A type that holds bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Holder<'a> {
    /// Its name.
    pub type_name: &'a str,
    /// Its objects.
    pub count: u64,
    /// The bytes.
    pub bytes: u64,
}

/// The bytes of a dump by assembly, the most first; garbage is among them, at the objects that hold the most of it.
pub(super) fn by_assembly(tree: &OwnerTree) -> Vec<AssemblyBytes<'_>> {
    let own = own_bytes(tree);
    let mut holders: Vec<usize> = Vec::with_capacity(tree.nodes.len());
    let mut sums: BTreeMap<(Option<&str>, &str), (u64, u64)> = BTreeMap::new();
    for (at, node) in tree.nodes.iter().enumerate() {
        let above = node.parent.map(|parent| parent as usize).filter(|&parent| parent < at);
        let holder = match above.map(|parent| holders[parent]) {
            Some(holder) if !takes_over(node, &tree.nodes[holder]) => holder,
            _ => at,
        };
        holders.push(holder);
        let named = &tree.nodes[holder];
        let sum = sums.entry((named.module.as_deref(), named.name.as_str())).or_default();
        sum.0 = sum.0.saturating_add(own[at]);
        if holder == at {
            sum.1 = sum.1.saturating_add(node.count);
        }
    }
    gathered(sums)
}

/// Whether bytes below `node` count for it rather than for `holder` above it.
fn takes_over(node: &OwnerNode, holder: &OwnerNode) -> bool {
    match (&node.module, &holder.module) {
        (Some(_), None) => true,
        (Some(module), Some(_)) => !is_of_dotnet(module),
        (None, _) => false,
    }
}

/// Whether a module is .NET's own, by its name: the base class library and ASP.NET Core have reserved prefixes on the
/// public package registry.
fn is_of_dotnet(module: &str) -> bool {
    const PREFIXES: [&str; 2] = ["System.", "Microsoft."];
    const NAMES: [&str; 3] = ["mscorlib.dll", "netstandard.dll", "System.dll"];
    PREFIXES.iter().any(|prefix| module.starts_with(prefix)) || NAMES.contains(&module)
}

/// The bytes of each node that none of its children has: its objects' own, and what was cut off below it.
fn own_bytes(tree: &OwnerTree) -> Vec<u64> {
    let mut own: Vec<u64> = tree.nodes.iter().map(|node| node.retained).collect();
    for (at, node) in tree.nodes.iter().enumerate() {
        if let Some(parent) = node.parent.map(|parent| parent as usize).filter(|&parent| parent < at) {
            own[parent] = own[parent].saturating_sub(node.retained);
        }
    }
    own
}

fn gathered<'a>(sums: BTreeMap<(Option<&'a str>, &'a str), (u64, u64)>) -> Vec<AssemblyBytes<'a>> {
    let mut assemblies: Vec<AssemblyBytes<'a>> = Vec::new();
    for ((module, type_name), (bytes, count)) in sums.into_iter().filter(|(_, (bytes, _))| *bytes > 0) {
        // The map is in the order of modules.
        if assemblies.last().is_none_or(|last| last.module != module) {
            assemblies.push(AssemblyBytes { module, ..AssemblyBytes::default() });
        }
        let Some(assembly) = assemblies.last_mut() else { continue };
        assembly.bytes = assembly.bytes.saturating_add(bytes);
        assembly.holders.push(Holder { type_name, count, bytes });
    }
    assemblies.iter_mut().for_each(|a| a.holders.sort_by_key(|holder| std::cmp::Reverse(holder.bytes)));
    assemblies.sort_by_key(|assembly| std::cmp::Reverse(assembly.bytes));
    assemblies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(parent: Option<u32>, name: &str, module: Option<&str>, size: u64, retained: u64) -> OwnerNode {
        OwnerNode { parent, name: name.into(), module: module.map(Into::into), count: 1, size, retained }
    }

    const CORE: Option<&str> = Some("System.Private.CoreLib.dll");
    const SHOP: Option<&str> = Some("shop.dll");

    #[test]
    fn every_byte_counts_once_for_who_holds_it() {
        let tree = OwnerTree {
            nodes: vec![
                node(None, "static Shop.Cache.all", None, 0, 100),
                node(Some(0), "System.List", CORE, 10, 100),
                node(Some(1), "Shop.Order", SHOP, 30, 80),
                node(Some(2), "System.String", CORE, 45, 45),
                node(None, "shared", None, 0, 7),
            ],
            cut: (0, 0),
        };
        let told: Vec<_> = by_assembly(&tree);
        // 5 of the order's bytes and 10 of the list's were cut off below them.
        assert_eq!(
            told[0],
            AssemblyBytes {
                module: SHOP,
                bytes: 80,
                holders: vec![Holder { type_name: "Shop.Order", count: 1, bytes: 80 }],
            }
        );
        assert_eq!((told[1].module, told[1].bytes), (CORE, 20));
        assert_eq!((told[2].module, told[2].bytes), (None, 7));
        assert_eq!(told.iter().map(|a| a.bytes).sum::<u64>(), 107);
    }

    #[test]
    fn a_tree_that_contradicts_itself_is_survived() {
        let tree = OwnerTree {
            nodes: vec![node(Some(1), "A", SHOP, 1, u64::MAX), node(Some(1), "A", SHOP, 1, u64::MAX)],
            cut: (0, 0),
        };
        assert_eq!(by_assembly(&tree)[0].bytes, u64::MAX);
        assert!(by_assembly(&OwnerTree::default()).is_empty());
    }
}
