//! Ctrl-C: stops the work in hand, not the program, where there is work that can be stopped.

use std::io::{self, Write};
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::bytes::remove_unfinished;

use super::exit::ExitStatus;

/// What Ctrl-C means at the moment.
const ENDS_PROGRAM: u8 = 0;
const STOPS_WORK: u8 = 1;
const IS_LEFT_TO_PROMPT: u8 = 2;
const CLEARS_LINE: u8 = 3;

/// What a prompt shows that did not see Ctrl-C as a key: the terminal has thrown away what was typed.
const CLEARED: &str = "\nCtrl-C once more leaves, as Ctrl-D does\nheapql> ";

/// The state that the signal's handler and the program share.
#[derive(Debug)]
pub(super) struct Interrupt {
    meaning: AtomicU8,
    cancel: AtomicBool,
}

/// There is one Ctrl-C for the whole process.
static INTERRUPT: Interrupt = Interrupt::new();

impl Interrupt {
    pub(super) const fn new() -> Self {
        Interrupt { meaning: AtomicU8::new(ENDS_PROGRAM), cancel: AtomicBool::new(false) }
    }

    /// Takes over Ctrl-C for the rest of the process. Where that is refused, Ctrl-C keeps ending
    /// the program, which is what it means most of the time anyway.
    pub(super) fn install() -> &'static Interrupt {
        let _ = ctrlc::set_handler(|| INTERRUPT.pressed());
        &INTERRUPT
    }

    /// Does work that stops soon after the flag it is given is set. The first Ctrl-C sets the
    /// flag; a second one, for work that does not listen, ends the program.
    pub(super) fn while_working<T>(&self, work: impl FnOnce(&AtomicBool) -> T) -> T {
        self.cancel.store(false, Ordering::SeqCst);
        self.meaning_during(STOPS_WORK, || work(&self.cancel))
    }

    /// Holds a conversation at the prompt, which sees Ctrl-C as a key; a signal from elsewhere is ignored, for ending
    /// there would leave the terminal without echo.
    pub(super) fn at_prompt<T>(&self, read: impl FnOnce() -> T) -> T {
        self.meaning_during(IS_LEFT_TO_PROMPT, read)
    }

    /// The same on a terminal that hands over whole lines: there Ctrl-C is no key but a signal. The first one throws
    /// away the line, the second one leaves, unless [`Interrupt::begin_line`] came between.
    pub(super) fn at_prompt_of_lines<T>(&self, read: impl FnOnce() -> T) -> T {
        self.meaning_during(CLEARS_LINE, read)
    }

    /// A new line begins.
    pub(super) fn begin_line(&self) {
        self.cancel.store(false, Ordering::SeqCst);
    }

    /// From now on until the work in hand is done, Ctrl-C is for a program that was started in the foreground.
    pub(super) fn leave_to_others(&self) {
        self.meaning.store(IS_LEFT_TO_PROMPT, Ordering::SeqCst);
    }

    fn meaning_during<T>(&self, meaning: u8, act: impl FnOnce() -> T) -> T {
        let before = self.meaning.swap(meaning, Ordering::SeqCst);
        let result = act();
        self.meaning.store(before, Ordering::SeqCst);
        result
    }

    /// Ctrl-C was pressed.
    pub(super) fn pressed(&self) {
        match self.meaning.load(Ordering::SeqCst) {
            IS_LEFT_TO_PROMPT => {}
            STOPS_WORK if !self.cancel.swap(true, Ordering::SeqCst) => {}
            CLEARS_LINE => {
                if self.cancel.swap(true, Ordering::SeqCst) {
                    end(ExitStatus::Answered);
                }
                let mut screen = io::stdout();
                // A screen that is gone has nobody who reads it.
                let _ = screen.write_all(CLEARED.as_bytes()).and_then(|()| screen.flush());
            }
            _ => end(ExitStatus::Interrupted),
        }
    }
}

fn end(status: ExitStatus) -> ! {
    remove_unfinished();
    process::exit(status.code().into())
}

/// The error of an output that was stopped by Ctrl-C.
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
pub(super) struct Stopped;

/// Whether an output failed because Ctrl-C stopped it.
pub(super) fn is_stopped(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Stopped>())
}

/// An output that fails once Ctrl-C was pressed: a long answer can be stopped while it is shown.
pub(super) struct Stoppable<'a> {
    out: &'a mut dyn Write,
    cancel: &'a AtomicBool,
}

impl<'a> Stoppable<'a> {
    pub(super) fn new(out: &'a mut dyn Write, cancel: &'a AtomicBool) -> Self {
        Stoppable { out, cancel }
    }
}

impl Write for Stoppable<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(io::Error::other(Stopped));
        }
        // A chunk of rows is up to a megabyte, and a terminal takes its time: look again often.
        self.out.write(&bytes[..bytes.len().min(64 << 10)])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_press_stops_the_work_only() {
        let interrupt = Interrupt::new();
        let stopped = interrupt.while_working(|cancel| {
            interrupt.pressed();
            cancel.load(Ordering::SeqCst)
        });
        assert!(stopped);
        assert!(!interrupt.while_working(|cancel| cancel.load(Ordering::SeqCst)), "new work starts afresh");
    }

    #[test]
    fn a_press_at_the_prompt_is_the_prompts() {
        let interrupt = Interrupt::new();
        interrupt.at_prompt(|| interrupt.pressed());
        assert!(!interrupt.cancel.load(Ordering::SeqCst));
    }

    #[test]
    fn an_output_stops_in_the_middle() {
        let (mut page, cancel) = (Vec::new(), AtomicBool::new(false));
        let mut out = Stoppable::new(&mut page, &cancel);
        out.write_all(b"one").unwrap();
        cancel.store(true, Ordering::SeqCst);
        let error = out.write_all(b"two").unwrap_err();
        assert!(is_stopped(&error));
        assert!(!is_stopped(&io::ErrorKind::StorageFull.into()));
        assert_eq!(page, b"one");
    }
}
