//! What a module leads to: the map of its types, the table of its generic instances, its precompiled code.

use crate::bytes::Addr;
use crate::clr::checks::Check;
use crate::clr::layout::Descriptor;
use crate::clr::modules::Module;
use crate::clr::type_system::parameterized_types;
use crate::clr::types::Encoding;

use super::{Evidence, settle};

pub(super) const DEFINITIONS: (&str, &str) = ("Module", "TypeDefToMethodTableMap");
pub(super) const REFERENCES: (&str, &str) = ("Module", "TypeRefToMethodTableMap");
pub(super) const PARAMETERIZED: (&str, &str) = ("Module", "AvailableTypeParams");
pub(super) const READY_TO_RUN: (&str, &str) = ("Module", "ReadyToRunInfo");

/// Rows of a map that are looked at, of one module.
const ROWS_TRIED: u32 = 4096;
/// The low bits of an element are flags.
const ELEMENT_FLAGS: u64 = 7;

pub(super) fn calibrate(evidence: &Evidence<'_>, layout: &mut Descriptor, checks: &mut Vec<Check>) {
    let modules = evidence.modules(layout);
    if modules.is_empty() {
        return;
    }
    let of_types = "types with the number of their row";
    settle(layout, checks, "Module.TypeDefToMethodTableMap", DEFINITIONS, (8, of_types), |tried, offset| {
        let is_of_row = |mt, row| evidence.type_def_row(mt) == Some(row);
        let encoding = "LookupMap.TypeDef";
        modules.iter().map(|m| rows_right(evidence, tried, (m.offset(offset), encoding), is_of_row)).sum()
    });
    settle(
        layout,
        checks,
        "Module.TypeRefToMethodTableMap",
        REFERENCES,
        (8, "types of other modules"),
        |tried, offset| {
            let encoding = "LookupMap.TypeRef";
            modules
                .iter()
                .map(|m| rows_right(evidence, tried, (m.offset(offset), encoding), |_, _| true))
                .sum()
        },
    );
    let of_types = "generic instances and arrays";
    settle(layout, checks, "Module.AvailableTypeParams", PARAMETERIZED, (8, of_types), |tried, offset| {
        modules.iter().map(|&module| instances(evidence, tried, module, offset)).sum()
    });
    settle(
        layout,
        checks,
        "Module.ReadyToRunInfo",
        READY_TO_RUN,
        (8, "precompiled modules"),
        |tried, offset| {
            let precompiled = |&&module: &&Addr| is_precompiled(evidence, tried, module, offset);
            Some(modules.iter().filter(precompiled).count())
        },
    );
}

/// How many elements of a map, given by its place and encoding, are MethodTables that `fits`; `None` where one is not.
fn rows_right(
    evidence: &Evidence<'_>,
    layout: &Descriptor,
    (map, encoding): (Addr, &str),
    fits: impl Fn(Addr, u32) -> bool,
) -> Option<usize> {
    let memory = &*evidence.dump.memory;
    let method_tables = evidence.method_tables.as_ref()?;
    let of = |field: &str| layout.optional_field("LookupMap", field);
    let table = memory.pointer(map.offset(of("TableData")?)).ok()?;
    let count = memory.u32(map.offset(of("Count")?)).ok()?;
    let encoding = Encoding::of(layout, encoding).ok()?;
    if table.is_null() || table.0 % 8 != 0 {
        return Some(0);
    }
    let mut right = 0;
    for row in 1..count.min(ROWS_TRIED) {
        // Of a table whose pages are missing nothing is proved, nor disproved.
        let Ok(element) = encoding.read(memory, table.offset(8 * u64::from(row))) else { break };
        let mt = element.without(ELEMENT_FLAGS);
        if mt.is_null() {
            continue;
        }
        if !method_tables.is_method_table(memory, mt) || !fits(mt, row) {
            return None;
        }
        right += 1;
    }
    Some(right)
}

/// How many types over others the table leads to; `None` where it holds anything else.
fn instances(evidence: &Evidence<'_>, layout: &Descriptor, module: Addr, offset: u64) -> Option<usize> {
    let memory = &*evidence.dump.memory;
    let method_tables = evidence.method_tables.as_ref()?;
    let of = |field: &str| layout.optional_field("EETypeHashTable", field);
    let table = memory.pointer(module.offset(offset)).ok()?;
    if table.is_null() || table.0 % 8 != 0 {
        return Some(0);
    }
    let declared = memory.u32(table.offset(of("Count")?)).ok()?;
    let handles = parameterized_types(memory, layout, module)?;
    let is_over_others = |mt: Addr| {
        let flags = method_tables.flags(memory, mt);
        method_tables.is_method_table(memory, mt) && flags.is_ok_and(|f| f.is_generic() || f.is_array())
    };
    let right = handles.iter().all(|handle| handle.method_table().is_none_or(is_over_others));
    let instances = handles.iter().filter(|handle| handle.method_table().is_some()).count();
    (right && handles.len() >= declared as usize).then_some(instances)
}

/// Whether `offset` leads from the module to its precompiled code: a structure that names the module, and functions
/// in the module's image.
fn is_precompiled(evidence: &Evidence<'_>, layout: &Descriptor, module: Addr, offset: u64) -> bool {
    let memory = &*evidence.dump.memory;
    let image = || Module::read(memory, layout, module).ok()?.image;
    let functions = || {
        let of = |field: &str| layout.optional_field("ReadyToRunInfo", field);
        let info = memory.pointer(module.offset(offset)).ok().filter(|p| !p.is_null() && p.0 % 8 == 0)?;
        let names_module = memory.pointer(info.offset(of("Module")?)) == Ok(module);
        let functions = memory.pointer(info.offset(of("RuntimeFunctions")?)).ok()?;
        let count = memory.u32(info.offset(of("NumRuntimeFunctions")?)).ok()?;
        (names_module && count > 0).then_some(functions)
    };
    functions().is_some_and(|functions| {
        image().is_some_and(|image| (image.base..image.base.offset(image.size.into())).contains(&functions))
    })
}
