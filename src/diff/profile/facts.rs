//! Which dump a profile is of.

use super::DumpFacts;
use crate::graph::Snapshot;

impl DumpFacts {
    /// What is known of an open dump.
    pub fn of(snapshot: &Snapshot) -> DumpFacts {
        let facts = &snapshot.facts;
        let mut modules: Vec<String> = snapshot.modules.iter().map(|module| module.name.clone()).collect();
        modules.sort_unstable();
        modules.dedup();
        DumpFacts {
            file: facts.file.clone(),
            runtime: facts.runtime.clone(),
            architecture: facts.architecture.clone(),
            gc_mode: facts.gc_mode.clone(),
            modules,
            ..DumpFacts::default()
        }
    }
}
