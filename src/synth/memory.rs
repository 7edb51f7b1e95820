//! The memory of a process in the making: stretches of bytes that can be written, cut and lost.

use super::elf_core::{ElfCore, Load};

/// Bytes of the file between two stretches that were cut apart, so that no reader joins them again.
const CUT_WIDTH: u64 = 16;

/// The memory of a process. Stretches do not overlap.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    loads: Vec<Load>,
}

impl Memory {
    /// Maps `bytes` at `address`. Panics when the process has memory there already.
    pub fn map(&mut self, address: u64, bytes: Vec<u8>) {
        let size = bytes.len() as u64;
        self.insert(Load { address, bytes, size, ..Load::default() });
    }

    /// Maps `size` bytes at `address` that the dump does not hold. Panics as [`Self::map`] does.
    pub fn map_unsaved(&mut self, address: u64, size: u64) {
        self.insert(Load { address, size, ..Load::default() });
    }

    fn insert(&mut self, load: Load) {
        let at = self.loads.partition_point(|l| l.address < load.address);
        let before = at.checked_sub(1).map(|i| &self.loads[i]);
        assert!(before.is_none_or(|l| l.end() <= load.address), "{:#x} is mapped", load.address);
        assert!(self.loads.get(at).is_none_or(|l| load.end() <= l.address), "{:#x} is mapped", load.end());
        self.loads.insert(at, load);
    }

    /// Writes over saved bytes, across cuts. Panics where there are none.
    pub fn write(&mut self, address: u64, bytes: &[u8]) {
        for (i, &byte) in bytes.iter().enumerate() {
            let at = address + i as u64;
            let load = &mut self.loads.iter_mut().rfind(|l| l.address <= at);
            let load = load.as_mut().unwrap_or_else(|| panic!("nothing is mapped at {at:#x}"));
            let offset = (at - load.address) as usize;
            *load.bytes.get_mut(offset).unwrap_or_else(|| panic!("nothing is saved at {at:#x}")) = byte;
        }
    }

    /// Writes a word of 8 bytes, as [`Self::write`] does.
    pub fn write_u64(&mut self, address: u64, value: u64) {
        self.write(address, &value.to_le_bytes());
    }

    /// Reads a byte. Panics where nothing is saved.
    pub fn read_u8(&self, address: u64) -> u8 {
        let load = self.loads.iter().rfind(|l| l.address <= address);
        load.and_then(|l| l.bytes.get((address - l.address) as usize).copied())
            .unwrap_or_else(|| panic!("nothing is saved at {address:#x}"))
    }

    /// Reads a word of 8 bytes, as [`Self::read_u8`] does.
    pub fn read_u64(&self, address: u64) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|i| self.read_u8(address + i as u64)))
    }

    /// Cuts the stretch at `address` in two, which become two segments that are not neighbours in the
    /// file. Does nothing at a stretch's start.
    pub fn cut(&mut self, address: u64) {
        let Some(index) = self.loads.iter().position(|l| l.address < address && address < l.end()) else {
            return;
        };
        let load = &mut self.loads[index];
        let offset = address - load.address;
        let bytes = load.bytes.split_off(load.bytes.len().min(offset as usize));
        let rest = Load { address, bytes, size: load.size - offset, padding: CUT_WIDTH, ..Load::default() };
        load.size = offset;
        self.loads.insert(index + 1, rest);
    }

    /// The stretches of which bytes are saved: where each begins and ends.
    pub fn stretches(&self) -> Vec<(u64, u64)> {
        let saved = self.loads.iter().filter(|load| !load.bytes.is_empty());
        saved.map(|load| (load.address, load.address + load.bytes.len() as u64)).collect()
    }

    /// Makes the dump lack the bytes from `from` to `to`, which the process still has.
    pub fn forget(&mut self, from: u64, to: u64) {
        self.cut(from);
        self.cut(to);
        self.loads.iter_mut().filter(|l| from <= l.address && l.address < to).for_each(|l| l.bytes.clear());
    }

    /// Makes the process lack the bytes from `from` to `to`.
    pub fn unmap(&mut self, from: u64, to: u64) {
        self.cut(from);
        self.cut(to);
        self.loads.retain(|l| l.address < from || to <= l.address);
    }

    /// The bytes that are saved, and where they lie.
    pub fn saved(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.loads.iter().filter(|load| !load.bytes.is_empty()).map(|load| (load.address, &*load.bytes))
    }

    /// A core of this memory: without notes, of x64, as the kernel marks it.
    pub fn into_core(self) -> ElfCore {
        let mut core = ElfCore::default();
        core.loads = self.loads;
        core
    }
}
