//! Names of types as listings print them.
//!
//! `Namespace.Name`, nested types joined by `+`, generic arguments in angle brackets at the part of
//! the name that takes them, arrays by their rank: the spelling of SOS and ClrMD. Where the metadata
//! is missing a type is its module and token, `zoo.dll!02000015`: never dropped, never guessed.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::metadata::Metadata;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::{Encoding, MethodTables, TypeHandle};

/// `CorElementType`, ECMA-335 II.23.1.16.
mod element {
    pub const POINTER: u8 = 0x0f;
    pub const BY_REFERENCE: u8 = 0x10;
    pub const TYPE_VARIABLE: u8 = 0x13;
    pub const ARRAY: u8 = 0x14;
    pub const FUNCTION_POINTER: u8 = 0x1b;
    pub const SZ_ARRAY: u8 = 0x1d;
    pub const METHOD_VARIABLE: u8 = 0x1e;
}

/// The largest rank of an array (ECMA-335 sets none, the runtime allows 32).
const MAX_RANK: u32 = 32;
/// Arguments of a function pointer that are spelled out.
const MAX_FUNCTION_ARGUMENTS: u64 = 64;

/// What naming needs to know of a module.
#[derive(Debug)]
pub struct NamingModule<'a> {
    /// Its file name, or a dynamic module's name.
    pub name: Arc<str>,
    /// Its metadata, as far as there is any.
    pub metadata: Option<Metadata<'a>>,
}

/// Offsets within TypeDescs; versions that lack one cannot spell that kind.
#[derive(Debug)]
struct TypeDescs {
    kind: Option<u64>,
    argument: Option<u64>,
    argument_encoding: Encoding,
    template: Option<u64>,
    variable_index: Option<u64>,
    function_count: Option<u64>,
    function_types: Option<u64>,
}

/// Names types, each MethodTable once.
#[derive(Debug)]
pub struct TypeNames<'a> {
    memory: &'a AddressSpace,
    method_tables: &'a MethodTables,
    type_descs: TypeDescs,
    modules: FxHashMap<Addr, NamingModule<'a>>,
    cache: FxHashMap<Addr, Arc<str>>,
}

impl<'a> TypeNames<'a> {
    /// A namer over `modules`, given by the address of each runtime's Module.
    pub fn new(
        memory: &'a AddressSpace,
        layout: &Descriptor,
        method_tables: &'a MethodTables,
        modules: FxHashMap<Addr, NamingModule<'a>>,
    ) -> Self {
        let of = |kind: &str, field: &str| layout.optional_field(kind, field);
        let type_descs = TypeDescs {
            kind: of("TypeDesc", "TypeAndFlags"),
            argument: of("ParamTypeDesc", "TypeArg"),
            argument_encoding: Encoding::of(layout, "ParamTypeDesc.TypeArg").unwrap_or(Encoding::Plain),
            template: of("ParamTypeDesc", "TemplateMT"),
            variable_index: of("TypeVarTypeDesc", "Index"),
            function_count: of("FnPtrTypeDesc", "NumArgs"),
            function_types: of("FnPtrTypeDesc", "RetAndArgTypes"),
        };
        TypeNames { memory, method_tables, type_descs, modules, cache: FxHashMap::default() }
    }

    /// The name of the type at `mt`.
    pub fn name(&mut self, mt: Addr) -> Arc<str> {
        self.name_at(mt, 0)
    }

