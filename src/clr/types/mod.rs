//! Types: MethodTables, type handles and the names that listings print.

mod encoding;
mod method_table;
mod type_handle;
mod type_name;

pub use encoding::Encoding;
pub use method_table::{MethodTableFlags, MethodTables, NotAMethodTable, Shape};
pub use type_handle::TypeHandle;
pub use type_name::{NamingModule, TypeNames};

#[cfg(test)]
mod tests;
