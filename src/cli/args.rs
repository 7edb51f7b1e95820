//! The command line as it was typed: nothing is opened, checked or decided here.
//!
//! [`super::request`] turns it into objects. The texts below are the program's help.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::memory_limit::MemoryLimit;
use crate::query::parse_size;

mod live;

pub(super) use live::{
    CollectArguments, CountersArguments, DumpType, ListFormat, PsArguments, WatchArguments,
};

/// Ask a .NET core dump questions, offline, in a small SQL-like language.
#[derive(Debug, Parser)]
#[command(
    name = "heapql",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    override_usage = "heapql [OPTIONS] DUMP...\n       heapql [OPTIONS] <COMMAND>",
    after_help = MAIN_EXAMPLES,
    after_long_help = format!("{MAIN_EXAMPLES}\n\n{EXIT_STATUS}")
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Core dumps to open at the prompt, oldest first; .zst and .gz are unpacked
    #[arg(value_name = "DUMP")]
    pub dumps: Vec<PathBuf>,

    #[command(flatten)]
    pub common: CommonArguments,
}

const EXIT_STATUS: &str = "\
Exit status:
  0    answered
  1    a statement is wrong, or needs more memory than it may use
  2    the command line is wrong, or a file it names cannot be read or written
  3    a dump cannot be opened, or lacks what a statement asks for; a process cannot be reached
  4    a condition of --fail-if holds
  5    answered in part: what is missing is listed on standard error
  130  stopped by Ctrl-C
  Of several statements the worst counts: 130, then 2, 3, 1, 4, 5, 0.";

const MAIN_EXAMPLES: &str = "\
Examples:
  heapql app.core                        ask at a prompt; `help` lists the language
  heapql query app.core -e 'select type, count, size group by type'
  heapql info app.core                   what it is and what can be asked";

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Answer statements and end
    ///
    /// Statements come from -e and -f, in the order they are given. A text may hold several, with
    /// ; between them and -- before comments. A wrong statement ends its text; the next -e or -f
    /// is still answered.
    Query(QueryArguments),
    /// Answer a script: a file, or one of the library that heapql brings along
    ///
    /// The library has a script for each of the first questions: is it growing, what grew, which
    /// objects are it, who holds them, since when. --list lists them. docs/scripts.md tells how
    /// scripts are written.
    Run(RunArguments),
    /// Tell what a dump is, which runtime it holds, and what can be asked
    ///
    /// Also tells which checks the reading of this dump passed, what the dump lacks, and what can
    /// be done about it.
    Info(InfoArguments),
    /// Build what questions of the graph need, and keep it beside the dump
    ///
    /// Later openings answer at once. The index lies beside the dump, as DUMP.hqlx, or in the cache
    /// folder where that cannot be written, and may be deleted at any time.
    Index(IndexArguments),
    /// Compare dumps of one program: what grew, and who holds it
    ///
    /// Without -e the types are compared by number, size and retained size, and for those at which
    /// growth begins it is told by which ways they hang on roots. A baseline (heapql snapshot) may
    /// stand for a dump.
    Diff(DiffArguments),
    /// Name what looks like a leak, and why, over one dump or several
    Leaks(LeaksArguments),
    /// Write a report: the heap at a glance, growth, suspects
    Report(ReportArguments),
    /// Keep what is compared of a dump as a small JSON file, a baseline
    ///
    /// heapql diff takes it in place of the dump, so that last week's dump need not be kept.
    Snapshot(SnapshotArguments),
    /// Write tables of dumps as Parquet files, for DuckDB, Spark and other warehouses
    ///
    /// DIR/objects/NAME.parquet and so on, one file a table and dump; the first columns of each row
    /// say which dump it is of. docs/export.md has the schema.
    Export(ExportArguments),
    /// List the .NET processes that run here and can be reached
    ///
    /// Processes of containers are listed too, where their files can be seen. What keeps a process from being
    /// reached is told.
    Ps(PsArguments),
    /// Show the counters of a running process: CPU, memory, collections, queues
    ///
    /// On a terminal the table is refreshed in place until Ctrl-C.
    Counters(CountersArguments),
    /// Take a dump of a running process, now or when a condition holds
    ///
    /// The runtime of the process writes it, with createdump, which lies beside it. When it is done, the dump is opened and
    /// what it holds is told.
    Collect(CollectArguments),
    /// Wait for a spike of a running process, and report what grew
    ///
    /// Takes a dump at once and one when the condition holds, and writes what heapql report tells of the two.
    Watch(WatchArguments),
    /// Write the reference of the language as Markdown
    #[command(hide = true)]
    Reference,
    /// Ask at a prompt: the same as naming dumps alone
    ///
    /// Where standard input or output is no terminal, statements are read from standard input,
    /// one a line.
    Open(OpenArguments),
}

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(
    override_usage = "heapql query [OPTIONS] DUMP... (-e STATEMENT | -f FILE)...",
    after_help = QUERY_EXAMPLES
)]
pub(super) struct QueryArguments {
    /// Core dumps to ask, oldest first; .zst and .gz are unpacked
    #[arg(value_name = "DUMP", required = true)]
    pub dumps: Vec<PathBuf>,

