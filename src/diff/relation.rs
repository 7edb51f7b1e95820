//! What dumps are to each other: of one program, of one run of it, in order, the same.
//!
//! Nothing here stops a comparison: whoever compares dumps of two programs may know why. It is told, and told only what the
//! dumps themselves prove: a fact that one of them lacks says nothing.

use std::time::Duration;

use super::profile::DumpFacts;
use crate::graph::is_of_framework;
use crate::problem::Problem;
use crate::units::duration;

#[cfg(test)]
mod tests;

/// What is to be told of dumps that are compared in this order: the same dump twice, dumps of different programs, of
/// different runtimes, of different runs, in an order that their own clock denies. Empty where there is nothing to tell.
pub fn remarks(dumps: &[&DumpFacts]) -> Vec<Problem> {
    let named = Named { dumps };
    let mut remarks = named.same_dump();
    let programs = named.programs();
    if programs.is_empty() {
        remarks.extend(named.runtimes());
        remarks.extend(named.runs());
    } else {
        remarks.extend(programs);
    }
    remarks.extend(named.order());
    remarks
}

/// Whether two dumps are of different programs, so that comparing them says little.
///
/// Programs are told by the module with the entry point. Two of different names are one all the same when only a version
/// was added to the name, or when they share most modules of their own: somebody renamed it. Where the program of a dump
/// is not known, nothing is said.
pub fn are_different_programs(one: &DumpFacts, other: &DumpFacts) -> bool {
    let (Some(a), Some(b)) = (&one.program, &other.program) else { return false };
    stem(a) != stem(b) && !share_most_modules(one, other)
}

/// A program's name without ending, version and letter case: `Shop-v2.1.dll` and `shop.exe` are `shop`.
fn stem(program: &str) -> String {
    let lower = program.to_lowercase();
    let name = [".dll", ".exe"].iter().find_map(|ending| lower.strip_suffix(ending)).unwrap_or(&lower);
    let is_separator = |c: char| matches!(c, '.' | '-' | '_' | ' ');
    let mut stem = name;
    while let Some(at) = stem.rfind(is_separator) {
        let last = &stem[at + 1..];
        let number = last.strip_prefix('v').unwrap_or(last);
        if at == 0 || !number.chars().all(|c| c.is_ascii_digit()) {
            break;
        }
        stem = &stem[..at];
    }
    stem.to_owned()
}

/// Whether at least half of the modules of the one that has fewer, those of the framework aside, are the other's too.
fn share_most_modules(one: &DumpFacts, other: &DumpFacts) -> bool {
    let own = |facts: &DumpFacts| -> Vec<String> {
        let names = facts.modules.iter().filter(|name| !is_of_framework(name));
        names.filter(|name| name.contains('.')).map(|name| name.to_lowercase()).collect()
    };
    let (one, other) = (own(one), own(other));
    let shared = one.iter().filter(|name| other.contains(name)).count();
    shared > 0 && shared * 2 >= one.len().min(other.len())
}

/// The dumps, by names that tell them apart.
struct Named<'a> {
    dumps: &'a [&'a DumpFacts],
}

