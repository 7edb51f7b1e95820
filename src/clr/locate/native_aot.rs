//! The variables of a NativeAOT program: those that its debug header names, and the types of objects and strings, which
//! it does not name.

use crate::bytes::Addr;
use crate::clr::checks::{Check, Outcome};
use crate::clr::gc::GcDacVars;
use crate::clr::layout::{self, Descriptor, NativeAot};
use crate::clr::types::MethodTables;
use crate::dump::{AddressSpace, Dump, Run};
use crate::error::{Error, ErrorKind, Result};
use crate::image::SymbolFile;

use super::debug_header::{DebugHeader, NamedEntries};
use super::{Globals, Located, RuntimeModule, proof};

/// What proves itself, and in which order.
const PROVABLE: [&str; 5] =
    ["ThreadStore", "GcDacVars", "FreeObjectMethodTable", "StringMethodTable", "ObjectMethodTable"];
/// Base size and component size of a string.
const STRING: (u32, u32) = (22, 2);
/// Base size of System.Object.
const OBJECT_BASE_SIZE: u32 = 24;

/// Reads what the debug header at `header` leads to. `file` is the program's own file, where the user has it.
///
/// # Errors
/// The header is of a version whose entries are not known and whose names are not in the dump, or what it leads to does
/// not prove right.
pub(super) fn locate(
    dump: &Dump,
    module: &RuntimeModule,
    header: Addr,
    file: Option<&SymbolFile>,
) -> Result<Located> {
    let memory = &dump.memory;
    let header =
        DebugHeader::read(memory, header)?.ok_or_else(|| unproved(module, "its debug header is none"))?;
    let mut closest = None;
    for bundled in layout::native_aot(dump.target, header.version) {
        let Some((named, by_texts)) = named(memory, module, &header, bundled, file) else { continue };
        let layout = described(bundled, &named);
        let globals = globals(memory, module, &layout, &named);
        let Some((_, gc_version)) = gc_version(memory, &layout, &globals) else { continue };
        if !bundled.serves_gc(gc_version) {
            continue;
        }
        let checks: Vec<Check> = PROVABLE.iter().map(|name| prove(memory, &layout, &globals, name)).collect();
        if !proof::suffices(&checks) {
            closest = checks.into_iter().find(|c| c.outcome != Outcome::Passed).or(closest);
            continue;
        }
        let names = if by_texts { "named" } else { "told by their order" };
        return Ok(Located {
            layout,
            family: bundled.name(),
            layout_source: format!(
                "the program's own debug header ({} entries, {names}), completed by what is bundled for NativeAOT {}",
                header.entry_count().0,
                bundled.name()
            ),
            globals,
            table: None,
            found_by: "the symbol DotNetRuntimeDebugHeader".to_owned(),
            checks,
        });
    }
    Err(match closest {
        Some(check) => unproved(module, &format!("{} did not prove right ({})", check.name, check.detail)),
        None => unproved(
            module,
            &format!("the entries of its debug header (version {}) cannot be told", header.version),
        )
        .hint("give the folder with the program's executable: --files DIR"),
    })
}

fn unproved(module: &RuntimeModule, why: &str) -> Error {
    let program = module.path.as_deref().unwrap_or("without a path");
    let what = format!("the variables of the NativeAOT program {program} were not found: {why}");
    Error::new(ErrorKind::UnknownRuntime, what).at(module.base)
}

/// The header's entries with their names, and whether these were read rather than told by their order.
fn named(
    memory: &AddressSpace,
    module: &RuntimeModule,
    header: &DebugHeader,
    bundled: &NativeAot,
    file: Option<&SymbolFile>,
) -> Option<(NamedEntries, bool)> {
    let by_texts = header.named_by_texts(memory, module, file).map(|named| (named, true));
    by_texts.or_else(|| Some((header.named_by_order(&bundled.header_names())?, false)))
}

/// The bundled layout, under what the header says.
fn described(bundled: &NativeAot, named: &NamedEntries) -> Descriptor {
    let (mut layout, names) = (bundled.descriptor(), bundled.header_names());
    for (of, field, offset) in &named.fields {
        if let Some((of, field)) = names.known(of, field) {
            layout.settle(of, field, u64::from(*offset));
        }
    }
    layout
}

fn globals(
    memory: &AddressSpace,
    module: &RuntimeModule,
    layout: &Descriptor,
    named: &NamedEntries,
) -> Globals {
    let mut globals = Globals::default();
    // A global's entry holds the thing itself: for readers it is the variable that points at it.
    for (variable, name) in
        [("g_gcDacGlobals", "GcDacVars"), ("g_pFreeObjectEEType", "FreeObjectMethodTable")]
    {
        if let Some(&at) = named.globals.get(variable) {
            globals.set_address(name, at);
        }
    }
    let instance = named.globals.get("g_pTheRuntimeInstance").and_then(|&at| memory.pointer(at).ok());
    let store = instance.zip(layout.optional_field("RuntimeInstance", "ThreadStore"));
    if let Some((instance, offset)) = store {
        globals.set_address("ThreadStore", instance.offset(offset));
    }
    let free = globals.pointer(memory, "FreeObjectMethodTable");
    let tables = free.and_then(|free| MethodTables::new(layout, free).ok());
    if let Some((string, object)) = tables.and_then(|tables| well_known_types(memory, module, &tables)) {
        globals.set_pointer("StringMethodTable", string);
        globals.set_pointer("ObjectMethodTable", object);
    }
    globals
}

/// The MethodTables of System.String and System.Object, by their shape: of all types that the program brings, only
/// strings are no array and yet have components, of two bytes; and they derive from what derives from nothing. `None`
/// where not exactly one type has that shape.
fn well_known_types(
    memory: &AddressSpace,
    module: &RuntimeModule,
    tables: &MethodTables,
) -> Option<(Addr, Addr)> {
    let ranges = module.image.iter().flat_map(|image| image.writable_ranges());
    let runs = ranges.flat_map(|range| memory.runs(range.start, range.end));
    let mut found = runs
        .flat_map(Run::words)
        .filter_map(|(at, word)| {
            // Component size, flags, base size.
            let [low, high, _, _, base @ ..] = word;
            let sizes = (u32::from_le_bytes(base), u32::from(u16::from_le_bytes([low, high])));
            (sizes == STRING).then_some(at)
        })
        .filter_map(|mt| Some((mt, object_of_string(memory, tables, mt)?)));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The parent of `mt`, where these are System.String and System.Object by their shapes.
fn object_of_string(memory: &AddressSpace, tables: &MethodTables, mt: Addr) -> Option<Addr> {
    let string = tables.shape(memory, mt).ok()?;
    if !string.flags.has_component_size() || string.flags.is_array() || string.flags.is_value_type() {
        return None;
    }
    let parent = tables.parent(memory, mt).ok()?;
    let object = tables.shape(memory, parent).ok()?;
    let is_object = object.base_size == OBJECT_BASE_SIZE
        && !object.flags.has_component_size()
        && tables.parent(memory, parent).ok()?.is_null();
    is_object.then_some(parent)
}

fn gc_version(memory: &AddressSpace, layout: &Descriptor, globals: &Globals) -> Option<(u8, u8)> {
    let vars = globals.pointer(memory, "GcDacVars")?;
    GcDacVars::at(memory, layout, vars).ok().map(|vars| vars.version)
}

fn prove(memory: &AddressSpace, layout: &Descriptor, globals: &Globals, name: &'static str) -> Check {
    match globals.pointer(memory, name) {
        Some(target) => proof::prove_target(memory, layout, name, target),
        None => Check::not_possible(name, "the debug header leads to none"),
    }
}
