//! x
/// x
#[derive(Debug)]
pub struct MetadataSource;
/// x
#[derive(Debug)]
pub struct ModuleMetadata;
