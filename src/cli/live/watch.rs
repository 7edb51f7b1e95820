//! `heapql watch`.

use crate::error::{Error, ErrorKind};

use super::super::console::Console;
use super::super::exit::ExitStatus;
use super::super::request::{Common, Watch};

/// Carries out a request.
pub(super) fn wait(_request: &Watch, _common: &Common, console: &Console) -> ExitStatus {
    console.messages.error(&Error::new(ErrorKind::Usage, "`heapql watch` is not there yet"));
    ExitStatus::Usage
}
