//! The .NET runtime in a dump: where it is, what it is, and how to read its structures.
//!
//! Knows nothing of columns or queries.

pub mod layout;
