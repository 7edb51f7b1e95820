//! `heapql ps`.

use crate::error::{Error, ErrorKind};

use super::super::console::Console;
use super::super::exit::ExitStatus;
use super::super::request::Ps;

/// Carries out a request.
pub(super) fn list(_request: &Ps, console: &Console) -> ExitStatus {
    console.messages.error(&Error::new(ErrorKind::Usage, "`heapql ps` is not there yet"));
    ExitStatus::Usage
}
