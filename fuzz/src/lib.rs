//! What the fuzz targets do with their input, as functions.
//!
//! Each target in `fuzz_targets/` is one call into here. `tests/fuzz_regressions.rs` of the main crate runs the
//! inputs that once were findings through the same functions, so none comes back unseen.

pub mod corpus;
pub mod from_bytes;
pub mod synthetic;
