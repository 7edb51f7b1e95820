//! What is told beside answers: errors, warnings and notes on standard error.

use std::cell::RefCell;
use std::collections::HashSet;
use std::error::Error as _;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::error::Error;
use crate::output::sanitize::sanitize_lines;
use crate::problem::{Problem, Severity};

/// Tells the user what went wrong and what was left out, each problem once.
///
/// A message that cannot be written is dropped: there is nobody left to tell.
pub(super) struct Messages {
    color: bool,
    sink: RefCell<Box<dyn Write>>,
    told: RefCell<HashSet<String>>,
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages").field("color", &self.color).finish_non_exhaustive()
    }
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const NOTE: Style = AnsiColor::Cyan.on_default().bold();
const HINT: Style = AnsiColor::Green.on_default();

impl Messages {
    /// Messages on standard error, in colour or not.
    pub(super) fn on_stderr(color: bool) -> Self {
        Self::on(Box::new(io::stderr()), color)
    }

    /// Messages on any sink.
    pub(super) fn on(sink: Box<dyn Write>, color: bool) -> Self {
        Messages { color, sink: RefCell::new(sink), told: RefCell::default() }
    }

    /// Tells an error with its place, its causes and its hint.
    pub(super) fn error(&self, error: &Error) {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            write!(text, "\n  {error}").expect("writing to a String does not fail");
            cause = error.source();
        }
        self.labelled("error", ERROR, &text);
        self.hint(error.hint_text());
    }

    /// Tells what is wrong with a statement, as the language rendered it.
    pub(super) fn diagnostic(&self, rendered: &str) {
        let text = rendered.strip_prefix("error:").unwrap_or(rendered);
        self.labelled("error", ERROR, text.trim());
    }

    /// Tells of something wrong that has no [`Error`] behind it.
    pub(super) fn complaint(&self, message: &str) {
        self.labelled("error", ERROR, message);
    }

    /// Tells what was left out, unless it was told before.
    pub(super) fn problem(&self, problem: &Problem) {
        if !self.told.borrow_mut().insert(problem.to_string()) {
            return;
        }
        match problem.severity {
            Severity::Loss => self.labelled("warning", WARNING, &problem.message),
            Severity::Note => self.labelled("note", NOTE, &problem.message),
        }
        self.hint(problem.hint.as_deref());
    }

    /// Tells what deserves attention.
    pub(super) fn warning(&self, message: &str) {
        self.labelled("warning", WARNING, message);
    }

    /// Tells something beside an answer that is no trouble at all.
    pub(super) fn remark(&self, text: &str) {
        self.write(&format!("{}\n", sanitize_lines(text)));
    }

    fn labelled(&self, label: &str, style: Style, text: &str) {
        let style = self.style(style);
        self.write(&format!("{style}{label}:{style:#} {}\n", sanitize_lines(text)));
    }

    fn hint(&self, hint: Option<&str>) {
        if let Some(hint) = hint {
            let style = self.style(HINT);
            self.write(&format!("  {style}hint:{style:#} {}\n", sanitize_lines(hint)));
        }
    }

    fn style(&self, style: Style) -> Style {
        if self.color { style } else { Style::new() }
    }

    fn write(&self, text: &str) {
        let mut sink = self.sink.borrow_mut();
        let _ = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::bytes::Addr;
    use crate::error::ErrorKind;
    use std::rc::Rc;

    /// A sink that can be read.
    #[derive(Clone, Default)]
    pub(in crate::cli) struct Page(Rc<RefCell<Vec<u8>>>);

    impl Page {
        /// What was written since the last call.
        pub(in crate::cli) fn take(&self) -> String {
            String::from_utf8(std::mem::take(&mut self.0.borrow_mut())).unwrap()
        }
    }

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn told(color: bool, tell: impl Fn(&Messages)) -> String {
        let page = Page::default();
        tell(&Messages::on(Box::new(page.clone()), color));
        page.take()
    }

    #[test]
    fn an_error_has_place_causes_and_hint() {
        let inner = Error::new(ErrorKind::Io, "the disk is gone").caused_by("input/output error");
        let error = Error::new(ErrorKind::Malformed, "cannot read the notes")
            .at(Addr(0x7f00))
            .caused_by(inner)
            .hint("copy the dump again");
        assert_eq!(
            told(false, |m| m.error(&error)),
            "error: cannot read the notes (at address 0x7f00)\n  the disk is gone\n  input/output error\n  \
             hint: copy the dump again\n"
        );
    }

    #[test]
    fn a_problem_is_told_once() {
        let (loss, note) =
            (Problem::loss("2 pages are missing").hint("take it again"), Problem::note("no name"));
        let text = told(false, |m| [&loss, &note, &loss].into_iter().for_each(|p| m.problem(p)));
        assert_eq!(text, "warning: 2 pages are missing\n  hint: take it again\nnote: no name\n");
    }

    #[test]
    fn labels_alone_are_coloured() {
        let text = told(true, |m| m.complaint("no"));
        assert_eq!(text, "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m no\n");
    }

    #[test]
    fn hostile_text_does_not_reach_the_terminal() {
        let text =
            told(false, |m| m.problem(&Problem::loss("module \u{1b}]0;owned\u{7}.dll\nerror: forged")));
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'));
    }

    #[test]
    fn a_rendered_diagnostic_is_labelled_once() {
        assert_eq!(told(false, |m| m.diagnostic("error: no `x`\n  | x")), "error: no `x`\n  | x\n");
    }
}
