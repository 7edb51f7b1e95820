//! A page that is drawn over itself on a terminal.

use std::io::{self, Write};

/// Draws pages in place. The cursor stays below the page, so that whatever ends the program leaves the terminal as it
/// should be.
#[derive(Debug, Default)]
pub(super) struct Screen {
    /// Lines of the page that is there.
    drawn: usize,
}

impl Screen {
    /// Draws a page over the one before, in one piece. Lines must fit the terminal, and so must their number.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn draw(&mut self, lines: &[String], out: &mut impl Write) -> io::Result<()> {
        let mut frame = String::new();
        if self.drawn > 0 {
            // Up to the first line of the page, and to its start.
            frame.push_str(&format!("\x1b[{}A\r", self.drawn));
        }
        for line in lines {
            frame.push_str(line);
            // What is left of a longer line goes.
            frame.push_str("\x1b[K\n");
        }
        // And lines of a longer page.
        frame.push_str("\x1b[J");
        self.drawn = lines.len();
        out.write_all(frame.as_bytes())?;
        out.flush()
    }

    /// Clears the line below the page, on which a terminal has shown Ctrl-C.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn leave(self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(b"\r\x1b[K")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_drawn_over_the_one_before() {
        let (mut screen, mut out) = (Screen::default(), Vec::new());
        screen.draw(&["one".into(), "two".into()], &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "one\x1b[K\ntwo\x1b[K\n\x1b[J");
        let mut out = Vec::new();
        screen.draw(&["three".into()], &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\x1b[2A\rthree\x1b[K\n\x1b[J");
        let mut out = Vec::new();
        screen.leave(&mut out).unwrap();
        assert_eq!(out, b"\r\x1b[K");
    }
}
