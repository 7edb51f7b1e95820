//! Which process a user means: by its number, or by a part of its name or command line.

use crate::error::{Error, ErrorKind, Result};

use super::system::System;
use super::{Target, discover, target};

/// How many processes an error names.
const NAMED: usize = 8;

/// The process that `text` names: its number, its whole name, or a part of its name or command line that only one process
/// has. Upper and lower case are the same.
///
/// # Errors
/// When none fits, and when several do: these are named.
pub fn choose(system: &System, text: &str) -> Result<Target> {
    if let Ok(pid) = text.parse::<u32>() {
        return target(system, pid).ok_or_else(|| no_dotnet(system, pid));
    }
    let all = discover(system);
    let mut fitting: Vec<Target> = matching(&all, text).cloned().collect();
    let named: Vec<usize> = (0..fitting.len())
        .filter(|&at| fitting.get(at).is_some_and(|t| t.name.eq_ignore_ascii_case(text)))
        .collect();
    match (fitting.len(), named.as_slice()) {
        (0, _) => Err(none_fits(&all, text)),
        (1, _) => Ok(fitting.swap_remove(0)),
        (_, &[only]) => Ok(fitting.swap_remove(only)),
        _ => Err(several_fit(&fitting, text)),
    }
}

/// The processes of which `text` is the number, or a part of the name or command line.
pub fn matching<'a>(all: &'a [Target], text: &str) -> impl Iterator<Item = &'a Target> {
    let text = text.to_lowercase();
    all.iter().filter(move |target| {
        text.parse() == Ok(target.pid)
            || target.name.to_lowercase().contains(&text)
            || target.command_line.to_lowercase().contains(&text)
    })
}

fn no_dotnet(system: &System, pid: u32) -> Error {
    let there = system.file(pid, "stat").exists();
    let message = if there {
        format!("process {pid} shows no .NET runtime and no diagnostic socket")
    } else {
        format!("there is no process {pid}")
    };
    let hint = if there {
        "`heapql ps` lists the .NET processes that this user can see; of another user's they may be hidden: run heapql as \
         that user, or as root"
    } else {
        "`heapql ps` lists the .NET processes; in a container, processes have other numbers inside than outside"
    };
    Error::new(ErrorKind::Process, message).hint(hint)
}

fn none_fits(all: &[Target], text: &str) -> Error {
    let hint = match all {
        [] => "no .NET process is seen; those of other users may be hidden: run heapql as root to see them"
            .to_owned(),
        all => format!("there are {}", listed(all)),
    };
    Error::new(ErrorKind::Process, format!("no .NET process has `{text}` in its name or command line"))
        .hint(hint)
}

fn several_fit(fitting: &[Target], text: &str) -> Error {
    let message = format!("{} .NET processes have `{text}` in their name or command line", fitting.len());
    Error::new(ErrorKind::Process, message).hint(format!("name one by its number: {}", listed(fitting)))
}

fn listed(targets: &[Target]) -> String {
    let mut names: Vec<String> =
        targets.iter().take(NAMED).map(|target| format!("{} ({})", target.pid, target.name)).collect();
    if targets.len() > NAMED {
        names.push(format!("{} more", targets.len() - NAMED));
    }
    names.join(", ")
}
