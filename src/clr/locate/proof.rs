//! Proving that a variable of the runtime is what it is taken for, by reading through it.

use crate::bytes::Addr;
use crate::clr::checks::{Check, Outcome};
use crate::clr::gc::GcDacVars;
use crate::clr::layout::Descriptor;
use crate::clr::modules::{Module, assemblies, module_of};
use crate::clr::threads::{SpecialThreads, threads};
use crate::clr::types::MethodTableFlags;
use crate::dump::{AddressSpace, Fault};
use crate::error::{Error, ErrorKind};

/// The variables that prove themselves, in the order of the table of globals.
pub(super) const PROVABLE: [&str; 6] = [
    "ThreadStore",
    "GcDacVars",
    "AppDomain",
    "ObjectMethodTable",
    "StringMethodTable",
    "FreeObjectMethodTable",
];

/// Reads through the variable `name` at address `variable`.
pub(super) fn prove(memory: &AddressSpace, layout: &Descriptor, name: &'static str, variable: Addr) -> Check {
    let target = match memory.pointer(variable) {
        Ok(target) if target.is_null() => return Check::of(name, false, "the variable is null"),
        Ok(target) => target,
        Err(fault) => return unread(name, fault),
    };
    prove_target(memory, layout, name, target)
}

/// Reads through what the variable `name` points at.
pub(super) fn prove_target(
    memory: &AddressSpace,
    layout: &Descriptor,
    name: &'static str,
    target: Addr,
) -> Check {
    match name {
        "ThreadStore" => thread_store(memory, layout, name, target),
        "GcDacVars" => gc_dac_vars(memory, layout, name, target),
        "AppDomain" => app_domain(memory, layout, name, target),
        _ => method_table(memory, layout, name, target),
    }
}

/// The check of a variable that leads to memory which cannot be read: memory that the process never
/// had proves it wrong; what the dump merely lacks proves nothing.
fn unread(name: &'static str, fault: Fault) -> Check {
    match fault {
        Fault::Unmapped(_) => Check::of(name, false, fault.to_string()),
        Fault::NotSaved(_) | Fault::CutOff(_) => Check::not_possible(name, fault),
    }
}

fn thread_store(memory: &AddressSpace, layout: &Descriptor, name: &'static str, store: Addr) -> Check {
    match threads(memory, layout, store, SpecialThreads::default(), &mut Vec::new()) {
        Ok(list) => {
            let detail = format!("{} threads in the list, {} declared", list.threads.len(), list.declared);
            // What leads out of all memory is no list; one whose pages were lost may well be.
            if let Some(fault @ (Fault::NotSaved(_) | Fault::CutOff(_))) = list.broken_at {
                return Check::not_possible(name, format!("{detail}: {fault}"));
            }
            Check::of(name, list.is_sound(), detail)
        }
        Err(error) => disproof(name, &error),
    }
}

/// What an error says about a variable: nothing, where only the layout is not known.
fn disproof(name: &'static str, error: &Error) -> Check {
    match error.kind() {
        ErrorKind::UnknownRuntime => Check::not_possible(name, error),
        _ => Check::of(name, false, error.to_string()),
    }
}

fn gc_dac_vars(memory: &AddressSpace, layout: &Descriptor, name: &'static str, table: Addr) -> Check {
    match GcDacVars::at(memory, layout, table) {
        Ok(vars) => {
            let (major, minor) = vars.version;
            let detail = format!("version {major}.{minor}, {} bytes a generation", vars.generation_size);
            Check::of(name, vars.is_plausible(), detail)
        }
        Err(error) => Check::of(name, false, error.to_string()),
    }
}

fn app_domain(memory: &AddressSpace, layout: &Descriptor, name: &'static str, domain: Addr) -> Check {
    if let Err(fault) = memory.u64(domain) {
        return unread(name, fault);
    }
    match assemblies(memory, layout, domain) {
        Ok((assemblies, declared)) => {
            let detail = format!("{} of {declared} assemblies in the list", assemblies.len());
            let first = assemblies.first().and_then(|&first| module_of(memory, layout, first).ok());
            let is_module = |module: Addr| Module::read(memory, layout, module).is_ok();
            Check::of(name, first.is_some_and(is_module), detail)
        }
        Err(error) => disproof(name, &error),
    }
}

/// Object has no components and no fields (header, MethodTable, padding: 24 bytes); String has
/// components of 2 bytes after header, MethodTable, length and terminator (22 bytes since 3.0, 26
/// before); free objects have components of 1 byte behind header, MethodTable and count (24 bytes).
fn method_table(memory: &AddressSpace, layout: &Descriptor, name: &'static str, mt: Addr) -> Check {
    let offset = |field: &str| layout.field("MethodTable", field);
    let (Ok(flags), Ok(base_size)) = (offset("MTFlags"), offset("BaseSize")) else {
        return Check::not_possible(name, "the layout lacks the MethodTable's flags");
    };
    let read = memory.u32(mt.offset(flags)).and_then(|f| Ok((f, memory.u32(mt.offset(base_size))?)));
    let (flags, base_size) = match read {
        Ok((flags, base_size)) => (MethodTableFlags(flags), base_size),
        Err(fault) => return unread(name, fault),
    };
    let seen = (flags.has_component_size(), flags.component_size(), base_size);
    let holds = match name {
        "ObjectMethodTable" => seen == (false, 0, 24),
        "StringMethodTable" => matches!(seen, (true, 2, 22 | 26)),
        _ => seen == (true, 1, 24),
    };
    Check::of(name, holds, format!("{mt}: base size {base_size}, component size {}", seen.1))
}

/// Whether a set of checks proves a candidate: none fails and at least two hold; or, since a structure
/// may be damaged, one fails and at least four hold.
pub(super) fn suffices(checks: &[Check]) -> bool {
    matches!((failed(checks), passed(checks)), (0, 2..) | (1, 4..))
}

/// How many checks hold.
pub(super) fn passed(checks: &[Check]) -> usize {
    checks.iter().filter(|c| c.outcome == Outcome::Passed).count()
}

/// How many checks fail.
pub(super) fn failed(checks: &[Check]) -> usize {
    checks.iter().filter(|c| c.outcome == Outcome::Failed).count()
}
