//! A stretch of memory that structures are put into one after the other.

/// Memory that is handed out from its start on; never given back.
#[derive(Clone, Debug)]
pub(in crate::synth) struct Arena {
    base: u64,
    bytes: Vec<u8>,
}

impl Arena {
    pub fn at(base: u64) -> Arena {
        Arena { base, bytes: Vec::new() }
    }

    /// Room for `size` bytes of zeros, at a multiple of 16. Returns its address.
    pub fn allocate(&mut self, size: u64) -> u64 {
        let at = self.bytes.len().next_multiple_of(16);
        self.bytes.resize(at + size as usize, 0);
        self.base + at as u64
    }

    /// Room that begins at a page. Returns its address.
    pub fn allocate_pages(&mut self, size: u64) -> u64 {
        self.bytes.resize(self.bytes.len().next_multiple_of(4096), 0);
        self.allocate(size)
    }

    /// Puts words one after the other. Returns their address.
    pub fn words(&mut self, words: &[u64]) -> u64 {
        let at = self.allocate(8 * words.len() as u64);
        words.iter().zip(0..).for_each(|(&word, i)| self.put64(at + 8 * i, word));
        at
    }

    pub fn put(&mut self, address: u64, bytes: &[u8]) {
        let at = (address - self.base) as usize;
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub fn put16(&mut self, address: u64, value: u16) {
        self.put(address, &value.to_le_bytes());
    }

    pub fn put32(&mut self, address: u64, value: u32) {
        self.put(address, &value.to_le_bytes());
    }

    pub fn put64(&mut self, address: u64, value: u64) {
        self.put(address, &value.to_le_bytes());
    }

    pub fn get64(&self, address: u64) -> u64 {
        let at = (address - self.base) as usize;
        u64::from_le_bytes(std::array::from_fn(|i| self.bytes[at + i]))
    }

    /// Whether a word lies at `address`.
    pub fn holds(&self, address: u64) -> bool {
        address >= self.base && address + 8 <= self.base + self.bytes.len() as u64
    }

    pub fn base(&self) -> u64 {
        self.base
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
