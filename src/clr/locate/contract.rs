//! The contract descriptor that runtimes since 9.0 carry: their own layout description.
//!
//! Source: dotnet/runtime `docs/design/datacontracts/contract-descriptor.md`. The header is
//! `DotNetRuntimeContractDescriptor`: magic, flags, size and address of the JSON, count and address
//! of the pointer data. Full dumps hold it whole; heap dumps lack the JSON, kernel cores too.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::AddressSpace;
use crate::error::Result;
use crate::limits;

use super::RuntimeModule;

/// The symbol of the descriptor's header.
pub(super) const SYMBOL: &str = "DotNetRuntimeContractDescriptor";
/// `DNCCDAC\0` in the byte order of the target.
const MAGIC: u64 = 0x0043_4144_4343_4e44;

/// What the dump holds of the runtime's own description.
#[derive(Debug)]
pub(super) struct Contract {
    /// Bytes of the JSON; tells whether a bundled one is the same.
    pub json_size: u32,
    /// The description, where its JSON is in the dump.
    pub descriptor: Option<Descriptor>,
    /// The addresses of the runtime's variables that the description refers to.
    pub pointer_data: Vec<Addr>,
}

/// Reads the descriptor that the runtime exports. `None` when it exports none, or when not even its
/// header is in the dump.
///
/// # Errors
/// The JSON is there but cannot be read as a description.
pub(super) fn read(memory: &AddressSpace, module: &RuntimeModule) -> Result<Option<Contract>> {
    let Some(header) = module.symbol(memory, SYMBOL) else { return Ok(None) };
    let Ok(MAGIC) = memory.u64(header) else { return Ok(None) };
    let (Ok(json_size), Ok(json), Ok(count), Ok(pointers)) = (
        memory.u32(header.offset(12)),
        memory.pointer(header.offset(16)),
        memory.u32(header.offset(24)),
        memory.pointer(header.offset(32)),
    ) else {
        return Ok(None);
    };
    let bytes = memory.bytes(json, json_size.min(limits::MAX_CONTRACT_JSON) as usize);
    let descriptor = match bytes {
        Ok(bytes) => Some(Descriptor::parse(&bytes)?),
        Err(_) => None,
    };
    // Pointer data that is missing is known to be missing: the list ends before it.
    let pointer_data =
        (0..u64::from(count.min(1024))).map_while(|i| memory.pointer(pointers.offset(8 * i)).ok());
    Ok(Some(Contract { json_size, descriptor, pointer_data: pointer_data.collect() }))
}
