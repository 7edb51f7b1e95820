//! The integration tests, one binary with a module a theme.

mod cli;
