//! What every command talks through: messages, progress, Ctrl-C.

use std::env;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::memory_limit::MemoryLimit;
use crate::progress::{NoProgress, Progress};
use crate::query::RunOptions;

use super::interrupt::Interrupt;
use super::messages::Messages;
use super::progress::Bars;
use super::request::Common;

/// The ways in which a command reaches its user beside its output.
pub(super) struct Console {
    pub messages: Messages,
    pub progress: Box<dyn Progress>,
    /// What tells the progress of work that nobody waits for; hushed, but while somebody does.
    pub background: Arc<Bars>,
    /// Whether progress is shown at all.
    pub bars: bool,
    pub interrupt: &'static Interrupt,
    /// How much memory an answer may take.
    pub memory: MemoryLimit,
    /// Whether messages go to a terminal.
    pub terminal: bool,
    /// Whether the prompt and messages are coloured.
    pub color: bool,
}

impl Console {
    /// The console of this process.
    pub(super) fn of_process(common: &Common) -> Console {
        let terminal = io::stderr().is_terminal();
        let color = common.color.unwrap_or_else(|| terminal && colors_are_welcome());
        let bars = common.progress && terminal;
        Console {
            messages: Messages::on_stderr(color),
            progress: if bars { Box::new(Bars::default()) } else { Box::new(NoProgress) },
            background: Arc::new(Bars::hushed()),
            bars,
            interrupt: Interrupt::install(),
            memory: common.memory,
            terminal,
            color,
        }
    }

    /// What tells the progress of one statement, which may be left behind.
    pub(super) fn statement_progress(&self) -> Arc<Bars> {
        Arc::new(if self.bars { Bars::default() } else { Bars::hushed() })
    }

    /// How a statement is run for this user, until `cancel` is set.
    pub(super) fn run_options<'a>(&'a self, cancel: &'a AtomicBool) -> RunOptions<'a> {
        RunOptions { progress: &*self.progress, cancel, memory: self.memory, ..RunOptions::default() }
    }
}

/// `NO_COLOR` (no-color.org) and terminals that say they are dumb ask for none.
fn colors_are_welcome() -> bool {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cli::messages::tests::Page;

    /// A console whose messages can be read.
    pub(in crate::cli) fn quiet() -> (Console, Page) {
        let page = Page::default();
        let console = Console {
            messages: Messages::on(Box::new(page.clone()), false),
            progress: Box::new(NoProgress),
            background: Arc::new(Bars::hushed()),
            bars: false,
            // Each its own: tests run at the same time.
            interrupt: Box::leak(Box::new(Interrupt::new())),
            memory: MemoryLimit::Available,
            terminal: false,
            color: false,
        };
        (console, page)
    }
}
