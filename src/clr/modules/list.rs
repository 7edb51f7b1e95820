//! All modules: the application domain's list of assemblies.
//!
//! Source: `AppDomain::m_Assemblies` in `src/coreclr/vm/appdomain.hpp`, `ArrayListBase` in
//! `src/coreclr/inc/arraylist.h`: blocks of pointers, the first one inline.

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::locate::Globals;
use crate::dump::AddressSpace;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::problem::Problem;

use super::Module;

/// Elements of one block of an ArrayList; it doubles them only up to a few thousand.
const MAX_BLOCK_ELEMENTS: u32 = 1 << 20;

/// All managed modules, in the order in which they were loaded.
///
/// # Errors
/// The list of assemblies itself is not in the dump. Modules that cannot be read are told in `problems`.
pub fn modules(
    memory: &AddressSpace,
    layout: &Descriptor,
    globals: &Globals,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Module>> {
    let domain = app_domain(memory, layout, globals)
        .ok_or_else(|| Error::new(ErrorKind::MissingMemory, "the application domain cannot be read"))?;
    let (assemblies, declared) = assemblies(memory, layout, domain)?;
    if (assemblies.len() as u64) < declared {
        let read = assemblies.len();
        problems.push(Problem::loss(format!("only {read} of {declared} assemblies can be read")));
    }
    let (mut modules, mut seen, mut unreadable) = (Vec::new(), FxHashSet::default(), Vec::new());
    for assembly in assemblies {
        match module_of(memory, layout, assembly) {
            // A damaged list may name one over and over.
            Ok(at) if !seen.insert(at) => {}
            Ok(at) => match Module::read(memory, layout, at) {
                Ok(module) => modules.push(module),
                Err(error) => unreadable.push((assembly, error)),
            },
            Err(error) => unreadable.push((assembly, error)),
        }
    }
    problems.extend(unreadable_assemblies(&unreadable));
    Ok(modules)
}

/// What is told of assemblies that cannot be read: of many only the first.
fn unreadable_assemblies(unreadable: &[(Addr, Error)]) -> Option<Problem> {
    let ((first, error), more) = unreadable.split_first()?;
    Some(Problem::loss(match more.len() {
        0 => format!("the assembly at {first} cannot be read: {error}"),
        more => format!("the assembly at {first} and {more} more cannot be read: {error}"),
    }))
}

/// The assemblies that the application domain at `domain` lists, and how many it declares.
///
/// # Errors
/// The list itself is not in the dump, or the layout lacks a field.
pub fn assemblies(memory: &AddressSpace, layout: &Descriptor, domain: Addr) -> Result<(Vec<Addr>, u64)> {
    array_list(memory, layout, domain.offset(layout.field("AppDomain", "DomainAssemblyList")?))
}

/// The one application domain. Before 3.0 there were several kinds, and the system domain leads to the default one.
/// `None` when it is not in the dump, or the layout does not lead to it.
pub fn app_domain(memory: &AddressSpace, layout: &Descriptor, globals: &Globals) -> Option<Addr> {
    if let Some(domain) = globals.pointer(memory, "AppDomain") {
        return Some(domain);
    }
    let system = globals.pointer(memory, "SystemDomain")?;
    let offset = layout.optional_field("SystemDomain", "DefaultAppDomain")?;
    memory.pointer(system.offset(offset)).ok().filter(|p| !p.is_null())
}

/// The elements of an ArrayList that are not null, and how many it declares. Assemblies that were unloaded leave null.
fn array_list(memory: &AddressSpace, layout: &Descriptor, list: Addr) -> Result<(Vec<Addr>, u64)> {
    let count = u64::from(memory.u32(list.offset(layout.field("ArrayListBase", "Count")?))?);
    let count = count.min(limits::MAX_ASSEMBLIES);
    let (next, size, start) = (
        layout.field("ArrayListBlock", "Next")?,
        layout.field("ArrayListBlock", "Size")?,
        layout.field("ArrayListBlock", "ArrayStart")?,
    );
    let mut block = list.offset(layout.field("ArrayListBase", "FirstBlock")?);
    let (mut elements, mut seen, mut left, mut empty) = (Vec::new(), FxHashSet::default(), count, 0);
    while left > 0 && !block.is_null() && seen.insert(block) {
        let Ok(capacity) = memory.u32(block.offset(size)) else { break };
        let here = left.min(u64::from(capacity.min(MAX_BLOCK_ELEMENTS)));
        for index in 0..here {
            match memory.pointer(block.offset(start + 8 * index)) {
                Ok(Addr::NULL) => empty += 1,
                Ok(element) => elements.push(element),
                Err(_) => {}
            }
        }
        left -= here;
        let Ok(following) = memory.pointer(block.offset(next)) else { break };
        block = following;
    }
    Ok((elements, count - empty))
}

/// The Module of a DomainAssembly: its own field up to 3.1, else by its Assembly.
///
/// # Errors
/// One of the structures is not in the dump, or the layout lacks a field.
pub fn module_of(memory: &AddressSpace, layout: &Descriptor, domain_assembly: Addr) -> Result<Addr> {
    if let Some(offset) = layout.optional_field("DomainAssembly", "Module") {
        return Ok(memory.pointer(domain_assembly.offset(offset))?);
    }
    let assembly = memory.pointer(domain_assembly.offset(layout.field("DomainAssembly", "Assembly")?))?;
    Ok(memory.pointer(assembly.offset(layout.field("Assembly", "Module")?))?)
}
