//! The command line as objects: what was typed, checked and put in order, before anything is opened.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::graph::StackRoots;
use crate::memory_limit::MemoryLimit;
use crate::output::Format;

use super::args::{
    AnswerFormat, Arguments, ColorWhen, Command, CommonArguments, ExportArguments, InfoFormat,
    QueryArguments, RunArguments, StackSearch,
};
pub(super) use super::args::{DiffFormat, LeaksFormat, ReportFormat};
use super::export::{ExportTable, default_tables};
use crate::diff::compare::Thresholds;

pub(super) mod live;

pub(super) use live::Live;

/// What the user wants.
#[derive(Debug)]
pub(super) struct Request {
    pub action: Action,
    pub common: Common,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Ask at a prompt.
    Open { dumps: Vec<PathBuf> },
    /// Answer and end.
    Query(Query),
    /// Answer, show or list scripts.
    Run(Run),
    /// Build the graph of dumps and keep it.
    Index(Index),
    /// Compare dumps.
    Diff(Diff),
    /// Name what looks like a leak.
    Leaks(Leaks),
    /// Write a report.
    Report(Report),
    /// Keep a baseline.
    Snapshot(Baseline),
    /// Write Parquet files.
    Export(Export),
    /// Talk to processes that run.
    Live(Live),
    /// Write the reference of the language.
    Reference,
    /// Tell what a dump is.
    Info { dump: PathBuf, json: bool },
}

/// Statements and where their answers go.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub dumps: Vec<PathBuf>,
    /// In the order they were given; at least one.
    pub sources: Vec<Source>,
    /// The parameters that were given, each with its value.
    pub parameters: Vec<(String, String)>,
    pub format: Format,
    /// Whether the statements that words of SOS stand for are told.
    pub sql: bool,
    pub output: Option<PathBuf>,
}

/// A script that is answered or shown, or the library.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// Answer it.
    Answer(Query),
    /// Show its text: of a file or of the library.
    Show { source: Source },
    /// List the library.
    List { format: Format, output: Option<PathBuf> },
}

/// Dumps whose graph is to be kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Index {
    pub dumps: Vec<PathBuf>,
    pub json: bool,
}

/// Dumps to compare.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Diff {
    /// Dumps or baselines, at least two.
    pub dumps: Vec<PathBuf>,
    /// The grouped select whose answers are compared; `None` for the types.
    pub select: Option<String>,
    pub thresholds: Thresholds,
    /// Conditions for status 4.
    pub fail_if: Vec<String>,
    pub junit: Option<PathBuf>,
    pub format: DiffFormat,
    pub output: Option<PathBuf>,
}

/// Dumps in which leaks are looked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Leaks {
    pub dumps: Vec<PathBuf>,
    pub format: LeaksFormat,
    pub output: Option<PathBuf>,
}

/// Dumps that are reported on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub dumps: Vec<PathBuf>,
    pub format: ReportFormat,
    pub output: PathBuf,
}

/// A dump of which a baseline is kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Baseline {
    pub dump: PathBuf,
    pub selects: Vec<String>,
    pub output: PathBuf,
}

/// Dumps that are exported.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Export {
    pub dumps: Vec<PathBuf>,
    pub folder: PathBuf,
    pub tables: Vec<ExportTable>,
    pub labels: Vec<Label>,
    pub force: bool,
}

/// A column with the same text in every row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub name: String,
    pub value: String,
}

/// Where statements come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The command line.
    Text(String),
    /// A script.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A script of the library, by its name.
    Library(String),
}

/// What holds for all actions.
#[derive(Debug)]
pub(super) struct Common {
    pub files: Vec<PathBuf>,
    pub cache: Option<PathBuf>,
    /// Whether indexes are read and written.
    pub index: bool,
    pub collections: Vec<PathBuf>,
    pub stacks: StackRoots,
    pub threads: Option<NonZeroUsize>,
    pub memory: MemoryLimit,
    /// Whether progress may be shown, should standard error be a terminal.
    pub progress: bool,
    /// `None`: on a terminal.
    pub color: Option<bool>,
}

impl Request {
    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    /// When it is wrong, and when it asks for help or the version: the error knows what to print
    /// and where.
    pub(super) fn parse<I, T>(line: I) -> Result<Request, clap::Error>
    where
        I: IntoIterator<Item = T>,
        T: Into<OsString> + Clone,
    {
        let matches = Arguments::command().try_get_matches_from(line)?;
        let arguments = Arguments::from_arg_matches(&matches)?;
        Ok(Request {
            action: action(arguments.command, arguments.dumps, &matches)?,
            common: arguments.common.into(),
        })
    }
}

