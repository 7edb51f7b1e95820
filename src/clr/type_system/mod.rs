//! The types that a runtime has loaded: what they are, which fields they have, how to find them by name.
//!
//! [`TypeSystem`] owns what it needs (the runtime and copies of the metadata that was asked for), can be shared
//! between threads, and describes a type once, when it is first asked for. Where the fields' *values* lie in an
//! object follows from the description; reading and spelling them is up to the layer above.

mod compressed_map;
mod describe;
mod description;
mod eeclass;
mod enums;
mod field;
mod field_desc;
mod fields;
mod loaded;
mod lookup_map;
mod modules;
mod referred_names;
mod resolve;
mod type_hash_table;

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::metadata::{Metadata, PortablePdb};
use crate::clr::methods::Methods;
use crate::clr::stacks::WalkedFrames;
use crate::clr::types::{MethodTables, Naming, TypeDesc, TypeDescs, TypeHandle};
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;
use crate::limits::MAX_TYPE_ANCESTORS;
use crate::problem::Problem;

pub use description::{ArrayShape, TypeDescription, TypeKind};
use eeclass::{EEClass, EEClassFields};
pub use field::{Field, FieldShape, FieldType, Primitive, StaticField, StaticPlace};
use field_desc::FieldDescFields;
use loaded::{Composition, LoadedTypes};
use modules::TypeModules;
pub use referred_names::ReferredNames;
pub(in crate::clr) use referred_names::referred_names;
use type_hash_table::TypeHashTableFields;
pub(in crate::clr) use type_hash_table::parameterized_types;

/// Types that the runtime keeps in variables; `None` where one cannot be read.
#[derive(Debug)]
struct WellKnown {
    object: Option<Addr>,
    string: Option<Addr>,
    canon: Option<Addr>,
    enumeration: Option<Addr>,
}

/// What reads the descriptions of fields.
#[derive(Debug)]
struct Classes {
    classes: EEClassFields,
    field_descs: FieldDescFields,
}

/// The loaded types of a runtime.
#[derive(Debug)]
pub struct TypeSystem {
    runtime: Arc<ClrRuntime>,
    method_tables: MethodTables,
    type_descs: TypeDescs,
    /// `None` where types have no classes, which describe their fields.
    classes: Option<Classes>,
    hash_tables: Option<TypeHashTableFields>,
    modules: TypeModules,
    well_known: WellKnown,
    loaded: OnceLock<LoadedTypes>,
    /// The MethodTables of primitives by their element type.
    primitives: OnceLock<FxHashMap<u8, Addr>>,
    by_name: OnceLock<FxHashMap<Arc<str>, Vec<Addr>>>,
    /// The types that derive directly from each type.
    children: OnceLock<FxHashMap<Addr, Vec<Addr>>>,
    names: RwLock<FxHashMap<Addr, Arc<str>>>,
    descriptions: RwLock<FxHashMap<Addr, Arc<TypeDescription>>>,
    methods: Methods,
    frames: WalkedFrames,
}

impl TypeSystem {
    /// The types of `runtime`.
    ///
    /// # Errors
    /// The runtime's layout lacks what tells types or fields.
    pub fn new(runtime: Arc<ClrRuntime>) -> Result<TypeSystem> {
        let (layout, globals) = (&runtime.located.layout, &runtime.located.globals);
        let memory = &runtime.dump.memory;
        let method_tables = match &runtime.gc {
            Ok(gc) => gc.method_tables.clone(),
            // A dump without a heap still has the types that are on its stacks.
            Err(_) => {
                let free = globals.pointer(memory, "FreeObjectMethodTable").unwrap_or(Addr::NULL);
                MethodTables::new(layout, free)?
            }
        };
        let well_known = |name: &str| globals.pointer(memory, name);
        // Unlike the others nothing has proved this entry of the table of variables.
        let (classes, hash_tables) = match method_tables.have_classes() {
            true => {
                let (classes, field_descs) = (EEClassFields::new(layout)?, FieldDescFields::new(layout)?);
                (Some(Classes { classes, field_descs }), Some(TypeHashTableFields::new(layout)?))
            }
            false => (None, None),
        };
        let enumeration = well_known("EnumMethodTable").filter(|&mt| method_tables.shape(memory, mt).is_ok());
        Ok(TypeSystem {
            type_descs: TypeDescs::new(layout),
            classes,
            hash_tables,
            modules: TypeModules::new(Arc::clone(&runtime))?,
            well_known: WellKnown {
                object: well_known("ObjectMethodTable"),
                string: well_known("StringMethodTable"),
                canon: well_known("CanonMethodTable"),
                enumeration,
            },
            loaded: OnceLock::new(),
            primitives: OnceLock::new(),
            by_name: OnceLock::new(),
            children: OnceLock::new(),
            names: RwLock::default(),
            descriptions: RwLock::default(),
            methods: Methods::of(&runtime),
            frames: WalkedFrames::new(),
            method_tables,
            runtime,
        })
    }

