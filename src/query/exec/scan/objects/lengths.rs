//! Component counts, which stand in the objects themselves.

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault, Run};

/// Offset of the component count in an array, a string or a free object.
const LENGTH_OFFSET: u64 = 8;

/// Reads component counts. Objects are read in the order of their addresses, so the stretch of
/// memory that held the last one nearly always holds the next.
pub struct LengthReader<'a> {
    memory: &'a AddressSpace,
    run: Option<Run<'a>>,
}

impl<'a> LengthReader<'a> {
    /// A reader of objects in `memory`.
    pub fn new(memory: &'a AddressSpace) -> LengthReader<'a> {
        LengthReader { memory, run: None }
    }

    /// The component count of an object whose type has one.
    ///
    /// # Errors
    /// It is not in the dump.
    pub fn read(&mut self, object: Addr) -> Result<u32, Fault> {
        let address = object.offset(LENGTH_OFFSET);
        if let Some(run) = self.run.filter(|run| run.start <= address && address < run.end())
            && let Some(at) = address.since(run.start)
            && let Some(&bytes) = run.bytes.get(at as usize..).and_then(|b| b.first_chunk::<4>())
        {
            return Ok(u32::from_le_bytes(bytes));
        }
        self.run = self.memory.run_at(address).ok();
        self.memory.u32(address)
    }
}
