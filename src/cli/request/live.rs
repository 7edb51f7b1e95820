//! What is wanted of processes that run.

use std::path::PathBuf;
use std::time::Duration;

use super::super::args::{
    CollectArguments, CountersArguments, DumpType, ListFormat, PsArguments, WatchArguments,
};
use super::{ReportFormat, format_of};
use crate::output::Format;

/// What to do with processes that run.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) enum Live {
    /// List them.
    Ps(Ps),
    /// Show the counters of one.
    Counters(Counters),
    /// Take dumps of one.
    Collect(Collect),
    /// Wait for a spike of one and report it.
    Watch(Watch),
}

/// Processes to list.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct Ps {
    /// Which of them; `None` for all.
    pub target: Option<String>,
    pub format: Format,
}

/// Counters to show.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct Counters {
    pub target: String,
    /// The list as it was typed; `None` for the runtime's own.
    pub counters: Option<String>,
    pub interval: Duration,
    /// How long; `None` until Ctrl-C.
    pub duration: Option<Duration>,
    /// Table, JSON, CSV or NDJSON.
    pub format: Format,
}

/// Dumps to take.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct Collect {
    pub target: String,
    pub kind: DumpType,
    /// The file; `None` for one that is named after the process.
    pub output: Option<PathBuf>,
    /// Whether the dump is compressed.
    pub zst: bool,
    /// The condition to wait for; `None` for now.
    pub when: Option<String>,
    /// How many dumps are taken when the condition holds.
    pub count: u32,
    /// The least time between two of them.
    pub cooldown: Duration,
    /// Whether one is taken at once too.
    pub baseline: bool,
}

/// A spike to wait for.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct Watch {
    pub target: String,
    pub when: String,
    pub report: PathBuf,
    pub format: ReportFormat,
    /// Where the dumps go; `None` for the folder that the program was started in.
    pub folder: Option<PathBuf>,
    pub count: u32,
    pub cooldown: Duration,
    /// How many dumps of spikes are left at the end; `None` for all.
    pub keep: Option<u32>,
}

impl From<PsArguments> for Ps {
    fn from(typed: PsArguments) -> Ps {
        Ps { target: typed.target, format: typed.format.into() }
    }
}

impl From<CountersArguments> for Counters {
    fn from(typed: CountersArguments) -> Counters {
        Counters {
            target: typed.target,
            counters: typed.counters,
            interval: typed.interval,
            duration: typed.duration,
            format: typed.format.into(),
        }
    }
}

impl From<CollectArguments> for Collect {
    fn from(typed: CollectArguments) -> Collect {
        Collect {
            target: typed.target,
            kind: typed.kind,
            output: typed.output,
            zst: typed.zst,
            when: typed.when,
            count: typed.count,
            cooldown: typed.cooldown,
            baseline: typed.baseline,
        }
    }
}

/// The spike that is waited for; its report's format is told by the file's ending.
pub(super) fn watch(typed: WatchArguments) -> Result<Watch, clap::Error> {
    Ok(Watch {
        target: typed.target,
        when: typed.when,
        format: format_of(&typed.report)?,
        report: typed.report,
        folder: typed.folder,
        count: typed.count,
        cooldown: typed.cooldown,
        keep: typed.keep,
    })
}

impl From<ListFormat> for Format {
    fn from(typed: ListFormat) -> Format {
        match typed {
            ListFormat::Table => Format::Table,
            ListFormat::Json => Format::Json,
            ListFormat::Csv => Format::Csv,
            ListFormat::Ndjson => Format::Ndjson,
        }
    }
}
