//! `heapql report`: everything in one file.

use std::io;

use crate::diff::compare::Thresholds;
use crate::diff::{Report, relation};
use crate::output::{write_report_html, write_report_json, write_report_markdown};
use crate::units::human_bytes;

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::request::{self, Common, ReportFormat};
use super::sides::{Sides, tell};

/// Carries out a request. The output is opened first: a slip in its path should not cost the opening of large dumps.
pub(super) fn write(request: &request::Report, common: &Common, console: &Console) -> ExitStatus {
    let destination = match Destination::file(&request.output) {
        Ok(destination) => destination,
        Err(error) => {
            console.messages.error(&error);
            return ExitStatus::Usage;
        }
    };
    let sides = match Sides::open(&request.dumps, common, console) {
        Ok(sides) => sides,
        Err(status) => return status,
    };
    let all = sides.all();
    let facts: Vec<_> = all.iter().map(|side| &side.profile.dump).collect();
    let report = console.interrupt.while_working(|cancel| {
        let options = console.run_options(cancel);
        Report::of(&all, &Thresholds::default(), &options)
    });
    let report = match report {
        Ok(report) => report,
        Err(error) => return tell(&error, console),
    };
    relation::remarks(&facts).iter().for_each(|remark| console.messages.problem(remark));
    let status = deliver(&report, request.format, destination, console)
        .max(ExitStatus::of_problems(&sides.problems()));
    if status < ExitStatus::Interrupted {
        sides.session().keep_indexes();
    }
    status
}

/// Writes a report to its destination and tells where it is, and how big.
pub(super) fn deliver(
    report: &Report,
    format: ReportFormat,
    mut destination: Destination,
    console: &Console,
) -> ExitStatus {
    let name = destination.name().to_owned();
    let written = match format {
        ReportFormat::Html => write_report_html(report, &mut destination),
        ReportFormat::Markdown => write_report_markdown(report, &mut destination),
        ReportFormat::Json => write_report_json(report, &mut destination),
    };
    let bytes = destination.written();
    match written.and_then(|()| destination.finish()) {
        Ok(()) => {
            let size = human_bytes(bytes as f64);
            console.messages.remark(&format!("the report is in {name} ({size})"));
            ExitStatus::Answered
        }
        // Whoever read the output has read enough (`heapql ... | head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Answered,
        Err(error) => {
            console.messages.error(&Destination::failure(&name, error));
            ExitStatus::Usage
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::console::tests::quiet;
    use std::fs;

    #[test]
    fn every_format_is_written_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        let starts = [
            (ReportFormat::Html, "<!DOCTYPE html>"),
            (ReportFormat::Markdown, "### "),
            (ReportFormat::Json, "{\"version\":1,"),
        ];
        for (format, start) in starts {
            let (console, page) = quiet();
            let destination = Destination::file(&path).unwrap();
            let status = deliver(&Report::default(), format, destination, &console);
            let text = fs::read_to_string(&path).unwrap();
            assert!(status == ExitStatus::Answered && text.starts_with(start), "{text}");
            assert_eq!(
                page.take(),
                format!("the report is in {} ({})\n", path.display(), human_bytes(text.len() as f64))
            );
        }
    }
}
