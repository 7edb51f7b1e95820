//! `heapql collect`.

use crate::error::{Error, ErrorKind};

use super::super::console::Console;
use super::super::exit::ExitStatus;
use super::super::request::{Collect, Common};

/// Carries out a request.
pub(super) fn take(_request: &Collect, _common: &Common, console: &Console) -> ExitStatus {
    console.messages.error(&Error::new(ErrorKind::Usage, "`heapql collect` is not there yet"));
    ExitStatus::Usage
}
