//! The integration tests, one binary with a module a theme.

mod cli;
mod damage;
mod golden;
mod tidy;

// Enabled as soon as statements are answered.
#[cfg(any())]
mod corpus;
