//! Where static fields are kept: of types, of generic instantiations, of threads, in images.
//!
//! The runtime has kept statics in two ways: since 9.0 each type leads to its own (`per_type`), before each module
//! held those of its types in one block (`local_modules`). Which one it is follows from the layout. In both, the
//! address of a slot is a base, one for references and boxed structs and one for everything else, and the offset of
//! the field's FieldDesc. Constant data lies in the module's image (`image`).
//!
//! Only places are told here; reading what lies there is up to the layer of values.

mod class_id;
mod image;
mod loader_handle;
mod local_modules;
mod per_type;

use std::sync::Arc;

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::clr::type_system::{StaticField, StaticPlace, TypeDescription, TypeSystem};
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use image::Images;
use local_modules::LocalModules;
use per_type::PerType;

/// Bytes of an array before its elements: MethodTable, count, padding.
const ARRAY_HEADER: u64 = 16;

/// Offsets from here on are marks of the type loader, not offsets: `FIELD_OFFSET_*` in `src/coreclr/vm/field.h` are
/// the last of the 27 bits' numbers.
const FIRST_OFFSET_MARK: u32 = (1 << 27) - 8;

/// A static field and where its value lies.
#[derive(Clone, Debug)]
pub struct StaticSlot {
    /// The type that it belongs to: of a generic type, the instantiation.
    pub method_table: Addr,
    /// The field.
    pub field: StaticField,
    /// The managed id of the thread whose value it is; `None` for all but thread statics.
    pub thread: Option<u32>,
    /// Where the slot lies, or why there is none.
    pub address: Result<Addr, NoSlot>,
}

/// Why a static field has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSlot {
    /// The type's statics were not allocated yet: nothing ever used it (or, for a thread, not there).
    NotAllocated,
    /// What leads there is not in the dump.
    Missing(Fault),
    /// The layout of this runtime does not say where.
    UnknownLayout,
    /// A thread static of the threads behind the last that is listed: their slots would be too many
    /// ([`limits::MAX_THREAD_STATIC_SLOTS`]).
    TooManyThreads,
}

impl From<Fault> for NoSlot {
    fn from(fault: Fault) -> NoSlot {
        NoSlot::Missing(fault)
    }
}

/// What the offsets of a type's statics count from.
#[derive(Clone, Copy, Debug)]
struct Bases {
    /// References, and structs, which lie in boxes.
    references: Result<Addr, NoSlot>,
    /// Everything else.
    others: Result<Addr, NoSlot>,
}

impl Bases {
    /// None at all, for one reason.
    fn none(why: NoSlot) -> Bases {
        Bases { references: Err(why), others: Err(why) }
    }

    fn slot(&self, field: &StaticField) -> Result<Addr, NoSlot> {
        if field.offset >= FIRST_OFFSET_MARK {
            return Err(NoSlot::UnknownLayout);
        }
        let base = if field.by_reference { self.references } else { self.others };
        base.map(|base| base.offset(field.offset.into()))
    }
}

/// A thread and where its statics begin.
#[derive(Clone, Copy, Debug)]
struct ThreadStorage {
    managed_id: u32,
    block: Result<Addr, Fault>,
}

/// The way in which the runtime keeps statics.
#[derive(Debug)]
enum Storage {
    PerType(PerType),
    LocalModules(LocalModules),
    Unknown,
}

impl Storage {
    fn of(types: &TypeSystem) -> Storage {
        let layout = &types.runtime().located.layout;
        let per_type = PerType::of(layout).map(Storage::PerType);
        let threads = types.runtime().threads.iter().flat_map(|list| &list.threads);
        let threads: Vec<Addr> = threads.map(|thread| thread.address).collect();
        let proved = |modules: LocalModules| modules.proved_by(types.memory(), &threads);
        let local_modules = || LocalModules::of(layout).map(|m| Storage::LocalModules(proved(m)));
        per_type.or_else(local_modules).unwrap_or(Storage::Unknown)
    }

    fn bases(&self, types: &TypeSystem, mt: Addr) -> Bases {
        let (memory, method_tables) = (types.memory(), types.method_tables());
        match self {
            Storage::PerType(per_type) => per_type.bases(memory, mt),
            Storage::LocalModules(modules) => modules.bases(memory, method_tables, mt),
            Storage::Unknown => Bases::none(NoSlot::UnknownLayout),
        }
    }

    fn thread_bases(&self, types: &TypeSystem, mt: Addr, thread: &ThreadStorage) -> Bases {
        let (memory, method_tables) = (types.memory(), types.method_tables());
        match (self, thread.block) {
            (_, Err(fault)) => Bases::none(fault.into()),
            (Storage::PerType(per_type), Ok(block)) => per_type.thread_bases(memory, mt, block),
            (Storage::LocalModules(modules), Ok(block)) => {
                modules.thread_bases(memory, method_tables, mt, block)
            }
            (Storage::Unknown, Ok(_)) => Bases::none(NoSlot::UnknownLayout),
        }
    }

    /// The threads that may have statics: all but those that never allocated any.
    fn threads(&self, types: &TypeSystem) -> Vec<ThreadStorage> {
        let memory = types.memory();
        let block = |thread: Addr| match self {
            Storage::PerType(per_type) => per_type.thread_block(memory, thread),
            Storage::LocalModules(modules) => modules.thread_block(memory, thread),
            Storage::Unknown => Ok(Addr::NULL),
        };
        let threads = types.runtime().threads.iter().flat_map(|list| &list.threads);
        let storage = threads
            .filter_map(|t| Some(ThreadStorage { managed_id: t.managed_id?, block: block(t.address) }));
        storage.filter(|storage| storage.block != Ok(Addr::NULL)).collect()
    }
}