    /// Answer this statement (may be repeated)
    #[arg(short = 'e', long = "execute", value_name = "STATEMENT", allow_hyphen_values = true)]
    pub statements: Vec<String>,

    /// Answer the statements in this file, - for standard input (may be repeated)
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub scripts: Vec<PathBuf>,

    /// Give a parameter a value, which statements write as :NAME (may be repeated)
    #[arg(short = 'p', long = "parameter", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub parameters: Vec<String>,

    /// How to write the answers
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: AnswerFormat,

    /// Show the statements that words of SOS stand for (dumpheap -stat), on standard error
    #[arg(long)]
    pub sql: bool,

    /// Write the answers to this file instead of standard output
    ///
    /// The file appears, or is replaced, when all answers are written.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(
    override_usage = "heapql run [OPTIONS] SCRIPT DUMP...\n       heapql run SCRIPT --show\n       heapql run --list",
    after_help = RUN_EXAMPLES
)]
pub(super) struct RunArguments {
    /// The script: the name of one of the library, or the path of a file (with a / or .hql in it)
    #[arg(value_name = "SCRIPT")]
    pub script: Option<PathBuf>,

    /// Core dumps to ask, oldest first; .zst and .gz are unpacked
    #[arg(value_name = "DUMP")]
    pub dumps: Vec<PathBuf>,

    /// Give a parameter of the script a value (may be repeated)
    #[arg(short = 'p', long = "parameter", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub parameters: Vec<String>,

    /// List the library: names, questions, how many dumps are asked, parameters with their defaults
    #[arg(long, conflicts_with_all = ["script", "dumps", "parameters", "show"])]
    pub list: bool,

    /// Show the text of the script instead of running it
    #[arg(long, conflicts_with_all = ["dumps", "parameters", "output"])]
    pub show: bool,

    /// How to write the answers
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: AnswerFormat,

    /// Write the answers to this file instead of standard output
    ///
    /// The file appears, or is replaced, when all answers are written.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

const RUN_EXAMPLES: &str = "\
Examples:
  heapql run --list                      what the library can answer
  heapql run what-grew monday.core tuesday.core
  heapql run duplicate-strings app.core --format csv -o strings.csv";

const QUERY_EXAMPLES: &str = "\
Examples:
  heapql query app.core -e 'select type, count, size group by type limit 20'
  heapql query app.core --sql -e 'dumpheap -stat'
  heapql query app.core -f queries/by-generation.hql --format csv -o generations.csv";

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  heapql info app.core --format json")]
pub(super) struct InfoArguments {
    /// The core dump; .zst and .gz are unpacked
    #[arg(value_name = "DUMP")]
    pub dump: PathBuf,

    /// How to write it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: InfoFormat,
}

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  heapql index app.core")]
pub(super) struct IndexArguments {
    /// Core dumps; .zst and .gz are unpacked
    #[arg(value_name = "DUMP", required = true)]
    pub dumps: Vec<PathBuf>,

