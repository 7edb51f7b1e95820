//! `GcDacVars`: the table in which the GC leaves the addresses of its variables for readers.
//!
//! Source: `src/coreclr/gc/gcinterface.dacvars.def` and `gcinterface.dac.h` of dotnet/runtime v8.0 to
//! v10.0; `src/gc/` of dotnet/coreclr for 2.0 and 3.1. A field that this GC build lacks is null.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::error::{Error, Result};

/// The GC's table of variables.
#[derive(Clone, Debug)]
pub struct GcDacVars<'a> {
    address: Addr,
    layout: &'a Descriptor,
    memory: &'a AddressSpace,
    /// The table's own version.
    pub version: (u8, u8),
    /// Distance between two generations in a generation table, in bytes.
    pub generation_size: u64,
}

impl<'a> GcDacVars<'a> {
    /// Reads the table at `address`.
    ///
    /// # Errors
    /// The memory is not in the dump, or the layout lacks a field.
    pub fn at(memory: &'a AddressSpace, layout: &'a Descriptor, address: Addr) -> Result<Self> {
        let field = |name: &str| layout.field("GcDacVars", name).map(|offset| address.offset(offset));
        let version =
            (memory.u8(field("major_version_number")?)?, memory.u8(field("minor_version_number")?)?);
        let generation_size = memory.u64(field("generation_size")?)?;
        Ok(GcDacVars { address, layout, memory, version, generation_size })
    }

    /// The word that stands in field `name`: mostly the address of a variable. `None` where the
    /// layout has no such field or the GC left it null.
    ///
    /// # Errors
    /// The table is not in the dump.
    pub fn word(&self, name: &str) -> Result<Option<Addr>, Fault> {
        let Some(offset) = self.layout.optional_field("GcDacVars", name) else { return Ok(None) };
        let word = self.memory.pointer(self.address.offset(offset))?;
        Ok((!word.is_null()).then_some(word))
    }

    /// The pointer that the variable of field `name` holds; `None` where there is no such variable.
    ///
    /// # Errors
    /// The table or the variable is not in the dump.
    pub fn pointer_in(&self, name: &str) -> Result<Option<Addr>, Fault> {
        self.word(name)?.map(|variable| self.memory.pointer(variable)).transpose()
    }

    /// Entry `index` of the array of i32 offsets that field `array` leads to. `None` where there is
    /// no such array, or where the entry is -1: the structure then lacks the member.
    ///
    /// # Errors
    /// The array is not in the dump.
    pub fn offset_in(&self, array: &str, index: u64) -> Result<Option<u64>, Fault> {
        let Some(array) = self.word(array)? else { return Ok(None) };
        let offset = self.memory.i32(array.offset(4 * index))?;
        Ok(u64::try_from(offset).ok())
    }

    /// The layout that the table was read by.
    pub fn layout(&self) -> &'a Descriptor {
        self.layout
    }

    /// The memory that the table was read from.
    pub fn memory(&self) -> &'a AddressSpace {
        self.memory
    }

    /// Whether the table looks like one: a version and a generation size as the GC has them.
    pub fn is_plausible(&self) -> bool {
        (1..=9).contains(&self.version.0)
            && (64..=4096).contains(&self.generation_size)
            && self.generation_size.is_multiple_of(8)
    }
}

/// The error for a variable that the GC must have but does not.
pub(super) fn missing(name: &str) -> Error {
    Error::new(crate::ErrorKind::UnknownRuntime, format!("the GC's variable {name} is null"))
        .hint("the runtime may have been dumped before its heap was set up")
}
