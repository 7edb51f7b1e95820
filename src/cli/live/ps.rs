//! `heapql ps`: the .NET processes that can be reached.

use std::io;
use std::thread;

use crate::live::ipc::{Fault, ProcessInfo, process_info};
use crate::live::targets::{System, Target, discover, matching};
use crate::output::{Document, Format};
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};
use crate::units::{human_bytes, utc};

use super::super::console::Console;
use super::super::destination::Destination;
use super::super::exit::ExitStatus;
use super::super::request::live::Ps;

/// Processes that are asked at the same time: one that is stopped keeps its thread waiting for seconds.
const AT_ONCE: usize = 16;

/// A process, and what its runtime tells of it, or why it tells nothing.
struct Row {
    target: Target,
    info: Option<ProcessInfo>,
    problem: Option<String>,
}

/// Lists the processes.
pub(super) fn list(request: &Ps, console: &Console) -> ExitStatus {
    let system = System::this_machine();
    let mut targets = discover(&system);
    if let Some(text) = &request.target {
        targets = matching(&targets, text).cloned().collect();
    }
    let rows = asked(targets);
    if rows.is_empty() {
        console.messages.remark(&nothing_found(request.target.as_deref()));
    }
    let answer = answer(&rows, request.format);
    let mut out = Destination::stdout();
    let document = Document { answer: &answer, dumps: &[], problems: &[], prose: false };
    let written = match request.format {
        // A table without rows says less than the remark.
        Format::Table if rows.is_empty() => Ok(()),
        format => format.writer(out.screen()).write(&document, &mut out),
    };
    match written.and_then(|()| out.finish()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            console.messages.error(&Destination::failure("standard output", error));
            ExitStatus::Usage
        }
        _ => ExitStatus::Answered,
    }
}

fn nothing_found(text: Option<&str>) -> String {
    let which = text.map_or_else(String::new, |text| format!(" with `{text}` in its name or command line"));
    format!("no .NET process{which} is seen; those of other users and of containers are seen by root")
}

/// Asks each process what it is.
fn asked(targets: Vec<Target>) -> Vec<Row> {
    let mut rows = Vec::with_capacity(targets.len());
    for some in targets.chunks(AT_ONCE) {
        thread::scope(|scope| {
            let threads: Vec<_> = some.iter().map(|target| scope.spawn(move || row(target))).collect();
            // Nothing in there panics; if it did, its process would be missing from the list.
            rows.extend(threads.into_iter().filter_map(|thread| thread.join().ok()));
        });
    }
    rows
}

fn row(target: &Target) -> Row {
    let (info, problem) = match target.socket.as_deref().map(process_info) {
        Err(reason) => (None, Some(reason.reason())),
        Ok(Ok(info)) => (Some(info), None),
        // Before .NET 5 runtimes tell nothing of themselves, but all else can be asked of them.
        Ok(Err(fault)) if fault.is_unknown_command() => (None, None),
        Ok(Err(Fault::NoPermission)) => (None, Some(no_permission(target))),
        Ok(Err(fault)) => (None, Some(fault.to_string())),
    };
    Row { target: target.clone(), info, problem }
}

fn no_permission(target: &Target) -> String {
    let user = target.user.map_or_else(|| "another user".to_owned(), |user| format!("user {user}"));
    format!("no permission: it belongs to {user}")
}

impl Row {
    fn name(&self) -> &str {
        let entry = self.info.as_ref().and_then(|info| info.entry_assembly.as_deref());
        entry.unwrap_or(&self.target.name)
    }

    /// The version without the commit that it was built of, which some have behind a sign.
    fn version(&self) -> Option<&str> {
        let told = self.info.as_ref().and_then(|info| info.runtime_version.as_deref());
        let version = told.or(self.target.runtime_by_path.as_deref())?;
        version.split(['+', '@', ' ']).next()
    }
}

