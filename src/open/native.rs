//! The snapshot of a dump whose runtime is lost, cut off or never taken: what the operating system still tells.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::dump::{Dump, FileMapping};
use crate::graph::{Heap, Module, Snapshot, Thread};
use crate::problem::Problem;

use super::facts;

/// Managed code lies in files of this name; single-file programs have none.
const MANAGED_SUFFIX: &str = ".dll";

pub(super) fn snapshot(dump: &Dump) -> Snapshot {
    let lost = match dump.memory.cut_bytes() {
        0 => {
            "nothing of the heap can be read: where it lies is told in memory that the dump was taken without"
        }
        _ => "nothing of the heap can be read: where it lies is told in the part of the file that is cut off",
    };
    let mut snapshot = Snapshot::new(Arc::clone(&dump.memory), move |_| {
        Ok(Heap { problems: vec![Problem::loss(lost)], ..Heap::default() })
    });
    snapshot.facts = facts::of_dump(dump);
    snapshot.modules = modules(&dump.mappings);
    snapshot.threads = Thread::all(&[], &dump.threads);
    snapshot
}

/// The mapped files that are managed modules by their name, each once, in the order of the mappings.
fn modules(mappings: &[FileMapping]) -> Vec<Module> {
    let mut modules: Vec<Module> = Vec::new();
    for mapping in mappings.iter().filter(|m| is_managed(&m.path)) {
        match modules.last_mut().filter(|last| last.path.as_deref() == Some(&mapping.path)) {
            Some(last) => extend(last, mapping),
            None => modules.push(Module {
                name: mapping.file_name().to_owned(),
                path: Some(mapping.path.clone()),
                base: Some(mapping.start),
                size: mapping.end.since(mapping.start),
                version: None,
                mvid: None,
                dynamic: false,
            }),
        }
    }
    modules
}

fn is_managed(path: &str) -> bool {
    // Windows does not care for case.
    let suffix = path.len().checked_sub(MANAGED_SUFFIX.len()).and_then(|at| path.get(at..));
    suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(MANAGED_SUFFIX))
}

fn extend(module: &mut Module, mapping: &FileMapping) {
    let base = module.base.unwrap_or(Addr::NULL);
    module.size = mapping.end.since(base);
}
