//! The few lines with which a prompt greets: what was opened.

use crate::graph::{Heap, Snapshot};
use crate::output::sanitize::sanitize;
use crate::units::{grouped, human_bytes};

/// A dump in a line, and its heap in another where it has one.
pub(super) fn summary(snapshot: &Snapshot, heap: Option<&Heap>) -> String {
    let facts = &snapshot.facts;
    let known = |text: &str, shown: String| (!text.is_empty()).then_some(shown);
    let gc = facts.gc_mode.as_deref().unwrap_or_default();
    let parts = [
        known(&facts.runtime, format!(".NET {}", facts.runtime)),
        known(&facts.architecture, facts.architecture.clone()),
        known(gc, format!("{gc} GC")),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let mut text = format!("{}: {}\n", sanitize(&facts.file), sanitize(&parts.join(", ")));
    if let Some(heap) = heap {
        let bytes: u64 = heap.types.all().iter().map(|t| t.size).fold(0, u64::saturating_add);
        text.push_str(&format!(
            "{} objects, {}, {} types\n",
            grouped(heap.objects.len() as i128),
            human_bytes(bytes as f64),
            grouped(heap.types.len() as i128)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::session::tests::snapshot;
    use crate::progress::NoProgress;

    #[test]
    fn a_dump_and_its_heap() {
        let snapshot = snapshot(true, vec![]);
        let heap = snapshot.heap(&NoProgress).ok();
        assert_eq!(
            summary(&snapshot, heap),
            "zoo.core: .NET 10.0.14, x64, workstation GC\n0 objects, 688 B, 2 types\n"
        );
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let mut snapshot = snapshot(false, vec![]);
        snapshot.facts.gc_mode = None;
        snapshot.facts.file = "zoo\u{1b}.core".into();
        assert_eq!(summary(&snapshot, None), "zoo\\u001b.core: .NET 10.0.14, x64\n");
    }
}
