//! Whether an object's monitor is held, told object by object from its header.

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::sync_blocks::{ObjectHeader, ObjectHeaders, sync_blocks};
use crate::dump::{AddressSpace, Fault};
use crate::problem::Problem;

/// What tells whether monitors are held.
#[derive(Clone, Debug)]
pub struct HeldMonitors {
    headers: ObjectHeaders,
    /// The indexes of the sync blocks whose monitor is held.
    held: FxHashSet<u32>,
}

impl HeldMonitors {
    /// The held monitors of a runtime, and what could not be read of its sync blocks; `None` when its headers are not
    /// known.
    pub fn of(runtime: &ClrRuntime) -> Option<(HeldMonitors, Vec<Problem>)> {
        let headers = ObjectHeaders::of(&runtime.located.layout)?;
        let read = sync_blocks(runtime);
        let held = read.blocks.iter().filter(|block| block.monitor.owner.is_some());
        Some((HeldMonitors { headers, held: held.map(|block| block.index).collect() }, read.problems))
    }

    /// Whether the monitor of the object at `object` is held.
    ///
    /// # Errors
    /// The object's header is not in the dump.
    pub fn is_held(&self, memory: &AddressSpace, object: Addr) -> Result<bool, Fault> {
        let header = self.headers.decode(memory.u32(ObjectHeaders::place(object))?);
        Ok(match header {
            ObjectHeader::ThinLock { .. } => true,
            ObjectHeader::SyncBlock(index) => self.held.contains(&index),
            ObjectHeader::Plain | ObjectHeader::HashCode(_) => false,
        })
    }
}
