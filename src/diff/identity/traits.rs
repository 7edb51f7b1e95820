//! The traits of the objects of a type in several dumps, as columns of numbers.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::content::{Contents, Leaf, LeafKind, leaves};
use super::objects::Objects;
use crate::bytes::Addr;
use crate::clr::type_system::TypeKind;
use crate::graph::{Heap, Snapshot};
use crate::limits;
use crate::query::{QueryError, RunOptions};
use crate::values::Values;

/// What stands in a column for a value that is not in the dump.
pub(super) const MISSING: u64 = u64::MAX;

/// Objects that are looked at to tell which traits are worth reading of all.
const SAMPLE: usize = 2048;

/// Traits that are read of all objects: the most telling ones. A key that takes more is no key.
const MOST_TRAITS: usize = 8;

/// Objects that a worker reads at a time.
const CHUNK: usize = 8192;

/// What the trait of a string or an array is called.
pub(super) const CONTENT: &str = "content";

/// Something that an object keeps for its life, or may.
#[derive(Clone, Debug)]
pub(super) struct Trait {
    /// The field's name, with the way to it through structs.
    pub(super) name: Arc<str>,
    /// Whether it is a plain number, which two objects may share by chance.
    pub(super) number: bool,
    /// Whether only the constructor writes it.
    pub(super) read_only: bool,
}

/// The objects of a type in several dumps with their traits.
#[derive(Debug)]
pub(super) struct Subject {
    /// Which run of the process each dump is of; `None` where the dump does not tell.
    pub(super) runs: Vec<Option<u64>>,
    /// The objects, a dump each.
    pub(super) objects: Vec<Objects>,
    /// The traits that tell objects apart at all, the most telling ones of a sample first.
    pub(super) traits: Vec<Trait>,
    /// For each dump and trait, the values of the dump's objects.
    pub(super) columns: Vec<Vec<Vec<u64>>>,
}

/// The objects of a type in one dump, and how its traits are read.
struct Side<'s> {
    objects: Objects,
    values: Option<&'s Values>,
    /// How the traits are read, by MethodTable: several load contexts may each have a type of that name.
    readers: FxHashMap<Addr, Vec<Reader>>,
}

/// How a trait is read.
#[derive(Clone, Debug)]
enum Reader {
    /// A value in the object.
    Leaf(Leaf),
    /// All that it holds: texts and arrays.
    Whole,
}

impl Reader {
    fn name(&self) -> Arc<str> {
        match self {
            Reader::Leaf(leaf) => Arc::clone(&leaf.name),
            Reader::Whole => CONTENT.into(),
        }
    }
}

impl Subject {
    /// Reads the traits of the objects of the type called `name`, of `module` where it is given.
    ///
    /// # Errors
    /// A dump has no heap; it was stopped.
    pub(super) fn read(
        snapshots: &[&Snapshot],
        name: &str,
        module: Option<&str>,
        options: &RunOptions<'_>,
    ) -> Result<Subject, QueryError> {
        let sides = snapshots.iter().map(|snapshot| {
            let heap = snapshot.heap(options.progress)?;
            Ok(Side::new(snapshot, heap, name, module))
        });
        let sides = sides.collect::<Result<Vec<Side<'_>>, QueryError>>()?;
        let traits = common_traits(&sides);
        let sampled = sides.iter().map(|side| {
            let step = side.objects.len().div_ceil(SAMPLE).max(1);
            let sample: Vec<Addr> = side.objects.addresses.iter().step_by(step).copied().collect();
            side.columns(&sample, &traits, options.cancel)
        });
        let sampled = sampled.collect::<Result<Vec<_>, QueryError>>()?;
        let largest = sides.iter().map(|side| side.objects.len()).max().unwrap_or(0);
        let most = (limits::MAX_IDENTITY_VALUES / largest.max(1)).min(MOST_TRAITS);
        let traits: Vec<Trait> =
            telling(&sampled).into_iter().take(most).filter_map(|at| traits.get(at).cloned()).collect();
        let columns = sides.iter().map(|side| side.columns(&side.objects.addresses, &traits, options.cancel));
        let columns = columns.collect::<Result<Vec<_>, QueryError>>()?;
        let runs = snapshots.iter().map(|snapshot| snapshot.facts.process_run).collect();
        Ok(Subject { runs, objects: sides.into_iter().map(|side| side.objects).collect(), traits, columns })
    }
}

