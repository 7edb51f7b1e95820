//! From the signature of a field to what it means in the place where it stands: name, kind, loaded type.

use std::sync::Arc;

use super::loaded::Composition;
use super::lookup_map::LookupMap;
use super::{Primitive, TypeSystem};
use crate::bytes::Addr;
use crate::clr::metadata::{NamedType, Table, Token, TypeSignature, element_type};
use crate::clr::types::{TypeDesc, TypeHandle, spelling};
use crate::limits::MAX_TYPE_DEPTH;

/// What kind of values a type has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Values {
    Primitive(Primitive),
    /// An enum over that primitive.
    Enum(Primitive),
    Struct,
    Reference,
    Pointer,
    FunctionPointer,
    Unknown,
}

/// What a signature means.
#[derive(Clone, Debug)]
pub(super) struct ResolvedType {
    pub(super) name: Arc<str>,
    pub(super) values: Values,
    /// The type itself, when it is loaded.
    pub(super) exact: Option<TypeHandle>,
    /// The loaded type that shares its layout: with `System.__Canon` for every reference that is an argument. Of a
    /// reference `System.__Canon` itself.
    pub(super) canonical: Option<TypeHandle>,
}

impl ResolvedType {
    pub(super) fn unknown(name: impl Into<Arc<str>>) -> ResolvedType {
        ResolvedType { name: name.into(), values: Values::Unknown, exact: None, canonical: None }
    }
}

/// Where a signature stands: what its tokens and generic parameters mean.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// The module of the type that declares the field.
    pub(super) module: Addr,
    /// That type's own generic arguments.
    pub(super) arguments: &'a [TypeHandle],
}

impl TypeSystem {
    /// What `signature` means in `scope`.
    pub(super) fn resolve(&self, signature: &TypeSignature, scope: Scope<'_>) -> ResolvedType {
        self.resolve_at(signature, scope, 0)
    }

