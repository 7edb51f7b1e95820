//! `heapql snapshot`: keeps a baseline.

use super::console::Console;
use super::exit::ExitStatus;
use super::request::{Baseline, Common};

/// Carries out a request.
pub(super) fn keep(request: &Baseline, common: &Common, console: &Console) -> ExitStatus {
    let _ = (request, common);
    console.messages.complaint("not built yet");
    ExitStatus::Usage
}
