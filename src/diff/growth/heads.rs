//! Where growth begins: the first types from the roots down whose objects multiply, named as a person names them.
//!
//! From each root down, the first node that grows (see `noise`) is a head: what it holds multiplies with it and is not named
//! again. A head that only wraps (an array, a delegate, the node of a dictionary) is named by what it wraps. What more
//! objects than the head's own growth explains stands below a head is a head of its own: fifty sessions more, one of which
//! leaks a million rows.

use rustc_hash::FxHashMap;

use super::aligned_tree::{AlignedNode, AlignedTree};
use super::noise::{Heaps, Series, increase};
use super::wrappers::Wrappers;
use crate::diff::compare::names::key;

/// How often a wrapper may stand in a wrapper: a delegate in an array in a delegate in the node of a dictionary.
const MAX_WRAPPED: usize = 8;

/// A wrapper holds one object each: the growth of what it wraps is this part of its own at least, and at most.
const ONE_EACH: (f64, f64) = (0.5, 1.5);

/// Below a head, objects that became more by so many times the factor by which the head's did are not explained by it.
const OUTGROWS: f64 = 4.0;

/// What nothing reaches any more is not growing: it is about to go.
const GARBAGE: &str = "garbage";

/// What texts are called.
const STRING: &str = "System.String";

/// A type at which growth begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Head {
    /// Its name in the last dump.
    pub name: String,
    /// The file name of its module.
    pub module: Option<String>,
    /// Its objects where growth begins, in each dump.
    pub counts: Vec<u64>,
    /// Their bytes.
    pub sizes: Vec<u64>,
    /// The bytes that hang on them.
    pub retained: Vec<u64>,
}

/// The heads of a tree, several of one type taken together, the most retained growth first. `grew` tells by how many objects a
/// type grew in all of the heap: a type whose objects only went to other holders does not grow.
pub(super) fn heads(
    tree: &AlignedTree,
    wrappers: &Wrappers,
    heaps: Heaps,
    grew: impl Fn(&str, Option<&str>) -> u64,
) -> Vec<Head> {
    let search = Search { tree, wrappers, heaps };
    let mut heads: Vec<Head> = Vec::new();
    let mut known: FxHashMap<(String, Option<String>), usize> = FxHashMap::default();
    for found in search.heads() {
        let node = &tree.nodes[search.wrapped(found) as usize];
        let moved = increase(&node.counts) / 2 > grew(&node.name, node.module.as_deref());
        if moved {
            continue;
        }
        let at = *known.entry((key(&node.name).into_owned(), node.module.clone())).or_insert(heads.len());
        match heads.get_mut(at) {
            Some(head) => head.add(node),
            None => heads.push(Head::of(node)),
        }
    }
    heads.sort_by_key(|head| std::cmp::Reverse(increase(&head.retained)));
    heads
}

impl Head {
    fn of(node: &AlignedNode) -> Head {
        Head {
            name: node.name.clone(),
            module: node.module.clone(),
            counts: node.counts.clone(),
            sizes: node.sizes.clone(),
            retained: node.retained.clone(),
        }
    }

    fn add(&mut self, node: &AlignedNode) {
        let add = |sums: &mut [u64], more: &[u64]| {
            sums.iter_mut().zip(more).for_each(|(sum, &more)| *sum = sum.saturating_add(more));
        };
        add(&mut self.counts, &node.counts);
        add(&mut self.sizes, &node.sizes);
        add(&mut self.retained, &node.retained);
    }
}

struct Search<'a> {
    tree: &'a AlignedTree,
    wrappers: &'a Wrappers,
    heaps: Heaps,
}

impl Search<'_> {
    /// The nodes at which growth begins, wrappers among them.
    fn heads(&self) -> Vec<u32> {
        let mut heads = Vec::new();
        let roots = self.tree.nodes.iter().zip(0..);
        let roots = roots.filter(|(node, _)| node.parent.is_none() && node.name != GARBAGE);
        // With each node the head that holds it.
        let mut open: Vec<(u32, Option<u32>)> = roots.map(|(_, at)| (at, None)).collect();
        while let Some((at, above)) = open.pop() {
            let node = &self.tree.nodes[at as usize];
            let begins = node.parent.is_some()
                && series(node).is_growth(self.heaps)
                && above.is_none_or(|above| self.outgrows(node, above));
            if begins {
                heads.push(at);
            }
            let above = if begins { Some(at) } else { above };
            open.extend(node.children.iter().rev().map(|&child| (child, above)));
        }
        heads
    }

    /// Whether the growth of the head above explains less than half of that of `node`, and `node` is what weighs in it.
    fn outgrows(&self, node: &AlignedNode, head: u32) -> bool {
        let head = &self.tree.nodes[head as usize];
        let factor = |counts: &[u64]| {
            let first = counts.first().copied().unwrap_or(0);
            let last = counts.last().copied().unwrap_or(0);
            (first > 0).then(|| last as f64 / first as f64)
        };
        let outgrown = match (factor(&node.counts), factor(&head.counts)) {
            (Some(own), Some(above)) => own >= above * OUTGROWS,
            _ => false,
        };
        outgrown && increase(&node.retained) >= increase(&head.retained) / 2
    }

    /// What a head that only wraps is named by: what it holds one of each; itself where it holds none, or many.
    fn wrapped(&self, head: u32) -> u32 {
        let mut at = head;
        for _ in 0..MAX_WRAPPED {
            let node = &self.tree.nodes[at as usize];
            if !self.wrappers.is_wrapper(&node.name, self.tree.names_above(at)) {
                break;
            }
            let Some(inner) = self.inner(node) else { break };
            at = inner;
        }
        at
    }

    /// What the objects of a wrapper hold one of each.
    fn inner(&self, node: &AlignedNode) -> Option<u32> {
        let own = increase(&node.counts) as f64;
        let one_each = |&&child: &&u32| {
            let more = increase(&self.tree.nodes[child as usize].counts) as f64;
            (own * ONE_EACH.0..=own * ONE_EACH.1).contains(&more)
        };
        let name = |child: u32| &*self.tree.nodes[child as usize].name;
        // A text is a key, unless texts are what the collection is of; its values may be held by others too.
        let is_value =
            |&&child: &&u32| name(child) != STRING || !node.name.contains('<') || is_of_texts(&node.name);
        let weight = |&&child: &&u32| increase(&self.tree.nodes[child as usize].retained);
        node.children.iter().filter(one_each).filter(is_value).max_by_key(weight).copied()
    }
}

/// Whether the last argument of a generic type is a text: the values of its collection are.
fn is_of_texts(name: &str) -> bool {
    name.rsplit_once('>').is_some_and(|(arguments, _)| arguments.ends_with(STRING))
}

fn series(node: &AlignedNode) -> Series<'_> {
    Series { counts: &node.counts, retained: &node.retained }
}