    fn resolve_at(&self, signature: &TypeSignature, scope: Scope<'_>, depth: u32) -> ResolvedType {
        // Only types that a TypeSpec tells can nest more deeply than a signature: in a circle.
        if depth >= MAX_TYPE_DEPTH {
            return ResolvedType::unknown("...");
        }
        let inner = |signature: &TypeSignature| self.resolve_at(signature, scope, depth + 1);
        let pointer = |to: &TypeSignature, mark: &str, make: fn(TypeHandle) -> Composition| {
            self.composed(inner(to), |name| format!("{name}{mark}"), make, Values::Pointer)
        };
        match signature {
            TypeSignature::Simple(kind) => self.simple(*kind),
            TypeSignature::Named(named) => self.named_type(*named, scope, depth),
            TypeSignature::Instance(named, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(inner).collect();
                self.instance(*named, &arguments, scope)
            }
            TypeSignature::TypeVariable(number) => match scope.arguments.get(*number as usize) {
                Some(&argument) => self.of_handle(argument),
                None => ResolvedType::unknown(format!("!{number}")),
            },
            TypeSignature::MethodVariable(number) => ResolvedType::unknown(format!("!!{number}")),
            TypeSignature::SzArray(element) => {
                let spelled = |name: &str| format!("{name}[]");
                self.composed(inner(element), spelled, Composition::SzArray, Values::Reference)
            }
            TypeSignature::Array(element, rank) => {
                let spelled = |name: &str| format!("{name}{}", spelling::array_suffix(false, *rank));
                let make = |element| Composition::Array(element, *rank);
                self.composed(inner(element), spelled, make, Values::Reference)
            }
            TypeSignature::Pointer(to) => pointer(to, "*", Composition::Pointer),
            TypeSignature::ByReference(to) => pointer(to, "&", Composition::ByReference),
            TypeSignature::FunctionPointer(result, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|of| inner(of).name).collect();
                let name = spelling::cut(spelling::function(&inner(result).name, &arguments));
                let values = Values::FunctionPointer;
                ResolvedType { values, ..ResolvedType::unknown(name) }
            }
        }
    }

    /// A type that has an element type of its own.
    fn simple(&self, kind: u8) -> ResolvedType {
        let of = |mt: Option<Addr>, name: &str, values| ResolvedType {
            name: name.into(),
            values,
            exact: mt.map(TypeHandle::MethodTable),
            canonical: mt.map(TypeHandle::MethodTable),
        };
        match (kind, Primitive::from_element_type(kind)) {
            (_, Some(primitive)) => {
                of(self.primitive_type(kind), primitive.type_name(), Values::Primitive(primitive))
            }
            (element_type::STRING, _) => ResolvedType {
                canonical: self.canon(),
                ..of(self.well_known.string, "System.String", Values::Reference)
            },
            (element_type::OBJECT, _) => ResolvedType {
                canonical: self.canon(),
                ..of(self.well_known.object, "System.Object", Values::Reference)
            },
            (element_type::TYPED_REFERENCE, _) => {
                of(self.primitive_type(kind), "System.TypedReference", Values::Struct)
            }
            _ => ResolvedType::unknown("System.Void"),
        }
    }

    /// An array or a pointer.
    fn composed(
        &self,
        of: ResolvedType,
        spelled: impl Fn(&str) -> String,
        make: impl Fn(TypeHandle) -> Composition,
        values: Values,
    ) -> ResolvedType {
        let name = spelling::cut(spelled(&of.name)).into();
        let exact = of.exact.and_then(|handle| self.made_of(&make(handle)));
        let canonical = if values == Values::Reference { self.canon() } else { exact };
        ResolvedType { name, values, exact, canonical }
    }

    fn named_type(&self, named: NamedType, scope: Scope<'_>, depth: u32) -> ResolvedType {
        if named.token.table == Table::TypeSpec {
            let spec = self.modules.metadata(scope.module).map(|m| m.type_spec(named.token.rid));
            if let Some(Ok(signature)) = spec {
                return self.resolve_at(&signature, scope, depth + 1);
            }
        }
        match self.definition(scope.module, named.token) {
            Some(mt) => self.of_method_table(mt),
            None => {
                let (name, values) = (self.token_name(scope.module, named.token), values_of(named));
                let canonical = self.canon().filter(|_| values == Values::Reference);
                ResolvedType { values, canonical, ..ResolvedType::unknown(name) }
            }
        }
    }

    fn instance(&self, named: NamedType, arguments: &[ResolvedType], scope: Scope<'_>) -> ResolvedType {
        let names: Vec<_> = arguments.iter().map(|argument| &*argument.name).collect();
        let name = spelling::with_arguments(&self.token_name(scope.module, named.token), &names);
        let name: Arc<str> = spelling::cut(name).into();
        let definition = match self.definition(scope.module, named.token) {
            Some(mt) => self.definition_of(mt),
            None if named.token.table == Table::TypeDef => Some((scope.module, named.token.rid)),
            None => None,
        };
        let made_of = |handle: fn(&ResolvedType) -> Option<TypeHandle>| {
            let (module, row) = definition?;
            let arguments = arguments.iter().map(handle).collect::<Option<Box<[_]>>>()?;
            self.made_of(&Composition::Instance { module, row, arguments })
        };
        let exact = made_of(|argument| argument.exact);
        let values = values_of(named);
        let canonical = match values {
            Values::Reference => self.canon(),
            _ => made_of(|argument| argument.canonical),
        };
        // An enum inside of a generic type is an instance too.
        if let Some(TypeHandle::MethodTable(mt)) = exact.or(canonical).filter(|_| values == Values::Struct) {
            return ResolvedType { name, exact, canonical, ..self.of_method_table(mt) };
        }
        ResolvedType { name, values, exact, canonical }
    }

    /// The type that a handle leads to.
    pub(super) fn of_handle(&self, handle: TypeHandle) -> ResolvedType {
        let at = match handle {
            TypeHandle::MethodTable(mt) => return self.of_method_table(mt),
            TypeHandle::TypeDesc(at) => at,
        };
        let values = match self.type_descs.read(self.memory(), &self.method_tables, at) {
            Ok(TypeDesc::Pointer(_) | TypeDesc::ByReference(_)) => Values::Pointer,
            Ok(TypeDesc::Function(_)) => Values::FunctionPointer,
            Ok(TypeDesc::Array { .. }) => Values::Reference,
            _ => Values::Unknown,
        };
        let canonical = if values == Values::Reference { self.canon() } else { Some(handle) };
        ResolvedType { name: self.handle_name(handle), values, exact: Some(handle), canonical }
    }

    /// A loaded type.
    pub(super) fn of_method_table(&self, mt: Addr) -> ResolvedType {
        let exact = Some(TypeHandle::MethodTable(mt));
        let values = self.values_of(mt);
        let canonical = match values {
            Values::Reference => self.canon(),
            _ => self.method_tables.canonical(self.memory(), mt).ok().map(TypeHandle::MethodTable),
        };
        ResolvedType { name: self.name(mt), values, exact, canonical }
    }

    /// What kind of values a loaded type has.
    pub(super) fn values_of(&self, mt: Addr) -> Values {
        let Ok(flags) = self.method_tables.flags(self.memory(), mt) else { return Values::Unknown };
        if !flags.is_value_type() {
            return Values::Reference;
        }
        let class = self.class(mt);
        let primitive =
            class.and_then(Result::ok).and_then(|class| Primitive::from_element_type(class.element_type));
        match primitive {
            Some(primitive) if flags.is_primitive() => Values::Primitive(primitive),
            Some(primitive) if flags.is_enum_like() && self.is_enum(mt) => Values::Enum(primitive),
            _ => Values::Struct,
        }
    }

    /// The MethodTable of the type that a token means; `None` when it is not loaded.
    fn definition(&self, module: Addr, token: Token) -> Option<Addr> {
        let in_map = |map: &LookupMap| map.get(self.memory(), token.rid).ok().flatten();
        match token.table {
            Table::TypeDef => in_map(self.modules.definitions(module)?),
            Table::TypeRef => {
                in_map(self.modules.references(module)?).or_else(|| self.referred_by_name(module, token.rid))
            }
            _ => None,
        }
    }

    /// The MethodTable of a type of another module that is loaded, although nobody went there by this module's
    /// reference yet: the one of that name in the assembly that the reference names. References also name assemblies
    /// that only forward; so where none is there, the only one of that name is it.
    fn referred_by_name(&self, module: Addr, type_ref: u32) -> Option<Addr> {
        let metadata = self.modules.metadata(module)?;
        let name = metadata.type_ref_name(type_ref).ok()?.to_string();
        let candidates = self.defined_as(&name);
        let assembly = metadata.type_ref_assembly(type_ref).ok()??;
        let mut of_assembly = candidates.iter().filter(|&&mt| {
            let defined_in = self.definition_of(mt).and_then(|(module, _)| self.modules.metadata(module));
            defined_in.and_then(|m| m.assembly_name().ok().flatten()).is_some_and(|name| name == assembly)
        });
        match (of_assembly.next(), of_assembly.next(), candidates) {
            (Some(&mt), None, _) | (None, None, &[mt]) => Some(mt),
            _ => None,
        }
    }

    /// The name of the type that a token means, generic arguments left out.
    pub(in crate::clr) fn token_name(&self, module: Addr, token: Token) -> String {
        let spelled = || {
            let metadata = self.modules.metadata(module)?;
            match token.table {
                Table::TypeDef => metadata.type_def_name(token.rid).ok().map(|name| name.to_string()),
                Table::TypeRef => metadata.type_ref_name(token.rid).ok().map(|name| name.to_string()),
                _ => None,
            }
        };
        spelled().unwrap_or_else(|| format!("{}!{token}", self.module_name(module)))
    }

    fn canon(&self) -> Option<TypeHandle> {
        self.well_known.canon.map(TypeHandle::MethodTable)
    }
}

fn values_of(named: NamedType) -> Values {
    if named.value_type { Values::Struct } else { Values::Reference }
}
