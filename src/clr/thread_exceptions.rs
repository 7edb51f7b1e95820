//! The exceptions of a thread: the one that it threw last, and those that it has in flight.
//!
//! An exception is in flight from its throw until the block that handles it has ended, `catch` and `finally` alike. A throw
//! from within such a block begins another one: the runtime has a record of each, which leads to the one around it.
//!
//! Source: `ThreadExceptionState` in `src/coreclr/vm/exstate.h`, `ExceptionTracker` (up to 8.0) and `ExInfo` (9.0 and later) in
//! `src/coreclr/vm/exceptionhandling.h` and `exinfo.h` of dotnet/runtime; of NativeAOT `ExInfo` in
//! `src/coreclr/nativeaot/Runtime/inc/daccess.h` and `thread.h`.

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;
use crate::limits::MAX_EXCEPTIONS_IN_FLIGHT;

use super::layout::Descriptor;

/// Where threads have their exceptions, and records of exceptions what they tell.
pub(super) struct ExceptionPlaces {
    /// The handle of the one last thrown; `None` where threads keep none.
    last_thrown: Option<u64>,
    records: Option<Records>,
}

/// The chain of records of exceptions in flight.
struct Records {
    /// Where a thread has the innermost.
    first: u64,
    /// Where a record has the one around it.
    previous: u64,
    /// Where a record has the exception.
    thrown: u64,
    /// Whether that is a handle, and not the object's address.
    by_handle: bool,
}

/// What a thread tells of its exceptions.
pub(super) struct ThreadExceptions {
    /// The one that it threw last; where threads do not keep that, the innermost in flight.
    pub(super) last_thrown: Option<Addr>,
    /// Those in flight, the innermost first; `None` where the layout does not say where they are, or the chain breaks.
    pub(super) in_flight: Option<Vec<Addr>>,
}

impl ExceptionPlaces {
    /// The places by a layout.
    ///
    /// # Errors
    /// It says neither where the last thrown is, nor those in flight.
    pub(super) fn of(layout: &Descriptor) -> Result<ExceptionPlaces> {
        let records = |first: (&str, &str), of: &str, previous: &str, by_handle| {
            Some(Records {
                first: layout.optional_field(first.0, first.1)?,
                previous: layout.optional_field(of, previous)?,
                thrown: layout.optional_field(of, "ThrownObject")?,
                by_handle,
            })
        };
        let of_native_aot = records(("Thread", "ExInfo"), "ExInfo", "Previous", false);
        Ok(match of_native_aot {
            Some(records) => ExceptionPlaces { last_thrown: None, records: Some(records) },
            None => ExceptionPlaces {
                last_thrown: Some(layout.field("Thread", "LastThrownObject")?),
                records: records(("Thread", "ExceptionTracker"), "ExceptionInfo", "PreviousNestedInfo", true),
            },
        })
    }

    /// The exceptions of `thread`.
    ///
    /// # Errors
    /// The thread is not in the dump. What it leads to may be missing: that says nothing of the thread.
    pub(super) fn read(&self, memory: &AddressSpace, thread: Addr) -> Result<ThreadExceptions, Fault> {
        let in_flight = match &self.records {
            Some(records) => {
                let first = memory.pointer(thread.offset(records.first))?;
                records.follow(memory, first)
            }
            None => None,
        };
        let last_thrown = match self.last_thrown {
            Some(handle) => behind(memory, memory.pointer(thread.offset(handle))?),
            None => in_flight.as_ref().and_then(|all| all.first().copied()),
        };
        Ok(ThreadExceptions { last_thrown, in_flight })
    }
}

impl Records {
    /// The exceptions of the records from `first` on; `None` where one is not in the dump, or they run in a circle.
    fn follow(&self, memory: &AddressSpace, first: Addr) -> Option<Vec<Addr>> {
        let mut exceptions = Vec::new();
        let mut seen = FxHashSet::default();
        let mut record = first;
        while !record.is_null() {
            if seen.len() >= MAX_EXCEPTIONS_IN_FLIGHT || !seen.insert(record) {
                return None;
            }
            let thrown = memory.pointer(record.offset(self.thrown)).ok()?;
            // A record is made before its exception is known.
            if !thrown.is_null() {
                exceptions.push(if self.by_handle { memory.pointer(thrown).ok()? } else { thrown });
            }
            record = memory.pointer(record.offset(self.previous)).ok()?;
        }
        exceptions.retain(|exception| !exception.is_null());
        Some(exceptions)
    }
}

/// The object that a handle refers to; `None` where the handle or what it refers to is null or not in the dump.
fn behind(memory: &AddressSpace, handle: Addr) -> Option<Addr> {
    let handle = Some(handle).filter(|handle| !handle.is_null())?;
    memory.pointer(handle).ok().filter(|object| !object.is_null())
}
