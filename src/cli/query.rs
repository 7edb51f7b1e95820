//! `heapql query`: answer statements and end.

use std::io;
use std::path::Path;

use crate::output::{AnswerWriter, Format};

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::request::{Common, Query};
use super::script::Script;
use super::session::{Reply, Session};

/// Answers the statements of a request. Scripts are read and the output is opened before the dumps
/// are: a slip in a path should not cost the opening of a large dump.
pub(super) fn answer(query: &Query, common: &Common, console: &Console) -> ExitStatus {
    let scripts: Result<Vec<_>, _> = query.sources.iter().map(Script::read).collect();
    let opened = scripts.and_then(|scripts| Ok((scripts, destination(query.output.as_deref())?)));
    let (scripts, destination) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            console.messages.error(&error);
            return ExitStatus::Usage;
        }
    };
    match Session::open(&query.dumps, common, console) {
        Ok(session) => {
            session.tell_statements(query.sql);
            let status = answer_all(&session, &scripts, query.format, destination);
            if status < ExitStatus::Interrupted {
                session.keep_indexes();
            }
            status
        }
        Err(status) => status,
    }
}

fn destination(path: Option<&Path>) -> crate::Result<Destination> {
    path.map_or_else(|| Ok(Destination::stdout()), Destination::file)
}

fn answer_all(
    session: &Session<'_>,
    scripts: &[Script],
    format: Format,
    mut destination: Destination,
) -> ExitStatus {
    let name = destination.name().to_owned();
    let screen = destination.screen();
    let mut run = Run {
        session,
        writer: format.writer(screen),
        // Who looks at a table on a terminal wants to know how long it is.
        footer: format == Format::Table && screen.terminal && session.console().terminal,
        status: ExitStatus::Answered,
        answered: false,
    };
    let written = run.scripts(scripts, &mut destination).and_then(|()| {
        // A file that holds no answer at all, or half of one, must not replace one that does.
        let whole = run.answered && run.status != ExitStatus::Interrupted;
        if whole { destination.finish() } else { Ok(()) }
    });
    match written {
        Ok(()) => run.status,
        // Whoever read the output has read enough (`heapql ... | head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Answered,
        Err(error) => {
            session.console().messages.error(&Destination::failure(&name, error));
            run.status.max(ExitStatus::Usage)
        }
    }
}

struct Run<'a> {
    session: &'a Session<'a>,
    writer: Box<dyn AnswerWriter>,
    footer: bool,
    status: ExitStatus,
    answered: bool,
}

impl Run<'_> {
    fn scripts(&mut self, scripts: &[Script], out: &mut Destination) -> io::Result<()> {
        for script in scripts {
            if self.status < ExitStatus::Interrupted {
                self.script(script, out)?;
            }
        }
        Ok(())
    }

    /// A wrong statement ends its script, for the rest was written with it in mind. One that this
    /// dump cannot answer does not: the next may need less of the dump.
    fn script(&mut self, script: &Script, out: &mut Destination) -> io::Result<()> {
        let mut empty = true;
        for statement in script.statements() {
            empty = false;
            let reply = self.session.ask(statement, &mut *self.writer, out)?;
            self.status = self.status.max(reply.status());
            match reply {
                Reply::Answered { rows, elapsed, .. } => {
                    self.answered = true;
                    if self.footer {
                        self.session.console().messages.remark(&footer(rows, Some(elapsed)));
                    }
                }
                Reply::Refused(ExitStatus::Statement | ExitStatus::Interrupted) => break,
                Reply::Refused(_) => {}
            }
        }
        if empty {
            self.session.console().messages.warning(&format!("no statement in {}", script.name));
        }
        Ok(())
    }
}

