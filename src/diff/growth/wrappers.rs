//! Types that a person does not name when asked what grows or who holds it: arrays, delegates, inner nodes of collections.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::graph::Snapshot;
use crate::query::{QueryError, RunOptions};

/// How many steps an inner node may be below its collection: a table, its array, the node.
const STEPS_BELOW_COLLECTION: usize = 4;

/// The type of what delegates derive from.
const DELEGATE: &str = "System.MulticastDelegate";

/// The namespace of the framework's collections, for dumps that are not there any more: a baseline holds names only.
const COLLECTIONS: &str = "System.Collections.";

/// What is known of the types of a dump by their names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wrappers {
    delegates: FxHashSet<Arc<str>>,
    collections: FxHashSet<Arc<str>>,
}

impl Wrappers {
    /// What an open dump tells: which types derive from delegates, which have the shape of a collection.
    pub fn of(snapshot: &Snapshot, options: &RunOptions<'_>) -> Result<Wrappers, QueryError> {
        let types = snapshot.heap(options.progress)?.types.all();
        let mut wrappers = Wrappers::default();
        for of in types {
            if of.parent.as_deref() == Some(DELEGATE) {
                wrappers.delegates.insert(Arc::clone(&of.name));
            }
            let values = snapshot.values.as_ref();
            if values.is_some_and(|values| values.collection_shape(of.method_table).is_some()) {
                wrappers.collections.insert(Arc::clone(&of.name));
            }
        }
        Ok(wrappers)
    }

    /// Only these are known to be delegates.
    #[cfg(test)]
    pub fn with_delegates(names: &[&str]) -> Wrappers {
        Wrappers { delegates: names.iter().copied().map(Arc::from).collect(), ..Wrappers::default() }
    }

    /// Whether the objects of type `name` only stand between their holder and what they hold; `above` are the types that hold
    /// them, the nearest first.
    pub fn is_wrapper<'n>(&self, name: &str, above: impl Iterator<Item = &'n str>) -> bool {
        is_array(name) || self.is_delegate(name) || self.is_inner_node(name, above)
    }

    /// Whether it is a type of delegates.
    fn is_delegate(&self, name: &str) -> bool {
        self.delegates.contains(name)
    }

    fn is_collection(&self, name: &str) -> bool {
        self.collections.contains(name) || (name.starts_with(COLLECTIONS) && outer(name).is_none())
    }

    /// Whether it is a part of a collection a few steps above: a type nested in the collection's, or one that is called after it
    /// (`LinkedListNode<T>` of `LinkedList<T>`).
    pub fn is_inner_node<'n>(&self, name: &str, above: impl Iterator<Item = &'n str>) -> bool {
        above.take(STEPS_BELOW_COLLECTION).any(|holder| {
            self.is_collection(holder)
                && (outer(name).is_some_and(|outer| outer == holder) || is_called_after(name, holder))
        })
    }
}

/// Whether objects of that type are arrays.
pub(crate) fn is_array(name: &str) -> bool {
    name.ends_with(']')
}

/// The name of the type that a type is nested in, with its arguments; `None` for one that is not nested.
fn outer(name: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut last = None;
    for (at, c) in name.char_indices() {
        match c {
            '<' if is_argument_list(&name[at..]) => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            '+' if depth == 0 => last = Some(at),
            _ => {}
        }
    }
    last.map(|at| &name[..at])
}

/// Whether a `<` begins arguments; that of a compiler's name (`<Park>d__6`, `<>c`) follows on nothing.
fn is_argument_list(rest: &str) -> bool {
    !rest.starts_with("<>")
}

/// Whether a type of the same namespace is called as the collection is, and more: `LinkedListNode<T>`.
fn is_called_after(name: &str, collection: &str) -> bool {
    let bare = |name: &str| name.split('<').next().unwrap_or_default().len();
    let (name, collection) = (&name[..bare(name)], &collection[..bare(collection)]);
    name.len() > collection.len() && name.starts_with(collection) && name.ends_with("Node")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_inner_node(name: &str, above: &[&str]) -> bool {
        Wrappers::default().is_inner_node(name, above.iter().copied())
    }

    #[test]
    fn nodes_of_collections_are_told_by_the_types_above_them() {
        let dictionary = "System.Collections.Concurrent.ConcurrentDictionary<System.String, Shop.Entry>";
        let [tables, array, node] =
            ["Tables", "VolatileNode[]", "Node"].map(|inner| format!("{dictionary}+{inner}"));
        assert!(is_inner_node(&node, &[&array, &tables, dictionary]));
        assert!(is_inner_node(&tables, &[dictionary]));
        assert!(!is_inner_node(&node, &["Shop.Cache"]), "far from its collection it is what it is");
        assert!(!is_inner_node("Shop.Entry", &[dictionary]));
        let list = "System.Collections.Generic.LinkedList<Shop.Entry>";
        assert!(is_inner_node("System.Collections.Generic.LinkedListNode<Shop.Entry>", &[list]));
    }

    #[test]
    fn nested_types_of_a_program_are_no_inner_nodes() {
        assert!(!is_inner_node(
            "Shop.Cache+Entry",
            &["Shop.Cache+Entry[]", "System.Collections.Generic.List<Shop.Cache+Entry>", "Shop.Cache"]
        ));
    }

    #[test]
    fn the_outer_type_keeps_its_arguments() {
        assert_eq!(outer("A.B<C+D>+E"), Some("A.B<C+D>"));
        assert_eq!(outer("A.B<C+D>"), None);
        assert_eq!(outer("A.B+<>c__DisplayClass1_0"), Some("A.B"));
        assert_eq!(outer("A.B+<Park>d__6"), Some("A.B"));
        assert_eq!(outer("A"), None);
    }
}
