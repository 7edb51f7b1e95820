//! clr

pub mod metadata;
