//! The program: arguments, commands, the prompt, exit statuses.
//!
//! A command line (`args`) becomes a `request`, a command carries it out over a `session`, and the
//! worst thing that happened becomes the exit status (`exit`). Answers go to standard output or a
//! file (`destination`), everything else to standard error (`messages`, `progress`).

mod args;
mod console;
mod destination;
mod diff;
mod exit;
mod export;
mod index;
mod info;
mod interrupt;
mod leaks;
mod library;
#[cfg(all(feature = "live", target_os = "linux"))]
mod live;
#[cfg(not(all(feature = "live", target_os = "linux")))]
#[path = "live_missing.rs"]
mod live;
mod messages;
mod open_options;
mod pager;
mod progress;
mod query;
mod reference;
mod repl;
mod report;
mod request;
mod run;
mod script;
mod session;
mod sides;
mod snapshot;
mod summary;
mod user_folders;
mod worker;

use std::process::ExitCode;

use console::Console;
use exit::ExitStatus;
use request::{Action, Request};

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    match Request::parse(std::env::args_os()) {
        Ok(request) => carry_out(&request).into(),
        Err(error) => {
            // Help and version are such errors too, with status 0. There is nobody to tell when
            // even this cannot be printed.
            let _ = error.print();
            u8::try_from(error.exit_code()).map_or(ExitStatus::Usage.into(), ExitCode::from)
        }
    }
}

fn carry_out(request: &Request) -> ExitStatus {
    let common = &request.common;
    let console = Console::of_process(common);
    if let Some(threads) = common.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global();
        if let Err(error) = pool {
            console.messages.complaint(&format!("cannot start {threads} threads: {error}"));
            return ExitStatus::Usage;
        }
    }
    match &request.action {
        Action::Query(query) => query::answer(query, common, &console),
        Action::Run(request) => run::run(request, common, &console),
        Action::Reference => reference::write(&console),
        Action::Info { dump, json } => info::tell(dump, *json, common, &console),
        Action::Diff(request) => diff::compare(request, common, &console),
        Action::Leaks(request) => leaks::name(request, common, &console),
        Action::Report(request) => report::write(request, common, &console),
        Action::Export(request) => export::write(request, common, &console),
        Action::Snapshot(request) => snapshot::keep(request, common, &console),
        Action::Live(request) => live::carry_out(request, common, &console),
        Action::Index(request) => index::make(request, common, &console),
        Action::Open { dumps } => repl::open(dumps, common, &console),
    }
}
