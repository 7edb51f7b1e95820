//! names
/// x
#[derive(Debug)]
pub struct TypeNames;
