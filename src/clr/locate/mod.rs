//! Finding the runtime in a process and its variables in the runtime.
//!
//! Every way of finding makes candidates; a candidate is believed when reading through it leads to
//! what it should lead to.

mod calibration;
mod contract;
mod dac_table;
mod debug_header;
mod globals;
mod native_aot;
mod native_aot_module;
mod pe_runtime;
mod proof;
mod runtime_info;
mod runtime_module;
mod single_file;
mod sync_table;
mod table_search;
mod vtables;

pub use globals::{Globals, Located, locate};
pub use runtime_info::RuntimeInfo;
pub use runtime_module::RuntimeModule;

#[cfg(test)]
mod tests;
