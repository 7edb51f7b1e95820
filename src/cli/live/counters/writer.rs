//! Where samples go: a page on a terminal, pages or rows elsewhere.

use std::io::{self, Write};
use std::mem;
use std::time::{Duration, Instant};

use crate::live::counters::{History, Sample};
use crate::output::{Document, Format};
use crate::problem::Problem;

use super::super::super::destination::Destination;
use super::page::{Room, SHOWN_NUMBERS, lines};
use super::rows::answer;
use super::screen::Screen;

/// Samples that are kept for one document: half a day of the runtime's counters.
const MAX_DOCUMENT_SAMPLES: usize = 1 << 20;

/// Rows that may wait for a pause of the process.
const MAX_WAITING_ROWS: usize = 512;

/// Writes samples as they come.
#[derive(Debug)]
pub(super) struct CounterWriter {
    out: Destination,
    heading: String,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// A page that is drawn over itself.
    InPlace { history: History, interval: Duration, changed: bool, shown: Option<Instant>, screen: Screen },
    /// A page an interval.
    Pages { history: History, interval: Duration, changed: bool, shown: Option<Instant> },
    /// A row a sample, as soon as it is there; CSV has a header once.
    Rows { format: Format, waiting: Vec<Sample>, headed: bool },
    /// One document at the end.
    Document { format: Format, all: Vec<Sample>, left_out: u64 },
}

impl CounterWriter {
    /// A writer to standard output. `heading` stands above each page; `in_place` is for terminals that can be drawn on.
    pub(super) fn new(format: Format, heading: String, interval: Duration, in_place: bool) -> CounterWriter {
        let history = || History::keeping(SHOWN_NUMBERS);
        let form = match format {
            Format::Table if in_place => {
                let screen = Screen::default();
                Form::InPlace { history: history(), interval, changed: true, shown: None, screen }
            }
            Format::Table => Form::Pages { history: history(), interval, changed: false, shown: None },
            Format::Csv | Format::Ndjson => Form::Rows { format, waiting: Vec::new(), headed: false },
            _ => Form::Document { format, all: Vec::new(), left_out: 0 },
        };
        CounterWriter { out: Destination::stdout(), heading, form }
    }

    /// Takes a sample.
    pub(super) fn add(&mut self, sample: Sample) {
        match &mut self.form {
            Form::InPlace { history, changed, .. } | Form::Pages { history, changed, .. } => {
                history.add(sample);
                *changed = true;
            }
            Form::Rows { waiting, .. } => waiting.push(sample),
            Form::Document { all, left_out, .. } if all.len() >= MAX_DOCUMENT_SAMPLES => *left_out += 1,
            Form::Document { all, .. } => all.push(sample),
        }
    }

    /// Whether what came must be shown though more may be coming: rows that pile up, and pages of a process that never
    /// pauses.
    pub(super) fn is_due(&self) -> bool {
        match &self.form {
            Form::InPlace { shown, interval, .. } => {
                shown.is_some_and(|shown| shown.elapsed() >= *interval * 2)
            }
            Form::Pages { shown, interval, .. } => {
                shown.is_some_and(|shown| shown.elapsed() >= *interval * 2)
            }
            Form::Rows { waiting, .. } => waiting.len() >= MAX_WAITING_ROWS,
            Form::Document { .. } => false,
        }
    }

