//! `heapql diff`: what grew, and who holds it.

use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

use crate::diff::compare::{self, Thresholds};
use crate::diff::gate::{self, Verdict};
use crate::diff::growth::{AssemblyGrowth, Growth, RootGrowth, Side, assembly_growth, growth, root_growth};
use crate::diff::leaks::Suspect;
use crate::diff::{self, Report, relation};
use crate::graph::Facts;
use crate::output::{
    Comparison, Document, Format, GrowthSection, compared_row, write_comparison_json, write_comparison_table,
    write_growth, write_junit, write_report_html, write_report_markdown,
};
use crate::problem::Problem;
use crate::query::{Answer, GroupedSelect, QueryError, RunOptions};
use crate::units::grouped;

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::request::{Common, Diff, DiffFormat};
use super::sides::Sides;

/// Types at which growth begins that are told of.
const MOST_GROWTH: usize = 10;

/// The columns that a line takes where the output is no terminal.
const WIDTH: usize = 120;

/// Rows that a gate which fails shows.
const MOST_FAILING: usize = 5;

/// Carries out a request. The select is read and the outputs are opened before the dumps are: a slip there should not
/// cost the opening of large dumps.
pub(super) fn compare(request: &Diff, common: &Common, console: &Console) -> ExitStatus {
    let select = match request.select.as_deref().map(GroupedSelect::parse).transpose() {
        Ok(select) => select,
        Err(diagnostic) => {
            let written = request.select.as_deref().unwrap_or_default();
            console.messages.diagnostic(&diagnostic.render(written));
            return ExitStatus::Statement;
        }
    };
    if is_report(request.format) && request.select.is_some() {
        console
            .messages
            .complaint("a report compares types: -e goes with the formats table, json, csv and ndjson");
        return ExitStatus::Usage;
    }
    let opened = destination(request.output.as_deref())
        .and_then(|out| Ok((out, request.junit.as_deref().map(Destination::file).transpose()?)));
    let (out, junit) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            console.messages.error(&error);
            return ExitStatus::Usage;
        }
    };
    let sides = match Sides::open(&request.dumps, common, console) {
        Ok(sides) => sides,
        Err(status) => return status,
    };
    let problems = sides.problems();
    let run = Run { request, console, select, sides: sides.all(), problems, started: Instant::now() };
    let status = run.compare(out, junit);
    if status < ExitStatus::Interrupted {
        sides.session().keep_indexes();
    }
    status
}

/// Whether the comparison is written as a report is.
fn is_report(format: DiffFormat) -> bool {
    matches!(format, DiffFormat::Markdown | DiffFormat::Html)
}

fn destination(path: Option<&Path>) -> crate::Result<Destination> {
    path.map_or_else(|| Ok(Destination::stdout()), Destination::file)
}

/// A comparison that is carried out.
struct Run<'a> {
    request: &'a Diff,
    console: &'a Console,
    /// What is compared; `None` for the types.
    select: Option<GroupedSelect>,
    sides: Vec<Side<'a>>,
    /// What was left out of the dumps, which was told.
    problems: Vec<Problem>,
    started: Instant,
}

/// What was found.
struct Found {
    /// The rows within the thresholds, and how many more there are beyond the limit.
    answer: Answer,
    left_out: usize,
    growth: Vec<Growth>,
    roots: Vec<RootGrowth>,
    assemblies: Vec<AssemblyGrowth>,
    /// What looks like a leak; of reports only, and not where that could not be looked for.
    suspects: Option<Vec<Suspect>>,
    verdicts: Vec<Verdict>,
}

impl Found {
    fn section(&self) -> GrowthSection<'_> {
        GrowthSection { growth: &self.growth, roots: &self.roots, assemblies: &self.assemblies }
    }
}

