//! Types: MethodTables, type handles and the names that listings print.

mod encoding;
mod flag_encoding;
mod method_table;
pub(in crate::clr) mod spelling;
mod type_desc;
mod type_handle;
mod type_name;

pub use encoding::Encoding;
pub use method_table::{MethodTableFlags, MethodTables, NotAMethodTable, Shape};
pub use type_desc::{TypeDesc, TypeDescs};
pub use type_handle::TypeHandle;
pub(in crate::clr) use type_name::Naming;
pub use type_name::{NamingModule, NamingModules, NativeNames, TypeNames};

#[cfg(test)]
mod tests;
