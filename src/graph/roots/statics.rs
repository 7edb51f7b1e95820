//! Static fields as roots, by `Type.Field`, and the arrays in which the runtime keeps those of threads.

use std::iter;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::statics::{self, NoSlot, StaticSlot};
use crate::clr::type_system::StaticPlace;
use crate::graph::ObjectId;
use crate::problem::Problem;

use super::build::{Found, Sources};
use super::{Root, RootKind};

/// The roots, and where the runtime keeps them on the heap.
pub(super) struct Statics {
    pub found: Found,
    /// The slots that lie in objects, sorted: (object, address of the slot).
    pub slots: Vec<(ObjectId, Addr)>,
}

/// What became of a static field.
enum Outcome {
    /// A root, and the object in which its slot lies, if it lies in one.
    Root(Root, Option<ObjectId>),
    /// It holds a reference to what is no object.
    NoObject,
    /// Its slot, or what leads there, is not in the dump.
    Missing,
    /// The layout does not tell where it is, or there are too many threads to tell.
    Unknown,
}

/// A root for every static field that holds a reference, or a struct in a box: the box then.
pub(super) fn statics(sources: Sources<'_>) -> Statics {
    let threads = sources.types.runtime().threads.iter().flat_map(|list| &list.threads);
    let os_ids: FxHashMap<u32, u64> = threads.filter_map(|t| Some((t.managed_id?, t.os_id?))).collect();
    let slots = statics::statics(sources.types);
    let outcomes: Vec<Outcome> =
        slots.par_iter().filter_map(|slot| outcome(sources, slot, &os_ids)).collect();
    let mut statics = Statics { found: Found::default(), slots: Vec::new() };
    let (mut no_object, mut missing, mut unknown) = (0, 0, 0);
    for outcome in outcomes {
        match outcome {
            Outcome::Root(root, holder) => {
                statics.slots.extend(holder.zip(root.address));
                statics.found.roots.push(root);
            }
            Outcome::NoObject => no_object += 1,
            Outcome::Missing => missing += 1,
            Outcome::Unknown => unknown += 1,
        }
    }
    for (count, what) in [
        (no_object, "lead to no object that was found"),
        (missing, "are not in the dump"),
        (unknown, "are kept where this runtime's layout does not tell"),
    ] {
        if count > 0 {
            statics.found.problems.push(Problem::loss(format!("{count} static fields {what}")));
        }
    }
    statics.slots.sort_unstable();
    statics.slots.dedup();
    arrays_of_threads(sources, &mut statics.found);
    statics
}

/// `None` for a static field that holds no reference, or null.
fn outcome(sources: Sources<'_>, slot: &StaticSlot, os_ids: &FxHashMap<u32, u64>) -> Option<Outcome> {
    if !slot.field.by_reference || slot.field.place == StaticPlace::Image {
        return None;
    }
    let address = match slot.address {
        Ok(address) => address,
        Err(NoSlot::NotAllocated) => return None,
        Err(NoSlot::Missing(_)) => return Some(Outcome::Missing),
        Err(NoSlot::UnknownLayout | NoSlot::TooManyThreads) => return Some(Outcome::Unknown),
    };
    let types = sources.types;
    let value = match types.memory().pointer(address) {
        Ok(value) if value.is_null() => return None,
        Ok(value) => value,
        Err(_) => return Some(Outcome::Missing),
    };
    let Some(object) = sources.object(value) else { return Some(Outcome::NoObject) };
    let kind = match slot.thread {
        Some(_) => RootKind::ThreadStatic,
        None => RootKind::Static,
    };
    let root = Root {
        name: Some(format!("{}.{}", types.name(slot.method_table), slot.field.name).into()),
        os_id: slot.thread.and_then(|thread| os_ids.get(&thread).copied()),
        keeps_alive: !types.is_collectible(slot.method_table),
        ..Root::new(kind, Some(address), object)
    };
    Some(Outcome::Root(root, sources.heap.objects.containing(address)))
}

/// Since 9.0 a thread's own data, and no handle, lead to an array of the arrays that hold its statics. Those with
/// references are roots too: of the array of arrays nobody wants to hear.
fn arrays_of_threads(sources: Sources<'_>, found: &mut Found) {
    let memory = sources.types.memory();
    let held = |place: Addr| Some((place, sources.object(memory.pointer(place).ok()?)?));
    for array in statics::thread_arrays(sources.types) {
        let Some(of_thread) = held(array.place) else { continue };
        let holders =
            sources.elements(of_thread.1).filter_map(held).filter(|&(_, id)| sources.has_references(id));
        for (place, object) in iter::once(of_thread).chain(holders) {
            let root = Root::new(RootKind::Permanent, Some(place), object);
            found.roots.push(Root { os_id: array.os_id, ..root });
        }
    }
}
