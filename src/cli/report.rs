//! `heapql report`: everything in one file.

use super::console::Console;
use super::exit::ExitStatus;
use super::request::{Common, Report};

/// Carries out a request.
pub(super) fn write(request: &Report, common: &Common, console: &Console) -> ExitStatus {
    let _ = (request, common);
    console.messages.complaint("not built yet");
    ExitStatus::Usage
}
