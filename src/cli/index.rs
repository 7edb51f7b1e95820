//! `heapql index`: build what can be asked of a dump's graph, and keep it beside the dump.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind};
use crate::graph::index::Part;
use crate::info::Info;
use crate::open::{IndexFile, Opened, Saved, open};
use crate::output::{write_info_json, write_info_table};
use crate::problem::Problem;
use crate::units::{duration, grouped};

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::open_options::open_options;
use super::request::{Common, Index};

/// Makes the indexes of dumps, one after the other; one that cannot be made does not keep the others from it.
pub(super) fn make(request: &Index, common: &Common, console: &Console) -> ExitStatus {
    let mut out = Destination::stdout();
    let mut worst = ExitStatus::Answered;
    for dump in &request.dumps {
        match make_one(dump, request.json, common, console, &mut out) {
            Ok(status) => worst = worst.max(status),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return worst,
            Err(error) => {
                console.messages.error(&Destination::failure("standard output", error));
                return worst.max(ExitStatus::Usage);
            }
        }
        if worst == ExitStatus::Interrupted {
            break;
        }
    }
    worst
}

fn make_one(
    dump: &Path,
    json: bool,
    common: &Common,
    console: &Console,
    out: &mut dyn Write,
) -> io::Result<ExitStatus> {
    let options = match open_options(common, console) {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let began = Instant::now();
    let opened = match open(dump, &options, &*console.progress) {
        Ok(opened) => opened,
        Err(error) => {
            console.messages.error(&error);
            return Ok(ExitStatus::Dump);
        }
    };
    let made = bring_up_to_date(&opened, console);
    let problems: Vec<Problem> = problems(&opened, &made);
    problems.iter().for_each(|problem| console.messages.problem(problem));
    match made {
        Ok(made) => {
            let info = describe(&opened, &made, began.elapsed());
            let told: Vec<&Problem> = problems.iter().collect();
            if json {
                write_info_json(&info, &told, out)?
            } else {
                write_info_table(&info, out)?
            }
            out.flush()?;
            Ok(ExitStatus::of_problems(&problems))
        }
        Err(Failure::Interrupted) => {
            console.messages.remark("stopped");
            Ok(ExitStatus::Interrupted)
        }
        Err(Failure::Dump(error)) => {
            console.messages.error(&error);
            Ok(ExitStatus::Dump)
        }
        Err(Failure::Index(error)) => {
            console.messages.error(&error);
            Ok(ExitStatus::Usage)
        }
    }
}

/// What became of an index.
enum Made<'a> {
    /// It held everything already.
    UpToDate(&'a IndexFile),
    /// It was written.
    Written(Saved),
}

/// Why there is no index now.
enum Failure {
    Interrupted,
    /// The dump does not hold what belongs into it.
    Dump(Arc<Error>),
    /// It cannot be written.
    Index(Error),
}

fn bring_up_to_date<'a>(opened: &'a Opened, console: &Console) -> Result<Made<'a>, Failure> {
    let (snapshot, progress) = (&opened.snapshot, &*console.progress);
    snapshot.heap(progress).map_err(Failure::Dump)?;
    let Some(file) = &opened.index else {
        let error = Error::new(ErrorKind::Usage, "an index is asked for, and ruled out by --no-index");
        return Err(Failure::Index(error));
    };
    console.interrupt.while_working(|stop| {
        // Dominators first: references are given up while they are computed.
        for part in Part::ALL.into_iter().rev() {
            part.build(snapshot, progress).map_err(Failure::Dump)?;
            if stop.load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
        }
        // Parts that prove damaged when they are taken count as missing.
        if file.is_whole(snapshot) {
            return Ok(Made::UpToDate(file));
        }
        file.save(snapshot, stop).map(Made::Written).map_err(|error| {
            if stop.load(Ordering::Relaxed) { Failure::Interrupted } else { Failure::Index(error) }
        })
    })
}

/// What opening, building and writing left out.
fn problems(opened: &Opened, made: &Result<Made<'_>, Failure>) -> Vec<Problem> {
    let mut problems = opened.snapshot.problems.clone();
    problems.extend(opened.snapshot.built_heap().into_iter().flat_map(|heap| heap.problems.iter().cloned()));
    problems.extend(opened.index.iter().flat_map(IndexFile::problems));
    if let Ok(Made::Written(saved)) = made {
        problems.extend(saved.problems.iter().cloned());
    }
    problems
}

fn describe(opened: &Opened, made: &Made<'_>, took: Duration) -> Info {
    let mut info = Info::default();
    let section = info.section("Index");
    section.text("dump", &*opened.snapshot.facts.file);
    match made {
        Made::UpToDate(file) => file.describe(section.text("state", "up to date")),
        Made::Written(saved) => saved.describe(section.text("state", "written")),
    }
    let objects = opened.snapshot.built_heap().map_or(0, |heap| heap.objects.len());
    section.row("objects", grouped(objects as u64), objects);
    section.row("took", duration(took), took.as_millis() as u64);
    info
}
