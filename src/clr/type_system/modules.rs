//! The modules as the type system needs them: metadata and lookup maps, each read when it is first asked for.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::lookup_map::{LookupMap, LookupMapFields};
use crate::bytes::Addr;
use crate::clr::metadata::{Metadata, PortablePdb};
use crate::clr::modules::portable_pdb;
use crate::clr::types::NamingModules;
use crate::clr::{ClrRuntime, module_name};
use crate::error::Result;

/// A module and what was read of it so far.
#[derive(Debug, Default)]
struct Lazy {
    name: OnceLock<Arc<str>>,
    metadata: OnceLock<Option<Metadata<'static>>>,
    pdb: OnceLock<Option<PortablePdb>>,
    definitions: OnceLock<LookupMap>,
    references: OnceLock<LookupMap>,
}

/// All modules of a runtime, by the address of their Module.
#[derive(Debug)]
pub(super) struct TypeModules {
    runtime: Arc<ClrRuntime>,
    /// `None` where modules have no maps.
    maps: Option<LookupMapFields>,
    places: FxHashMap<Addr, usize>,
    modules: Vec<Lazy>,
}

impl TypeModules {
    pub(super) fn new(runtime: Arc<ClrRuntime>) -> Result<TypeModules> {
        let layout = &runtime.located.layout;
        let maps = match layout.describes("LookupMap") {
            true => Some(LookupMapFields::new(layout)?),
            false => None,
        };
        let places = runtime.modules.iter().enumerate().map(|(place, module)| (module.address, place));
        let places = places.collect();
        let modules = runtime.modules.iter().map(|_| Lazy::default()).collect();
        Ok(TypeModules { runtime, maps, places, modules })
    }

    /// The addresses of all modules, in the order in which they were loaded.
    pub(super) fn addresses(&self) -> impl Iterator<Item = Addr> {
        self.runtime.modules.iter().map(|module| module.address)
    }

    /// The metadata of a module; `None` where there is none, and for an address that is no module.
    pub(super) fn metadata(&self, module: Addr) -> Option<&Metadata<'static>> {
        let place = *self.places.get(&module)?;
        let open = || {
            let source = self.runtime.metadata.get(place)?;
            Some(source.open(&self.runtime.dump.memory)?.into_owned())
        };
        self.modules.get(place)?.metadata.get_or_init(open).as_ref()
    }

    /// The portable PDB of a module; `None` where none was found that is of this very build.
    pub(super) fn portable_pdb(&self, module: Addr) -> Option<&PortablePdb> {
        let place = *self.places.get(&module)?;
        let open = || {
            let (described, source) = (self.runtime.modules.get(place)?, self.runtime.metadata.get(place)?);
            portable_pdb(&self.runtime.dump.memory, described, source, &self.runtime.files)
        };
        self.modules.get(place)?.pdb.get_or_init(open).as_ref()
    }

    /// The file name of a module, or a dynamic module's name.
    pub(super) fn name(&self, module: Addr) -> Option<&Arc<str>> {
        let place = *self.places.get(&module)?;
        let described = self.runtime.modules.get(place)?;
        let name = || match described.file_name() {
            Some(file) => file.into(),
            None => module_name(described, self.metadata(module)).into(),
        };
        Some(self.modules.get(place)?.name.get_or_init(name))
    }

    /// The map of the types that a module defines.
    pub(super) fn definitions(&self, module: Addr) -> Option<&LookupMap> {
        let (lazy, maps) = (self.modules.get(*self.places.get(&module)?)?, self.maps.as_ref()?);
        Some(lazy.definitions.get_or_init(|| maps.definitions(&self.runtime.dump.memory, module)))
    }

    /// The map of the types of other modules that a module refers to.
    pub(super) fn references(&self, module: Addr) -> Option<&LookupMap> {
        let (lazy, maps) = (self.modules.get(*self.places.get(&module)?)?, self.maps.as_ref()?);
        Some(lazy.references.get_or_init(|| maps.references(&self.runtime.dump.memory, module)))
    }
}

impl NamingModules for TypeModules {
    fn name(&self, module: Addr) -> Option<&str> {
        TypeModules::name(self, module).map(|name| &**name)
    }

    fn metadata(&self, module: Addr) -> Option<&Metadata<'_>> {
        TypeModules::metadata(self, module)
    }
}
