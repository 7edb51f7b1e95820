//! Which dump a profile is of.

use super::DumpFacts;
use crate::graph::{Heap, Snapshot};
use crate::state::clock;

impl DumpFacts {
    /// What is known of an open dump, whose heap was walked.
    pub fn of(snapshot: &Snapshot, heap: &Heap) -> DumpFacts {
        let (facts, values) = (&snapshot.facts, snapshot.values.as_deref());
        let mut modules: Vec<String> = snapshot.modules.iter().map(|module| module.name.clone()).collect();
        modules.sort_unstable();
        modules.dedup();
        DumpFacts {
            file: facts.file.clone(),
            runtime: facts.runtime.clone(),
            architecture: facts.architecture.clone(),
            gc_mode: facts.gc_mode.clone(),
            program: facts.program.clone(),
            process_id: facts.process.as_ref().and_then(|process| u32::try_from(process.id).ok()),
            process_run: facts.process_run.map(|run| format!("{run:016x}")),
            fingerprint: facts.fingerprint.map(|fingerprint| format!("{fingerprint:032x}")),
            clock_ms: values.and_then(|values| clock::latest_moment(values, heap)),
            modules,
        }
    }
}
