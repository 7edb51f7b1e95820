//! `DotNetRuntimeInfo`: what a single-file program exports about the runtime that is linked into it.
//!
//! Source: `RuntimeInfo` in `src/coreclr/inc/runtimeinfo.h` of dotnet/runtime v6.0 to v10.0: a text of 18 bytes, a
//! version, then the identities of the runtime, its DAC and its DBI, 24 bytes each, which begin with their length: a
//! build id on Linux, TimeDateStamp and SizeOfImage on Windows. Since version 2 (8.0) four numbers of the file version
//! follow, of which the third is a hundred times the patch and some.

use crate::bytes::Addr;
use crate::clr::layout::{RuntimeVersion, known_build};
use crate::dump::{AddressSpace, Fault};
use crate::image::BuildId;

/// The symbol's name, and the text that the structure begins with.
pub(super) const SYMBOL: &str = "DotNetRuntimeInfo";

/// Offset of the structure's version, behind the text and its padding.
const VERSION: u64 = 20;
/// Offset and bytes of the runtime's identity.
const RUNTIME_ID: u64 = 24;
const ID_BYTES: usize = 24;
/// Offset of the four numbers of the runtime's file version.
const FILE_VERSION: u64 = 96;
/// The first version of the structure that has them.
const WITH_FILE_VERSION: u32 = 2;

/// What a program says of the runtime within.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeInfo {
    /// What identifies the runtime's own module, which is not loaded: its build id on Linux; on Windows TimeDateStamp
    /// and SizeOfImage, little-endian.
    pub runtime_id: Vec<u8>,
    /// The runtime's file version; `None` where the structure does not have it (6.0 and 7.0).
    pub file_version: Option<RuntimeVersion>,
}

impl RuntimeInfo {
    /// The runtime's version: as it stands there, else that of the published build with this build id.
    pub fn version(&self) -> Option<RuntimeVersion> {
        let by_build = || Some(known_build(&BuildId::from_bytes(&self.runtime_id)?.to_string())?.version);
        self.file_version.or_else(by_build)
    }

    /// Reads the structure at `address`. `None` when another thing lies there.
    ///
    /// # Errors
    /// The structure is not in the dump.
    pub fn read(memory: &AddressSpace, address: Addr) -> Result<Option<RuntimeInfo>, Fault> {
        let text = memory.bytes(address, SYMBOL.len() + 1)?;
        if text.strip_suffix(&[0]) != Some(SYMBOL.as_bytes()) {
            return Ok(None);
        }
        let id = memory.bytes(address.offset(RUNTIME_ID), ID_BYTES)?;
        let Some((&length, id)) = id.split_first() else { return Ok(None) };
        let Some(id) = id.get(..usize::from(length)) else { return Ok(None) };
        let file_version = if memory.u32(address.offset(VERSION))? >= WITH_FILE_VERSION {
            let number = |index: u64| memory.u32(address.offset(FILE_VERSION + 4 * index));
            Some(RuntimeVersion { major: number(0)?, minor: number(1)?, patch: Some(number(2)? / 100) })
        } else {
            None
        };
        Ok(Some(RuntimeInfo { runtime_id: id.to_vec(), file_version }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Addr = Addr(0x1000);

    /// The structure of a runtime with a build id of 20 bytes.
    fn structure(version: u32, numbers: [u32; 4]) -> Vec<u8> {
        let mut bytes = SYMBOL.as_bytes().to_vec();
        bytes.resize(VERSION as usize, 0);
        bytes.extend(version.to_le_bytes());
        for id in [1_u8, 2, 3] {
            bytes.push(20);
            bytes.extend([id; 20]);
            bytes.extend([0; 3]);
        }
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        bytes
    }

    fn read(bytes: Vec<u8>) -> Result<Option<RuntimeInfo>, Fault> {
        RuntimeInfo::read(&AddressSpace::from_memory(vec![(AT, bytes)]), AT)
    }

    #[test]
    fn tells_the_runtimes_build_id_and_version() {
        let info = read(structure(2, [10, 0, 926, 27_113])).unwrap().unwrap();
        assert_eq!(info.runtime_id, [1; 20]);
        assert_eq!(info.version().unwrap().to_string(), "10.0.9");
    }

    #[test]
    fn the_first_version_of_the_structure_tells_no_version_of_the_runtime() {
        let mut bytes = structure(1, [10, 0, 926, 0]);
        bytes.truncate(FILE_VERSION as usize);
        let info = read(bytes).unwrap().unwrap();
        assert_eq!((info.runtime_id.len(), info.version()), (20, None));
    }

    #[test]
    fn another_thing_is_not_taken_for_it() {
        assert_eq!(read(vec![0; 128]), Ok(None));
        let mut long_id = structure(2, [10, 0, 926, 0]);
        long_id[RUNTIME_ID as usize] = 24;
        assert_eq!(read(long_id), Ok(None), "an identity that is longer than its place");
    }

    #[test]
    fn a_structure_that_is_cut_is_missing_memory() {
        let whole = structure(2, [10, 0, 926, 0]);
        for kept in [0, 18, 22, 40, 100] {
            assert!(read(whole[..kept].to_vec()).is_err(), "{kept} bytes");
        }
    }
}
