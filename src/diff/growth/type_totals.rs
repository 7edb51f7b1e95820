//! All objects of the types in each dump, to hold against those at which growth begins.

use rustc_hash::FxHashMap;

use super::Side;
use super::heads::Head;
use super::noise::increase;
use crate::diff::compare::names::{key, module_key};

/// Where growth begins at this part of all objects of a type at least, the type's own numbers are told: they are those of the
/// table of types, and the few others hang elsewhere or on the same holder in another way (the only handler of an event stands
/// in no list of handlers).
const NEARLY_ALL: f64 = 0.9;

/// Numbers of a type in each dump.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Objects.
    pub counts: Vec<u64>,
    /// Their bytes.
    pub sizes: Vec<u64>,
    /// The bytes that hang on them.
    pub retained: Vec<u64>,
}

/// The numbers of all types.
#[derive(Debug)]
pub(super) struct TypeTotals {
    known: FxHashMap<(String, Option<String>), Numbers>,
}

impl TypeTotals {
    /// The types of the dumps, oldest first.
    pub fn new(sides: &[Side<'_>]) -> TypeTotals {
        let mut known: FxHashMap<_, Numbers> = FxHashMap::default();
        for (dump, side) in sides.iter().enumerate() {
            for of in &side.profile.types {
                let numbers = known.entry(matched(&of.name, of.module.as_deref())).or_default();
                let columns = [&mut numbers.counts, &mut numbers.sizes, &mut numbers.retained];
                for (column, more) in columns.into_iter().zip([of.count, of.size, of.retained]) {
                    column.resize(sides.len(), 0);
                    column[dump] = column[dump].saturating_add(more);
                }
            }
        }
        TypeTotals { known }
    }

    fn of(&self, name: &str, module: Option<&str>) -> Option<&Numbers> {
        self.known.get(&matched(name, module))
    }

    /// By how many objects a type grew in all of the heap; 0 for one that shrank or is not known.
    pub fn more_objects(&self, name: &str, module: Option<&str>) -> u64 {
        self.of(name, module).map_or(0, |numbers| increase(&numbers.counts))
    }

    /// The numbers that are told of a head: of all objects of its type where growth begins at nearly all of them, else of those
    /// at which it does.
    pub fn numbers_of(&self, head: &Head) -> Numbers {
        let own = || Numbers {
            counts: head.counts.clone(),
            sizes: head.sizes.clone(),
            retained: head.retained.clone(),
        };
        let last = |counts: &[u64]| counts.last().copied().unwrap_or(0) as f64;
        let all = self.of(&head.name, head.module.as_deref());
        all.filter(|all| last(&head.counts) >= last(&all.counts) * NEARLY_ALL).cloned().unwrap_or_else(own)
    }
}

/// By what types of several dumps are matched.
fn matched(name: &str, module: Option<&str>) -> (String, Option<String>) {
    (key(name).into_owned(), module.map(|module| module_key(module).into_owned()))
}
