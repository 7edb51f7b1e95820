//! The secondary of a dependent handle: what a ConditionalWeakTable keeps for a key.
//!
//! Source: `src/coreclr/gc/handletablepriv.h` of dotnet/runtime v8.0 to v10.0 and `src/gc/handletablepriv.h` of dotnet/coreclr
//! v2.0 and v3.1. A handle is the address of a slot in a segment of 64 KiB that is aligned to its size; blocks of 64 slots
//! have a type, and those of dependent handles name a second block, of user data, whose slots hold the secondaries.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::AddressSpace;

use super::Damage;

/// Bytes of a segment, to which it is aligned (`HANDLE_SEGMENT_SIZE`).
const SEGMENT: u64 = 0x1_0000;
/// Slots of a block (`HANDLE_HANDLES_PER_BLOCK`), of 8 bytes each.
const BLOCK: u64 = 64 * 8;
/// The type of blocks of dependent handles (`HNDTYPE_DEPENDENT`).
const DEPENDENT: u8 = 6;
/// The mark of a block without user data (`BLOCK_INVALID`).
const NO_BLOCK: u8 = 0xff;

/// Where the secondary of the dependent handle at `handle` is kept.
///
/// # Errors
/// The layout does not describe handle tables, the segment is not in the dump, or there is no dependent handle there.
pub(super) fn secondary(memory: &AddressSpace, layout: &Descriptor, handle: Addr) -> Result<Addr, Damage> {
    let not_dependent = Damage::NotADependentHandle(handle);
    let of = |field: &str| layout.optional_field("TableSegment", field);
    let (Some(values), Some(types), Some(user_data)) = (of("rgValue"), of("rgBlockType"), of("rgUserData"))
    else {
        return Err(not_dependent);
    };
    let segment = handle.without(SEGMENT - 1);
    let Some(slot) = handle.since(segment.offset(values)) else { return Err(not_dependent) };
    let block = slot / BLOCK;
    if memory.u8(segment.offset(types + block))? != DEPENDENT {
        return Err(not_dependent);
    }
    let user_block = memory.u8(segment.offset(user_data + block))?;
    if user_block == NO_BLOCK || u64::from(user_block) >= (SEGMENT - values) / BLOCK {
        return Err(not_dependent);
    }
    Ok(segment.offset(values + u64::from(user_block) * BLOCK + slot % BLOCK))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: u64 = 0x7000_0000;

    fn layout() -> Descriptor {
        let json = br#"{"version": 0, "baseline": "empty", "types":
            {"TableSegment": {"rgBlockType": 1560, "rgUserData": 1680, "rgValue": 4096}}, "globals": {}}"#;
        Descriptor::parse(json).unwrap()
    }

    fn segment() -> Vec<u8> {
        let mut bytes = vec![0; SEGMENT as usize];
        bytes[1560..1800].fill(NO_BLOCK);
        (bytes[1560 + 3], bytes[1680 + 3]) = (DEPENDENT, 5);
        (bytes[1560 + 4], bytes[1680 + 4]) = (DEPENDENT, NO_BLOCK);
        (bytes[1560 + 7], bytes[1680 + 7]) = (DEPENDENT, 120);
        bytes
    }

    #[test]
    fn the_secondary_stands_at_the_same_slot_of_the_block_of_user_data() {
        let memory = AddressSpace::from_memory(vec![(Addr(AT), segment())]);
        let handle = Addr(AT + 4096 + 3 * 512 + 8 * 9);
        assert_eq!(secondary(&memory, &layout(), handle), Ok(Addr(AT + 4096 + 5 * 512 + 8 * 9)));
    }

    #[test]
    fn what_is_no_dependent_handle_is_refused() {
        let memory = AddressSpace::from_memory(vec![(Addr(AT), segment())]);
        for offset in [0, 8, 4096 + 2 * 512, 4096 + 4 * 512, 4096 + 7 * 512] {
            let handle = Addr(AT + offset);
            assert_eq!(
                secondary(&memory, &layout(), handle),
                Err(Damage::NotADependentHandle(handle)),
                "{offset}"
            );
        }
        assert!(matches!(secondary(&memory, &layout(), Addr(0x1234_0000 + 4096)), Err(Damage::Missing(_))));
    }
}
