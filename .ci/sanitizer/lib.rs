//! The folder that holds `unsafe`, and nothing else: small enough to be built with a sanitizer for every change.

#[path = "../../src/bytes/mod.rs"]
pub mod bytes;
