//! The commands for processes that run, as they were typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::units::parse_duration;

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(after_help = PS_EXAMPLES)]
pub(in crate::cli) struct PsArguments {
    /// Only processes of this number, or with this part of their name or command line
    #[arg(value_name = "TARGET")]
    pub target: Option<String>,

    /// How to write the list
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: ListFormat,
}

const PS_EXAMPLES: &str = "\
Examples:
  heapql ps                              .NET processes that this user can reach
  heapql ps --format ndjson";

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(after_help = COUNTERS_EXAMPLES)]
pub(in crate::cli) struct CountersArguments {
    /// The process: its number, or a part of its name or command line
    #[arg(value_name = "TARGET")]
    pub target: String,

    /// These counters: providers and meters, each with the names wanted of it in brackets [default: the runtime's]
    #[arg(long, value_name = "LIST")]
    pub counters: Option<String>,

    /// How often the process tells its counters: 1s, 500ms, 1m
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = interval)]
    pub interval: Duration,

    /// End after this time: 30s, 5m
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub duration: Option<Duration>,

    /// How to write the counters
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: ListFormat,
}

const COUNTERS_EXAMPLES: &str = "\
Examples:
  heapql counters shop                   the runtime's counters, refreshed in place
  heapql counters 4711 --counters 'System.Runtime[gc-heap-size,cpu-usage],Shop.Orders'
  heapql counters shop --duration 30s --format csv";

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(
    override_usage = "heapql collect [OPTIONS] TARGET",
    after_help = COLLECT_EXAMPLES
)]
pub(in crate::cli) struct CollectArguments {
    /// The process: its number, or a part of its name or command line
    #[arg(value_name = "TARGET")]
    pub target: String,

    /// What of the process's memory is dumped
    #[arg(long = "type", value_enum, value_name = "TYPE", default_value_t)]
    pub kind: DumpType,

    /// The file to write [default: NAME-PID-TIME.core in this folder]
    ///
    /// Of several dumps each has its number before the ending.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Compress the dump with zstd when it was written; heapql opens it as it is
    #[arg(long)]
    pub zst: bool,

    /// Wait until this holds: gc-heap-size > 500mb, working-set grows 100mb in 1m
    #[arg(long, value_name = "CONDITION")]
    pub when: Option<String>,

    /// Take so many dumps, each when the condition holds after the cooldown
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000), requires = "when")]
    pub count: u32,

    /// Wait at least so long between two dumps
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time, requires = "when")]
    pub cooldown: Duration,

    /// Take one dump now too, to compare the others with
    #[arg(long, requires = "when")]
    pub baseline: bool,
}

const COLLECT_EXAMPLES: &str = "\
Examples:
  heapql collect shop                    a dump with the heap, now
  heapql collect 4711 --zst -o shop.core.zst
  heapql collect shop --baseline --when 'gc-heap-size > 500mb'";

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(
    override_usage = "heapql watch [OPTIONS] TARGET --when CONDITION --report FILE",
    after_help = WATCH_EXAMPLES
)]
pub(in crate::cli) struct WatchArguments {
    /// The process: its number, or a part of its name or command line
    #[arg(value_name = "TARGET")]
    pub target: String,

    /// What is waited for: gc-heap-size > 500mb, working-set grows 100mb in 1m
    #[arg(long, value_name = "CONDITION", required = true)]
    pub when: String,

    /// The report to write: .html, .md or .json
    #[arg(long, value_name = "FILE", required = true)]
    pub report: PathBuf,

    /// Keep the dumps in this folder [default: this folder]
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,

    /// Go on after the first spike: a dump and a new report for each, up to this many
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub count: u32,

    /// Wait at least so long between two dumps
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time)]
    pub cooldown: Duration,

    /// Keep only the last so many dumps of spikes, beside the baseline; 0 also removes the baseline at the end
    #[arg(long, value_name = "N")]
    pub keep: Option<u32>,
}

const WATCH_EXAMPLES: &str = "\
Examples:
  heapql watch shop --when 'gc-heap-size grows 100mb in 1m' --report growth.html
  heapql watch 4711 --when 'working-set > 1gb' --report spike.md --keep 1";

/// The formats of lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ListFormat {
    /// Aligned columns
    #[default]
    Table,
    /// One JSON document
    Json,
    /// Comma-separated values with a header row
    Csv,
    /// One JSON object a row, a line each
    Ndjson,
}

/// What a dump holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DumpType {
    /// All memory that programs write to: what heapql asks about
    #[default]
    Heap,
    /// All memory, the code of modules too
    Full,
    /// Stacks and little else: small, and without the heap
    Triage,
}

fn time(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "write a time: `500ms`, `30s`, `5m`, `2h`".into())
}

/// What the runtime takes: it reads whole seconds and fractions of them, and a busy timer would disturb the process.
fn interval(text: &str) -> Result<Duration, String> {
    let interval = time(text)?;
    if interval < Duration::from_millis(100) { Err("at least 100ms".into()) } else { Ok(interval) }
}