fn action(
    command: Option<Command>,
    dumps: Vec<PathBuf>,
    matches: &ArgMatches,
) -> Result<Action, clap::Error> {
    let Some(command) = command else {
        return open(dumps);
    };
    Ok(match command {
        Command::Open(open) => Action::Open { dumps: open.dumps },
        Command::Info(info) => Action::Info { dump: info.dump, json: info.format == InfoFormat::Json },
        Command::Index(index) => {
            Action::Index(Index { dumps: index.dumps, json: index.format == InfoFormat::Json })
        }
        Command::Diff(diff) => Action::Diff(Diff {
            dumps: diff.dumps,
            select: diff.select,
            thresholds: Thresholds {
                min_bytes: diff.min.as_deref().map_or(Ok(0), size)?,
                limit: diff.limit,
                unchanged: false,
            },
            fail_if: diff.fail_if,
            junit: diff.junit,
            format: diff.format,
            output: diff.output,
        }),
        Command::Leaks(leaks) => {
            Action::Leaks(Leaks { dumps: leaks.dumps, format: leaks.format, output: leaks.output })
        }
        Command::Report(report) => Action::Report(Report {
            format: report.format.map_or_else(|| format_of(&report.output), Ok)?,
            dumps: report.dumps,
            output: report.output,
        }),
        Command::Export(export) => Action::Export(Export {
            tables: export_tables(&export)?,
            labels: export.label.iter().map(|text| label(text)).collect::<Result<_, _>>()?,
            dumps: export.dumps,
            folder: export.parquet,
            force: export.force,
        }),
        Command::Snapshot(snapshot) => Action::Snapshot(Baseline {
            dump: snapshot.dump,
            selects: snapshot.selects,
            output: snapshot.output,
        }),
        Command::Ps(ps) => Action::Live(Live::Ps(ps.into())),
        Command::Counters(counters) => Action::Live(Live::Counters(counters.into())),
        Command::Collect(collect) => Action::Live(Live::Collect(collect.into())),
        Command::Watch(watch) => Action::Live(Live::Watch(live::watch(watch)?)),
        Command::Reference => Action::Reference,
        Command::Run(arguments) => Action::Run(run(arguments)?),
        Command::Query(query) => {
            let typed = matches.subcommand_matches("query").expect("clap took the command from there");
            Action::Query(Query {
                sources: sources(&query, typed)?,
                dumps: query.dumps,
                parameters: parameters(&query.parameters, "query")?,
                format: query.format.into(),
                sql: query.sql,
                output: query.output,
            })
        }
    })
}

/// The prompt over dumps. A command's name among them is most likely a command in the wrong place.
fn open(dumps: Vec<PathBuf>) -> Result<Action, clap::Error> {
    let Some(first) = dumps.first() else { return Err(usage("no dump is named")) };
    let program = Arguments::command();
    for name in program.get_subcommands().map(clap::Command::get_name) {
        if dumps.iter().any(|dump| dump == Path::new(name)) {
            let first = first.display();
            return Err(usage(&format!(
                "the command comes first: `heapql {name} {first}`; a dump of that name is `./{name}`"
            )));
        }
    }
    Ok(Action::Open { dumps })
}

/// The statements' sources in the order they were typed, which the two lists alone do not tell.
fn sources(query: &QueryArguments, typed: &ArgMatches) -> Result<Vec<Source>, clap::Error> {
    let places = |id| typed.indices_of(id).into_iter().flatten();
    let texts = query.statements.iter().cloned().map(Source::Text);
    let files = query.scripts.iter().map(|path| match path {
        path if path == Path::new("-") => Source::Stdin,
        path => Source::File(path.clone()),
    });
    let mut sources: Vec<_> = places("statements").zip(texts).chain(places("scripts").zip(files)).collect();
    sources.sort_by_key(|&(place, _)| place);
    let sources: Vec<_> = sources.into_iter().map(|(_, source)| source).collect();
    if sources.is_empty() {
        return Err(usage_of("query", "nothing is asked: give a statement with -e or a script with -f"));
    }
    if sources.iter().filter(|&source| *source == Source::Stdin).count() > 1 {
        return Err(usage_of("query", "standard input can be read once: `-f -` is given twice"));
    }
    Ok(sources)
}

/// What `heapql run` is to do.
fn run(arguments: RunArguments) -> Result<Run, clap::Error> {
    let format = arguments.format.into();
    if arguments.list {
        return Ok(Run::List { format, output: arguments.output });
    }
    let Some(script) = arguments.script else {
        return Err(usage_of("run", "no script is named: `heapql run --list` lists those of the library"));
    };
    let source = script_named(script);
    if arguments.show {
        return Ok(Run::Show { source });
    }
    if arguments.dumps.is_empty() {
        return Err(usage_of("run", "no dump is named behind the script; --show shows its text"));
    }
    Ok(Run::Answer(Query {
        dumps: arguments.dumps,
        sources: vec![source],
        parameters: parameters(&arguments.parameters, "run")?,
        format,
        sql: false,
        output: arguments.output,
    }))
}

