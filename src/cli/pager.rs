//! A pager for answers that do not fit the screen: `$HEAPQL_PAGER`, `$PAGER`, or `less` where it is there.
//!
//! An answer is held back until it is longer than the screen, or a line of a table wider; only then the pager starts,
//! and what follows streams into it. Whatever goes wrong with the pager, the answer is shown without it.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Child, Command, ExitStatus, Stdio};

use unicode_width::UnicodeWidthStr;

use super::interrupt::Interrupt;

/// A program that shows long texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pager {
    /// As the user wrote it, or our own choice.
    command: String,
    /// Whether the user named it; it is then worth a word that it does not work.
    pub named: bool,
}

/// What an answer is shown on, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub columns: usize,
    pub rows: usize,
}

impl Pager {
    /// The pager that the environment asks for; `None` where it asks for none (an empty name, or `cat`).
    pub(super) fn of_environment(variable: impl Fn(&str) -> Option<OsString>) -> Option<Pager> {
        let set = |name| variable(name).and_then(|value| value.into_string().ok());
        match set("HEAPQL_PAGER").or_else(|| set("PAGER")) {
            Some(command) if matches!(command.trim(), "" | "cat") => None,
            Some(command) => Some(Pager { command, named: true }),
            None => Some(Pager { command: "less".into(), named: false }),
        }
    }

    /// What it is called in messages.
    pub(super) fn name(&self) -> &str {
        &self.command
    }

    /// Starts it. Lines are not wrapped but scrolled sideways when `wide`.
    fn start(&self, wide: bool) -> io::Result<Child> {
        let special = |c: char| "|&;<>()$`\\\"'*?[#~=%".contains(c);
        let mut command = if cfg!(unix) && self.command.contains(special) {
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(&self.command);
            shell
        } else {
            let mut words = self.command.split_whitespace();
            let mut command = Command::new(words.next().unwrap_or_default());
            command.args(words);
            command
        };
        if std::env::var_os("LESS").is_none() {
            // Colours as they are, long lines to the side, the text stays when it ends. Not F, which ends it at once
            // where there are few lines: it is only started for what does not fit.
            command.env("LESS", if wide { "RSX" } else { "RX" });
        }
        command.stdin(Stdio::piped()).spawn()
    }
}

/// The error of an output whose reader has seen enough.
#[derive(Debug, thiserror::Error)]
#[error("the pager was left")]
struct Left;

/// Whether an output failed because the user left the pager.
pub(super) fn is_left(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Left>())
}

/// How an answer was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// In the pager, if it needed one.
    Paged,
    /// On the screen, for the pager could not be started.
    Plainly,
    /// Not at all: the pager started and showed nothing. All is to be written again without one.
    Not,
}

/// An output that becomes a pager once it is too much for the screen. Each flush ends an answer; the next one is held back
/// anew.
pub(super) struct Paged<'a> {
    out: &'a mut dyn Write,
    pager: &'a Pager,
    interrupt: &'a Interrupt,
    extent: Extent,
    /// Whether lines are cut at the screen's edge, so that wide ones need a pager too.
    wide: bool,
    state: State,
    shown: &'a Cell<Shown>,
}

enum State {
    /// What was written so far, the lines that it takes on the screen, and where its last line begins.
    Held { text: Vec<u8>, lines: usize, last: usize },
    /// It goes to the pager.
    Running(Child),
    /// It goes to the screen.
    Plain,
}

impl Default for State {
    fn default() -> State {
        State::Held { text: Vec::new(), lines: 0, last: 0 }
    }
}

impl<'a> Paged<'a> {
    pub(super) fn new(
        out: &'a mut dyn Write,
        pager: &'a Pager,
        interrupt: &'a Interrupt,
        extent: Extent,
        wide: bool,
        shown: &'a Cell<Shown>,
    ) -> Self {
        Paged { out, pager, interrupt, extent, wide, state: State::default(), shown }
    }

    /// Holds text back; whether it is too much by now.
    fn hold(&mut self, bytes: &[u8]) -> bool {
        let State::Held { text, lines, last } = &mut self.state else { return false };
        text.extend_from_slice(bytes);
        let mut wider = false;
        while let Some(end) = text[*last..].iter().position(|&b| b == b'\n') {
            let width = String::from_utf8_lossy(&text[*last..*last + end]).width();
            wider |= width > self.extent.columns;
            *lines += width.div_ceil(self.extent.columns.max(1)).max(1);
            *last += end + 1;
        }
        let unfinished = (text.len() - *last) / self.extent.columns.max(1);
        // The last line of the screen is the prompt's, the one before it the footer's.
        *lines + unfinished + 2 > self.extent.rows || (wider && self.wide)
    }

    /// Starts the pager with what was held back.
    fn start(&mut self) -> io::Result<()> {
        let State::Held { text, .. } = std::mem::replace(&mut self.state, State::Plain) else {
            return Ok(());
        };
        match self.pager.start(self.wide) {
            Ok(child) => {
                // From now on Ctrl-C is the pager's, which gets it from the terminal as we do.
                self.interrupt.leave_to_others();
                self.state = State::Running(child);
            }
            Err(_) => self.shown.set(Shown::Plainly),
        }
        self.pass(&text).map(drop)
    }

    /// Ends an answer: shows what is still held back, or waits until the user has left the pager.
    fn end(&mut self) -> io::Result<()> {
        match std::mem::take(&mut self.state) {
            State::Plain => {}
            State::Held { text, .. } => self.out.write_all(&text)?,
            State::Running(mut child) => {
                drop(child.stdin.take());
                if !child.wait().is_ok_and(|status| has_shown(&status)) {
                    self.shown.set(Shown::Not);
                }
            }
        }
        Ok(())
    }

