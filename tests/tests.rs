//! The integration tests, one binary with a module a theme.

mod cli;
mod conformance;
mod corpus;
mod damage;
mod dominators;
mod golden;
mod growth;
mod json_schema;
mod leaks;
mod references;
mod roots;
mod statics_and_methods;
mod survivors;
mod tidy;
mod types;
