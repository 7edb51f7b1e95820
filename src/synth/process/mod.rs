//! A .NET process: the runtime's module, its variables, threads, modules, types and heap.
//!
//! ```
//! # #[cfg(feature = "synth")] {
//! use heapql::synth::{Family, Image, Place, Process};
//!
//! let mut process = Process::new(Family::V10_0);
//! let zoo = process.module("zoo.dll", Image::Mapped);
//! let dog = process.define(zoo, "Zoo", "Dog");
//! let dog = process.class(dog, 32);
//! let old = process.segment(0, Place::Gen2);
//! process.object(old, dog, 0);
//! process.object(old, process.string, 5);
//! let dump = process.dump();
//! assert_eq!(dump.truth.objects.len(), 2);
//! let core: Vec<u8> = dump.core().build();
//! # }
//! ```

mod arena;
mod fields;
mod gc_desc;
mod loaded_types;
mod modules;
mod pe_image;
mod runtime_file;
mod threads;
mod types;

pub(super) use arena::Arena;
pub use fields::{Holds, element};
pub use modules::{Image, ModuleKey, TypeDef};
pub use runtime_file::RuntimeFile;
pub use threads::ThreadKey;
pub use types::{Handle, Type};

use super::elf_core::{ElfCore, Note};
use super::heap::{HeapPlan, Truth};
use super::layout::Family;
use super::memory::Memory;
use super::minidump::{Minidump, MinidumpModule, MinidumpThread};
use modules::ModulePlan;
use runtime_file::Variables;
use threads::ThreadPlan;

/// Where the runtime's own structures begin.
const NATIVE_BASE: u64 = 0x5555_5000_0000;
/// Where the images of managed modules begin.
const IMAGES_BASE: u64 = 0x7e00_0000_0000;
/// The id of the process, and of its first thread.
const PROCESS_ID: u32 = 4711;

/// A .NET process in the making.
#[derive(Clone, Debug)]
pub struct Process {
    /// The version family.
    pub family: Family,
    /// The runtime's file in memory.
    pub runtime: RuntimeFile,
    /// The GC's heap: how it is organized.
    pub heap: HeapPlan,
    /// System.Object.
    pub object: Type,
    /// System.String.
    pub string: Type,
    /// System.__Canon, which stands for all reference types in shared code.
    pub canon: Type,
    /// Free objects.
    pub free: Type,
    /// System.Object[].
    pub objects: Type,
    /// System.Byte[].
    pub bytes: Type,
    /// System.Int64[].
    pub longs: Type,
    /// System.Enum, from which enums derive.
    pub enum_base: Type,
    pub(super) native: Arena,
    pub(super) threads: Vec<ThreadPlan>,
    images: Arena,
    modules: Vec<ModulePlan>,
    canonical: Vec<(TypeDef, Type)>,
    /// Where the references of types lie, from the object's start: of those that were told.
    references: Vec<(Type, Vec<u32>)>,
}

/// A process as it is dumped.
#[derive(Clone, Debug)]
pub struct ProcessDump {
    /// The memory; may be damaged before the core is made.
    pub memory: Memory,
    /// What the heap holds.
    pub truth: Truth,
    /// The runtime's ThreadStore.
    pub thread_store: u64,
    /// The Threads, in the order of the list.
    pub threads: Vec<u64>,
    /// The link member of each Thread.
    pub thread_links: Vec<u64>,
    /// `g_dacTable`.
    pub table: u64,
    /// `GcDacVars`.
    pub gc_dac_vars: u64,
    notes: Vec<Note>,
    modules: Vec<MinidumpModule>,
    native_threads: Vec<MinidumpThread>,
}

impl Process {
    /// A process with System.Private.CoreLib and no objects.
    pub fn new(family: Family) -> Process {
        let none = Type::default();
        let mut process = Process {
            family,
            runtime: RuntimeFile::of(family),
            heap: HeapPlan::of(family),
            object: none,
            string: none,
            canon: none,
            free: none,
            objects: none,
            bytes: none,
            longs: none,
            enum_base: none,
            native: Arena::at(NATIVE_BASE),
            threads: Vec::new(),
            images: Arena::at(IMAGES_BASE),
            modules: Vec::new(),
            canonical: Vec::new(),
            references: Vec::new(),
        };
        process.define_core_library();
        process
    }

    /// The process as a dump has it: structures written, truth told.
    pub fn dump(mut self) -> ProcessDump {
        let table = self.runtime.table();
        let (thread_store, threads) = self.write_threads();
        let link = self.family.layout().thread.link;
        let app_domain = self.write_modules();
        let (gc_dac_vars, global_context, truth) = self.write_heap();
        let variables = Variables {
            thread_store,
            finalizer: threads.last().copied().unwrap_or(0),
            gc_dac_vars,
            app_domain,
            global_context,
            object: self.object.method_table,
            canon: self.canon.method_table,
            string: self.string.method_table,
            array: self.objects.method_table,
            free: self.free.method_table,
        };
        let mut memory = Memory::default();
        self.runtime.map(&mut memory, self.family.layout(), &variables);
        memory.map(self.native.base(), self.native.clone().into_bytes());
        memory.map(self.images.base(), self.images.clone().into_bytes());
        self.heap.map(&mut memory);
        ProcessDump {
            memory,
            truth,
            thread_store,
            thread_links: threads.iter().map(|thread| thread + link).collect(),
            threads,
            table,
            gc_dac_vars,
            notes: self.notes(),
            modules: self.runtime.listed(self.family).into_iter().collect(),
            native_threads: self.threads.iter().map(ThreadPlan::native).collect(),
        }
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = vec![Note::process(PROCESS_ID, "dotnet")];
        let registers: Vec<u64> = (0..27).collect();
        notes.extend(self.threads.iter().map(|thread| Note::thread(thread.os_id, &registers)));
        notes.push(Note::auxiliary_vector(&self.runtime.auxiliary_vector()));
        if let Some(path) = &self.runtime.path {
            let mappings = self.runtime.mappings().into_iter();
            let files: Vec<_> =
                mappings.map(|(start, end, page)| (start, end, page, path.as_str())).collect();
            notes.push(Note::files(&files));
        }
        notes
    }
}

impl ProcessDump {
    /// Sets the general registers of the thread at that place in the list, in the order of `user_regs_struct`.
    pub fn set_registers(&mut self, thread: usize, registers: &[u64]) {
        self.notes[1 + thread] = Note::thread(PROCESS_ID + thread as u32, registers);
    }

    /// The core that createdump would write.
    pub fn core(&self) -> ElfCore {
        let core = self.memory.clone().into_core().by_createdump();
        self.notes.iter().fold(core, ElfCore::note)
    }

    /// The minidump with full memory that Windows would write, if the process is one of Windows.
    pub fn minidump(&self) -> Minidump {
        Minidump {
            memory: self.memory.saved().map(|(at, bytes)| (at, bytes.to_vec())).collect(),
            modules: self.modules.clone(),
            threads: self.native_threads.clone(),
            ..Minidump::default()
        }
    }
}
