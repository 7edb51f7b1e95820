//! Names of types as listings print them, from the runtime's structures and metadata.
//!
//! Where the metadata is missing, and no other module refers to it, a type is its module and token, `zoo.dll!02000015`: never dropped, never guessed.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::metadata::Metadata;
use crate::clr::native_aot::TypeSymbols;
use crate::clr::type_system::ReferredNames;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::type_desc::{TypeDesc, TypeDescs};
use super::{MethodTables, TypeHandle, spelling};

/// What naming needs to know of a module.
#[derive(Debug)]
pub struct NamingModule<'a> {
    /// Its file name, or a dynamic module's name.
    pub name: Arc<str>,
    /// Its metadata, as far as there is any.
    pub metadata: Option<Metadata<'a>>,
}

/// Where naming finds modules, given by the address of the runtime's Module. Both are `None` for a module that is
/// not known.
pub trait NamingModules {
    /// Its file name, or a dynamic module's name.
    fn name(&self, module: Addr) -> Option<&str>;

    /// Its metadata, as far as there is any.
    fn metadata(&self, module: Addr) -> Option<&Metadata<'_>>;
}

impl NamingModules for FxHashMap<Addr, NamingModule<'_>> {
    fn name(&self, module: Addr) -> Option<&str> {
        self.get(&module).map(|module| &*module.name)
    }

    fn metadata(&self, module: Addr) -> Option<&Metadata<'_>> {
        self.get(&module)?.metadata.as_ref()
    }
}

/// What names the types of a NativeAOT program, which has no metadata.
#[derive(Clone, Copy, Debug)]
pub struct NativeNames<'a> {
    /// The program's file name.
    pub module: &'a str,
    /// Where the program is loaded.
    pub base: Addr,
    /// Its symbols, where they are known.
    pub symbols: Option<&'a TypeSymbols>,
    /// The MethodTables of System.String and System.Object, which are told by their shapes.
    pub string_and_object: [Option<Addr>; 2],
}

impl NativeNames<'_> {
    /// The name of the type at `mt`: of its symbol, else where it lies in the program, which is the same in all dumps of
    /// one build.
    fn name(&self, mt: Addr) -> String {
        let by_shape = self.string_and_object.iter().position(|&known| known == Some(mt));
        if let Some(name) = by_shape.and_then(|place| ["System.String", "System.Object"].get(place)) {
            return (*name).to_owned();
        }
        let symbol = self.symbols.and_then(|symbols| symbols.name(mt));
        symbol.map_or_else(|| format!("{}!+{:#x}", self.module, mt.0.wrapping_sub(self.base.0)), |of| of.name)
    }

    /// The assembly that defines the type at `mt`; the program where symbols do not tell.
    fn assembly(&self, mt: Addr) -> Arc<str> {
        let symbol = self.symbols.and_then(|symbols| symbols.name(mt));
        symbol.and_then(|of| of.assembly).unwrap_or_else(|| self.module.into())
    }
}

/// Names types, each MethodTable once; for one user, over modules that are opened together.
#[derive(Debug)]
pub struct TypeNames<'a> {
    memory: &'a AddressSpace,
    method_tables: &'a MethodTables,
    type_descs: TypeDescs,
    modules: FxHashMap<Addr, NamingModule<'a>>,
    referred: &'a ReferredNames,
    native: Option<NativeNames<'a>>,
    known: FxHashMap<Addr, Arc<str>>,
}

impl<'a> TypeNames<'a> {
    /// A namer over `modules`, given by the address of each runtime's Module; `referred` has the names of types whose
    /// module has no metadata.
    pub fn new(
        memory: &'a AddressSpace,
        layout: &Descriptor,
        method_tables: &'a MethodTables,
        modules: FxHashMap<Addr, NamingModule<'a>>,
        referred: &'a ReferredNames,
    ) -> Self {
        TypeNames {
            memory,
            method_tables,
            type_descs: TypeDescs::new(layout),
            modules,
            referred,
            native: None,
            known: FxHashMap::default(),
        }
    }

    /// The same namer for a NativeAOT program whose types `native` names; for CoreCLR that is `None`.
    pub fn of_native_aot(self, native: Option<NativeNames<'a>>) -> Self {
        TypeNames { native, ..self }
    }

    /// The name of the type at `mt`.
    pub fn name(&mut self, mt: Addr) -> Arc<str> {
        let mut naming = Naming {
            memory: self.memory,
            method_tables: self.method_tables,
            type_descs: &self.type_descs,
            modules: &self.modules,
            referred: self.referred,
            native: self.native,
            known: &mut self.known,
        };
        naming.name(mt)
    }

    /// The name of the module that defines the type at `mt`; for an array that of its innermost element. `None`
    /// where it cannot be read or is not among the modules. In a NativeAOT program it is the assembly's name.
    pub fn module(&self, mt: Addr) -> Option<Arc<str>> {
        let mut mt = mt;
        for _ in 0..limits::MAX_TYPE_DEPTH {
            if !self.method_tables.flags(self.memory, mt).ok()?.is_array() {
                break;
            }
            match self.method_tables.element_type(self.memory, mt).ok()? {
                TypeHandle::MethodTable(element) => mt = element,
                TypeHandle::TypeDesc(_) => return None,
            }
        }
        if let Some(native) = &self.native {
            return Some(native.assembly(mt));
        }
        let module = self.modules.get(&self.method_tables.defining_module(self.memory, mt).ok()?);
        module.map(|module| Arc::clone(&module.name))
    }
}

