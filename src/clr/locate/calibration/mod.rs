//! Finding fields whose offsets the layout only proposes, by what the structures in the dump prove.
//!
//! Structures of the runtime hold locks and others of the platform in front of what is asked for, so a build
//! that was never seen has known fields at offsets a few words from where the sources let them expect. Each rule
//! here tries all offsets about a proposal and believes the one by which the structures prove themselves: a list
//! of threads that has as many elements as it says and holds the finalizer's, a map of types whose elements carry
//! the number of their row. Where none or several prove themselves the field stays unknown, and the readers say so.
//!
//! The order matters: threads lead to nothing, the list of assemblies leads to modules, those to their maps.

mod handles;
mod maps;
mod modules;
mod threads;

use crate::bytes::Addr;
use crate::clr::checks::Check;
use crate::clr::layout::{Descriptor, Proposal};
use crate::clr::modules::{app_domain, assemblies, module_of};
use crate::clr::types::MethodTables;
use crate::dump::Dump;

use super::Globals;

/// How far a field of a build that was never seen may lie from where its family has it: a lock is
/// some 100 bytes.
const LIKELY_SHIFT: u64 = 128;

/// The fields that rules can find, where they move as builds and platforms differ.
const MOVABLE: [(&str, &str); 15] = [
    threads::FIRST_LINK,
    threads::LINK,
    threads::OS_ID,
    threads::LOCALS,
    threads::STACK_BASE,
    modules::ASSEMBLY_LIST,
    modules::PE_ASSEMBLY,
    modules::IMAGE_LAYOUT,
    modules::ALLOCATOR_HANDLE,
    modules::LOCAL_MODULE,
    modules::DYNAMIC_METADATA,
    maps::DEFINITIONS,
    maps::PARAMETERIZED,
    maps::READY_TO_RUN,
    handles::SEGMENT_LIST,
];

/// Fields that keep their distance from one that moves: type, field, and what it moves with.
const COMPANIONS: [(&str, &str, &str); 12] = [
    ("ThreadStore", "ThreadCount", "FirstThreadLink"),
    ("Thread", "GCHandle", "OSId"),
    ("Thread", "StrongHandle", "OSId"),
    ("Thread", "LastThrownObject", "OSId"),
    ("Thread", "ExceptionTracker", "OSId"),
    ("Module", "Assembly", "PEAssembly"),
    ("Module", "LoaderAllocator", "PEAssembly"),
    ("Module", "TypeRefToMethodTableMap", "TypeDefToMethodTableMap"),
    ("Module", "MethodDefToDescMap", "TypeDefToMethodTableMap"),
    ("Module", "FieldDefToDescMap", "TypeDefToMethodTableMap"),
    ("PEImage", "MappedImageLayout", "FlatImageLayout"),
    ("PEImage", "LoadedImageLayout", "FlatImageLayout"),
];
/// Fields farther apart than this have other structures in between, which may change their distance.
const LARGEST_DISTANCE: u64 = 256;

/// What the rules read.
struct Evidence<'a> {
    dump: &'a Dump,
    globals: &'a Globals,
    method_tables: Option<MethodTables>,
}

impl Evidence<'_> {
    /// Whether an object lies at `object`; `None` where its type is not in the dump.
    fn is_object(&self, object: Addr) -> Option<bool> {
        let memory = &*self.dump.memory;
        if object.is_null() {
            return Some(false);
        }
        // The low bits of the word are the collector's while it marks.
        let mt = memory.pointer(object).ok()?.without(7);
        Some(self.method_tables.as_ref()?.is_method_table(memory, mt))
    }

    /// The row of the TypeDef table that a MethodTable names.
    fn type_def_row(&self, mt: Addr) -> Option<u32> {
        self.method_tables.as_ref()?.type_def_row(&self.dump.memory, mt).ok().flatten()
    }

    /// The addresses of the modules, as far as `layout` leads to them.
    fn modules(&self, layout: &Descriptor) -> Vec<Addr> {
        let memory = &*self.dump.memory;
        let listed = app_domain(memory, layout, self.globals)
            .and_then(|domain| assemblies(memory, layout, domain).ok())
            .map_or_else(Vec::new, |(listed, _)| listed);
        let modules = listed.iter().filter_map(|&assembly| module_of(memory, layout, assembly).ok());
        modules.filter(|module| !module.is_null()).collect()
    }
}

