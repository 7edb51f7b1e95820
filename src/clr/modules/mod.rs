//! The managed modules of the process, and where their metadata is.

mod list;
mod metadata_source;
mod module;
mod portable_pdb;

pub use list::{app_domain, assemblies, module_of, modules};
pub use metadata_source::MetadataSource;
pub(in crate::clr) use module::{IMAGE_LAYOUTS, image_layout_at};
pub use module::{Image, Module};
pub(in crate::clr) use portable_pdb::portable_pdb;

#[cfg(test)]
mod tests;
