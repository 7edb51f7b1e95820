//! Precodes: the stubs that stand for a method until it has code, and that delegates and vtables point at.
//!
//! What is read here is the code of x64. The stubs lead to their MethodDesc in three forms:
//!
//! | bytes | stub | the MethodDesc |
//! | --- | --- | --- |
//! | `FF 25 d32` | FixupPrecode since 7.0 | in the stub's data, `d` behind the instruction |
//! | `4C 8B 15 d32` | StubPrecode since 7.0 | in the stub's data, `d` behind the instruction |
//! | `E8` or `E9 d32`, `5E` or `5F`, m, p | FixupPrecode before | `m` units behind what stands behind the chunk's last stub, `p` stubs on |
//! | `49 BA q64`, `40 E9` | StubPrecode before | in the instruction |
//!
//! Source: `src/coreclr/vm/precode.h` and `src/coreclr/vm/amd64/thunktemplates.S` of dotnet/runtime v8.0 to v10.0;
//! `src/vm/amd64/cgencpu.h` of dotnet/coreclr v2.0 and v3.1.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};

/// Bytes of a FixupPrecode before 7.0, and of the units in which it counts MethodDescs.
const OLD_FIXUP_SIZE: u64 = 8;
const METHOD_DESC_UNIT: u64 = 8;
/// How far a stub's data lie behind it: the stubs' pages and those of their data take turns.
const DATA_DISTANCE: u64 = 0x4000;

/// Reads precodes by a layout.
#[derive(Debug)]
pub(super) struct Precodes {
    /// Where the data of the stubs since 7.0 have the MethodDesc; `None` before.
    fixup: Option<u64>,
    stub: u64,
}

impl Precodes {
    pub(super) fn of(layout: &Descriptor) -> Precodes {
        Precodes {
            fixup: layout.optional_field("FixupPrecodeData", "MethodDesc"),
            stub: layout.optional_field("StubPrecodeData", "SecretParam").unwrap_or(0),
        }
    }

    /// What the stub at `address` would have as its MethodDesc, if it is one; `None` when it is none. That it is a
    /// MethodDesc remains to be proved.
    ///
    /// # Errors
    /// The stub, or what it leads to, is not in the dump.
    pub(super) fn method_desc(&self, memory: &AddressSpace, address: Addr) -> Result<Option<Addr>, Fault> {
        let mut code = [0; 8];
        if let Err(fault) = memory.read(address, &mut code) {
            // The page of the stubs is code and may be missing where that of their data is there.
            let Some(offset) = self.fixup else { return Err(fault) };
            return memory.pointer(address.offset(DATA_DISTANCE + offset)).map(Some).map_err(|_| fault);
        }
        match (code, self.fixup) {
            ([0xff, 0x25, a, b, c, d, ..], Some(offset)) => {
                memory.pointer(behind(address, 6, [a, b, c, d]).offset(offset)).map(Some)
            }
            ([0x4c, 0x8b, 0x15, a, b, c, d, _], Some(_)) => {
                memory.pointer(behind(address, 7, [a, b, c, d]).offset(self.stub)).map(Some)
            }
            ([0xe8 | 0xe9, _, _, _, _, 0x5e | 0x5f, unit, stubs], None) => {
                let base = address.offset(OLD_FIXUP_SIZE * (u64::from(stubs) + 1));
                let first = memory.pointer(base)?;
                Ok(Some(first.offset(METHOD_DESC_UNIT * u64::from(unit))))
            }
            ([0x49, 0xba, ..], None) => match memory.u16(address.offset(10))?.to_le_bytes() {
                [0x40, 0xe9] => memory.pointer(address.offset(2)).map(Some),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }
}

/// The address that an operand relative to the end of its instruction means.
fn behind(address: Addr, length: u64, operand: [u8; 4]) -> Addr {
    address.offset(length).offset(i64::from(i32::from_le_bytes(operand)) as u64)
}

#[cfg(test)]
mod tests;
