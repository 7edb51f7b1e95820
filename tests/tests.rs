//! The integration tests, one binary with a module a theme.

mod cli;
mod golden;
mod tidy;

// Enabled as soon as the library opens dumps.
#[cfg(any())]
mod corpus;
#[cfg(any())]
mod damage;
