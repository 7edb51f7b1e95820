//! Load contexts: which assemblies each holds, and what is known of unloading it.
//!
//! The contexts are those that the modules were loaded by, and all `AssemblyLoadContext` objects beside them, which may have
//! nothing loaded (any more). The default one has no object before a program asks for it.
//!
//! Source: `AssemblyLoadContext.cs` of System.Private.CoreLib, dotnet/coreclr v3.0 to dotnet/runtime v10.0.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::LoaderAllocators;
use crate::clr::assembly_binders::AssemblyBinders;
use crate::graph::Heap;
use crate::values::{Plain, Values};

use super::instances::instances;

/// The type of load contexts, and of the one that every process has.
const LOAD_CONTEXT: &str = "System.Runtime.Loader.AssemblyLoadContext";
const DEFAULT_CONTEXT: &str = "System.Runtime.Loader.DefaultAssemblyLoadContext";
/// Where a load context has the address of its native half.
const NATIVE_HALF: &str = "_nativeAssemblyLoadContext";
/// How the default one is called.
const DEFAULT: &str = "Default";

/// A load context.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadContext {
    /// Its object; `None` for the default one where the program never asked for it.
    pub object: Option<Addr>,
    /// Its type.
    pub type_name: Option<Arc<str>>,
    /// Its own name, or where it has none its type's.
    pub name: String,
    /// Whether it can be unloaded.
    pub collectible: bool,
    /// `Alive`, or `Unloading` once it was told to unload; `None` where it has no object.
    pub state: Option<String>,
    /// How many modules it has loaded.
    pub modules: u64,
    /// Bytes of their images.
    pub size: u64,
    /// The managed LoaderAllocator of one of its modules: what keeps that keeps the context's types. `None` where it cannot
    /// be unloaded.
    pub loader_allocator: Option<Addr>,
}

/// The context of each of the runtime's modules, in their order; `None` where it cannot be told.
pub fn contexts_of_modules(values: &Values) -> Vec<Option<String>> {
    let mut names: FxHashMap<Addr, String> = FxHashMap::default();
    let name = |object: Addr| match object {
        Addr::NULL => DEFAULT.to_owned(),
        object => described(values, object).name,
    };
    let objects = objects_of_modules(values);
    objects
        .into_iter()
        .map(|object| {
            let object = object?;
            Some(names.entry(object).or_insert_with(|| name(object)).clone())
        })
        .collect()
}

/// All load contexts: the default one first, then in the order of their addresses.
pub fn load_contexts(values: &Values, heap: &Heap) -> Vec<LoadContext> {
    let runtime = values.types().runtime();
    let mut contexts: FxHashMap<Addr, LoadContext> = FxHashMap::default();
    let allocators = LoaderAllocators::of(&runtime.located.layout);
    for (module, object) in runtime.modules.iter().zip(objects_of_modules(values)) {
        let Some(object) = object else { continue };
        let context = contexts.entry(object).or_insert_with(|| described(values, object));
        context.modules += 1;
        context.size += module.image.map_or(0, |image| u64::from(image.size));
        if context.collectible && context.loader_allocator.is_none() {
            let of = |allocators: &LoaderAllocators| {
                allocators.object(values.types().memory(), module.address).ok()
            };
            context.loader_allocator = allocators.as_ref().and_then(of).filter(|object| !object.is_null());
        }
    }
    for object in objects_of_type(values, heap) {
        contexts.entry(object).or_insert_with(|| described(values, object));
    }
    // Modules of the default context may lead to it or, before it has an object, to none.
    let mut all: Vec<LoadContext> = contexts.into_values().collect();
    all.sort_by_key(|context| (context.name != DEFAULT, context.object));
    all
}

/// The object of each module's context, null for the default one where it has none; `None` where it cannot be told.
fn objects_of_modules(values: &Values) -> Vec<Option<Addr>> {
    let (types, memory) = (values.types(), values.types().memory());
    let binders = AssemblyBinders::of(&types.runtime().located.layout);
    let context = |module: Addr| {
        let binders = binders.as_ref()?;
        let binder = binders.binder(memory, module).ok()??;
        let object = binders.load_context(memory, binder);
        // Only the binder of the default context may have no object, and up to 3.1 is another structure.
        Some(object.ok().filter(|&object| is_context_of(values, object, binder)).unwrap_or(Addr::NULL))
    };
    types.runtime().modules.iter().map(|module| context(module.address)).collect()
}

/// Whether an object is the managed half of a binder: it names that.
fn is_context_of(values: &Values, object: Addr, binder: Addr) -> bool {
    let view = values.object(object, 0).ok().filter(|_| !object.is_null());
    let native = view.iter().flat_map(|view| &view.rows).find(|row| row.field == NATIVE_HALF);
    native.is_some_and(|row| match row.value {
        Plain::Integer(word) => word == i128::from(binder.0),
        Plain::Address(address) => address == binder,
        _ => false,
    })
}

fn described(values: &Values, object: Addr) -> LoadContext {
    let types = values.types();
    let type_name = types.type_of(object).ok().filter(|_| !object.is_null()).map(|mt| types.name(mt));
    let view = values.object(object, 0).ok().filter(|_| !object.is_null());
    let row = |name: &str| view.iter().flat_map(|view| &view.rows).find(|row| row.field == name);
    let own_name = row("_name").and_then(|row| row.text.clone()).filter(|name| !name.is_empty());
    let is_default = object.is_null() || type_name.as_deref() == Some(DEFAULT_CONTEXT);
    let name = match (own_name, &type_name) {
        (_, _) if is_default => DEFAULT.to_owned(),
        (Some(name), _) => name,
        (None, Some(type_name)) => type_name.to_string(),
        (None, None) => format!("{object}"),
    };
    LoadContext {
        object: Some(object).filter(|object| !object.is_null()),
        type_name,
        name,
        collectible: row("_isCollectible").is_some_and(|row| row.value == Plain::Boolean(true)),
        state: row("_state").and_then(|row| row.text.clone()),
        modules: 0,
        size: 0,
        loader_allocator: None,
    }
}

/// The objects of all types that derive from that of load contexts.
fn objects_of_type(values: &Values, heap: &Heap) -> Vec<Addr> {
    let types = values.types();
    let Some(&base) = types.named(LOAD_CONTEXT).first() else { return Vec::new() };
    let contexts = instances(heap, |_, of| types.derives_from(of.method_table, base));
    contexts.into_iter().map(|context| context.address).collect()
}