impl<'s> Side<'s> {
    fn new(snapshot: &'s Snapshot, heap: &Heap, name: &str, module: Option<&str>) -> Side<'s> {
        let types = heap.types.all();
        let is_one = |of: &crate::graph::TypeInfo| {
            &*of.name == name && (module.is_none() || of.module.as_deref() == module)
        };
        let wanted: Vec<bool> = types.iter().map(is_one).collect();
        let values = snapshot.values.as_deref();
        let mut readers = FxHashMap::default();
        for of in types.iter().filter(|of| is_one(of)) {
            readers.insert(of.method_table, values.map_or_else(Vec::new, |v| readers_of(v, of.method_table)));
        }
        Side { objects: Objects::of_types(snapshot, heap, &wanted), values, readers }
    }

    /// The values of `traits` of the objects at `addresses`, a column each.
    fn columns(
        &self,
        addresses: &[Addr],
        traits: &[Trait],
        cancel: &AtomicBool,
    ) -> Result<Vec<Vec<u64>>, QueryError> {
        // What is read of the objects of each MethodTable, in the order of the traits.
        let readers: FxHashMap<Addr, Vec<Option<&Reader>>> = self
            .readers
            .iter()
            .map(|(&mt, all)| {
                let of = |wanted: &Trait| all.iter().find(|reader| reader.name() == wanted.name);
                (mt, traits.iter().map(of).collect())
            })
            .collect();
        let starts: Vec<usize> = (0..addresses.len()).step_by(CHUNK).collect();
        let parts = starts.par_iter().map(|&start| {
            if cancel.load(Ordering::Relaxed) {
                return Err(QueryError::Cancelled);
            }
            let range = start..(start + CHUNK).min(addresses.len());
            Ok(self.chunk(&addresses[range], traits.len(), &readers))
        });
        let parts = parts.collect::<Result<Vec<Vec<Vec<u64>>>, QueryError>>()?;
        Ok((0..traits.len()).map(|at| parts.iter().flat_map(|part| &part[at]).copied().collect()).collect())
    }

    fn chunk(
        &self,
        addresses: &[Addr],
        traits: usize,
        readers: &FxHashMap<Addr, Vec<Option<&Reader>>>,
    ) -> Vec<Vec<u64>> {
        let mut columns = vec![Vec::with_capacity(addresses.len()); traits];
        let Some(values) = self.values else { return columns };
        let mut contents = Contents::new(values);
        for &address in addresses {
            let readers = values.types().type_of(address).ok().and_then(|mt| readers.get(&mt));
            for (at, column) in columns.iter_mut().enumerate() {
                let reader = readers.and_then(|readers| *readers.get(at)?);
                let value = match reader {
                    Some(Reader::Leaf(leaf)) => contents.leaf(address, leaf).ok(),
                    Some(Reader::Whole) => contents.whole(address).ok(),
                    None => None,
                };
                // One number of all must give way to the mark.
                column.push(value.map_or(MISSING, |value| value.min(MISSING - 1)));
            }
        }
        columns
    }
}

fn readers_of(values: &Values, mt: Addr) -> Vec<Reader> {
    let description = values.types().description(mt);
    match description.kind {
        TypeKind::String | TypeKind::Array(_) => vec![Reader::Whole],
        _ => leaves(values.types(), &description).into_iter().map(Reader::Leaf).collect(),
    }
}

/// The traits that the type has in every dump that has objects of it.
fn common_traits(sides: &[Side<'_>]) -> Vec<Trait> {
    let mut types = sides.iter().flat_map(|side| side.readers.values());
    let Some(first) = types.next() else { return Vec::new() };
    let others: Vec<FxHashSet<Arc<str>>> =
        types.map(|readers| readers.iter().map(Reader::name).collect()).collect();
    let mut met = FxHashSet::default();
    let common = first.iter().filter(|reader| others.iter().all(|names| names.contains(&reader.name())));
    // A name that a base class hides occurs twice; the first is read.
    let common = common.filter(|reader| met.insert(reader.name()));
    common
        .map(|reader| match reader {
            Reader::Leaf(leaf) => Trait {
                name: Arc::clone(&leaf.name),
                number: matches!(leaf.kind, LeafKind::Number(_)),
                read_only: leaf.read_only,
            },
            Reader::Whole => Trait { name: CONTENT.into(), number: false, read_only: false },
        })
        .collect()
}

/// The positions of the columns that are not the same for all objects, those with the most values first.
fn telling(sampled: &[Vec<Vec<u64>>]) -> Vec<usize> {
    let count = sampled.first().map_or(0, Vec::len);
    let values = |at: usize| {
        let mut all: FxHashSet<u64> = FxHashSet::default();
        // How many values the dump with the fewest has says nothing, since it may have hardly any objects.
        let most = sampled.iter().map(|columns| columns[at].iter().collect::<FxHashSet<_>>().len()).max();
        sampled.iter().for_each(|columns| all.extend(columns[at].iter().filter(|&&value| value != MISSING)));
        (most.unwrap_or(0), all.len())
    };
    let counted: Range<usize> = 0..count;
    let mut found: Vec<(usize, usize)> = counted
        .map(|at| (at, values(at)))
        .filter(|(_, (_, all))| *all > 1)
        .map(|(at, (most, _))| (at, most))
        .collect();
    found.sort_by_key(|&(at, most)| (std::cmp::Reverse(most), at));
    found.into_iter().map(|(at, _)| at).collect()
}