/// A path has a folder or the ending of scripts in it; anything else is a name of the library.
fn script_named(script: PathBuf) -> Source {
    let is_path = script.extension().is_some_and(|ending| ending == "hql") || script.components().count() > 1;
    match script.to_str() {
        Some(name) if !is_path && !name.contains(std::path::is_separator) => Source::Library(name.to_owned()),
        _ => Source::File(script),
    }
}

/// Parameters and their values.
fn parameters(typed: &[String], command: &str) -> Result<Vec<(String, String)>, clap::Error> {
    let mut parameters: Vec<(String, String)> = Vec::new();
    for text in typed {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let name = name.trim().trim_start_matches(':');
        if name.is_empty() || !text.contains('=') {
            let message = format!("`-p {text}` gives nothing a value: write `-p NAME=VALUE`");
            return Err(usage_of(command, &message));
        }
        if parameters.iter().any(|(known, _)| known == name) {
            return Err(usage_of(command, &format!("`-p {name}=` is given twice")));
        }
        parameters.push((name.to_owned(), value.to_owned()));
    }
    Ok(parameters)
}

/// What is exported: the tables, then the statements.
fn export_tables(export: &ExportArguments) -> Result<Vec<ExportTable>, clap::Error> {
    let named: Vec<&str> = match &export.tables {
        Some(names) => names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect(),
        None => default_tables().collect(),
    };
    let tables = named.into_iter().map(ExportTable::named);
    let tables = tables.chain(export.select.iter().map(|text| ExportTable::select(text)));
    let mut all: Vec<ExportTable> = Vec::new();
    for table in tables {
        let table = table.map_err(|error| {
            let hint = error.hint_text().map_or_else(String::new, |hint| format!(": {hint}"));
            usage(&format!("{}{hint}", error.message()))
        })?;
        if all.iter().any(|known| known.name == table.name) {
            return Err(usage(&format!(
                "`{}` is exported twice: give the statement another name",
                table.name
            )));
        }
        all.push(table);
    }
    if all.is_empty() { Err(usage("nothing is exported: name a table with --tables")) } else { Ok(all) }
}

/// A column and its text.
fn label(text: &str) -> Result<Label, clap::Error> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok(Label { name: name.trim().to_owned(), value: value.to_owned() })
        }
        _ => Err(usage(&format!("`{text}` is no label: write `--label host=web-1`"))),
    }
}

/// A number of bytes as statements write it.
fn size(text: &str) -> Result<u64, clap::Error> {
    crate::query::parse_size(text)
        .ok_or_else(|| usage(&format!("`{text}` is no size: write `--min 500kb` or `--min 2.5mb`")))
}

/// The format of a report by its file's ending.
fn format_of(file: &Path) -> Result<ReportFormat, clap::Error> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "html" | "htm" => Ok(ReportFormat::Html),
        "md" | "markdown" => Ok(ReportFormat::Markdown),
        "json" => Ok(ReportFormat::Json),
        _ => Err(usage("the file's ending tells no format: name it .html, .md or .json, or say --format")),
    }
}

fn usage(message: &str) -> clap::Error {
    Arguments::command().error(ErrorKind::MissingRequiredArgument, message)
}

/// An error that shows how a command is used.
fn usage_of(command: &str, message: &str) -> clap::Error {
    let mut program = Arguments::command();
    program.build();
    let command = program.find_subcommand_mut(command).expect("the program has this command");
    command.error(ErrorKind::MissingRequiredArgument, message)
}

impl From<CommonArguments> for Common {
    fn from(typed: CommonArguments) -> Common {
        Common {
            files: typed.files,
            // A variable that is set to nothing means none, as for other programs.
            cache: typed.cache.filter(|dir| !dir.is_empty()).map(PathBuf::from),
            index: !typed.no_index,
            collections: typed.collections,
            stacks: match typed.stacks {
                StackSearch::Precise => StackRoots::Precise,
                StackSearch::Conservative => StackRoots::Conservative,
                StackSearch::None => StackRoots::None,
            },
            threads: typed.threads,
            memory: typed.memory.unwrap_or_default(),
            progress: !typed.no_progress,
            color: match typed.color {
                ColorWhen::Always => Some(true),
                ColorWhen::Never => Some(false),
                ColorWhen::Auto => None,
            },
        }
    }
}

impl From<AnswerFormat> for Format {
    fn from(typed: AnswerFormat) -> Format {
        match typed {
            AnswerFormat::Table => Format::Table,
            AnswerFormat::Json => Format::Json,
            AnswerFormat::Csv => Format::Csv,
            AnswerFormat::Ndjson => Format::Ndjson,
            AnswerFormat::Markdown => Format::Markdown,
            AnswerFormat::Html => Format::Html,
            AnswerFormat::Parquet => Format::Parquet,
            AnswerFormat::Dot => Format::Dot,
            AnswerFormat::Mermaid => Format::Mermaid,
        }
    }
}

#[cfg(test)]
mod tests;