/// Takes the fields that may lie elsewhere in an unknown build for proposals only.
pub(super) fn doubt(layout: &mut Descriptor) {
    for (of, field, with) in COMPANIONS {
        layout.tie(of, field, with, LARGEST_DISTANCE);
    }
    for (of, field) in MOVABLE {
        layout.doubt(of, field, LIKELY_SHIFT);
    }
}

/// Settles what `layout` only proposes, as far as the dump proves it. Returns what was found, field by field.
pub(super) fn calibrate(dump: &Dump, layout: &mut Descriptor, globals: &Globals) -> Vec<Check> {
    let free = globals.pointer(&dump.memory, "FreeObjectMethodTable");
    let method_tables = free.and_then(|free| MethodTables::new(layout, free).ok());
    let evidence = Evidence { dump, globals, method_tables };
    let mut checks = Vec::new();
    threads::calibrate(&evidence, layout, &mut checks);
    modules::calibrate(&evidence, layout, &mut checks);
    maps::calibrate(&evidence, layout, &mut checks);
    handles::calibrate(&evidence, layout, &mut checks);
    checks
}

/// The offsets about a proposal, the likeliest first.
fn offsets(proposal: Proposal, step: u64) -> impl Iterator<Item = u64> {
    let Proposal { near, within } = proposal;
    (0..=within / step).flat_map(move |n| {
        let below = near.checked_sub(n * step).filter(|_| n > 0);
        [Some(near + n * step), below].into_iter().flatten()
    })
}

/// What the offsets about a proposal prove.
enum Finding {
    /// One proves more than every other.
    At { offset: u64, proofs: usize },
    /// No offset proves anything.
    Nowhere,
    /// Several prove as much.
    Ambiguous(usize),
}

/// The offset that proves most by `proofs`, a number of proofs, where `None` speaks against the offset.
fn find(proposal: Proposal, step: u64, mut proofs: impl FnMut(u64) -> Option<usize>) -> Finding {
    let (mut best, mut as_good) = (None::<(u64, usize)>, 0);
    for offset in offsets(proposal, step) {
        let Some(found) = proofs(offset).filter(|&found| found > 0) else { continue };
        match best {
            Some((_, most)) if most > found => {}
            Some((_, most)) if most == found => as_good += 1,
            _ => (best, as_good) = (Some((offset, found)), 1),
        }
    }
    match best {
        None => Finding::Nowhere,
        Some(_) if as_good > 1 => Finding::Ambiguous(as_good),
        Some((offset, proofs)) => Finding::At { offset, proofs },
    }
}

/// Settles one field by `proofs`, which gets the layout as it would be and the offset, if the layout proposes it.
/// `name` is the check's, `of_what` says what was counted.
fn settle(
    layout: &mut Descriptor,
    checks: &mut Vec<Check>,
    name: &'static str,
    (of, field): (&str, &str),
    (step, of_what): (u64, &str),
    mut proofs: impl FnMut(&Descriptor, u64) -> Option<usize>,
) {
    let Some(proposal) = layout.proposal(of, field) else { return };
    let mut tried = layout.clone();
    let finding = find(proposal, step, |offset| {
        tried.settle(of, field, offset);
        proofs(&tried, offset)
    });
    checks.push(match finding {
        Finding::At { offset, proofs } => {
            layout.settle(of, field, offset);
            Check::of(name, true, format!("offset {offset}, proved by {proofs} {of_what}"))
        }
        Finding::Nowhere => {
            Check::not_possible(name, format!("no offset about {} is proved by {of_what}", proposal.near))
        }
        Finding::Ambiguous(count) => {
            Check::not_possible(name, format!("{count} offsets about {} prove as much", proposal.near))
        }
    });
}

#[cfg(test)]
mod tests;