    /// The runtime.
    pub fn runtime(&self) -> &ClrRuntime {
        &self.runtime
    }

    /// The process's memory.
    pub fn memory(&self) -> &AddressSpace {
        &self.runtime.dump.memory
    }

    /// The reader of MethodTables.
    pub fn method_tables(&self) -> &MethodTables {
        &self.method_tables
    }

    /// What finding methods takes.
    pub(in crate::clr) fn methods(&self) -> &Methods {
        &self.methods
    }

    /// The frames of all threads, once they were walked.
    pub(in crate::clr) fn walked_frames(&self) -> &WalkedFrames {
        &self.frames
    }

    /// The metadata of the module whose Module is at `module`; `None` where there is none. Opened and copied at the
    /// first call.
    pub fn metadata(&self, module: Addr) -> Option<&Metadata<'static>> {
        self.modules.metadata(module)
    }

    /// The portable PDB of the module whose Module is at `module`; `None` where none was found that is of this very build.
    /// Looked for at the first call.
    pub fn portable_pdb(&self, module: Addr) -> Option<&PortablePdb> {
        self.modules.portable_pdb(module)
    }

    /// The file name of the module whose Module is at `module`, of a dynamic one its assembly's name; `?` for what is
    /// no module.
    pub fn module_name(&self, module: Addr) -> &str {
        self.modules.name(module).map_or("?", |name| name)
    }

    /// The module that defines the type at `mt`, and its row in the TypeDef table there; `None` for arrays and where
    /// it cannot be read.
    pub fn definition_of(&self, mt: Addr) -> Option<(Addr, u32)> {
        let row = self.method_tables.type_def_row(self.memory(), mt).ok()??;
        let module = self.method_tables.defining_module(self.memory(), mt).ok()?;
        (row != 0).then_some((module, row))
    }

    /// The MethodTable of the object at `object`, without the marks that the GC leaves in the word.
    ///
    /// # Errors
    /// It is not in the dump. That the word leads to a MethodTable is not proved: see [`MethodTables::shape`].
    pub fn type_of(&self, object: Addr) -> Result<Addr, Fault> {
        self.memory().pointer(object).map(|word| word.without(7))
    }

    /// Whether the type at `mt` can be unloaded, with the load context that it belongs to; not where it cannot be read.
    pub fn is_collectible(&self, mt: Addr) -> bool {
        let flags = self.method_tables.flags(self.memory(), mt);
        flags.is_ok_and(|flags| self.method_tables.is_collectible(flags))
    }

    /// The name of the type at `mt`, as listings print it.
    pub fn name(&self, mt: Addr) -> Arc<str> {
        if let Some(name) = self.names.read().unwrap_or_else(PoisonError::into_inner).get(&mt) {
            return Arc::clone(name);
        }
        self.naming(|naming| naming.name(mt))
    }

    /// The name of the type that a handle leads to.
    pub fn handle_name(&self, handle: TypeHandle) -> Arc<str> {
        match handle {
            TypeHandle::MethodTable(mt) => self.name(mt),
            TypeHandle::TypeDesc(_) => self.naming(|naming| naming.handle_name(handle)),
        }
    }

    fn naming<R>(&self, name: impl FnOnce(&mut Naming<'_, TypeModules>) -> R) -> R {
        let mut known = self.names.write().unwrap_or_else(PoisonError::into_inner);
        name(&mut Naming {
            memory: self.memory(),
            method_tables: &self.method_tables,
            type_descs: &self.type_descs,
            modules: &self.modules,
            native: self.runtime.native_names(),
            referred: &self.runtime.referred_names,
            known: &mut known,
        })
    }

    /// The MethodTables of all types that are loaded, in ascending order: those of the modules' tables of
    /// definitions and of their tables of instantiations (generic types, arrays; pointers have TypeDescs only).
    /// Types that cannot be reached because their tables are not in the dump are left out: see [`Self::problems`].
    pub fn loaded(&self) -> Arc<Vec<Addr>> {
        Arc::clone(&self.loaded_types().method_tables)
    }

    /// What [`Self::loaded`] had to leave out.
    pub fn problems(&self) -> &[Problem] {
        &self.loaded_types().problems
    }

    fn loaded_types(&self) -> &LoadedTypes {
        self.loaded.get_or_init(|| LoadedTypes::find(self))
    }

    fn made_of(&self, composition: &Composition) -> Option<TypeHandle> {
        self.loaded_types().made_of(composition)
    }

    fn defined_as(&self, name: &str) -> &[Addr] {
        self.loaded_types().defined_as(self, name)
    }

    /// The loaded types that bear `name`, as listings print it: several, when load contexts hold the same type.
    /// The first call names all loaded types.
    pub fn named(&self, name: &str) -> Vec<Addr> {
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name: FxHashMap<Arc<str>, Vec<Addr>> = FxHashMap::default();
            for &mt in &*self.loaded() {
                by_name.entry(self.name(mt)).or_default().push(mt);
            }
            by_name
        });
        by_name.get(name).cloned().unwrap_or_default()
    }

    /// Whether `mt` is `ancestor` or derives from it, by the chain of parents. `false` where the chain cannot be read.
    pub fn derives_from(&self, mt: Addr, ancestor: Addr) -> bool {
        let mut at = Some(mt);
        // A damaged chain may never end.
        for _ in 0..MAX_TYPE_ANCESTORS {
            match at {
                Some(mt) if mt == ancestor => return true,
                Some(mt) => at = self.parent(mt),
                None => return false,
            }
        }
        false
    }

    /// Whether `mt` implements the interface whose MethodTable is `interface`. `false` where its list of interfaces
    /// cannot be read, and not to be asked for generic ones: variance makes types implement more than they list.
    pub fn implements(&self, mt: Addr, interface: Addr) -> bool {
        self.method_tables.interfaces(self.memory(), mt).is_ok_and(|all| all.contains(&interface))
    }

    /// The loaded types that derive from the type at `mt`, directly or not, in no certain order.
    pub fn derived(&self, mt: Addr) -> Vec<Addr> {
        let children = self.children.get_or_init(|| {
            let mut children: FxHashMap<Addr, Vec<Addr>> = FxHashMap::default();
            for &child in &*self.loaded() {
                if let Some(parent) = self.parent(child) {
                    children.entry(parent).or_default().push(child);
                }
            }
            children
        });
        // Each type has one parent, so that none is met twice but in a damaged circle.
        let mut derived = Vec::new();
        let mut next = vec![mt];
        while let Some(parent) = next.pop() {
            for &child in children.get(&parent).into_iter().flatten() {
                if child == mt || derived.len() >= self.loaded().len() {
                    return derived;
                }
                derived.push(child);
                next.push(child);
            }
        }
        derived
    }

    /// The class of the type at `mt`; `None` where types have none.
    fn class(&self, mt: Addr) -> Option<Result<EEClass, Fault>> {
        let classes = self.classes.as_ref()?;
        Some(classes.classes.of_type(self.memory(), &self.method_tables, mt))
    }

    fn parent(&self, mt: Addr) -> Option<Addr> {
        self.method_tables.parent(self.memory(), mt).ok().filter(|parent| !parent.is_null())
    }

    /// The MethodTable of the values that a handle stands for; `None` for pointers and generic parameters.
    fn method_table_of(&self, handle: TypeHandle) -> Option<Addr> {
        let at = match handle {
            TypeHandle::MethodTable(mt) => return Some(mt),
            TypeHandle::TypeDesc(at) => at,
        };
        match self.type_descs.read(self.memory(), &self.method_tables, at).ok()? {
            // The MethodTable that an array's TypeDesc names may be one that several arrays share.
            TypeDesc::Array { element, method_table, .. } => {
                let own = self.method_tables.element_type(self.memory(), method_table) == Ok(element);
                own.then_some(method_table)
            }
            _ => None,
        }
    }

    /// Dimensions of an array.
    fn rank(&self, mt: Addr) -> Option<u32> {
        self.method_tables.shape(self.memory(), mt).ok().map(|shape| MethodTables::rank(&shape))
    }

    /// The MethodTable of the primitive with that element type.
    fn primitive_type(&self, kind: u8) -> Option<Addr> {
        let primitives = self.primitives.get_or_init(|| {
            let mut primitives = FxHashMap::default();
            for &mt in &*self.loaded() {
                if self.method_tables.flags(self.memory(), mt).is_ok_and(|flags| flags.is_primitive())
                    && let Some(Ok(class)) = self.class(mt)
                {
                    primitives.entry(class.element_type).or_insert(mt);
                }
            }
            primitives
        });
        primitives.get(&kind).copied()
    }
}

#[cfg(test)]
mod tests;