    fn pass(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.state {
            State::Running(child) => match child.stdin.as_mut().map(|input| input.write_all(bytes)) {
                Some(Ok(())) => Ok(bytes.len()),
                Some(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
                _ => {
                    self.end()?;
                    Err(io::Error::other(Left))
                }
            },
            _ => self.out.write_all(bytes).map(|()| bytes.len()),
        }
    }
}

impl Write for Paged<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if matches!(self.state, State::Held { .. }) {
            if self.hold(bytes) {
                self.start()?;
            }
            return Ok(bytes.len());
        }
        self.pass(bytes)
    }

    /// Answers are flushed at their end only, and what is told then must not stand before or within them.
    fn flush(&mut self) -> io::Result<()> {
        self.end()?;
        self.out.flush()
    }
}

/// Whether a pager that ended so had shown anything: shells say by these numbers that there is no such program, or
/// that it cannot be run.
fn has_shown(status: &ExitStatus) -> bool {
    !matches!(status.code(), Some(126 | 127))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    const SMALL: Extent = Extent { columns: 20, rows: 6 };

    fn pager(command: &str) -> Pager {
        Pager { command: command.to_owned(), named: true }
    }

    /// What a pager did with a text: how it was shown, what came to the screen, what the writer heard.
    fn show(pager: &Pager, text: &str, wide: bool) -> (Shown, String, io::Result<()>) {
        let interrupt = Interrupt::new();
        let (mut screen, shown) = (Vec::new(), Cell::new(Shown::Paged));
        let mut paged = Paged::new(&mut screen, pager, &interrupt, SMALL, wide, &shown);
        let written = text.lines().try_for_each(|line| writeln!(paged, "{line}"));
        paged.flush().unwrap();
        (shown.get(), String::from_utf8(screen).unwrap(), written)
    }

    #[test]
    fn what_fits_is_shown_without_a_pager() {
        let (shown, screen, _) = show(&pager("false"), "one\ntwo\nthree\n", true);
        assert_eq!((shown, screen.as_str()), (Shown::Paged, "one\ntwo\nthree\n"));
    }

    #[test]
    fn what_is_too_long_or_too_wide_goes_to_the_pager() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shown");
        let into_file = pager(&format!("cat > '{}'", path.display()));
        let long = "line\n".repeat(40);
        let wide = "a line that is wider than the screen is\n";
        let wrapped = wide.repeat(3);
        for (text, is_table) in [(long.as_str(), true), (wide, true), (wrapped.as_str(), false)] {
            let (shown, screen, written) = show(&into_file, text, is_table);
            assert!(written.is_ok() && shown == Shown::Paged && screen.is_empty(), "{text}: {screen}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(show(&into_file, wide, false).1, wide, "one that is wrapped fits");
    }

    #[test]
    fn each_answer_has_a_pager_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shown");
        let (interrupt, shown, mut screen) = (Interrupt::new(), Cell::new(Shown::Paged), Vec::new());
        let into_file = pager(&format!("echo begin >> '{0}'; head -2 >> '{0}'", path.display()));
        let mut paged = Paged::new(&mut screen, &into_file, &interrupt, SMALL, true, &shown);
        // The first is left early, the second fits the screen, the third is long again.
        let left = (0..100_000).try_for_each(|number| writeln!(paged, "first {number}"));
        assert!(is_left(&left.unwrap_err()));
        writeln!(paged, "second").unwrap();
        paged.flush().unwrap();
        (0..9).try_for_each(|number| writeln!(paged, "third {number}")).unwrap();
        paged.flush().unwrap();
        assert_eq!(shown.get(), Shown::Paged);
        assert_eq!(String::from_utf8(screen).unwrap(), "second\n");
        let paged = fs::read_to_string(&path).unwrap();
        assert_eq!(paged, "begin\nfirst 0\nfirst 1\nbegin\nthird 0\nthird 1\n");
    }

    #[test]
    fn a_pager_that_is_left_early_ends_the_writing_only() {
        let long = "line\n".repeat(100_000);
        let (shown, _, written) = show(&pager("head -1 > /dev/null"), &long, true);
        assert_eq!(shown, Shown::Paged);
        assert!(is_left(&written.unwrap_err()));
    }

    #[test]
    fn a_pager_that_is_not_there_is_done_without() {
        let long = "line\n".repeat(40);
        let (shown, screen, written) = show(&pager("no-such-pager --fast"), &long, true);
        assert!(written.is_ok());
        assert_eq!((shown, screen.as_str()), (Shown::Plainly, long.as_str()));
        assert_eq!(
            show(&pager("no-such-pager 'x'"), &long, true).0,
            Shown::Not,
            "a shell tells by its status"
        );
    }

    #[test]
    fn the_environment_chooses() {
        let of = |pairs: &'static [(&str, &str)]| {
            let value =
                move |name: &str| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v));
            Pager::of_environment(value).map(|pager| pager.command)
        };
        assert_eq!(of(&[("HEAPQL_PAGER", "most"), ("PAGER", "more")]).as_deref(), Some("most"));
        assert_eq!(of(&[("PAGER", "more")]).as_deref(), Some("more"));
        assert_eq!(of(&[]).as_deref(), Some("less"));
        assert_eq!(of(&[("HEAPQL_PAGER", ""), ("PAGER", "more")]), None);
        assert_eq!(of(&[("PAGER", "cat")]), None);
    }
}
