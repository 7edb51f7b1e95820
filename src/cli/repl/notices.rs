//! Texts that other threads have for the user: shown above the prompt while it waits, else before it comes again.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustyline::ExternalPrinter;

/// The place where such texts are left.
pub(super) struct Notices {
    state: Mutex<State>,
}

struct State {
    printer: Option<Box<dyn ExternalPrinter + Send>>,
    /// Whether the prompt waits for a line.
    at_prompt: bool,
    waiting: Vec<String>,
}

impl Notices {
    /// With what writes above a prompt that waits, where there is such a thing.
    pub(super) fn new(printer: Option<Box<dyn ExternalPrinter + Send>>) -> Notices {
        Notices { state: Mutex::new(State { printer, at_prompt: false, waiting: Vec::new() }) }
    }

    /// Leaves a text of whole lines.
    pub(super) fn leave(&self, text: String) {
        let mut state = self.state();
        let State { printer, at_prompt: true, .. } = &mut *state else {
            return state.waiting.push(text);
        };
        let shown = printer.as_mut().is_some_and(|printer| printer.print(text.clone()).is_ok());
        if !shown {
            state.waiting.push(text);
        }
    }

    /// Shows what waits.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn show_waiting(&self, out: &mut dyn Write) -> io::Result<()> {
        self.show(out).map(drop)
    }

    /// Reads from the prompt; what was left meanwhile was shown before, and what is left now is shown above it.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn while_at_prompt<T>(&self, out: &mut dyn Write, read: impl FnOnce() -> T) -> io::Result<T> {
        self.show(out)?.at_prompt = true;
        let result = read();
        self.state().at_prompt = false;
        Ok(result)
    }

    fn show(&self, out: &mut dyn Write) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        for text in std::mem::take(&mut state.waiting) {
            out.write_all(text.as_bytes())?;
        }
        out.flush()?;
        Ok(state)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    struct Page(Arc<Mutex<String>>);

    impl ExternalPrinter for Page {
        fn print(&mut self, text: String) -> rustyline::Result<()> {
            self.0.lock().unwrap().push_str(&text);
            Ok(())
        }
    }

    #[test]
    fn what_is_left_while_an_answer_is_written_waits() {
        let above = Arc::new(Mutex::new(String::new()));
        let notices = Notices::new(Some(Box::new(Page(Arc::clone(&above)))));
        notices.leave("one\n".into());
        let mut out = Vec::new();
        notices.while_at_prompt(&mut out, || notices.leave("two\n".into())).unwrap();
        assert_eq!((out.as_slice(), above.lock().unwrap().as_str()), (&b"one\n"[..], "two\n"));
        notices.leave("three\n".into());
        assert_eq!(above.lock().unwrap().as_str(), "two\n");
    }

    #[test]
    fn without_a_printer_all_waits() {
        let notices = Notices::new(None);
        let mut out = Vec::new();
        notices.while_at_prompt(&mut out, || notices.leave("one\n".into())).unwrap();
        notices.while_at_prompt(&mut out, || {}).unwrap();
        assert_eq!(out, b"one\n");
    }
}