impl Named<'_> {
    /// The file's name; with its place among the dumps where another one has the same.
    fn name(&self, at: usize) -> String {
        let file = &self.dumps[at].file;
        let is_single = self.dumps.iter().filter(|dump| dump.file == *file).count() == 1;
        match (is_single, file.is_empty()) {
            (true, false) => file.clone(),
            (_, true) => format!("dump {}", at + 1),
            (false, false) => format!("{file} (dump {})", at + 1),
        }
    }

    /// Neighbours of which `differ` says so.
    fn changes(&self, differ: impl Fn(&DumpFacts, &DumpFacts) -> bool) -> Vec<usize> {
        let neighbours = self.dumps.windows(2).enumerate();
        neighbours.filter(|(_, pair)| differ(pair[0], pair[1])).map(|(at, _)| at).collect()
    }

    fn same_dump(&self) -> Vec<Problem> {
        let mut told = Vec::new();
        for (at, dump) in self.dumps.iter().enumerate() {
            let Some(fingerprint) = &dump.fingerprint else { continue };
            let same = |other: &&DumpFacts| other.fingerprint.as_ref() == Some(fingerprint);
            let Some(first) = self.dumps[..at].iter().position(|other| same(other)) else { continue };
            let message = if self.dumps[first].file == dump.file {
                format!("{} is given twice: nothing can have changed between them", dump.file)
            } else {
                let (first, second) = (self.name(first), self.name(at));
                format!("{first} and {second} are the same dump: nothing can have changed between them")
            };
            told.push(Problem::note(message));
        }
        told
    }

    fn programs(&self) -> Vec<Problem> {
        let known = |at: usize| self.dumps[at].program.as_deref().unwrap_or("another program");
        let changes = self.changes(are_different_programs).into_iter();
        let told = changes.map(|at| {
            let (one, other) = (self.name(at), self.name(at + 1));
            Problem::note(format!(
                "{one} is of {}, {other} of {}: different programs, of which little can be compared",
                known(at),
                known(at + 1)
            ))
        });
        told.collect()
    }

    fn runtimes(&self) -> Vec<Problem> {
        let mut told = Vec::new();
        let mut tell = |changes: Vec<usize>, what: &str, of: &dyn Fn(usize) -> String, consequence: &str| {
            for at in changes {
                told.push(Problem::note(format!(
                    "{what} changed from {} ({}) to {} ({}): {consequence}",
                    of(at),
                    self.name(at),
                    of(at + 1),
                    self.name(at + 1)
                )));
            }
        };
        let differ = |one: &str, other: &str| !one.is_empty() && !other.is_empty() && one != other;
        tell(
            self.changes(|one, other| differ(&one.architecture, &other.architecture)),
            "the processor",
            &|at| self.dumps[at].architecture.clone(),
            "objects may have other sizes",
        );
        tell(
            self.changes(|one, other| differ(&one.runtime, &other.runtime)),
            "the runtime",
            &|at| self.dumps[at].runtime.clone(),
            "what differs in types of the framework may come with it",
        );
        let mode = |dump: &DumpFacts| dump.gc_mode.clone().unwrap_or_default();
        tell(
            self.changes(|one, other| differ(&mode(one), &mode(other))),
            "the garbage collector",
            &|at| mode(self.dumps[at]),
            "garbage and free room cannot be compared",
        );
        told
    }

    fn runs(&self) -> Vec<Problem> {
        let changes = self.changes(|one, other| {
            one.process_run.is_some() && other.process_run.is_some() && !same_run(one, other)
        });
        let program = |at: usize| self.dumps[at].program.as_deref().unwrap_or("the program");
        let consequence = "objects have other addresses, and what differs may be how long each had run";
        match (changes.as_slice(), self.dumps.len()) {
            ([], _) => Vec::new(),
            (changes, dumps) if changes.len() + 1 == dumps && dumps > 2 => {
                let message =
                    format!("the {dumps} dumps are of {dumps} runs of {}: {consequence}", program(0));
                vec![Problem::note(message)]
            }
            (changes, _) => {
                let told = changes.iter().map(|&at| {
                    let (one, other) = (self.name(at), self.name(at + 1));
                    let program = program(at + 1);
                    Problem::note(format!("{other} is of another run of {program} than {one}: {consequence}"))
                });
                told.collect()
            }
        }
    }

    /// Dumps of one run whose clock says that a later one is given first.
    fn order(&self) -> Option<Problem> {
        let clock = |at: usize| self.dumps[at].clock_ms;
        let all = 0..self.dumps.len();
        let first = all.clone().find(|&at| {
            let earlier =
                |&other: &usize| same_run(self.dumps[at], self.dumps[other]) && clock(other) < clock(at);
            clock(at).is_some()
                && (at + 1..self.dumps.len()).any(|other| clock(other).is_some() && earlier(&other))
        })?;
        let of_run = all.filter(|&at| clock(at).is_some() && same_run(self.dumps[first], self.dumps[at]));
        let mut of_run: Vec<usize> = of_run.collect();
        of_run.sort_by_key(|&at| clock(at));
        let names = || of_run.iter().map(|&at| self.name(at));
        let message = match of_run.as_slice() {
            &[early, late] => {
                let apart = clock(late).unwrap_or(0).saturating_sub(clock(early).unwrap_or(0));
                format!(
                    "{} was taken before {}, {} by the process's own clock; they are compared as given",
                    self.name(early),
                    self.name(late),
                    duration(Duration::from_millis(apart))
                )
            }
            _ => format!(
                "by the process's own clock the dumps were taken in the order {}; they are compared as given",
                names().collect::<Vec<_>>().join(", ")
            ),
        };
        Some(
            Problem::note(message)
                .hint(format!("name the oldest first: {}", names().collect::<Vec<_>>().join(" "))),
        )
    }
}

/// Whether both are known to be of one run of one process.
fn same_run(one: &DumpFacts, other: &DumpFacts) -> bool {
    one.process_run.is_some() && one.process_run == other.process_run
}