/// The processes as an answer. A table is for people: numbers of processes without separators, memory in units, and the
/// column of problems only where there is one.
fn answer(rows: &[Row], format: Format) -> Answer {
    let texts = |name: &str, value: &dyn Fn(&Row) -> Option<String>| {
        let values: Vec<Option<String>> = rows.iter().map(value).collect();
        let cells = values.iter().map(|value| value.as_deref().map_or(ValueRef::Null, ValueRef::Text));
        AnswerColumn::new(name, Kind::Text, cells)
    };
    let is_table = format == Format::Table;
    let pids = rows.iter().map(|row| ValueRef::Integer(row.target.pid.into()));
    let memory = rows.iter().map(|row| row.target.working_set.map_or(ValueRef::Null, ValueRef::Bytes));
    let (pid, memory) = if is_table {
        let memory = |row: &Row| row.target.working_set.map(|bytes| human_bytes(bytes as f64));
        (texts("pid", &|row| Some(row.target.pid.to_string())), texts("working_set", &memory))
    } else {
        (AnswerColumn::new("pid", Kind::Integer, pids), AnswerColumn::new("working_set", Kind::Bytes, memory))
    };
    let of_info =
        |part: fn(&ProcessInfo) -> &str| move |row: &Row| row.info.as_ref().map(|info| part(info).to_owned());
    let mut columns = vec![
        pid,
        texts("name", &|row| Some(row.name().to_owned())),
        texts("runtime", &|row| row.version().map(str::to_owned)),
        memory,
        texts("started_utc", &|row| row.target.started.map(utc)),
    ];
    if !is_table {
        columns.push(texts("architecture", &of_info(|info| &info.architecture)));
    }
    if !is_table || rows.iter().any(|row| row.problem.is_some()) {
        columns.push(texts("problem", &|row| row.problem.clone()));
    }
    columns.push(texts("command_line", &|row| Some(row.target.command_line.clone())));
    Answer { columns, ..Answer::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::targets::Unreachable;

    fn rows() -> Vec<Row> {
        let target = |pid, name: &str| Target {
            pid,
            name: name.into(),
            command_line: format!("/app/{name}"),
            started: None,
            working_set: Some(3 << 20),
            private_bytes: None,
            user: Some(1000),
            runtime_by_path: Some("8.0.4".into()),
            runtime_folder: None,
            same_files: true,
            socket: Err(Unreachable::SwitchedOff { variable: "DOTNET_EnableDiagnostics".into() }),
            ..Target::default()
        };
        let info = ProcessInfo {
            entry_assembly: Some("Shop.Web".into()),
            runtime_version: Some("10.0.14+0a1b".into()),
            architecture: "x64".into(),
            ..ProcessInfo::default()
        };
        vec![Row { target: target(40, "Shop"), info: Some(info), problem: None }, row(&target(41, "Quiet"))]
    }

    fn names(answer: &Answer) -> Vec<&str> {
        answer.columns.iter().map(|column| column.name.as_str()).collect()
    }

    #[test]
    fn what_the_runtime_tells_comes_before_what_files_tell() {
        let rows = rows();
        assert_eq!((rows[0].name(), rows[0].version()), ("Shop.Web", Some("10.0.14")));
        assert_eq!((rows[1].name(), rows[1].version()), ("Quiet", Some("8.0.4")));
        let reason = "diagnostics are switched off by DOTNET_EnableDiagnostics=0";
        assert_eq!(rows[1].problem.as_deref(), Some(reason));
    }

    #[test]
    fn a_table_has_a_column_of_problems_where_there_are_any() {
        let rows = rows();
        assert!(names(&answer(&rows, Format::Table)).contains(&"problem"));
        assert!(!names(&answer(&rows[..1], Format::Table)).contains(&"problem"));
        assert_eq!(
            names(&answer(&rows[..1], Format::Json)),
            [
                "pid",
                "name",
                "runtime",
                "working_set",
                "started_utc",
                "architecture",
                "problem",
                "command_line"
            ]
        );
    }

    #[test]
    fn a_list_of_nothing_says_so() {
        assert!(nothing_found(Some("shop")).starts_with("no .NET process with `shop` in its name"));
    }
}
