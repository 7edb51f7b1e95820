//! MethodDescs: the runtime's description of a method.
//!
//! Source: `class MethodDesc`, `MethodDescChunk` and `DynamicMethodDesc` in `src/coreclr/vm/method.hpp` of
//! dotnet/runtime v8.0 to v10.0; `src/vm/method.hpp` of dotnet/coreclr v2.0 and v3.1.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::types::{Encoding, MethodTables, TypeHandle};
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;
use crate::limits;

/// The kind of a MethodDesc, in the low bits of its flags, that code made at run time has (`mcDynamic`).
const KIND: u16 = 7;
const DYNAMIC: u16 = 7;
/// The kind of one that has generic parameters of its own (`mcInstantiated`).
const INSTANTIATED: u16 = 5;
/// What an InstantiatedMethodDesc is, in the low bits of its flags; the definition itself (0) has no arguments.
const INSTANTIATION: u16 = 7;
/// MethodDescs lie at multiples of this, and their chunks count places in it.
const ALIGNMENT: u64 = 8;
/// Bits of a row of the MethodDef table.
const ROW_BITS: u64 = 24;

/// A method as its MethodDesc has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MethodDesc {
    /// The type that declares it: of a generic type the canonical one.
    pub(super) method_table: Addr,
    /// Which method it is.
    pub(super) identity: Identity,
}

/// Which method of its type a MethodDesc is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// The one in this row of the MethodDef table.
    Row(u32),
    /// One made at run time, of that name.
    Dynamic(String),
}

/// Reads MethodDescs by a layout.
#[derive(Debug)]
pub(super) struct MethodDescs {
    chunk_index: u64,
    remainder: u64,
    flags: u64,
    dynamic_name: Option<u64>,
    /// Where an InstantiatedMethodDesc has its flags, the number of its arguments and the arguments themselves.
    instantiation: Option<[u64; 3]>,
    chunk_size: u64,
    chunk_method_table: u64,
    method_table_encoding: Encoding,
    /// Bytes of the chunk's MethodDescs in units of [`ALIGNMENT`], less 1.
    chunk_length: u64,
    chunk_range: u64,
    remainder_bits: u64,
}

impl MethodDescs {
    /// # Errors
    /// The layout lacks a field.
    pub(super) fn new(layout: &Descriptor) -> Result<MethodDescs> {
        Ok(MethodDescs {
            chunk_index: layout.field("MethodDesc", "ChunkIndex")?,
            remainder: layout.field("MethodDesc", "Flags3AndTokenRemainder")?,
            flags: layout.field("MethodDesc", "Flags")?,
            dynamic_name: layout.optional_field("DynamicMethodDesc", "MethodName"),
            instantiation: instantiation(layout),
            chunk_size: layout.field("MethodDescChunk", Descriptor::SIZE)?,
            chunk_method_table: layout.field("MethodDescChunk", "MethodTable")?,
            method_table_encoding: Encoding::of(layout, "MethodDescChunk.MethodTable")?,
            chunk_length: layout.field("MethodDescChunk", "Size")?,
            chunk_range: layout.field("MethodDescChunk", "FlagsAndTokenRange")?,
            // How a row is split between the chunk and the MethodDesc: 14 low bits up to 7.0, 12 since.
            remainder_bits: layout.required_number("MethodDescTokenRemainderBitCount")?.min(16),
        })
    }

    /// The MethodDesc at `at`; `None` when what lies there is none: it proves itself by its chunk, which must hold
    /// it and lead to a MethodTable.
    ///
    /// # Errors
    /// It or its chunk is not in the dump.
    pub(super) fn read(
        &self,
        memory: &AddressSpace,
        method_tables: &MethodTables,
        at: Addr,
    ) -> Result<Option<MethodDesc>, Fault> {
        if at.is_null() || !at.0.is_multiple_of(ALIGNMENT) {
            return Ok(None);
        }
        let index = u64::from(memory.u8(at.offset(self.chunk_index))?);
        let chunk = Addr(at.0.wrapping_sub(self.chunk_size + ALIGNMENT * index));
        if index > u64::from(memory.u8(chunk.offset(self.chunk_length))?) {
            return Ok(None);
        }
        let place = chunk.offset(self.chunk_method_table);
        let method_table = self.method_table_encoding.read(memory, place)?;
        if method_tables.shape(memory, method_table).is_err() {
            return Ok(None);
        }
        let kind = memory.u16(at.offset(self.flags))? & KIND;
        let identity = match (kind, self.dynamic_name) {
            (DYNAMIC, Some(offset)) => Identity::Dynamic(name(memory, memory.pointer(at.offset(offset))?)?),
            _ => Identity::Row(self.row(memory, at, chunk)?),
        };
        Ok(Some(MethodDesc { method_table, identity }))
    }

    /// The generic arguments of the method whose MethodDesc lies at `at`; empty for one without, of which [`Self::read`] gave
    /// something.
    ///
    /// # Errors
    /// It or its arguments are not in the dump.
    pub(super) fn generic_arguments(
        &self,
        memory: &AddressSpace,
        at: Addr,
    ) -> Result<Vec<TypeHandle>, Fault> {
        let Some([flags, count, arguments]) = self.instantiation else { return Ok(Vec::new()) };
        let has_arguments = memory.u16(at.offset(self.flags))? & KIND == INSTANTIATED
            && memory.u16(at.offset(flags))? & INSTANTIATION != 0;
        if !has_arguments {
            return Ok(Vec::new());
        }
        let count = u64::from(memory.u16(at.offset(count))?).min(limits::MAX_GENERIC_ARGUMENTS);
        let arguments = memory.pointer(at.offset(arguments))?;
        let argument = |number: u64| memory.pointer(arguments.offset(8 * number)).map(TypeHandle::from_word);
        (0..count).map(argument).collect()
    }

    /// The row of the MethodDef table: its high bits stand in the chunk, the low ones in the MethodDesc.
    fn row(&self, memory: &AddressSpace, at: Addr, chunk: Addr) -> Result<u32, Fault> {
        let mask = |bits: u64| (1_u32 << bits) - 1;
        let high =
            u32::from(memory.u16(chunk.offset(self.chunk_range))?) & mask(ROW_BITS - self.remainder_bits);
        let low = u32::from(memory.u16(at.offset(self.remainder))?) & mask(self.remainder_bits);
        Ok(high << self.remainder_bits | low)
    }
}

/// Where an InstantiatedMethodDesc has what generic arguments take; `None` where the layout does not tell.
fn instantiation(layout: &Descriptor) -> Option<[u64; 3]> {
    let of = |field: &str| layout.optional_field("InstantiatedMethodDesc", field);
    Some([of("Flags2")?, of("NumGenericArgs")?, of("PerInstInfo")?])
}

/// The text at `at` up to its terminating zero, cut at the cap.
fn name(memory: &AddressSpace, at: Addr) -> Result<String, Fault> {
    let mut name = Vec::new();
    while name.len() < limits::MAX_METADATA_NAME_BYTES {
        let run = memory.run_at(at.offset(name.len() as u64))?.bytes;
        let room = limits::MAX_METADATA_NAME_BYTES - name.len();
        let run = run.get(..room).unwrap_or(run);
        let text = run.split(|&byte| byte == 0).next().unwrap_or_default();
        name.extend_from_slice(text);
        if text.len() < run.len() {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&name).into_owned())
}

#[cfg(test)]
mod tests;