    /// Shows what came since the last time. `notes` are told below a page that is drawn in place.
    ///
    /// # Errors
    /// Those of standard output.
    pub(super) fn show(&mut self, notes: &[String]) -> io::Result<()> {
        match &mut self.form {
            Form::InPlace { history, screen, changed, shown, .. } if *changed => {
                *changed = false;
                *shown = Some(Instant::now());
                let extent = self.out.extent();
                // A line that fills the last column leaves the cursor on it, and what is cleared behind would be its end.
                let columns = extent.map(|extent| extent.columns.saturating_sub(1));
                // The line below the page is the cursor's.
                let rows = extent.map(|extent| extent.rows.saturating_sub(1));
                let page = lines(&self.heading, history, notes, Room { columns, lines: rows });
                screen.draw(&page, &mut self.out)
            }
            Form::Pages { history, interval, changed, shown } => {
                // Meters and EventCounters come at different times of an interval: together they are one page.
                let is_due = shown.is_none_or(|shown| shown.elapsed() >= *interval * 9 / 10);
                if !*changed || !is_due {
                    return Ok(());
                }
                let columns = self.out.screen().width;
                let mut page = lines(&self.heading, history, &[], Room { columns, lines: None }).join("\n");
                page.insert_str(0, if shown.is_some() { "\n" } else { "" });
                page.push('\n');
                (*changed, *shown) = (false, Some(Instant::now()));
                self.out.write_all(page.as_bytes())?;
                self.out.flush()
            }
            Form::Rows { format, waiting, headed } if !waiting.is_empty() => {
                let rows = rows(*format, &mem::take(waiting), mem::replace(headed, true), &self.out)?;
                self.out.write_all(&rows)?;
                self.out.flush()
            }
            Form::InPlace { .. } | Form::Rows { .. } | Form::Document { .. } => Ok(()),
        }
    }

    /// Shows again, though nothing came: a note did.
    pub(super) fn note(&mut self) {
        if let Form::InPlace { changed, .. } = &mut self.form {
            *changed = true;
        }
    }

    /// Whether notes are shown below the page, and not on standard error.
    pub(super) fn shows_notes(&self) -> bool {
        matches!(self.form, Form::InPlace { .. })
    }

    /// Writes what is left. What was not written for its number is told.
    ///
    /// # Errors
    /// Those of standard output.
    pub(super) fn finish(mut self, notes: &[String]) -> io::Result<Option<Problem>> {
        if let Form::Pages { interval, .. } = &mut self.form {
            // The last page is due whenever it comes.
            *interval = Duration::ZERO;
        }
        self.show(notes)?;
        let mut problem = None;
        if let Form::Document { format, all, left_out } = &self.form {
            let (format, answer) = (*format, answer(all));
            if *left_out > 0 {
                let message = format!(
                    "a document holds {MAX_DOCUMENT_SAMPLES} samples, {left_out} later ones are left out"
                );
                problem = Some(Problem::loss(message).hint("--format ndjson has no limit"));
            }
            let told: Vec<&Problem> = problem.iter().collect();
            let document = Document { answer: &answer, dumps: &[], problems: &told, prose: false };
            format.writer(self.out.screen()).write(&document, &mut self.out)?;
        }
        if let Form::InPlace { screen, .. } = self.form {
            screen.leave(&mut self.out)?;
        }
        self.out.finish()?;
        Ok(problem)
    }
}

/// Rows of samples; CSV's header only where there was none yet.
fn rows(format: Format, samples: &[Sample], headed: bool, out: &Destination) -> io::Result<Vec<u8>> {
    let answer = answer(samples);
    let mut text = Vec::new();
    let document = Document { answer: &answer, dumps: &[], problems: &[], prose: false };
    format.writer(out.screen()).write(&document, &mut text)?;
    if headed && format == Format::Csv {
        let header = text.windows(2).position(|end| end == b"\r\n").map_or(0, |end| end + 2);
        text.drain(..header);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::live::counters::rows::tests::samples;

    fn written(format: Format, headed: bool) -> String {
        String::from_utf8(rows(format, &samples(), headed, &Destination::stdout()).unwrap()).unwrap()
    }

    #[test]
    fn csv_has_one_header() {
        let rows = "2026-11-22T12:32:24.157Z,System.Runtime,gc-heap-size,\"\",gauge,B,175244016.0\r\n\
                    2026-11-22T12:32:24.157Z,System.Runtime,orders,\"shop=a,b\",rate,\"\",2.5\r\n";
        assert_eq!(
            written(Format::Csv, false),
            format!("time_utc,provider,counter,tags,kind,unit,value\r\n{rows}")
        );
        assert_eq!(written(Format::Csv, true), rows);
    }

    #[test]
    fn ndjson_has_a_line_a_sample() {
        let text = written(Format::Ndjson, true);
        let first = r#"{"time_utc":"2026-11-22T12:32:24.157Z","provider":"System.Runtime","counter":"gc-heap-size","tags":"","kind":"gauge","unit":"B","value":175244016.0}"#;
        assert_eq!((text.lines().next(), text.lines().count()), (Some(first), 2));
    }
}