    /// How to write what was done: one document a dump
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: InfoFormat,
}

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(
    override_usage = "heapql diff [OPTIONS] BEFORE AFTER...",
    after_help = DIFF_EXAMPLES
)]
pub(super) struct DiffArguments {
    /// Core dumps or baselines, oldest first; .zst and .gz are unpacked
    #[arg(value_name = "DUMP", required = true, num_args = 2..)]
    pub dumps: Vec<PathBuf>,

    /// Compare the answers to this grouped select instead of the types
    #[arg(short = 'e', long = "execute", value_name = "SELECT")]
    pub select: Option<String>,

    /// Leave out what changed by fewer bytes: 10kb, 2.5mb
    #[arg(long, value_name = "SIZE")]
    pub min: Option<String>,

    /// Show so many rows, those that grew most
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,

    /// End with status 4 when this holds for any row: "size_delta > 10mb where type like 'Shop.%'" (may be repeated)
    #[arg(long, value_name = "CONDITION", allow_hyphen_values = true)]
    pub fail_if: Vec<String>,

    /// Write the outcome of --fail-if to this file as JUnit XML
    #[arg(long, value_name = "FILE", requires = "fail_if")]
    pub junit: Option<PathBuf>,

    /// How to write the comparison
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: DiffFormat,

    /// Write the comparison to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

const DIFF_EXAMPLES: &str = "\
Examples:
  heapql diff monday.core tuesday.core
  heapql diff base.json today.core --fail-if \"size_delta > 10mb where type like 'Shop.%'\"";

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  heapql leaks before.core after.core")]
pub(super) struct LeaksArguments {
    /// Core dumps, oldest first; .zst and .gz are unpacked
    #[arg(value_name = "DUMP", required = true)]
    pub dumps: Vec<PathBuf>,

    /// How to write the suspects
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: LeaksFormat,

    /// Write the suspects to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  heapql report before.core after.core -o growth.html")]
pub(super) struct ReportArguments {
    /// Core dumps or baselines, oldest first; .zst and .gz are unpacked
    #[arg(value_name = "DUMP", required = true)]
    pub dumps: Vec<PathBuf>,

    /// The file to write: .html, .md or .json
    #[arg(short, long, value_name = "FILE", required = true)]
    pub output: PathBuf,

    /// How to write it, where the file's ending does not tell
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<ReportFormat>,
}

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  heapql snapshot app.core -o base.json")]
pub(super) struct SnapshotArguments {
    /// The core dump; .zst and .gz are unpacked
    #[arg(value_name = "DUMP")]
    pub dump: PathBuf,

    /// The file to write
    #[arg(short, long, value_name = "FILE", required = true)]
    pub output: PathBuf,

    /// Keep the answer to this grouped select too, for `heapql diff -e` (may be repeated)
    #[arg(short = 'e', long = "execute", value_name = "SELECT")]
    pub selects: Vec<String>,
}

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(after_help = EXPORT_EXAMPLES)]
pub(super) struct ExportArguments {
    /// Core dumps; .zst and .gz are unpacked
    #[arg(value_name = "DUMP", required = true)]
    pub dumps: Vec<PathBuf>,

    /// Write the files below this folder, which is made where it is missing
    #[arg(long, value_name = "DIR", required = true)]
    pub parquet: PathBuf,

    /// These tables, by their names in `heapql query DUMP -e tables` [default: objects,types,refs,roots]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub tables: Option<Vec<String>>,

    /// The rows of a statement too, as a table of this name (may be repeated)
    #[arg(long, value_name = "NAME=STATEMENT")]
    pub select: Vec<String>,

    /// A column of this name with this text, host=web-1 for example (may be repeated)
    #[arg(long, value_name = "NAME=TEXT")]
    pub label: Vec<String>,

    /// Replace files that are there and were not exported from the same dump
    #[arg(long)]
    pub force: bool,
}

const EXPORT_EXAMPLES: &str = "\
Examples:
  heapql export app.core --parquet warehouse --label host=web-1
  heapql export app.core --parquet warehouse --tables types --select 'big=select address, type, retained where size > 1mb'";

/// What is typed after the command's name.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  heapql open before.core after.core")]
pub(super) struct OpenArguments {
    /// Core dumps to open, oldest first; .zst and .gz are unpacked
    #[arg(value_name = "DUMP", required = true)]
    pub dumps: Vec<PathBuf>,
}

/// Options of all commands.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Common options")]
pub(super) struct CommonArguments {
    /// Look here for modules missing from the dump, with all folders below; auto: at the paths that the dump records (may
    /// be repeated)
    #[arg(long, value_name = "DIR|auto", global = true)]
    pub files: Vec<PathBuf>,

