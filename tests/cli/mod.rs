//! The program from outside: arguments in, text and an exit status out.

mod answers;
#[cfg(all(feature = "live", target_os = "linux"))]
mod counters;
mod diff;
mod examples;
mod export;
mod help;
mod index;
#[cfg(all(feature = "live", target_os = "linux"))]
mod live;
mod refusals;
mod report;
mod scripts;
mod snapshot;
mod sos;
#[cfg(unix)]
mod terminal;

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// The program, away from what the tester's environment would change. It leaves no index behind, unless a test of
/// indexes removes the variable that keeps it from it.
pub fn heapql() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapql"));
    command.env("COLUMNS", "100").env("HEAPQL_NO_INDEX", "1").stdin(Stdio::null());
    for name in ["HEAPQL_CACHE", "HEAPQL_MEMORY", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        Ended {
            status: output.status.code().expect("no signal ends the program"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Ended {
    heapql().args(arguments).output().expect("the program starts").into()
}

/// Runs the program with a text on standard input.
pub fn run_with_input(arguments: &[&str], input: &str) -> Ended {
    let mut command = heapql();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // A program that ends without reading closes the pipe.
    let _ = child.stdin.take().expect("the input is a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("the program ends").into()
}
