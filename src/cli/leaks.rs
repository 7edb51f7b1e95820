//! `heapql leaks`: what looks like a leak, and why.

use std::io::{self, Write};
use std::time::Instant;

use crate::diff::leaks::{self, Suspect};
use crate::graph::Facts;
use crate::output::{Document, Format, write_suspects, write_suspects_json};
use crate::problem::Problem;
use crate::query::Answer;

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::request::{Common, Leaks, LeaksFormat};
use super::sides::{Sides, tell};

/// The statement that says the same.
const STATEMENT: &str = "leaks";

/// Carries out a request.
pub(super) fn name(request: &Leaks, common: &Common, console: &Console) -> ExitStatus {
    let destination = request.output.as_deref().map_or_else(|| Ok(Destination::stdout()), Destination::file);
    let mut destination = match destination {
        Ok(destination) => destination,
        Err(error) => {
            console.messages.error(&error);
            return ExitStatus::Usage;
        }
    };
    let began = Instant::now();
    let sides = match Sides::open(&request.dumps, common, console) {
        Ok(sides) => sides,
        Err(status) => return status,
    };
    let all = sides.all();
    let found = console.interrupt.while_working(|cancel| leaks::leaks(&all, &console.run_options(cancel)));
    let suspects = match found {
        Ok(suspects) => suspects,
        Err(error) => return tell(&error, console),
    };
    let mut answer = leaks::answer(&suspects, all.len());
    answer.query = STATEMENT.to_owned();
    answer.elapsed = began.elapsed();
    let told = Told { suspects: &suspects, answer: &answer, problems: sides.session().problems() };
    let name = destination.name().to_owned();
    let written = told.write(request.format, &sides, &mut destination).and_then(|()| destination.finish());
    sides.session().keep_indexes();
    match written {
        Ok(()) => told.status(console),
        // Whoever read the output has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Answered,
        Err(error) => {
            console.messages.error(&Destination::failure(&name, error));
            ExitStatus::Usage
        }
    }
}

/// What is told.
struct Told<'a> {
    suspects: &'a [Suspect],
    answer: &'a Answer,
    problems: Vec<&'a Problem>,
}

impl Told<'_> {
    fn write(&self, format: LeaksFormat, sides: &Sides<'_>, out: &mut Destination) -> io::Result<()> {
        let dumps: Vec<&Facts> = sides.session().snapshots().iter().map(|dump| &dump.facts).collect();
        let document =
            Document { answer: self.answer, dumps: &dumps, problems: &self.problems, prose: false };
        let screen = out.screen();
        match format {
            LeaksFormat::Table => write_suspects(self.suspects, screen, out)?,
            LeaksFormat::Json => write_suspects_json(&document, self.suspects, out)?,
            LeaksFormat::Csv => Format::Csv.writer(screen).write(&document, out)?,
            LeaksFormat::Ndjson => Format::Ndjson.writer(screen).write(&document, out)?,
        }
        out.flush()
    }

    /// Tells what was left out.
    fn status(&self, console: &Console) -> ExitStatus {
        self.problems.iter().for_each(|problem| console.messages.problem(problem));
        ExitStatus::of_problems(self.problems.iter().copied())
    }
}
