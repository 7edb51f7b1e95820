//! `heapql leaks`: what looks like a leak, and why.

use super::console::Console;
use super::exit::ExitStatus;
use super::request::{Common, Leaks};

/// Carries out a request.
pub(super) fn name(request: &Leaks, common: &Common, console: &Console) -> ExitStatus {
    let _ = (request, common);
    console.messages.complaint("not built yet");
    ExitStatus::Usage
}
