//! What `ps`, `counters`, `collect` and `watch` say where they were not built in.

use crate::error::{Error, ErrorKind};

use super::console::Console;
use super::exit::ExitStatus;
use super::request::{Common, Live};

/// Says what is missing, and how a dump is taken without it.
pub(super) fn carry_out(request: &Live, _common: &Common, console: &Console) -> ExitStatus {
    let command = match request {
        Live::Ps(_) => "ps",
        Live::Counters(_) => "counters",
        Live::Collect(_) => "collect",
        Live::Watch(_) => "watch",
    };
    let error = if cfg!(target_os = "linux") {
        Error::new(ErrorKind::Usage, format!("`heapql {command}` was left out of this build"))
            .hint("build it with the feature `live`, which is on by default")
    } else {
        Error::new(ErrorKind::Usage, format!("`heapql {command}` talks to processes on Linux only so far"))
            .hint("take the dump with `dotnet-dump collect`; heapql opens it here")
    };
    console.messages.error(&error);
    ExitStatus::Usage
}
