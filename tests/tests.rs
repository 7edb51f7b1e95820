//! The integration tests, one binary with a module a theme.

mod catalog_words;
mod cli;
mod conformance;
mod corpus;
#[cfg(all(feature = "live", target_os = "linux"))]
mod counters;
mod damage;
mod damage_sweep;
mod dominators;
mod fuzz_regressions;
mod golden;
mod growth;
#[cfg(unix)]
mod hostile_inputs;
mod json_schema;
mod leaks;
mod process_memory;
mod references;
mod roots;
mod statics_and_methods;
mod survivors;
#[cfg(unix)]
mod temporary_files;
mod tidy;
mod types;
