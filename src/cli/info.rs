//! `heapql info`: what a dump is and what can be asked of it.

use std::io;
use std::path::Path;

use crate::open::open;
use crate::output::{write_info_json, write_info_table};
use crate::problem::Problem;

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::open_options::open_options;
use super::request::Common;

/// Tells what is known of a dump. A check that failed counts like something left out: answers
/// from this dump are to be read with care.
pub(super) fn tell(dump: &Path, json: bool, common: &Common, console: &Console) -> ExitStatus {
    let options = match open_options(common, console) {
        Ok(options) => options,
        Err(status) => return status,
    };
    let opened = match open(dump, &options, &*console.progress) {
        Ok(opened) => opened,
        Err(error) => {
            console.messages.error(&error);
            return ExitStatus::Dump;
        }
    };
    let info = opened.info(&*console.progress);
    let walk = opened.snapshot.built_heap().into_iter().flat_map(|heap| &heap.problems);
    let problems: Vec<&Problem> = opened.snapshot.problems.iter().chain(walk).collect();
    let mut out = Destination::stdout();
    let written =
        if json { write_info_json(&info, &problems, &mut out) } else { write_info_table(&info, &mut out) };
    let written = written.and_then(|()| out.finish());
    problems.iter().for_each(|problem| console.messages.problem(problem));
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            console.messages.error(&Destination::failure("standard output", error));
            ExitStatus::Usage
        }
        _ if info.has_failed_check() => ExitStatus::Partial,
        _ => ExitStatus::of_problems(problems),
    }
}
