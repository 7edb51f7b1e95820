//! GC handles: by which code outside of the heap holds objects, and what dependent handles attach to them.
//!
//! Source: `src/coreclr/gc/objecthandle.h` and `handletablepriv.h` of dotnet/runtime v8.0 to v10.0, `src/gc/` of
//! dotnet/coreclr v2.0 and v3.1. A list of maps leads to buckets, a bucket to its tables, a table to a chain of
//! segments, and those hold the handles. Workstation GC has one table a bucket; server GC one a processor, however many
//! heaps there are.
//!
//! Only what stands in the tables is told here: whether the objects are any, the graph knows.

mod kind;
mod segment;
mod tables;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::gc::GcDacVars;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::error::{Error, ErrorKind, Result};
use crate::problem::Problem;

pub use kind::HandleKind;
pub use segment::SEGMENT_BYTES;
use segment::SegmentLayout;

/// A handle that refers to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    /// What it does for its object.
    pub kind: HandleKind,
    /// The handle itself: the address of its slot.
    pub address: Addr,
    /// The object that it refers to.
    pub object: Addr,
    /// What a dependent handle keeps alive with its object; `None` for all others, and where it is null.
    pub dependent: Option<Addr>,
}

/// The handles of a process.
#[derive(Clone, Debug, Default)]
pub struct Handles {
    /// All that refer to something, in the order of tables, segments and slots.
    pub all: Vec<Handle>,
    /// Where the segments begin that they stand in, of [`SEGMENT_BYTES`] each.
    pub segments: Vec<Addr>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Reads all handles of `runtime`.
///
/// What cannot be read is left out and told in [`Handles::problems`].
pub fn handles(runtime: &ClrRuntime) -> Handles {
    let mut read = Handles::default();
    let heaps = runtime.gc.as_ref().map_or(1, |gc| gc.heaps.heaps.len() as u64);
    match first_map(runtime) {
        Ok(map) => tables::read(&runtime.dump.memory, &runtime.located.layout, map, heaps, &mut read),
        Err(error) => {
            read.problems.push(Problem::loss(format!("the tables of GC handles cannot be read: {error}")));
        }
    }
    read
}

/// The first map of handle tables: the GC tells where it is; 2.0's is a variable of the runtime.
fn first_map(runtime: &ClrRuntime) -> Result<Addr> {
    let (memory, located) = (&*runtime.dump.memory, &runtime.located);
    if let Some(map) = located.globals.address("HandleTableMap") {
        return Ok(map);
    }
    let unknown = || Error::new(ErrorKind::MissingMemory, "the dump does not tell where they are");
    let vars = located.globals.pointer(memory, "GcDacVars").ok_or_else(unknown)?;
    GcDacVars::at(memory, &located.layout, vars)?.word("handle_table_map")?.ok_or_else(unknown)
}

/// Where the secondary of the dependent handle at `handle` is kept, without reading any other handle; `None` when there
/// is no dependent handle, or the layout does not describe handle tables.
///
/// # Errors
/// The segment of the handle is not in the dump.
pub fn secondary(memory: &AddressSpace, layout: &Descriptor, handle: Addr) -> Result<Option<Addr>, Fault> {
    SegmentLayout::of(layout).map_or(Ok(None), |segments| segments.secondary(memory, handle))
}

#[cfg(test)]
mod tests;