    /// The module that defines the type at `mt`; for an array that of its innermost element. `None`
    /// where it cannot be read or is not among the modules.
    pub fn module(&self, mt: Addr) -> Option<&NamingModule<'a>> {
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
        self.modules.get(&self.method_tables.defining_module(self.memory, mt).ok()?)
    }

    /// Names whose arguments nest too deeply for the cap are cut with `...`; they are not remembered,
    /// since the same type may stand at a lesser depth elsewhere.
    fn name_at(&mut self, mt: Addr, depth: u32) -> Arc<str> {
        if let Some(name) = self.cache.get(&mt) {
            return Arc::clone(name);
        }
        if depth >= limits::MAX_TYPE_DEPTH {
            return Arc::from("...");
        }
        let mut name = match self.build(mt, depth) {
            Ok(name) => name,
            Err(fault) => format!("<type at {mt}: {fault}>"),
        };
        if name.len() > limits::MAX_TYPE_NAME_BYTES {
            let end = name.floor_char_boundary(limits::MAX_TYPE_NAME_BYTES);
            name.truncate(end);
            name.push_str("...");
        }
        let name: Arc<str> = Arc::from(name);
        self.cache.insert(mt, Arc::clone(&name));
        name
    }

    fn build(&mut self, mt: Addr, depth: u32) -> Result<String, Fault> {
        if mt == self.method_tables.free() {
            return Ok("Free".to_owned());
        }
        let flags = self.method_tables.flags(self.memory, mt)?;
        if flags.is_array() {
            let element = self.method_tables.element_type(self.memory, mt)?;
            let element = self.handle_name(element, depth + 1)?;
            let rank =
                self.method_tables.shape(self.memory, mt).map_or(1, |shape| MethodTables::rank(&shape));
            return Ok(format!("{element}{}", array_suffix(flags.is_sz_array(), rank)));
        }
        let definition = self.definition_name(mt)?;
        let mut arguments = Vec::new();
        for argument in self.method_tables.instantiation(self.memory, mt)? {
            arguments.push(self.handle_name(argument, depth + 1)?);
        }
        Ok(with_arguments(&definition, &arguments))
    }

    /// The name of the type without arguments: from metadata, else module and token.
    fn definition_name(&self, mt: Addr) -> Result<String, Fault> {
        let row = self.method_tables.type_def_row(self.memory, mt)?;
        let module = self.modules.get(&self.method_tables.defining_module(self.memory, mt)?);
        let from_metadata = || {
            let metadata = module?.metadata.as_ref()?;
            Some(metadata.type_def_name(row?).ok()?.to_string())
        };
        Ok(from_metadata().unwrap_or_else(|| {
            let module = module.map_or("?", |m| &m.name);
            row.map_or_else(|| format!("{module}!{mt}"), |row| format!("{module}!{:08x}", 0x0200_0000 | row))
        }))
    }

    fn handle_name(&mut self, handle: TypeHandle, depth: u32) -> Result<String, Fault> {
        match handle {
            TypeHandle::MethodTable(mt) => Ok(self.name_at(mt, depth).to_string()),
            TypeHandle::TypeDesc(_) if depth >= limits::MAX_TYPE_DEPTH => Ok("...".to_owned()),
            TypeHandle::TypeDesc(at) => self.type_desc_name(at, depth),
        }
    }

    fn type_desc_name(&mut self, at: Addr, depth: u32) -> Result<String, Fault> {
        let unknown = format!("<type description at {at}>");
        let Some(kind) = self.type_descs.kind else { return Ok(unknown) };
        let kind = self.memory.u8(at.offset(kind))?;
        match kind {
            element::POINTER => Ok(self.argument_name(at, depth)?.map_or(unknown, |name| name + "*")),
            element::BY_REFERENCE => Ok(self.argument_name(at, depth)?.map_or(unknown, |name| name + "&")),
            element::SZ_ARRAY | element::ARRAY => {
                let Some(template) = self.type_descs.template else { return Ok(unknown) };
                let template = self.memory.pointer(at.offset(template))?;
                let rank =
                    self.method_tables.shape(self.memory, template).map_or(1, |s| MethodTables::rank(&s));
                let suffix = array_suffix(kind == element::SZ_ARRAY, rank);
                Ok(self.argument_name(at, depth)?.map_or(unknown, |name| name + &suffix))
            }
            element::TYPE_VARIABLE | element::METHOD_VARIABLE => {
                let Some(index) = self.type_descs.variable_index else { return Ok(unknown) };
                let mark = if kind == element::TYPE_VARIABLE { "!" } else { "!!" };
                Ok(format!("{mark}{}", self.memory.u32(at.offset(index))?))
            }
            element::FUNCTION_POINTER => self.function_name(at, depth).map(|name| name.unwrap_or(unknown)),
            _ => Ok(unknown),
        }
    }

    fn argument_name(&mut self, at: Addr, depth: u32) -> Result<Option<String>, Fault> {
        let Some(argument) = self.type_descs.argument else { return Ok(None) };
        let argument = self.type_descs.argument_encoding.read(self.memory, at.offset(argument))?;
        self.handle_name(TypeHandle::from_word(argument), depth + 1).map(Some)
    }

    /// A function pointer as `Result(Argument, Argument)`.
    fn function_name(&mut self, at: Addr, depth: u32) -> Result<Option<String>, Fault> {
        let (Some(count), Some(types)) = (self.type_descs.function_count, self.type_descs.function_types)
        else {
            return Ok(None);
        };
        let count = u64::from(self.memory.u32(at.offset(count))?).min(MAX_FUNCTION_ARGUMENTS);
        let mut names = Vec::new();
        for index in 0..=count {
            let handle = TypeHandle::from_word(self.memory.pointer(at.offset(types + 8 * index))?);
            names.push(self.handle_name(handle, depth + 1)?);
        }
        let arguments = names.split_off(1);
        Ok(Some(format!("{}({})", names.concat(), arguments.join(", "))))
    }
}

