//! `heapql export`: dumps as Parquet files, for a warehouse in which many are compared.
//!
//! One file a table and dump: `DIR/objects/NAME.parquet`. A warehouse reads `DIR/objects/*.parquet` as one table; which
//! dump a row is of stands in its first columns. Rows are written while they are found, so a table of any length takes
//! constant memory, and a file appears when it is whole. `docs/export.md` describes the schema.

mod dump_columns;
mod tables;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::slice;

use dump_columns::{dump_columns, dump_id, file_stem};
pub(super) use tables::ExportTable;

use crate::diff::run_into;
use crate::error::{Error, ErrorKind};
use crate::graph::Snapshot;
use crate::output::{ParquetTotals, parquet_metadata, write_parquet};
use crate::problem::Problem;
use crate::query::{AnswerColumn, QueryError, RunError};
use crate::units::{grouped, human_bytes};

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::interrupt::{Stoppable, is_stopped};
use super::request::{Common, Export};
use super::session::Session;

/// The key in a file's metadata under which the dump is named that it is of.
const DUMP_KEY: &str = "heapql.dump";

/// The tables that are exported when none is named.
pub(super) fn default_tables() -> impl Iterator<Item = &'static str> {
    tables::DEFAULT_TABLES.into_iter()
}

/// Carries out a request, dump by dump: one that cannot be opened does not keep the others from being exported.
pub(super) fn write(request: &Export, common: &Common, console: &Console) -> ExitStatus {
    let mut worst = ExitStatus::Answered;
    for dump in &request.dumps {
        let status = match Session::open(slice::from_ref(dump), common, console) {
            Ok(session) => {
                let status = export(&session, request, console);
                if status < ExitStatus::Interrupted {
                    session.keep_indexes();
                }
                status
            }
            Err(status) => status,
        };
        worst = worst.max(status);
        if worst == ExitStatus::Interrupted {
            break;
        }
    }
    worst
}

/// The files of one dump.
fn export(session: &Session<'_>, request: &Export, console: &Console) -> ExitStatus {
    let Some(snapshot) = session.snapshots().first() else { return ExitStatus::Dump };
    let id = dump_id(snapshot);
    let stem = file_stem(snapshot);
    let path = |table: &ExportTable| request.folder.join(&table.name).join(format!("{stem}.parquet"));
    for path in request.tables.iter().map(path).filter(|_| !request.force) {
        if is_foreign(&path, &id) {
            let error =
                Error::new(ErrorKind::Io, format!("{} is there and is not of this dump", path.display()));
            console.messages.error(&error.hint("--force replaces it"));
            return ExitStatus::Usage;
        }
    }
    let mut status = ExitStatus::Answered;
    let mut constants = None;
    for table in &request.tables {
        let constants =
            constants.get_or_insert_with(|| dump_columns(snapshot, &request.labels, &*console.progress));
        let exported = Job { table, snapshot, constants, id: &id, console }.export(&path(table));
        status = status.max(exported);
        if status == ExitStatus::Interrupted {
            break;
        }
    }
    // What only exporting brought to light is told; what opening left out was told by the session.
    let problems = session.problems();
    problems.iter().for_each(|problem| console.messages.problem(problem));
    status.max(ExitStatus::of_problems(problems))
}

/// Whether a file is there that was not written for this dump.
fn is_foreign(path: &Path, id: &str) -> bool {
    match File::open(path) {
        Ok(file) => parquet_metadata(file, DUMP_KEY).is_none_or(|of| of != id),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// One table of one dump.
struct Job<'a> {
    table: &'a ExportTable,
    snapshot: &'a Snapshot,
    constants: &'a [AnswerColumn],
    id: &'a str,
    console: &'a Console,
}

impl Job<'_> {
    fn export(&self, path: &Path) -> ExitStatus {
        let messages = &self.console.messages;
        match self.write(path) {
            Ok((totals, bytes, mut problems)) => {
                problems.extend(too_wide(&self.table.name, totals));
                problems.iter().for_each(|problem| messages.problem(problem));
                let (rows, bytes) = (grouped(totals.rows), human_bytes(bytes as f64));
                messages.remark(&format!("{}: {rows} rows, {bytes} in {}", self.table.name, path.display()));
                ExitStatus::of_problems(&problems)
            }
            Err(RunError::Query(QueryError::Statement(diagnostic))) => {
                messages.diagnostic(&diagnostic.render(&self.table.statement));
                ExitStatus::Statement
            }
            Err(RunError::Query(QueryError::Data(error))) => {
                messages.error(&error);
                ExitStatus::of_error(&error)
            }
            Err(RunError::Query(QueryError::Cancelled)) => self.stopped(),
            Err(RunError::Output(error)) if is_stopped(&error) => self.stopped(),
            Err(RunError::Output(error)) => {
                messages.error(&Destination::failure(&path.display().to_string(), error));
                ExitStatus::Usage
            }
        }
    }

    fn stopped(&self) -> ExitStatus {
        self.console.messages.remark("stopped");
        ExitStatus::Interrupted
    }

    /// Writes the file; returns what is in it, its length and what was left out. A file that is not finished goes with
    /// its destination.
    fn write(&self, path: &Path) -> Result<(ParquetTotals, u64, Vec<Problem>), RunError> {
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        fs::create_dir_all(&folder).map_err(RunError::Output)?;
        let mut destination =
            Destination::file(path).map_err(|error| RunError::Output(io::Error::other(error)))?;
        let metadata = [
            (DUMP_KEY, self.id),
            ("heapql.table", &self.table.name),
            ("heapql.statement", &self.table.statement),
        ];
        let mut totals = ParquetTotals::default();
        let delivered = self.console.interrupt.while_working(|cancel| {
            let options = self.console.run_options(cancel);
            run_into(slice::from_ref(self.snapshot), &self.table.statement, &options, &mut |rows| {
                let mut out = Stoppable::new(&mut destination, cancel);
                totals = write_parquet(rows, self.constants, &metadata, &mut out)?;
                Ok(())
            })
        })?;
        let bytes = destination.written();
        destination.finish().map_err(RunError::Output)?;
        Ok((totals, bytes, delivered.answer.warnings))
    }
}

fn too_wide(table: &str, totals: ParquetTotals) -> Option<Problem> {
    let count = grouped(totals.too_wide);
    let message = format!("{count} numbers of {table} are null because they do not fit into 64 bits");
    (totals.too_wide > 0).then(|| Problem::loss(message))
}