impl Run<'_> {
    fn compare(&self, out: Destination, junit: Option<Destination>) -> ExitStatus {
        let remarks = self.remarks();
        remarks.iter().for_each(|remark| self.console.messages.problem(remark));
        if !self.request.fail_if.is_empty() && self.are_different_programs() {
            self.console
                .messages
                .complaint("the dumps are of different programs, so that --fail-if would say nothing");
            return ExitStatus::Usage;
        }
        let found =
            self.console.interrupt.while_working(|cancel| self.find(&self.console.run_options(cancel)));
        let found = match found {
            Ok(found) => found,
            Err((statement, error)) => return self.refuse(statement, &error),
        };
        let problems: Vec<&Problem> =
            self.problems.iter().chain(&remarks).chain(&found.answer.warnings).collect();
        let name = out.name().to_owned();
        let written = self.write(&found, &remarks, out);
        found.answer.warnings.iter().for_each(|problem| self.console.messages.problem(problem));
        let status = self.written(&name, written).max(ExitStatus::of_problems(problems));
        status.max(self.gate(&found.verdicts, junit))
    }

    /// What the dumps are to each other.
    fn remarks(&self) -> Vec<Problem> {
        let dumps: Vec<_> = self.sides.iter().map(|side| &side.profile.dump).collect();
        relation::remarks(&dumps)
    }

    fn are_different_programs(&self) -> bool {
        let different = |pair: &[Side<'_>]| {
            relation::are_different_programs(&pair[0].profile.dump, &pair[1].profile.dump)
        };
        self.sides.windows(2).any(different)
    }

    /// The comparison, what holds the growth, and the gates; or what is wrong, with the statement that it is about.
    fn find(&self, options: &RunOptions<'_>) -> Result<Found, (&str, QueryError)> {
        let statement = self.select.as_ref().map_or("", GroupedSelect::text);
        let (mut found, mut roots, mut assemblies) = (Vec::new(), Vec::new(), Vec::new());
        if self.select.is_none() {
            found = growth(&self.sides, MOST_GROWTH, options).map_err(|error| (statement, error))?;
            (roots, assemblies) = (root_growth(&self.sides), assembly_growth(&self.sides));
        }
        let (mut suspects, mut remarks) = (None, Vec::new());
        if is_report(self.request.format) {
            let looked = diff::suspects(&self.sides, options, &mut remarks);
            suspects = looked.map_err(|error| (statement, error))?;
        }
        let compared = |thresholds: &Thresholds| self.rows(&found, thresholds, options);
        let asked = self.request.thresholds;
        let whole = Thresholds { limit: None, ..asked };
        let mut answer = compared(&whole).map_err(|error| (statement, error))?;
        let all = answer.row_count();
        compare::cut(&mut answer, asked.limit.unwrap_or(all), 0);
        let left_out = all - answer.row_count();
        answer.elapsed = self.started.elapsed();
        let mut verdicts = Vec::new();
        if !self.request.fail_if.is_empty() {
            let unchanged = Thresholds { unchanged: true, ..Thresholds::default() };
            let everything = compared(&unchanged).map_err(|error| (statement, error))?;
            for condition in &self.request.fail_if {
                verdicts.push(
                    gate::evaluate(condition, &everything).map_err(|error| (condition.as_str(), error))?,
                );
            }
        }
        answer.warnings.append(&mut remarks);
        Ok(Found { answer, left_out, growth: found, roots, assemblies, suspects, verdicts })
    }

    fn rows(
        &self,
        growth: &[Growth],
        thresholds: &Thresholds,
        options: &RunOptions<'_>,
    ) -> Result<Answer, QueryError> {
        match &self.select {
            Some(select) => compare::compare_kept(select, &self.sides, thresholds, options),
            None => Ok(compare::compare_types(&self.sides, growth, thresholds)),
        }
    }

    fn write(&self, found: &Found, remarks: &[Problem], mut out: Destination) -> io::Result<()> {
        let facts: Vec<Facts> = self.sides.iter().map(facts).collect();
        let facts: Vec<&Facts> = facts.iter().collect();
        let mut problems: Vec<&Problem> = Vec::new();
        for problem in self.problems.iter().chain(&found.answer.warnings) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        let document = Document { answer: &found.answer, dumps: &facts, problems: &problems, prose: false };
        let screen = out.screen();
        match self.request.format {
            DiffFormat::Table => {
                let dumps: Vec<_> = self
                    .sides
                    .iter()
                    .map(|side| (side.profile.dump.file.as_str(), &side.profile.totals))
                    .collect();
                let comparison = Comparison {
                    answer: &found.answer,
                    dumps: &dumps,
                    left_out: found.left_out,
                    is_limited: self.request.thresholds.limit.is_some(),
                };
                write_comparison_table(&comparison, screen, &mut out)?;
                if !found.growth.is_empty() || !found.roots.is_empty() {
                    out.write_all(b"\n")?;
                    write_growth(&found.section(), Some(screen.width.unwrap_or(WIDTH)), &mut out)?;
                }
            }
            DiffFormat::Json => {
                let totals: Vec<_> = self.sides.iter().map(|side| &side.profile.totals).collect();
                write_comparison_json(&document, &totals, &found.section(), remarks, &mut out)?;
            }
            DiffFormat::Csv => Format::Csv.writer(screen).write(&document, &mut out)?,
            DiffFormat::Ndjson => Format::Ndjson.writer(screen).write(&document, &mut out)?,
            DiffFormat::Markdown => write_report_markdown(&self.report(found, remarks), &mut out)?,
            DiffFormat::Html => write_report_html(&self.report(found, remarks), &mut out)?,
        }
        out.finish()
    }

    /// What was found as a report.
    fn report(&self, found: &Found, remarks: &[Problem]) -> Report {
        Report {
            profiles: self.sides.iter().map(|side| side.profile.clone()).collect(),
            remarks: remarks.iter().chain(&self.problems).chain(&found.answer.warnings).cloned().collect(),
            comparison: Some(found.answer.clone()),
            growth: found.growth.clone(),
            suspects: found.suspects.clone().unwrap_or_default(),
            leaks_unsought: found.suspects.is_none(),
        }
    }

    /// How writing ended. Whoever read the output may have read enough (`heapql ... | head`).
    fn written(&self, name: &str, written: io::Result<()>) -> ExitStatus {
        match written {
            Ok(()) => ExitStatus::Answered,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Answered,
            Err(error) => {
                self.console.messages.error(&Destination::failure(name, error));
                ExitStatus::Usage
            }
        }
    }

    /// Tells of the conditions that hold, and writes the outcome of all where that is asked for.
    fn gate(&self, verdicts: &[Verdict], junit: Option<Destination>) -> ExitStatus {
        let mut status = ExitStatus::Answered;
        for verdict in verdicts {
            if verdict.holds() {
                self.console.messages.complaint(&told(verdict));
                status = ExitStatus::GateFailed;
            } else if verdict.looked_at == 0 {
                let message =
                    format!("--fail-if \"{}\" is about no row of the comparison", verdict.condition);
                self.console.messages.warning(&message);
            }
        }
        let Some(mut junit) = junit else { return status };
        let name = junit.name().to_owned();
        let written = write_junit(verdicts, &mut junit).and_then(|()| junit.finish());
        status.max(self.written(&name, written))
    }

    fn refuse(&self, statement: &str, error: &QueryError) -> ExitStatus {
        let messages = &self.console.messages;
        match error {
            QueryError::Statement(diagnostic) => {
                messages.diagnostic(&diagnostic.render(statement));
                ExitStatus::Statement
            }
            QueryError::Data(error) => {
                messages.error(error);
                ExitStatus::of_error(error)
            }
            QueryError::Cancelled => {
                messages.remark("stopped");
                ExitStatus::Interrupted
            }
        }
    }
}

/// What answers say of a dump, for a baseline as for an open one.
fn facts(side: &Side<'_>) -> Facts {
    let dump = &side.profile.dump;
    Facts {
        file: dump.file.clone(),
        runtime: dump.runtime.clone(),
        architecture: dump.architecture.clone(),
        gc_mode: dump.gc_mode.clone(),
        ..Facts::default()
    }
}

/// A condition that holds, with the first rows for which it does.
fn told(verdict: &Verdict) -> String {
    let failing = &verdict.failing;
    let mut text = format!("--fail-if \"{}\" holds", verdict.condition);
    for row in 0..failing.row_count().min(MOST_FAILING) {
        text.push_str("\n  ");
        text.push_str(&compared_row(failing, row));
    }
    let more = failing.row_count().saturating_sub(MOST_FAILING);
    if more > 0 {
        text.push_str(&format!("\n  and {} more", grouped(more as i128)));
    }
    text
}
