//! `heapql reference`: the reference of the language and of the prompt, which is `docs/reference.md`.

use std::io;

use crate::output::{Chapter, write_reference};

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::repl;

/// Writes the reference to standard output.
pub(super) fn write(console: &Console) -> ExitStatus {
    let chapters = [Chapter {
        title: "Settings of the prompt",
        introduction: "Lines that begin with a backslash are for the prompt, not for the language.",
        rows: repl::settings(),
    }];
    let mut out = Destination::stdout();
    let name = out.name().to_owned();
    match write_reference(&chapters, &mut out).and_then(|()| out.finish()) {
        Ok(()) => ExitStatus::Answered,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Answered,
        Err(error) => {
            console.messages.error(&Destination::failure(&name, error));
            ExitStatus::Usage
        }
    }
}
