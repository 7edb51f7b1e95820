//! Reading TypeDescs: what stands for a type that has no MethodTable of its own.
//!
//! Source: `src/coreclr/vm/typedesc.h` of dotnet/runtime v8.0 to v10.0, `src/vm/typedesc.h` of dotnet/coreclr v2.0
//! and v3.1 (where arrays that are type arguments are TypeDescs too).

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::metadata::element_type;
use crate::dump::{AddressSpace, Fault};

use super::{Encoding, MethodTables, TypeHandle};

/// Arguments of a function pointer that are read.
const MAX_FUNCTION_ARGUMENTS: u64 = 64;

/// What a TypeDesc describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeDesc {
    /// A pointer to a type.
    Pointer(TypeHandle),
    /// A managed reference to a type.
    ByReference(TypeHandle),
    /// An array (2.x, 3.x).
    Array {
        /// What its elements are.
        element: TypeHandle,
        /// The MethodTable of its objects.
        method_table: Addr,
        /// Whether it is of one dimension that begins at 0.
        sz: bool,
        /// Dimensions.
        rank: u32,
    },
    /// A generic parameter of a type, by its number.
    TypeVariable(u32),
    /// A generic parameter of a method, by its number.
    MethodVariable(u32),
    /// A pointer to a function: what it returns, then what it takes.
    Function(Vec<TypeHandle>),
    /// Something else, or of a kind whose layout is not known.
    Unknown,
}

/// Reads TypeDescs by a layout; versions that lack an offset cannot tell that kind.
#[derive(Clone, Debug)]
pub struct TypeDescs {
    kind: Option<u64>,
    argument: Option<u64>,
    argument_encoding: Encoding,
    template: Option<u64>,
    template_encoding: Encoding,
    variable_index: Option<u64>,
    function_count: Option<u64>,
    function_types: Option<u64>,
}

impl TypeDescs {
    /// A reader for the runtime that `layout` describes.
    pub fn new(layout: &Descriptor) -> TypeDescs {
        let of = |kind: &str, field: &str| layout.optional_field(kind, field);
        TypeDescs {
            kind: of("TypeDesc", "TypeAndFlags"),
            argument: of("ParamTypeDesc", "TypeArg"),
            argument_encoding: Encoding::of(layout, "ParamTypeDesc.TypeArg").unwrap_or(Encoding::Plain),
            template: of("ParamTypeDesc", "TemplateMT"),
            template_encoding: Encoding::of(layout, "ParamTypeDesc.TemplateMT").unwrap_or(Encoding::Plain),
            variable_index: of("TypeVarTypeDesc", "Index"),
            function_count: of("FnPtrTypeDesc", "NumArgs"),
            function_types: of("FnPtrTypeDesc", "RetAndArgTypes"),
        }
    }

    /// The TypeDesc at `at`.
    ///
    /// # Errors
    /// It is not in the dump.
    pub fn read(&self, memory: &AddressSpace, tables: &MethodTables, at: Addr) -> Result<TypeDesc, Fault> {
        let Some(kind) = self.kind else { return Ok(TypeDesc::Unknown) };
        let kind = memory.u8(at.offset(kind))?;
        let described = match kind {
            element_type::POINTER => self.argument(memory, at)?.map(TypeDesc::Pointer),
            element_type::BY_REFERENCE => self.argument(memory, at)?.map(TypeDesc::ByReference),
            element_type::SZ_ARRAY | element_type::ARRAY => {
                self.array(memory, tables, at, kind == element_type::SZ_ARRAY)?
            }
            element_type::TYPE_VARIABLE => self.variable(memory, at)?.map(TypeDesc::TypeVariable),
            element_type::METHOD_VARIABLE => self.variable(memory, at)?.map(TypeDesc::MethodVariable),
            element_type::FUNCTION_POINTER => self.function(memory, at)?,
            _ => None,
        };
        Ok(described.unwrap_or(TypeDesc::Unknown))
    }

    fn argument(&self, memory: &AddressSpace, at: Addr) -> Result<Option<TypeHandle>, Fault> {
        let Some(argument) = self.argument else { return Ok(None) };
        self.argument_encoding.read(memory, at.offset(argument)).map(|word| Some(TypeHandle::from_word(word)))
    }

    fn array(
        &self,
        memory: &AddressSpace,
        tables: &MethodTables,
        at: Addr,
        sz: bool,
    ) -> Result<Option<TypeDesc>, Fault> {
        let (Some(element), Some(template)) = (self.argument(memory, at)?, self.template) else {
            return Ok(None);
        };
        let method_table = self.template_encoding.read(memory, at.offset(template))?;
        let rank = tables.shape(memory, method_table).map_or(1, |shape| MethodTables::rank(&shape));
        Ok(Some(TypeDesc::Array { element, method_table, sz, rank }))
    }

    fn variable(&self, memory: &AddressSpace, at: Addr) -> Result<Option<u32>, Fault> {
        self.variable_index.map(|index| memory.u32(at.offset(index))).transpose()
    }

    fn function(&self, memory: &AddressSpace, at: Addr) -> Result<Option<TypeDesc>, Fault> {
        let (Some(count), Some(types)) = (self.function_count, self.function_types) else { return Ok(None) };
        let count = u64::from(memory.u32(at.offset(count))?).min(MAX_FUNCTION_ARGUMENTS);
        let type_at = |index| memory.pointer(at.offset(types + 8 * index)).map(TypeHandle::from_word);
        (0..=count).map(type_at).collect::<Result<Vec<_>, _>>().map(|types| Some(TypeDesc::Function(types)))
    }
}
