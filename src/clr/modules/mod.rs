//! The managed modules of the process, and where their metadata is.

mod list;
mod metadata_source;
mod module;

pub use list::{app_domain, assemblies, module_of, modules};
pub use metadata_source::MetadataSource;
pub(in crate::clr) use module::{IMAGE_LAYOUTS, image_layout_at};
pub use module::{Image, Module};

#[cfg(test)]
mod tests;
