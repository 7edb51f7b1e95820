//! Habits are kept: the words of SOS (`dumpheap -stat`, in dotnet-dump, WinDbg and LLDB) and of debuggers (`memory read`,
//! `x/8gx`, `dq`) as statements of the language.
//!
//! A line goes in, statements come out: nothing here reads a dump or prints. The words are data ([`words`]), a file a
//! family, each with its switches, what they take, and examples with the statements that they stand for; those feed
//! `help WORD`, `soshelp`, `docs/sos.md` and the tests. What a word shows and the language lacked was added to the
//! language, so that whoever sees a word's statement can go on from there.
//!
//! Sources: the commands' own sources in dotnet/diagnostics, `src/Microsoft.Diagnostics.ExtensionCommands` and
//! `src/SOS/Strike/strike.cpp`; LLDB's documentation of `memory read` and `x`.

mod answer;
mod arguments;
mod closing;
mod collections;
mod exceptions;
mod generations;
mod handles;
mod heap;
mod help;
mod integrity;
mod line;
mod locks;
mod memory;
mod modules;
mod not_yet;
mod number;
mod objects;
mod process;
mod roots;
mod segments;
mod stacks;
mod tasks;
mod text;
mod types;
mod words;

#[cfg(test)]
mod tests;

pub use closing::Closing;
pub use help::reference;
pub use words::{SwitchDoc, SwitchState, WordDoc, word, words};

use crate::query::{Answer, Diagnostic, nearest};
use line::Line;

/// What a line of these words stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// Statements of the language, in the order in which they are to be answered.
    pub statements: Vec<String>,
    /// What those who know the word expect to read below its answers.
    pub closing: Closing,
}

impl Translation {
    fn of(statements: impl IntoIterator<Item = String>) -> Translation {
        Translation { statements: statements.into_iter().collect(), ..Translation::default() }
    }

    fn one(statement: impl Into<String>) -> Translation {
        Translation::of([statement.into()])
    }

    fn closing(self, closing: Closing) -> Translation {
        Translation { closing, ..self }
    }
}

/// What is to be done with a line of these words.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// Statements are to be answered.
    Ask(Translation),
    /// This is the answer: an explanation of words, or the statements that a word stands for.
    Explain(Box<Answer>),
}

/// Whether a text is for this layer: its first word is one of SOS or of a debugger, perhaps behind `!`, `sos` or `sql`, or it
/// asks for help on one. A statement of the language never is.
pub fn is_command(text: &str) -> bool {
    Line::first(text).is_some_and(|line| line.is_command())
}

/// The word of this layer that is meant perhaps by a word that is none.
pub fn meant(word: &str) -> Option<&'static str> {
    // Anything is near to the shortest words.
    const LETTERS: usize = 4;
    if word.chars().filter(|c| c.is_alphabetic()).count() < LETTERS {
        return None;
    }
    nearest(word, words().flat_map(|doc| [doc.word].into_iter().chain(doc.aliases.iter().copied())))
}

/// What a text stands for, each of its lines by itself, since that is how these words are written.
///
/// # Errors
/// At its place: a word or a switch that is not known, an operand that is none, a word that is not answered yet, a line
/// that is no word.
pub fn translate(text: &str) -> Result<Vec<Meaning>, Diagnostic> {
    Line::all(text).iter().map(meaning).collect()
}

fn meaning(line: &Line<'_>) -> Result<Meaning, Diagnostic> {
    if let Some(asked) = line.help() {
        return Ok(Meaning::Explain(Box::new(help::help(&asked)?)));
    }
    let doc = line.doc()?;
    let arguments = arguments::Arguments::parse(doc, line)?;
    if arguments.asks_for_help() {
        return Ok(Meaning::Explain(Box::new(help::help(&line.word())?)));
    }
    let translation = (doc.translate)(&arguments)?;
    if line.only_shown() {
        return Ok(Meaning::Explain(Box::new(answer::statements(&translation, line.text()))));
    }
    Ok(Meaning::Ask(translation))
}
