//! `heapql info`: what a dump is and what can be asked of it.

use std::io;
use std::path::Path;

use crate::output::{write_info_json, write_info_table};

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::opening::{OpenOptions, Opened, open};
use super::request::Common;

/// Tells what is known of a dump. A check that failed counts like something left out: answers
/// from this dump are to be read with care.
pub(super) fn tell(dump: &Path, json: bool, common: &Common, console: &Console) -> ExitStatus {
    let options = OpenOptions { files: common.files.clone(), cache: common.cache.clone() };
    let opened = match open(dump, &options, &*console.progress) {
        Ok(opened) => opened,
        Err(error) => {
            console.messages.error(&error);
            return ExitStatus::Dump;
        }
    };
    let mut out = Destination::stdout();
    let written = write(&opened, json, &mut out).and_then(|()| out.finish());
    opened.snapshot.problems.iter().for_each(|problem| console.messages.problem(problem));
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            console.messages.error(&Destination::failure("standard output", error));
            ExitStatus::Usage
        }
        _ if opened.info.has_failed_check() => ExitStatus::Partial,
        _ => ExitStatus::of_problems(&opened.snapshot.problems),
    }
}

fn write(opened: &Opened, json: bool, out: &mut Destination) -> io::Result<()> {
    if json {
        let problems: Vec<_> = opened.snapshot.problems.iter().collect();
        write_info_json(&opened.info, &problems, out)
    } else {
        write_info_table(&opened.info, out)
    }
}
