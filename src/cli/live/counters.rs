//! `heapql counters`.

use crate::error::{Error, ErrorKind};

use super::super::console::Console;
use super::super::exit::ExitStatus;
use super::super::request::Counters;

/// Carries out a request.
pub(super) fn show(_request: &Counters, console: &Console) -> ExitStatus {
    console.messages.error(&Error::new(ErrorKind::Usage, "`heapql counters` is not there yet"));
    ExitStatus::Usage
}