/// The static fields of all loaded types, and the thread statics of every thread that has them, in the order of
/// types, fields and threads.
///
/// Fields of types whose constructor has not run are in it as far as their slots were allocated; those of types that
/// nothing used yet say so by [`NoSlot::NotAllocated`]. A thread that never touched a type's thread statics has no row
/// for them. Left out are the forms of generic types that have no statics of their own: the code that instantiations
/// share (over `System.__Canon`) and the type over its own parameters.
pub fn statics(types: &TypeSystem) -> Vec<StaticSlot> {
    statics_of(types, &types.loaded())
}

/// The same of the types at these MethodTables only.
pub fn statics_of(types: &TypeSystem, method_tables: &[Addr]) -> Vec<StaticSlot> {
    let described: Vec<Arc<TypeDescription>> = method_tables
        .par_iter()
        .filter(|&&mt| has_own_statics(types, mt))
        .map(|&mt| types.description(mt))
        .filter(|description| !description.static_fields.is_empty())
        .collect();
    let storage = Storage::of(types);
    let mut threads = storage.threads(types);
    let thread_fields: usize = described.iter().map(|d| thread_statics(d).count()).sum();
    let listed = limits::MAX_THREAD_STATIC_SLOTS / thread_fields.max(1);
    let all_threads = threads.len() <= listed;
    threads.truncate(listed);
    let images = Images::of(types.runtime());
    let reader = Reader { types, storage, threads, all_threads, images };
    described.par_iter().flat_map_iter(|description| reader.slots(description)).collect()
}

/// The array on the heap in which a thread keeps the objects that hold its statics.
#[derive(Clone, Copy, Debug)]
pub struct ThreadArray {
    /// The operating system's id of the thread; `None` when it has ended or not started.
    pub os_id: Option<u64>,
    /// Where the reference to the array stands: in memory of the runtime's own, which the GC knows.
    pub place: Addr,
}

/// The arrays of all threads that have one, where the runtime keeps statics so (since 9.0). Before, handles hold them.
pub fn thread_arrays(types: &TypeSystem) -> Vec<ThreadArray> {
    let Some(per_type) = PerType::of(&types.runtime().located.layout) else { return Vec::new() };
    let threads = types.runtime().threads.iter().flat_map(|list| &list.threads);
    let arrays = threads.filter_map(|thread| {
        let block = per_type.thread_block(types.memory(), thread.address).ok()?;
        (!block.is_null()).then(|| ThreadArray { os_id: thread.os_id, place: per_type.array_place(block) })
    });
    arrays.collect()
}

/// Whether the type at `mt` can hold values. A generic type's canonical form and its open one share code only.
fn has_own_statics(types: &TypeSystem, mt: Addr) -> bool {
    types.method_tables().flags(types.memory(), mt).is_ok_and(|flags| !flags.is_shared_or_open_generic())
}

fn thread_statics(description: &TypeDescription) -> impl Iterator<Item = &StaticField> {
    description.static_fields.iter().filter(|field| field.place == StaticPlace::Thread)
}

/// What finding the slots of a type takes.
struct Reader<'a> {
    types: &'a TypeSystem,
    storage: Storage,
    threads: Vec<ThreadStorage>,
    all_threads: bool,
    images: Images<'a>,
}

impl Reader<'_> {
    fn slots(&self, description: &TypeDescription) -> Vec<StaticSlot> {
        let mt = description.method_table;
        let slot = |field: &StaticField, thread, address| StaticSlot {
            method_table: mt,
            field: field.clone(),
            thread,
            address,
        };
        let has = |place| description.static_fields.iter().any(|field| field.place == place);
        let mut slots = Vec::new();
        let ordinary = has(StaticPlace::Ordinary).then(|| self.storage.bases(self.types, mt));
        let of_threads: Vec<(u32, Bases)> = match has(StaticPlace::Thread) {
            true => self.threads.iter().map(|t| (t.managed_id, self.thread_bases(mt, t))).collect(),
            false => Vec::new(),
        };
        for field in &description.static_fields {
            match (field.place, &ordinary) {
                (StaticPlace::Ordinary, Some(bases)) => slots.push(slot(field, None, bases.slot(field))),
                (StaticPlace::Ordinary, None) => {}
                (StaticPlace::Image, _) => {
                    slots.push(slot(field, None, self.images.slot(self.types, mt, field)))
                }
                (StaticPlace::Thread, _) => {
                    let addresses = of_threads.iter().map(|(thread, bases)| (thread, bases.slot(field)));
                    let allocated = addresses.filter(|(_, address)| *address != Err(NoSlot::NotAllocated));
                    slots.extend(allocated.map(|(&thread, address)| slot(field, Some(thread), address)));
                    if !self.all_threads {
                        slots.push(slot(field, None, Err(NoSlot::TooManyThreads)));
                    }
                }
            }
        }
        slots
    }

    fn thread_bases(&self, mt: Addr, thread: &ThreadStorage) -> Bases {
        self.storage.thread_bases(self.types, mt, thread)
    }
}

/// The pointer at `place`; [`NoSlot::NotAllocated`] where it is null.
fn allocated(memory: &AddressSpace, place: Addr) -> Result<Addr, NoSlot> {
    match memory.pointer(place)? {
        Addr::NULL => Err(NoSlot::NotAllocated),
        address => Ok(address),
    }
}
