//! Methods as stacks show them: with generic arguments and the types of parameters, in the words of SOS and ClrMD.
//!
//! `Zoo.Program.Deeper(Zoo.StackHeld, Int32)`, `System.Threading.Monitor.Enter(System.Object, Boolean ByRef)`; of code that
//! several instantiations share, the arguments are `System.__Canon`.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::metadata::{NamedType, Table, TypeSignature, element_type};
use crate::clr::type_system::{Primitive, TypeSystem};
use crate::clr::types::{TypeHandle, spelling};
use crate::limits::MAX_TYPE_DEPTH;

use super::Method;
use super::method_desc::Identity;

/// What the generic parameters in a signature stand for, and which module its tokens are of.
struct Scope<'a> {
    module: Addr,
    of_type: &'a [TypeHandle],
    of_method: &'a [TypeHandle],
}

impl TypeSystem {
    /// The method with its generic arguments and the types of its parameters; its name alone where the metadata is missing, and of
    /// dynamic methods.
    pub fn method_signature(&self, method: &Method) -> Arc<str> {
        self.signature(method).map_or_else(|| Arc::clone(&method.name), Into::into)
    }

    fn signature(&self, method: &Method) -> Option<String> {
        let descs = self.methods().descs.as_ref()?;
        let (memory, tables) = (self.memory(), self.method_tables());
        let desc = descs.read(memory, tables, method.method_desc).ok()??;
        let Identity::Row(row) = desc.identity else { return None };
        let module = tables.defining_module(memory, method.method_table).ok()?;
        let signature = self.metadata(module)?.method_signature(row).ok()?;
        let of_type = tables.instantiation(memory, method.method_table).unwrap_or_default();
        let of_method = descs.generic_arguments(memory, method.method_desc).unwrap_or_default();
        let scope = Scope { module, of_type: &of_type, of_method: &of_method };
        let parameters: Vec<String> =
            signature.parameters.iter().map(|parameter| self.spelled(parameter, &scope, 0)).collect();
        let arguments = self.generic_suffix(&of_method);
        Some(format!("{}{arguments}({})", method.name, parameters.join(", ")))
    }

    /// A method's own generic arguments: `[[System.__Canon, System.Private.CoreLib]]`; empty for none.
    fn generic_suffix(&self, arguments: &[TypeHandle]) -> String {
        if arguments.is_empty() {
            return String::new();
        }
        let one = |&argument: &TypeHandle| {
            let name = self.handle_name(argument);
            let module = argument
                .method_table()
                .and_then(|mt| self.method_tables().defining_module(self.memory(), mt).ok());
            let file = module.map_or("?", |module| self.module_name(module));
            format!("[{name}, {}]", file.strip_suffix(".dll").unwrap_or(file))
        };
        let all: Vec<String> = arguments.iter().map(one).collect();
        format!("[{}]", all.join(","))
    }

    fn spelled(&self, signature: &TypeSignature, scope: &Scope<'_>, depth: u32) -> String {
        if depth >= MAX_TYPE_DEPTH {
            return "...".to_owned();
        }
        let inner = |signature: &TypeSignature| self.spelled(signature, scope, depth + 1);
        let variable = |of: &[TypeHandle], number: u32, mark: &str| match of.get(number as usize) {
            Some(&argument) => self.handle_name(argument).to_string(),
            None => format!("{mark}{number}"),
        };
        spelling::cut(match signature {
            TypeSignature::Simple(kind) => simple(*kind).to_owned(),
            TypeSignature::Named(named) => self.spelled_token(*named, scope, depth),
            TypeSignature::Instance(named, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(inner).collect();
                spelling::with_arguments(&self.spelled_token(*named, scope, depth), &arguments)
            }
            TypeSignature::TypeVariable(number) => variable(scope.of_type, *number, "!"),
            TypeSignature::MethodVariable(number) => variable(scope.of_method, *number, "!!"),
            TypeSignature::SzArray(element) => inner(element) + "[]",
            TypeSignature::Array(element, rank) => inner(element) + &spelling::array_suffix(false, *rank),
            TypeSignature::Pointer(to) => inner(to) + "*",
            TypeSignature::ByReference(to) => inner(to) + " ByRef",
            TypeSignature::FunctionPointer(result, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(inner).collect();
                spelling::function(&inner(result), &arguments)
            }
        })
    }

    fn spelled_token(&self, named: NamedType, scope: &Scope<'_>, depth: u32) -> String {
        if named.token.table == Table::TypeSpec
            && let Some(Ok(signature)) =
                self.metadata(scope.module).map(|metadata| metadata.type_spec(named.token.rid))
        {
            return self.spelled(&signature, scope, depth + 1);
        }
        self.token_name(scope.module, named.token)
    }
}

/// A type that has an element type of its own. Numbers go without their namespace, as in all listings of stacks.
fn simple(kind: u8) -> &'static str {
    match (kind, Primitive::from_element_type(kind)) {
        (_, Some(primitive)) => primitive.type_name().trim_start_matches("System."),
        (element_type::STRING, _) => "System.String",
        (element_type::OBJECT, _) => "System.Object",
        (element_type::TYPED_REFERENCE, _) => "System.TypedReference",
        _ => "Void",
    }
}
