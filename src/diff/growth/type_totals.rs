//! All objects of the types in each dump, to hold those against at which growth begins.

use rustc_hash::FxHashMap;

use super::Side;
use super::heads::Head;
use crate::diff::compare::names::{key, module_key};

/// Where growth begins at this part of all objects of a type at least, the few others are its, too: one of 200,000 that a request
/// under way holds is no other growth, and the numbers are those of the table of types.
const NEARLY_ALL: f64 = 0.99;

/// Numbers of a type in each dump.
#[derive(Debug, Default)]
struct Numbers {
    /// Objects.
    counts: Vec<u64>,
    /// Their bytes.
    sizes: Vec<u64>,
    /// The bytes that hang on them.
    retained: Vec<u64>,
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

    /// Puts right what a head's numbers say of the dumps before the last: objects that had another holder then, or hung on
    /// the same one in another way (the only handler of an event stands in no list of handlers), did not come new.
    ///
    /// The objects of the type that are not the head's in the last dump are taken to have been elsewhere before, too. All others
    /// that there were are counted for the head.
    pub fn settle(&self, head: &mut Head) {
        let Some(all) = self.known.get(&matched(&head.name, head.module.as_deref())) else { return };
        let last = |numbers: &[u64]| numbers.last().copied().unwrap_or(0);
        if last(&head.counts) as f64 >= last(&all.counts) as f64 * NEARLY_ALL {
            head.counts.clone_from(&all.counts);
            head.sizes.clone_from(&all.sizes);
            head.retained.clone_from(&all.retained);
            return;
        }
        let columns = [
            (&mut head.counts, &all.counts),
            (&mut head.sizes, &all.sizes),
            (&mut head.retained, &all.retained),
        ];
        for (own, all) in columns {
            let elsewhere = last(all).saturating_sub(last(own));
            for (own, &all) in own.iter_mut().zip(all) {
                *own = (*own).max(all.saturating_sub(elsewhere));
            }
        }
    }
}

/// By what types of several dumps are matched.
fn matched(name: &str, module: Option<&str>) -> (String, Option<String>) {
    (key(name).into_owned(), module.map(|module| module_key(module).into_owned()))
}
