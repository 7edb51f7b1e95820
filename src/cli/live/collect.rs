//! `heapql collect`: dumps of a running process, now or when a condition holds.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use crate::live::conditions::Condition;
use crate::live::targets::{System, Target, choose};

use super::super::console::Console;
use super::super::exit::ExitStatus;
use super::super::request::Common;
use super::super::request::live::Collect;
use super::dump_file::{default_name, numbered};
use super::dumping::Dumping;
use super::listening::condition;
use super::waiting::{pause, wait_for, waiting};

/// Carries out a request.
pub(super) fn take(request: &Collect, common: &Common, console: &Console) -> ExitStatus {
    let condition = match request.when.as_deref().map(condition).transpose() {
        Ok(condition) => condition,
        Err(rendered) => {
            console.messages.diagnostic(&rendered);
            return ExitStatus::Statement;
        }
    };
    let target = match chosen(&request.target, console) {
        Ok(target) => target,
        Err(status) => return status,
    };
    let dumping = match Dumping::of(&target, request.kind, request.zst, common, console) {
        Ok(dumping) => dumping,
        Err(status) => return status,
    };
    let files = Files::of(request, &target);
    let result = console.interrupt.while_working(|cancel| match &condition {
        None => one(&dumping, &files.only, cancel),
        Some(condition) => when(condition, request, &dumping, &files, cancel),
    });
    result.unwrap_or_else(|status| status)
}

/// The process that is named, if it can be talked to. Why not is told.
pub(super) fn chosen(text: &str, console: &Console) -> Result<Target, ExitStatus> {
    choose(&System::this_machine(), text)
        .and_then(|target| target.reachable_socket().map(|_| ()).map(|()| target))
        .map_err(|error| {
            console.messages.error(&error);
            ExitStatus::Dump
        })
}

/// The names of dumps.
struct Files {
    only: PathBuf,
    several: bool,
}

impl Files {
    fn of(request: &Collect, target: &Target) -> Files {
        let name = || default_name(target, SystemTime::now(), request.zst);
        Files { only: request.output.clone().unwrap_or_else(name), several: request.count > 1 }
    }

    fn baseline(&self) -> PathBuf {
        numbered(&self.only, "baseline")
    }

    /// That of a spike, counted from 1.
    fn spike(&self, number: u32) -> PathBuf {
        if self.several { numbered(&self.only, &number.to_string()) } else { self.only.clone() }
    }
}

/// Takes one dump and tells what it holds.
pub(super) fn one(dumping: &Dumping<'_>, to: &Path, cancel: &AtomicBool) -> Result<ExitStatus, ExitStatus> {
    let taken = dumping.take(to, cancel)?;
    let mut out = io::stdout();
    // Whoever does not listen any more has the file all the same.
    let _ = out.write_all(taken.summary.as_bytes()).and_then(|()| out.flush());
    Ok(taken.status)
}

/// Takes dumps when the condition holds.
fn when(
    condition: &Condition,
    request: &Collect,
    dumping: &Dumping<'_>,
    files: &Files,
    cancel: &AtomicBool,
) -> Result<ExitStatus, ExitStatus> {
    let (target, console) = (dumping.target, dumping.console);
    let mut worst = ExitStatus::Answered;
    if request.baseline {
        worst = worst.max(one(dumping, &files.baseline(), cancel)?);
    }
    for number in 1..=request.count {
        if number > 1 {
            pause(request.cooldown, console, cancel)?;
        }
        console.messages.remark(&waiting(condition, target));
        let why = wait_for(condition, target, console, cancel)?;
        console.messages.remark(&why);
        worst = worst.max(one(dumping, &files.spike(number), cancel)?);
    }
    if request.baseline {
        let [before, after] = [files.baseline(), files.spike(request.count)].map(|file| quoted(&file));
        console.messages.remark(&format!("what grew: heapql diff {before} {after}"));
    }
    Ok(worst)
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+:,=@".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted(Path::new("a/b-1.core")), "a/b-1.core");
        assert_eq!(quoted(Path::new("it's here")), "'it'\\''s here'");
    }
}
