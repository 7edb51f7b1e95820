//! The commands for processes that run: `ps`, `counters`, `collect`, `watch`.

mod collect;
mod counters;
mod dump_file;
mod dumping;
mod listening;
mod ps;
mod waiting;
mod watch;

use super::console::Console;
use super::exit::ExitStatus;
use super::request::{Common, Live};

/// Carries out a request.
pub(super) fn carry_out(request: &Live, common: &Common, console: &Console) -> ExitStatus {
    match request {
        Live::Ps(request) => ps::list(request, console),
        Live::Counters(request) => counters::show(request, console),
        Live::Collect(request) => collect::take(request, common, console),
        Live::Watch(request) => watch::wait(request, common, console),
    }
}
