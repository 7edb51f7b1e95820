//! Which types are loaded: from the modules' tables, by what they are made of, by name.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::TypeSystem;
use super::lookup_map::LookupMap;
use super::type_hash_table::Entries;
use crate::bytes::Addr;
use crate::clr::types::{TypeDesc, TypeHandle};
use crate::limits::MAX_TYPES_OF_MODULE;
use crate::problem::Problem;

/// What a type without a row of its own is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Composition {
    /// A generic type over arguments: the module and row of its definition.
    Instance { module: Addr, row: u32, arguments: Box<[TypeHandle]> },
    /// An array of one dimension that begins at 0.
    SzArray(TypeHandle),
    /// An array of that many dimensions.
    Array(TypeHandle, u32),
    /// A pointer.
    Pointer(TypeHandle),
    /// A managed reference.
    ByReference(TypeHandle),
}

/// All loaded types.
#[derive(Debug, Default)]
pub(super) struct LoadedTypes {
    /// The MethodTables, ascending.
    pub(super) method_tables: Arc<Vec<Addr>>,
    /// Which modules' tables are not whole.
    pub(super) problems: Vec<Problem>,
    compositions: FxHashMap<Composition, TypeHandle>,
    by_definition_name: OnceLock<FxHashMap<String, Vec<Addr>>>,
}

impl LoadedTypes {
    /// Goes through the tables of all modules.
    pub(super) fn find(types: &TypeSystem) -> LoadedTypes {
        let mut method_tables = Vec::new();
        let mut compositions = FxHashMap::default();
        let mut problems = Vec::new();
        for module in types.modules.addresses() {
            method_tables.extend(defined(types, module).map(|(_, mt)| mt));
            let Some(tables) = &types.hash_tables else { continue };
            let Entries { handles, fault } = tables.entries(types.memory(), module);
            let map_fault = types.modules.definitions(module).and_then(LookupMap::fault);
            problems.extend(fault.or(map_fault).map(|fault| {
                let module = types.module_name(module);
                Problem::loss(format!("the loaded types of {module} cannot all be told: {fault}"))
            }));
            for handle in handles {
                method_tables.extend(types.method_table_of(handle));
                if let Some(composition) = composition(types, handle) {
                    compositions.entry(composition).or_insert(handle);
                }
            }
        }
        let symbols = types.runtime.type_symbols.iter();
        method_tables.extend(symbols.flat_map(|symbols| symbols.addresses()));
        method_tables.sort_unstable();
        method_tables.dedup();
        // What a damaged table leads to is no type.
        method_tables.retain(|&mt| types.method_tables.is_method_table(types.memory(), mt));
        LoadedTypes {
            method_tables: Arc::new(method_tables),
            problems,
            compositions,
            by_definition_name: OnceLock::new(),
        }
    }

    /// The loaded types that metadata defines under that name, types around it and backticks included. The first call
    /// reads the names of all loaded definitions.
    pub(super) fn defined_as(&self, types: &TypeSystem, name: &str) -> &[Addr] {
        let by_name = self.by_definition_name.get_or_init(|| definitions_by_name(types));
        by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The loaded type that is made of these parts.
    pub(super) fn made_of(&self, composition: &Composition) -> Option<TypeHandle> {
        self.compositions.get(composition).copied()
    }
}

fn definitions_by_name(types: &TypeSystem) -> FxHashMap<String, Vec<Addr>> {
    let mut by_name: FxHashMap<String, Vec<Addr>> = FxHashMap::default();
    for module in types.modules.addresses() {
        let Some(metadata) = types.modules.metadata(module) else { continue };
        for (row, mt) in defined(types, module) {
            if let Ok(name) = metadata.type_def_name(row) {
                by_name.entry(name.to_string()).or_default().push(mt);
            }
        }
    }
    by_name
}

/// The types that a module defines and that are loaded, with their rows.
fn defined(types: &TypeSystem, module: Addr) -> impl Iterator<Item = (u32, Addr)> {
    let map = types.modules.definitions(module);
    let rows = map.map_or(0, |map| map.rows().min(MAX_TYPES_OF_MODULE as u64) as u32);
    (0..rows).filter_map(move |row| Some((row, map?.get(types.memory(), row).ok().flatten()?)))
}

fn composition(types: &TypeSystem, handle: TypeHandle) -> Option<Composition> {
    let (memory, tables) = (types.memory(), &types.method_tables);
    match handle {
        TypeHandle::MethodTable(mt) => {
            let flags = tables.flags(memory, mt).ok()?;
            if flags.is_array() {
                let element = tables.element_type(memory, mt).ok()?;
                let rank = types.rank(mt)?;
                return Some(match flags.is_sz_array() {
                    true => Composition::SzArray(element),
                    false => Composition::Array(element, rank),
                });
            }
            let arguments = tables.instantiation(memory, mt).ok()?;
            let (module, row) = types.definition_of(mt)?;
            (!arguments.is_empty()).then(|| Composition::Instance {
                module,
                row,
                arguments: arguments.into(),
            })
        }
        TypeHandle::TypeDesc(at) => match types.type_descs.read(memory, tables, at).ok()? {
            TypeDesc::Pointer(to) => Some(Composition::Pointer(to)),
            TypeDesc::ByReference(to) => Some(Composition::ByReference(to)),
            TypeDesc::Array { element, sz: true, .. } => Some(Composition::SzArray(element)),
            TypeDesc::Array { element, rank, .. } => Some(Composition::Array(element, rank)),
            _ => None,
        },
    }
}
