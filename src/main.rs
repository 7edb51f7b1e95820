//! The `heapql` program: parse arguments, call the library, map the result to an exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    heapql::cli::main()
}