/// Naming under way: what it reads from, and the names that are known already.
#[derive(Debug)]
pub(in crate::clr) struct Naming<'a, M> {
    pub(in crate::clr) memory: &'a AddressSpace,
    pub(in crate::clr) method_tables: &'a MethodTables,
    pub(in crate::clr) type_descs: &'a TypeDescs,
    pub(in crate::clr) modules: &'a M,
    pub(in crate::clr) referred: &'a ReferredNames,
    pub(in crate::clr) native: Option<NativeNames<'a>>,
    pub(in crate::clr) known: &'a mut FxHashMap<Addr, Arc<str>>,
}

impl<M: NamingModules> Naming<'_, M> {
    /// The name of the type at `mt`.
    pub(in crate::clr) fn name(&mut self, mt: Addr) -> Arc<str> {
        self.name_at(mt, 0)
    }

    /// The name of the type that a handle leads to.
    pub(in crate::clr) fn handle_name(&mut self, handle: TypeHandle) -> Arc<str> {
        match handle {
            TypeHandle::MethodTable(mt) => self.name(mt),
            TypeHandle::TypeDesc(at) => match self.type_desc_name(at, 0) {
                Ok(name) => spelling::cut(name).into(),
                Err(fault) => format!("<type at {at}: {fault}>").into(),
            },
        }
    }

    /// Names whose arguments nest too deeply for the cap are cut with `...`; they are not remembered,
    /// since the same type may stand at a lesser depth elsewhere.
    fn name_at(&mut self, mt: Addr, depth: u32) -> Arc<str> {
        if let Some(name) = self.known.get(&mt) {
            return Arc::clone(name);
        }
        if depth >= limits::MAX_TYPE_DEPTH {
            return Arc::from("...");
        }
        let name = match self.build(mt, depth) {
            Ok(name) => name,
            Err(fault) => format!("<type at {mt}: {fault}>"),
        };
        let name: Arc<str> = Arc::from(spelling::cut(name));
        self.known.insert(mt, Arc::clone(&name));
        name
    }

    fn build(&mut self, mt: Addr, depth: u32) -> Result<String, Fault> {
        if mt == self.method_tables.free() {
            return Ok("Free".to_owned());
        }
        let flags = self.method_tables.flags(self.memory, mt)?;
        if flags.is_array() {
            let element = self.method_tables.element_type(self.memory, mt)?;
            let element = self.handle_name_at(element, depth + 1)?;
            let rank =
                self.method_tables.shape(self.memory, mt).map_or(1, |shape| MethodTables::rank(&shape));
            return Ok(format!("{element}{}", spelling::array_suffix(flags.is_sz_array(), rank)));
        }
        if let Some(native) = &self.native {
            return Ok(native.name(mt));
        }
        let definition = self.definition_name(mt)?;
        let mut arguments = Vec::new();
        for argument in self.method_tables.instantiation(self.memory, mt)? {
            arguments.push(self.handle_name_at(argument, depth + 1)?);
        }
        Ok(spelling::with_arguments(&definition, &arguments))
    }

    /// The name of the type without arguments: from metadata, else as another module refers to it, else module and
    /// token.
    fn definition_name(&self, mt: Addr) -> Result<String, Fault> {
        let row = self.method_tables.type_def_row(self.memory, mt)?;
        let module = self.method_tables.defining_module(self.memory, mt)?;
        let from_metadata = || Some(self.modules.metadata(module)?.type_def_name(row?).ok()?.to_string());
        let referred = || self.referred.get(module, row?).map(str::to_owned);
        Ok(from_metadata().or_else(referred).unwrap_or_else(|| {
            let module = self.modules.name(module).unwrap_or("?");
            row.map_or_else(|| format!("{module}!{mt}"), |row| format!("{module}!{:08x}", 0x0200_0000 | row))
        }))
    }

    fn handle_name_at(&mut self, handle: TypeHandle, depth: u32) -> Result<Arc<str>, Fault> {
        match handle {
            TypeHandle::MethodTable(mt) => Ok(self.name_at(mt, depth)),
            TypeHandle::TypeDesc(_) if depth >= limits::MAX_TYPE_DEPTH => Ok("...".into()),
            TypeHandle::TypeDesc(at) => self.type_desc_name(at, depth).map(Arc::from),
        }
    }

    fn type_desc_name(&mut self, at: Addr, depth: u32) -> Result<String, Fault> {
        let depth = depth + 1;
        Ok(match self.type_descs.read(self.memory, self.method_tables, at)? {
            TypeDesc::Pointer(to) => format!("{}*", self.handle_name_at(to, depth)?),
            TypeDesc::ByReference(to) => format!("{}&", self.handle_name_at(to, depth)?),
            TypeDesc::Array { element, sz, rank, .. } => {
                format!("{}{}", self.handle_name_at(element, depth)?, spelling::array_suffix(sz, rank))
            }
            TypeDesc::TypeVariable(index) => format!("!{index}"),
            TypeDesc::MethodVariable(index) => format!("!!{index}"),
            TypeDesc::Function(types) => {
                let names = types.into_iter().map(|of| self.handle_name_at(of, depth));
                let names = names.collect::<Result<Vec<_>, _>>()?;
                let (result, arguments) = names.split_first().map_or(("", [].as_slice()), |(r, a)| (r, a));
                spelling::function(result, arguments)
            }
            TypeDesc::Unknown => format!("<type description at {at}>"),
        })
    }
}