/// The line under a table: how many rows, and how long it took where that is wanted.
pub(super) fn footer(rows: usize, elapsed: Option<std::time::Duration>) -> String {
    let noun = if rows == 1 { "row" } else { "rows" };
    let count = crate::units::grouped(rows as i128);
    match elapsed {
        Some(elapsed) => format!("{count} {noun} in {}", crate::units::duration(elapsed)),
        None => format!("{count} {noun}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::console::tests::quiet;
    use crate::cli::request::Source;
    use crate::cli::session::tests::{HISTOGRAM, snapshot};
    use std::fs;

    /// Runs sources into a file that held `old`; returns the status, the file and the messages.
    fn run(with_heap: bool, sources: &[&str]) -> (ExitStatus, String, String) {
        let (console, page) = quiet();
        let session = Session::over(vec![snapshot(with_heap, vec![])], &console);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        fs::write(&path, "old").unwrap();
        let scripts: Vec<_> =
            sources.iter().map(|text| Script::read(&Source::Text((*text).into())).unwrap()).collect();
        let destination = Destination::file(&path).unwrap();
        let status = answer_all(&session, &scripts, Format::Csv, destination);
        (status, fs::read_to_string(&path).unwrap(), page.take())
    }

    const NAMES: &str = "name\r\nzoo.dll\r\n";

    #[test]
    fn a_wrong_statement_ends_its_script_and_no_other() {
        let (status, out, told) = run(
            true,
            &["select name from modules; wrong; select name from modules", "select name from modules"],
        );
        assert_eq!(status, ExitStatus::Statement);
        assert_eq!(out, format!("{NAMES}\r\n{NAMES}"));
        assert_eq!(told.matches("error:").count(), 1, "{told}");
    }

    #[test]
    fn what_the_dump_lacks_does_not_end_a_script() {
        let (status, out, _) = run(false, &[&format!("{HISTOGRAM}; select name from modules")]);
        assert_eq!(status, ExitStatus::Dump);
        assert_eq!(out, NAMES);
    }

    #[test]
    fn the_worst_status_wins() {
        assert_eq!(run(false, &[HISTOGRAM, "wrong", "select name from modules"]).0, ExitStatus::Dump);
        assert_eq!(run(true, &["wrong", HISTOGRAM]).0, ExitStatus::Statement);
        assert_eq!(run(true, &[HISTOGRAM]).0, ExitStatus::Answered);
    }

    #[test]
    fn a_file_is_kept_when_nothing_was_answered() {
        let (status, out, _) = run(true, &["wrong"]);
        assert_eq!((status, out.as_str()), (ExitStatus::Statement, "old"));
    }

    #[test]
    fn a_source_without_a_statement_is_told() {
        let (status, _, told) = run(true, &[" ; "]);
        assert_eq!(status, ExitStatus::Answered);
        assert_eq!(told, "warning: no statement in -e\n");
    }

    #[test]
    fn slips_in_paths_are_told_before_any_dump_is_opened() {
        let (console, page) = quiet();
        let common = Common {
            files: vec![],
            cache: None,
            index: false,
            collections: vec![],
            stacks: crate::graph::StackRoots::default(),
            threads: None,
            memory: crate::memory_limit::MemoryLimit::Available,
            progress: false,
            color: None,
        };
        let query = |source: Source, output: Option<&str>| Query {
            dumps: vec!["no/such.core".into()],
            sources: vec![source],
            format: Format::Table,
            sql: false,
            output: output.map(Into::into),
        };
        let script = query(Source::File("no/such.hql".into()), None);
        assert_eq!(answer(&script, &common, &console), ExitStatus::Usage);
        assert!(page.take().starts_with("error: cannot read statements from no/such.hql\n"));
        let output = query(Source::Text("tables".into()), Some("no/such/out.csv"));
        assert_eq!(answer(&output, &common, &console), ExitStatus::Usage);
        assert!(page.take().starts_with("error: cannot write no/such/out.csv\n"));
        let dump = query(Source::Text("tables".into()), None);
        assert_eq!(answer(&dump, &common, &console), ExitStatus::Dump);
        assert!(page.take().contains("no/such.core"));
    }

    #[test]
    fn the_footer_counts_rows() {
        use std::time::Duration;
        assert_eq!(footer(1, None), "1 row");
        assert_eq!(footer(12_345, Some(Duration::from_millis(12))), "12,345 rows in 12 ms");
    }
}
