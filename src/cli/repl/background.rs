//! What is built while the user reads the greeting: heaps, so that the first question is answered at once and types can
//! be completed, and of small heaps the graph too.
//!
//! A statement that needs a part that is being built waits for that part only. Of heaps above
//! [`MAX_OBJECTS_BUILT_UNASKED`] the graph is left to the statement that asks for it, for it may take more memory than
//! there is; but where the index holds it, nothing is built at all. Nobody waits for this thread: who leaves the prompt
//! ends the process, and what a thread was building with it.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use crate::cli::progress::Bars;
use crate::cli::session::Session;
use crate::graph::Snapshot;
use crate::limits::MAX_OBJECTS_BUILT_UNASKED;

use super::super::summary;
use super::notices::Notices;

/// Builds what the open dumps will be asked for, and tells what was found. What is returned hears when all heaps are
/// walked.
pub(super) fn build(session: &Session<'_>, notices: &Arc<Notices>) -> Receiver<()> {
    let (walked, hears) = mpsc::sync_channel(1);
    let (snapshots, notices) = (session.shared_snapshots(), Arc::clone(notices));
    let progress = Arc::clone(&session.console().background);
    let work = move || {
        heaps(&snapshots, &progress, &notices);
        // Who did not wait so long does not hear it.
        let _ = walked.send(());
        name_types(&snapshots);
        snapshots.iter().for_each(|snapshot| graph(snapshot, &progress));
    };
    // Without it, statements build what they need.
    let _ = thread::Builder::new().name("background".into()).spawn(work);
    hears
}

fn heaps(snapshots: &[Snapshot], progress: &Bars, notices: &Notices) {
    for snapshot in snapshots {
        let heap = snapshot.heap(progress);
        let several = snapshots.len() > 1;
        notices.leave(summary::of_heap(snapshot, heap.as_ref().copied().map_err(|error| &**error), several));
    }
}

/// Lets all types be named, for whoever completes the fields of one that has no objects.
fn name_types(snapshots: &[Snapshot]) {
    for values in snapshots.iter().filter_map(|snapshot| snapshot.values.as_ref()) {
        values.types().named("");
    }
}

/// Builds the graph of a small heap. What fails fails again, and is told, when a statement asks for it.
fn graph(snapshot: &Snapshot, progress: &Bars) {
    let Some(heap) = snapshot.built_heap() else { return };
    if heap.objects.len() <= MAX_OBJECTS_BUILT_UNASKED {
        let _ = snapshot.roots(progress);
        let _ = snapshot.references(progress);
        let _ = snapshot.dominators(progress);
    }
}
