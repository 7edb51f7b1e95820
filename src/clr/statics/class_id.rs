//! Which entry of a local module's table holds the statics of a type, before 9.0.
//!
//! Source: `MethodTable::GetClassIndex` in `src/coreclr/vm/methodtable.cpp`,
//! `EEClassOptionalFields` in `src/coreclr/vm/class.h` of dotnet/runtime v8.0; the same in dotnet/coreclr v2.0 and v3.1.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::types::{Encoding, MethodTables};
use crate::dump::AddressSpace;

use super::NoSlot;

/// The kind of statics in a MethodTable's flags.
const STATICS_MASK: u32 = 6;
const ORDINARY: u32 = 0;
const DYNAMIC: u32 = 2;
const GENERIC: u32 = 4;

/// The id of a class that is not in the table.
const NOT_DYNAMIC: u32 = u32::MAX;

/// Which statics of a local module are a type's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClassId {
    /// Those of the block that the module's ordinary classes share.
    Ordinary,
    /// Those of this entry of the table.
    Entry(u64),
}

/// Offsets of the structures, resolved once.
#[derive(Debug)]
pub(super) struct ClassIds {
    generic_id: u64,
    optional_fields: u64,
    optional_fields_encoding: Encoding,
    dynamic_id: u64,
}

impl ClassIds {
    /// `None` where the layout lacks a field.
    pub(super) fn of(layout: &Descriptor) -> Option<ClassIds> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        Some(ClassIds {
            generic_id: of("GenericsStaticsInfo", "DynamicTypeID")?,
            optional_fields: of("EEClass", "OptionalFields")?,
            optional_fields_encoding: Encoding::of(layout, "EEClass.OptionalFields").ok()?,
            dynamic_id: of("EEClassOptionalFields", "ModuleDynamicID")?,
        })
    }

    /// Where the statics of the type at `mt` are.
    pub(super) fn class_id(
        &self,
        memory: &AddressSpace,
        method_tables: &MethodTables,
        mt: Addr,
    ) -> Result<ClassId, NoSlot> {
        let flags = method_tables.flags(memory, mt)?;
        // The low flags mean this only without a component size: strings have ordinary statics.
        let kind = if flags.has_component_size() { ORDINARY } else { flags.0 & STATICS_MASK };
        match kind {
            ORDINARY => Ok(ClassId::Ordinary),
            DYNAMIC => self.dynamic(memory, method_tables, mt),
            GENERIC => {
                let info = method_tables.generics_statics_info(memory, mt)?.ok_or(NoSlot::UnknownLayout)?;
                memory.u64(info.offset(self.generic_id)).map(ClassId::Entry).map_err(NoSlot::Missing)
            }
            // Generic statics of precompiled images, kept by another module.
            _ => Err(NoSlot::UnknownLayout),
        }
    }

    /// Reflection.Emit's and collectible classes have their ids in the class.
    fn dynamic(
        &self,
        memory: &AddressSpace,
        method_tables: &MethodTables,
        mt: Addr,
    ) -> Result<ClassId, NoSlot> {
        let class = method_tables.class(memory, mt)?;
        let optional = self.optional_fields_encoding.read(memory, class.offset(self.optional_fields))?;
        if optional.is_null() {
            return Err(NoSlot::NotAllocated);
        }
        match memory.u32(optional.offset(self.dynamic_id))? {
            NOT_DYNAMIC => Err(NoSlot::NotAllocated),
            id => Ok(ClassId::Entry(id.into())),
        }
    }
}
