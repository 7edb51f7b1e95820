//! Methods: from a MethodDesc or a code address to a name.
//!
//! Code lies in ranges of three kinds (`range_sections`): what the JIT made (`code_heap`, `nibble_map`), what
//! was compiled ahead (`ready_to_run`, `entry_points`; `native_image` in 2.x), and stubs (`precode`). All lead to the
//! MethodDesc (`method_desc`; `code_info` says more of code), and that to the row of the method in its module's metadata.

mod code_heap;
mod code_info;
mod compiled_code;
mod debug_info;
mod entry_points;
mod exception_clauses;
mod il_offsets;
mod image_files;
mod method_desc;
mod native_array;
mod native_image;
mod nibble_map;
mod nibble_stream;
mod precode;
mod range_sections;
mod ready_to_run;
mod runtime_functions;
mod sections;
mod signature;
mod source_lines;

use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::metadata::MethodDef;
use crate::clr::type_system::TypeSystem;

use code_heap::CodeHeaps;
pub use code_info::{CodeInfo, CodeOrigin, Function};
pub use debug_info::IlOffset;
use debug_info::{Bound, DebugInfo};
pub(in crate::clr) use image_files::with_files;
use method_desc::{Identity, MethodDesc, MethodDescs};
use native_image::NativeImages;
use precode::Precodes;
use range_sections::{Code, RangeSections};
use ready_to_run::ReadyToRun;
use runtime_functions::RuntimeFunctionFields;
pub use source_lines::SourceLine;

/// Where listings say that code made at run time belongs.
const DYNAMIC_CLASS: &str = "DynamicClass";

/// A method of the runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its MethodDesc.
    pub method_desc: Addr,
    /// The MethodTable of the type that declares it; of a dynamic method, of the runtime's own holder.
    pub method_table: Addr,
    /// `Namespace.Type.Method`; module and token (`zoo.dll!06000012`) where the metadata is missing; of a dynamic
    /// method `DynamicClass.Name`.
    pub name: Arc<str>,
    /// Whether it was made at run time, without a type of the program around it.
    pub dynamic: bool,
}

/// What finding methods takes, and the methods that were asked for.
#[derive(Debug)]
pub(in crate::clr) struct Methods {
    descs: Option<MethodDescs>,
    ranges: Option<RangeSections>,
    heaps: Option<CodeHeaps>,
    ready_to_run: Option<ReadyToRun>,
    native_images: Option<NativeImages>,
    function: Option<RuntimeFunctionFields>,
    precodes: Precodes,
    debug_info: Option<DebugInfo>,
    /// What code was made of, by where the code of its method begins.
    bounds: RwLock<FxHashMap<Addr, Arc<[Bound]>>>,
    /// By MethodDesc; `None` for what is none.
    known: RwLock<FxHashMap<Addr, Option<Method>>>,
}

impl Methods {
    /// What the layout of `runtime` lacks is not found, without an error.
    pub(in crate::clr) fn of(runtime: &ClrRuntime) -> Methods {
        let layout = &runtime.located.layout;
        Methods {
            descs: MethodDescs::new(layout).ok(),
            ranges: RangeSections::of(layout, &runtime.located.globals),
            heaps: CodeHeaps::of(layout),
            ready_to_run: ReadyToRun::of(layout),
            native_images: NativeImages::of(layout),
            function: RuntimeFunctionFields::of(layout),
            precodes: Precodes::of(layout),
            debug_info: DebugInfo::of(layout),
            bounds: RwLock::default(),
            known: RwLock::default(),
        }
    }
}

impl TypeSystem {
    /// The method of a MethodDesc; `None` where it is none or not in the dump.
    pub fn method(&self, method_desc: Addr) -> Option<Method> {
        let known =
            self.methods().known.read().unwrap_or_else(PoisonError::into_inner).get(&method_desc).cloned();
        if let Some(known) = known {
            return known;
        }
        let method = self.read_method(method_desc);
        let mut known = self.methods().known.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(method_desc).or_insert(method).clone()
    }

    /// The method whose code, precode stub or entry point is at `address` (exactly, or for code anywhere inside);
    /// `None` where that cannot be told.
    pub fn method_at(&self, address: Addr) -> Option<Method> {
        let stub = || self.methods().precodes.method_desc(self.memory(), address).ok()?;
        self.method_of_code(address).or_else(|| self.method(stub()?))
    }

    /// The method whose code is around `address`: unlike [`TypeSystem::method_at`] no stub and no entry point.
    pub fn method_of_code(&self, address: Addr) -> Option<Method> {
        self.method(self.code_info(address).ok()??.method_desc)
    }

    /// The ranges of memory that were reserved for code that the JIT makes, in no certain order.
    pub fn code_heaps(&self) -> Vec<Range<Addr>> {
        let all = self.methods().ranges.as_ref().map(|ranges| ranges.all(self.memory())).unwrap_or_default();
        all.into_iter().filter(|(_, code)| matches!(code, Code::Jit { .. })).map(|(range, _)| range).collect()
    }

    fn read_method(&self, method_desc: Addr) -> Option<Method> {
        let read = self.methods().descs.as_ref()?.read(self.memory(), self.method_tables(), method_desc);
        let MethodDesc { method_table, identity } = read.ok()??;
        let dynamic = matches!(identity, Identity::Dynamic(_));
        let name = match identity {
            Identity::Dynamic(name) => format!("{DYNAMIC_CLASS}.{name}"),
            Identity::Row(row) => self.method_name(method_table, row),
        };
        Some(Method { method_desc, method_table, name: name.into(), dynamic })
    }

    fn method_name(&self, method_table: Addr, row: u32) -> String {
        let module = self.method_tables().defining_module(self.memory(), method_table).ok();
        let from_metadata = || {
            let metadata = self.metadata(module?)?;
            let name = metadata.string(metadata.row::<MethodDef>(row).ok()?.name).ok()?;
            Some(format!("{}.{name}", self.name(method_table)))
        };
        from_metadata().unwrap_or_else(|| {
            let module = module.map_or("?", |module| self.module_name(module));
            format!("{module}!{:08x}", 0x0600_0000 | row)
        })
    }
}
