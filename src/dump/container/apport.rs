//! The core within a crash report of Ubuntu's apport.
//!
//! A report is text: fields `Key: value`, whose further lines begin with a space. The core is the field
//! `CoreDump: base64`. Each of its lines is base64 by itself; what they hold is, one after the other, a gzip member, or
//! Zstandard frames where the report took over a core of systemd's.
//!
//! Source: apport 2.28, `problem_report.py`.

use std::io::{self, BufRead, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::limits;

/// The field that holds the core.
const FIELD: &[u8] = b"CoreDump: base64\n";

/// Reads what the lines of the field stand for, up to its end.
#[derive(Debug)]
pub(super) struct CoreDumpField<R> {
    report: R,
    line: Vec<u8>,
    decoded: Vec<u8>,
    /// How many bytes of `decoded` were read.
    read: usize,
}

impl<R: BufRead> CoreDumpField<R> {
    /// Goes to the field. Other fields are passed by, however long they are.
    ///
    /// # Errors
    /// `InvalidData` when the report has no such field, else what the reading says.
    pub(super) fn find(mut report: R) -> io::Result<CoreDumpField<R>> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = report.by_ref().take(FIELD.len() as u64).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Err(damage("the report has no core: there is no field CoreDump"));
            }
            if line == FIELD {
                return Ok(CoreDumpField { report, line, decoded: Vec::new(), read: 0 });
            }
            if !line.ends_with(b"\n") {
                report.skip_until(b'\n')?;
            }
        }
    }

    /// Decodes the next line. Returns whether there was one.
    fn decode_line(&mut self) -> io::Result<bool> {
        if self.report.fill_buf()?.first() != Some(&b' ') {
            return Ok(false);
        }
        self.line.clear();
        self.report.by_ref().take(limits::MAX_REPORT_LINE_BYTES).read_until(b'\n', &mut self.line)?;
        if self.line.len() as u64 == limits::MAX_REPORT_LINE_BYTES {
            return Err(damage("a line of the core is too long"));
        }
        self.decoded.clear();
        self.read = 0;
        let line = self.line.trim_ascii();
        // The last line of a report that was cut off: what there is of it, in whole groups of four.
        let whole = if self.line.ends_with(b"\n") { line.len() } else { line.len() / 4 * 4 };
        STANDARD
            .decode_vec(line.get(..whole).unwrap_or_default(), &mut self.decoded)
            .map_err(|error| damage(format!("a line of the core is no base64: {error}")))?;
        Ok(true)
    }
}

fn damage(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.into())
}

impl<R: BufRead> BufRead for CoreDumpField<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.read >= self.decoded.len() && self.decode_line()? {}
        Ok(self.decoded.get(self.read..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.read += count;
    }
}

impl<R: BufRead> Read for CoreDumpField<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(report: &[u8]) -> io::Result<Vec<u8>> {
        let mut core = Vec::new();
        CoreDumpField::find(report)?.read_to_end(&mut core)?;
        Ok(core)
    }

    fn message(report: &[u8]) -> String {
        core(report).expect_err("damage").to_string()
    }

    #[test]
    fn every_line_is_decoded_by_itself_and_the_next_field_ends_it() {
        let report =
            b"ProblemType: Crash\nCmdline: app\nCoreDump: base64\n SGVs\n bG8=\n\xa0\nVersion: 1\n ZZZZ\n";
        assert_eq!(core(report).unwrap(), b"Hello");
        assert_eq!(core(b"CoreDump: base64\n SGVsbG8=").unwrap(), b"Hello", "without a last line end");
        assert_eq!(core(b"CoreDump: base64\n \n SGVs\n").unwrap(), b"Hel", "an empty line ends nothing");
    }

    #[test]
    fn a_report_without_a_core_says_so() {
        for report in
            [&b""[..], b"ProblemType: Crash\nStacktrace:\n CoreDump: base64\n", b"CoreDump: base64x\n QQ==\n"]
        {
            assert!(message(report).contains("no field CoreDump"), "{report:?}");
        }
    }

    #[test]
    fn of_a_report_that_is_cut_off_there_is_what_there_is() {
        assert_eq!(core(b"CoreDump: base64\n SGVs\n bG8gd29ybG").unwrap(), b"Hello wor");
        assert_eq!(core(b"CoreDump: base64\n SGVs\n ").unwrap(), b"Hel");
    }

    #[test]
    fn a_line_that_is_no_base64_or_never_ends_is_damage() {
        assert!(message(b"CoreDump: base64\n SGV\n").contains("no base64"));
        let mut endless = b"CoreDump: base64\n ".to_vec();
        endless.resize(endless.len() + limits::MAX_REPORT_LINE_BYTES as usize, b'A');
        assert!(message(&endless).contains("too long"));
    }
}
