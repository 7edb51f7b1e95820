//! `heapql diff`: what grew, and who holds it.

use super::console::Console;
use super::exit::ExitStatus;
use super::request::{Common, Diff};

/// Carries out a request.
pub(super) fn compare(request: &Diff, common: &Common, console: &Console) -> ExitStatus {
    let _ = (request, common);
    console.messages.complaint("not built yet");
    ExitStatus::Usage
}
