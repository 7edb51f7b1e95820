//! `heapql watch`: a baseline, a spike, and what grew between the two.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use crate::live::conditions::Condition;

use super::super::args::DumpType;
use super::super::console::Console;
use super::super::exit::ExitStatus;
use super::super::request::live::Watch;
use super::super::request::{Common, Leaks, LeaksFormat, Report};
use super::super::{leaks, report};
use super::collect::{chosen, one};
use super::dump_file::{default_name, folder_of, numbered};
use super::dumping::Dumping;
use super::listening::condition;
use super::waiting::{pause, wait_for, waiting};
use crate::error::{Error, ErrorKind};

/// Carries out a request.
pub(super) fn wait(request: &Watch, common: &Common, console: &Console) -> ExitStatus {
    let condition = match condition(&request.when) {
        Ok(condition) => condition,
        Err(rendered) => {
            console.messages.diagnostic(&rendered);
            return ExitStatus::Statement;
        }
    };
    // A slip in a path should not cost the wait for a spike.
    let folder = request.folder.as_deref().unwrap_or(Path::new(""));
    for folder in [folder_of(&folder.join("dump")), folder_of(&request.report)] {
        if !folder.is_dir() {
            let message = format!("the folder is not there: {}", folder.display());
            console.messages.error(&Error::new(ErrorKind::Usage, message).hint("make it first"));
            return ExitStatus::Usage;
        }
    }
    let target = match chosen(&request.target, console) {
        Ok(target) => target,
        Err(status) => return status,
    };
    let file = folder.join(default_name(&target, SystemTime::now(), false));
    let dumping = match Dumping::of(&target, DumpType::Heap, false, common, console) {
        Ok(dumping) => dumping,
        Err(status) => return status,
    };
    let mut dumps = Dumps { baseline: numbered(&file, "baseline"), spikes: Vec::new() };
    let status = watch(request, &condition, &dumping, &file, &mut dumps).unwrap_or_else(|status| status);
    // Without a report the dumps are all there is.
    let told = status < ExitStatus::Statement;
    let removed = if told { dumps.keep(request.keep, true) } else { 0 };
    if removed > 0 {
        console.messages.remark(&format!("dumps removed as asked by --keep: {removed}"));
    }
    status
}

/// The dumps that are there.
struct Dumps {
    baseline: PathBuf,
    spikes: Vec<PathBuf>,
}

impl Dumps {
    fn all(&self) -> Vec<PathBuf> {
        [&self.baseline].into_iter().chain(&self.spikes).cloned().collect()
    }

    /// Removes dumps of spikes but for the last so many; at the end the baseline too, when none is kept.
    /// Tells how many were removed.
    fn keep(&mut self, keep: Option<u32>, at_end: bool) -> usize {
        let Some(keep) = keep.map(|keep| keep as usize) else { return 0 };
        // Until the end the last spike is needed for the report.
        let spikes = if at_end { keep } else { keep.max(1) };
        let surplus = self.spikes.len().saturating_sub(spikes);
        let mut surplus: Vec<PathBuf> = self.spikes.drain(..surplus).collect();
        if at_end && keep == 0 {
            surplus.push(self.baseline.clone());
        }
        surplus.iter().filter(|dump| remove(dump)).count()
    }
}

/// Removes a dump with its index; whether it was there.
fn remove(dump: &Path) -> bool {
    let mut index = dump.as_os_str().to_owned();
    index.push(".hqlx");
    // There may be none.
    let _ = fs::remove_file(Path::new(&index));
    fs::remove_file(dump).is_ok()
}

fn watch(
    request: &Watch,
    condition: &Condition,
    dumping: &Dumping<'_>,
    file: &Path,
    dumps: &mut Dumps,
) -> Result<ExitStatus, ExitStatus> {
    let console = dumping.console;
    let during =
        |work: &dyn Fn(&AtomicBool) -> Result<ExitStatus, ExitStatus>| console.interrupt.while_working(work);
    let mut worst = during(&|cancel| one(dumping, &dumps.baseline, cancel))?;
    for number in 1..=request.count {
        let spike = numbered(file, &number.to_string());
        let status = during(&|cancel| {
            if number > 1 {
                pause(request.cooldown, console, cancel)?;
            }
            console.messages.remark(&waiting(condition, dumping.target));
            let why = wait_for(condition, dumping.target, console, cancel)?;
            console.messages.remark(&why);
            one(dumping, &spike, cancel)
        })?;
        dumps.spikes.push(spike);
        dumps.keep(request.keep, false);
        worst = worst.max(status).max(tell(request, dumping, &dumps.all()));
    }
    Ok(worst)
}

/// Writes the report and names the suspects.
fn tell(request: &Watch, dumping: &Dumping<'_>, dumps: &[PathBuf]) -> ExitStatus {
    let (common, console) = (dumping.common, dumping.console);
    let (format, output) = (request.format, request.report.clone());
    let written = report::write(&Report { dumps: dumps.to_vec(), format, output }, common, console);
    if written >= ExitStatus::Statement {
        return written;
    }
    let suspects = Leaks { dumps: dumps.to_vec(), format: LeaksFormat::Table, output: None };
    written.max(leaks::name(&suspects, common, console))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of three spikes and a baseline.
    fn left(keep: Option<u32>, at_end: bool) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = folder.path().join(name);
            fs::write(&path, "dump").unwrap();
            fs::write(path.with_extension("core.hqlx"), "index").unwrap();
            path
        };
        let mut dumps =
            Dumps { baseline: file("0.core"), spikes: ["1.core", "2.core", "3.core"].map(file).to_vec() };
        dumps.keep(keep, at_end);
        let mut names: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| {
                !name.ends_with("hqlx") || !folder.path().join(name.trim_end_matches(".hqlx")).exists()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn dumps_are_kept_as_asked() {
        assert_eq!(left(None, true), ["0.core", "1.core", "2.core", "3.core"]);
        assert_eq!(left(Some(2), true), ["0.core", "2.core", "3.core"]);
        assert_eq!(left(Some(0), false), ["0.core", "3.core"]);
        assert_eq!(left(Some(0), true), Vec::<String>::new());
    }
}
