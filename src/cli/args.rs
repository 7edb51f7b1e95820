//! The command line as it was typed: nothing is opened, checked or decided here.
//!
//! [`super::request`] turns it into objects. The texts below are the program's help.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
  1    a statement is wrong
  2    the command line is wrong, or a file it names cannot be read or written
  3    a dump cannot be opened, or does not hold what a statement asks for
  5    answered in part: what is missing is listed on standard error
  130  stopped by Ctrl-C
  Of several statements the worst counts: 130, then 2, 3, 1, 5, 0.";

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
    /// Tell what a dump is, which runtime it holds, and what can be asked
    ///
    /// Also tells which checks the reading of this dump passed, what the dump lacks, and what can
    /// be done about it.
    Info(InfoArguments),
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

    /// How to write the answers
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: AnswerFormat,

    /// Write the answers to this file instead of standard output
    ///
    /// The file appears, or is replaced, when all answers are written.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

const QUERY_EXAMPLES: &str = "\
Examples:
  heapql query app.core -e 'select type, count, size group by type limit 20'
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
    /// Look here for modules missing from the dump, with all folders below (may be repeated)
    #[arg(long, value_name = "DIR", global = true)]
    pub files: Vec<PathBuf>,

    /// Recognise collections by the shapes in this file too (may be repeated); docs/collections.md has its form
    #[arg(long, value_name = "FILE", global = true)]
    pub collections: Vec<PathBuf>,

    /// Where threads' stacks are searched for roots: words that point at objects, or not at all
    #[arg(long, value_enum, value_name = "HOW", default_value_t, global = true)]
    pub stacks: StackSearch,

    /// Use so many threads instead of one a processor
    #[arg(long, value_name = "N", global = true)]
    pub threads: Option<NonZeroUsize>,

    /// Show no progress
    #[arg(long, global = true)]
    pub no_progress: bool,

    /// When to colour messages
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    pub color: ColorWhen,

    /// Keep unpacked dumps here, so that the next opening is quick
    #[arg(long, value_name = "DIR", env = "HEAPQL_CACHE", hide_env_values = true, global = true)]
    pub cache: Option<OsString>,
}

/// How threads' stacks are searched for roots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum StackSearch {
    /// Every word that points at an object or into one is a root
    #[default]
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