    /// Recognise collections by the shapes in this file too (may be repeated); docs/collections.md has its form
    #[arg(long, value_name = "FILE", global = true)]
    pub collections: Vec<PathBuf>,

    /// How threads' stacks are searched for roots
    #[arg(long, value_enum, value_name = "HOW", default_value_t, global = true)]
    pub stacks: StackSearch,

    /// Use so many threads instead of one a processor
    #[arg(long, value_name = "N", global = true)]
    pub threads: Option<NonZeroUsize>,

    /// Refuse answers that need more memory: 500mb, 8gb [default: three quarters of what is available]
    #[arg(long, value_name = "SIZE", env = "HEAPQL_MEMORY", hide_env_values = true, value_parser = memory_limit, global = true)]
    pub memory: Option<MemoryLimit>,

    /// Show no progress
    #[arg(long, global = true)]
    pub no_progress: bool,

    /// When to colour messages
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    pub color: ColorWhen,

    /// Neither use nor write an index beside the dump
    #[arg(long, env = "HEAPQL_NO_INDEX", hide_env_values = true, value_parser = FalseyValueParser::new(), global = true)]
    pub no_index: bool,

    /// Keep unpacked dumps here, so that the next opening is quick, and indexes that cannot lie beside dumps
    #[arg(long, value_name = "DIR", env = "HEAPQL_CACHE", hide_env_values = true, global = true)]
    pub cache: Option<OsString>,
}

/// A number of bytes as statements write it. A variable that is set to nothing means none, as for other programs.
fn memory_limit(text: &str) -> Result<MemoryLimit, String> {
    if text.is_empty() {
        return Ok(MemoryLimit::Available);
    }
    let size = parse_size(text).map(MemoryLimit::Bytes);
    size.ok_or_else(|| "write a size: `500mb`, `8gb`".into())
}

/// How threads' stacks are searched for roots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum StackSearch {
    /// Roots are what the collector would find: the slots that are live in each frame
    #[default]
    Precise,
    /// Every word that points at an object or into one is a root
    Conservative,
    /// Stacks are left out: what only they hold counts as garbage
    None,
}

/// When messages are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The formats of answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum AnswerFormat {
    /// Aligned columns
    #[default]
    Table,
    /// One JSON document a statement, a line each
    Json,
    /// Comma-separated values with a header row
    Csv,
    /// One JSON object a row, a line each
    Ndjson,
    /// A table in Markdown, for an issue or a pull request
    Markdown,
    /// A page with a table
    Html,
    /// A Parquet file, for -o: one answer
    Parquet,
    /// Paths and references between types as a graph for Graphviz
    Dot,
    /// The same as a Mermaid flowchart
    Mermaid,
}

/// The formats of `heapql info`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum InfoFormat {
    /// Aligned text
    #[default]
    Table,
    /// One JSON document
    Json,
}

/// The formats of `heapql diff`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// Aligned columns, and who holds the growth
    #[default]
    Table,
    /// One JSON document; docs/json.md has its form
    Json,
    /// The table as comma-separated values
    Csv,
    /// The table as one JSON object a row
    Ndjson,
    /// The report as Markdown, for a pull request
    Markdown,
    /// The report as one HTML file
    Html,
}

/// The formats of `heapql leaks`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LeaksFormat {
    /// Suspects with their reasons, for people
    #[default]
    Table,
    /// One JSON document; docs/json.md has its form
    Json,
    /// A row a suspect, as comma-separated values
    Csv,
    /// A row a suspect, as one JSON object a line
    Ndjson,
}

/// The formats of `heapql report`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// One file that any browser opens
    Html,
    /// For a pull request
    Markdown,
    /// For programs; docs/json.md has its form
    Json,
}