/// `[]`, `[*]` for one dimension with a lower bound of its own, `[,]` for two.
fn array_suffix(sz: bool, rank: u32) -> String {
    match (sz, rank.clamp(1, MAX_RANK)) {
        (true, _) => "[]".to_owned(),
        (false, 1) => "[*]".to_owned(),
        (false, rank) => format!("[{}]", ",".repeat(rank as usize - 1)),
    }
}

/// Hands the arguments out along a chain of nested types: every part ``name`k`` takes the next k. What
/// no part takes (a name that is only a token) stands at the end.
fn with_arguments(definition: &str, arguments: &[String]) -> String {
    if arguments.is_empty() {
        return definition.to_owned();
    }
    let mut rest = arguments;
    let mut name =
        String::with_capacity(definition.len() + arguments.iter().map(String::len).sum::<usize>() + 16);
    for (index, part) in definition.split('+').enumerate() {
        if index > 0 {
            name.push('+');
        }
        let arity =
            part.rsplit_once('`').and_then(|(plain, count)| Some((plain, count.parse::<usize>().ok()?)));
        let Some((plain, count)) = arity else {
            name.push_str(part);
            continue;
        };
        let (taken, left) = rest.split_at(count.min(rest.len()));
        rest = left;
        name.push_str(plain);
        push_arguments(&mut name, taken);
    }
    push_arguments(&mut name, rest);
    name
}

fn push_arguments(name: &mut String, arguments: &[String]) {
    if !arguments.is_empty() {
        name.push('<');
        name.push_str(&arguments.join(", "));
        name.push('>');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(definition: &str, arguments: &[&str]) -> String {
        with_arguments(definition, &arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_stand_at_the_part_that_takes_them() {
        assert_eq!(
            spelled("System.Collections.Generic.Dictionary`2+Entry", &["System.String", "Zoo.Dog"]),
            "System.Collections.Generic.Dictionary<System.String, Zoo.Dog>+Entry"
        );
        assert_eq!(spelled("A`1+B+C`1", &["X", "Y"]), "A<X>+B+C<Y>");
        assert_eq!(spelled("Plain", &[]), "Plain");
    }

    #[test]
    fn a_name_that_is_only_a_token_keeps_its_arguments() {
        assert_eq!(spelled("zoo.dll!02000015", &["System.String"]), "zoo.dll!02000015<System.String>");
        assert_eq!(spelled("Odd`x", &["A"]), "Odd`x<A>");
    }

    #[test]
    fn arrays_show_their_rank() {
        assert_eq!(array_suffix(true, 1), "[]");
        assert_eq!(array_suffix(false, 1), "[*]");
        assert_eq!(array_suffix(false, 3), "[,,]");
        assert_eq!(array_suffix(false, u32::MAX), format!("[{}]", ",".repeat(31)));
    }
}
