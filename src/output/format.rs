//! The formats an answer can be written in, chosen by a word, and what every writer is given.

use std::fmt;
use std::io::{self, Write};

use crate::error::Error;
use crate::graph::Facts;
use crate::problem::Problem;
use crate::query::{Answer, Rows};

use super::csv::CsvWriter;
use super::drawing::Drawing;
use super::html_table::HtmlWriter;
use super::json::JsonWriter;
use super::markdown_table::MarkdownWriter;
use super::ndjson::NdjsonWriter;
use super::table::TableWriter;

/// The form an answer is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Aligned columns for people.
    #[default]
    Table,
    /// One JSON document a statement, each on a line of its own.
    Json,
    /// Comma-separated values as RFC 4180 has them, with a header row.
    Csv,
    /// One JSON object a row, each on a line of its own.
    Ndjson,
    /// A table in Markdown, as GitHub shows it.
    Markdown,
    /// A page with a table.
    Html,
    /// A graph in the language of Graphviz.
    Dot,
    /// A graph as a Mermaid flowchart.
    Mermaid,
}

impl Format {
    /// All formats, the default first.
    pub const ALL: [Format; 8] = [
        Self::Table,
        Self::Json,
        Self::Csv,
        Self::Ndjson,
        Self::Markdown,
        Self::Html,
        Self::Dot,
        Self::Mermaid,
    ];

    /// The word that chooses the format on the command line and at the prompt.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Dot => "dot",
            Self::Mermaid => "mermaid",
        }
    }

    /// The format of that word, or `None` when there is none.
    pub fn from_word(word: &str) -> Option<Format> {
        Self::ALL.into_iter().find(|f| f.word() == word)
    }

    /// A writer of this format for an output of that kind. One writer serves all the answers that
    /// go to the same place, so that it can separate them.
    pub fn writer(self, screen: Screen) -> Box<dyn AnswerWriter> {
        match self {
            Self::Table => Box::new(TableWriter::new(screen)),
            Self::Json => Box::new(JsonWriter),
            Self::Csv => Box::new(CsvWriter::new(screen)),
            Self::Ndjson => Box::new(NdjsonWriter),
            Self::Markdown => Box::new(MarkdownWriter::default()),
            Self::Html => Box::new(HtmlWriter::default()),
            Self::Dot => Box::new(Drawing::Dot),
            Self::Mermaid => Box::new(Drawing::Mermaid),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What the output is shown on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// The number of columns that a line may take, or `None` when nothing must be shortened
    /// (a file, a pipe).
    pub width: Option<usize>,
    /// Whether the output is a terminal, which obeys control characters.
    pub terminal: bool,
}

/// An answer and what is told beside it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// The dumps it was asked of, in the order they were opened.
    pub dumps: &'a [&'a Facts],
    /// What was left out of the answer or deserves a word, from opening to answering, each once.
    pub problems: &'a [&'a Problem],
    /// Whether its texts are sentences, as those of `help` are, and not names: a table that must
    /// save room wraps sentences at words and shortens names in the middle.
    pub prose: bool,
}

/// Writes answers in one format.
pub trait AnswerWriter {
    /// Why an answer cannot be written in this format; `None` for those that can, as all can in most formats.
    fn refusal(&self, answer: &Answer) -> Option<Error> {
        let _ = answer;
        None
    }

    /// Whether rows can be written while they are found; else the answer must be at hand whole.
    fn streams(&self) -> bool {
        true
    }

    /// Writes the beginning of an answer and its rows; `prose` as in [`Document::prose`].
    ///
    /// # Errors
    /// Those of `out` and of finding the rows; what was written until then stays written.
    fn write_rows(&mut self, rows: &Rows<'_>, prose: bool, out: &mut dyn Write) -> io::Result<()>;

    /// Writes what comes behind the rows, of which the document's answer need not hold any.
    ///
    /// # Errors
    /// Those of `out`.
    fn finish(&mut self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let _ = (document, out);
        Ok(())
    }

    /// Writes one answer whole.
    ///
    /// # Errors
    /// Those of `out`; what was written until then stays written.
    fn write(&mut self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.write_rows(&Rows::whole(document.answer), document.prose, out)?;
        self.finish(document, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_word() {
        for format in Format::ALL {
            assert_eq!(Format::from_word(format.word()), Some(format));
        }
        assert_eq!(Format::from_word("xml"), None);
    }
}
