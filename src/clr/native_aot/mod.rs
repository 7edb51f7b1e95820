//! What NativeAOT programs have of their own: no metadata of modules, but symbols that tell types' names.

mod mangled_name;
mod type_symbols;

pub use mangled_name::{MangledNames, TypeName};
pub use type_symbols::TypeSymbols;
