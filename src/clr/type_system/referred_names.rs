//! Names of types whose own module's metadata is missing: as other modules, whose metadata is there, refer to them.
//!
//! Each module has a map from its references (rows of the TypeRef table) to the types that the runtime found for them.
//! It lies in the runtime's memory, so that a program's own file names many types of the framework even where the
//! framework's files are gone. Nested types of another module are named only where the module itself refers to them.
//! Primitives, System.String and System.Object are told by what the runtime itself knows them by.

use rustc_hash::{FxHashMap, FxHashSet};

use super::eeclass::EEClassFields;
use super::field::Primitive;
use super::lookup_map::LookupMapFields;
use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::metadata::Metadata;
use crate::clr::types::MethodTables;
use crate::dump::AddressSpace;
use crate::limits::MAX_TYPES_OF_MODULE;

/// Names by the module that defines the type and its row in the TypeDef table there; as metadata has them, backticks
/// included.
#[derive(Debug, Default)]
pub struct ReferredNames(FxHashMap<(Addr, u32), String>);

impl ReferredNames {
    /// The name of the type that stands in `row` of the TypeDef table of `module`; `None` where nobody tells.
    pub fn get(&self, module: Addr, row: u32) -> Option<&str> {
        self.0.get(&(module, row)).map(String::as_str)
    }
}

/// The names that modules of `runtime` have for the types of those whose metadata is missing; none where all metadata is
/// there, and where the layout does not tell the maps.
pub(in crate::clr) fn referred_names(runtime: &ClrRuntime, method_tables: &MethodTables) -> ReferredNames {
    let memory = &runtime.dump.memory;
    let mut names = ReferredNames::default();
    let opened: Vec<(Addr, Option<Metadata<'_>>)> = runtime
        .modules_with_metadata()
        .map(|(module, source)| (module.address, source.open(memory)))
        .collect();
    let nameless: FxHashSet<Addr> =
        opened.iter().filter(|(_, metadata)| metadata.is_none()).map(|&(module, _)| module).collect();
    let layout = &runtime.located.layout;
    if nameless.is_empty() || !layout.describes("LookupMap") {
        return names;
    }
    let Ok(maps) = LookupMapFields::new(layout) else { return names };
    let mut finder = Finder { memory, method_tables, nameless, names: &mut names };
    for (module, metadata) in &opened {
        match metadata {
            Some(metadata) => finder.referred(&maps, *module, metadata),
            None => finder.primitives(&maps, EEClassFields::new(layout).ok().as_ref(), *module),
        }
    }
    let well_known = [("StringMethodTable", "System.String"), ("ObjectMethodTable", "System.Object")];
    for (variable, name) in well_known {
        if let Some(mt) = runtime.located.globals.pointer(memory, variable) {
            finder.add(mt, || Some(name.to_owned()));
        }
    }
    names
}

/// What finding names takes.
struct Finder<'a> {
    memory: &'a AddressSpace,
    method_tables: &'a MethodTables,
    /// The modules without metadata.
    nameless: FxHashSet<Addr>,
    names: &'a mut ReferredNames,
}

impl Finder<'_> {
    /// The types that `module` refers to.
    fn referred(&mut self, maps: &LookupMapFields, module: Addr, metadata: &Metadata<'_>) {
        let map = maps.references(self.memory, module);
        let rows = map.rows().min(MAX_TYPES_OF_MODULE as u64) as u32;
        for row in 1..rows {
            // A row that is not in the dump names nothing; a type without a name says so where it is shown.
            let Ok(Some(mt)) = map.get(self.memory, row) else { continue };
            self.add(mt, || metadata.type_ref_name(row).ok().map(|name| name.to_string()));
        }
    }

    /// The runtime's primitives, if `module` defines them.
    fn primitives(&mut self, maps: &LookupMapFields, classes: Option<&EEClassFields>, module: Addr) {
        let Some(classes) = classes else { return };
        let map = maps.definitions(self.memory, module);
        let rows = map.rows().min(MAX_TYPES_OF_MODULE as u64) as u32;
        for row in 1..rows {
            let Ok(Some(mt)) = map.get(self.memory, row) else { continue };
            let flags = self.method_tables.flags(self.memory, mt);
            if !flags.is_ok_and(|flags| flags.is_primitive()) {
                continue;
            }
            let class = classes.of_type(self.memory, self.method_tables, mt);
            let primitive = || Primitive::from_element_type(class.ok()?.element_type);
            self.add(mt, || primitive().map(|primitive| primitive.type_name().to_owned()));
        }
    }

    /// Notes the name of the type at `mt`, if its own module has no metadata. The first name counts.
    fn add(&mut self, mt: Addr, name: impl FnOnce() -> Option<String>) {
        if !self.method_tables.is_method_table(self.memory, mt) {
            return;
        }
        let row = self.method_tables.type_def_row(self.memory, mt);
        let Ok(Some(row @ 1..)) = row else { return };
        let Ok(module) = self.method_tables.defining_module(self.memory, mt) else { return };
        if self.nameless.contains(&module)
            && self.names.get(module, row).is_none()
            && let Some(name) = name()
        {
            self.names.0.insert((module, row), name);
        }
    }
}
