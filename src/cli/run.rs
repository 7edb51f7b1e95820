//! `heapql run`: answer a script, show it, or list the library.

use std::io::{self, Write};
use std::path::Path;

use crate::output::{Document, Format};
use crate::query::script::{Parameter, Script};
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::library::{self, Entry};
use super::query;
use super::request::{Common, Run, Source};
use super::script;

/// Does what the request asks.
pub(super) fn run(request: &Run, common: &Common, console: &Console) -> ExitStatus {
    match request {
        Run::Answer(query) => query::answer(query, common, console),
        Run::Show { source } => match text(source) {
            Ok(text) => written(console, None, |out| out.write_all(text.as_bytes())),
            Err(error) => {
                console.messages.error(&error);
                ExitStatus::Usage
            }
        },
        Run::List { format, output } => written(console, output.as_deref(), |out| list(*format, out)),
    }
}

/// The text of a script as it stands in its file.
fn text(source: &Source) -> crate::Result<String> {
    match source {
        Source::Library(name) => {
            library::entry(name).map(|entry| entry.text.to_owned()).ok_or_else(|| library::unknown(name))
        }
        Source::File(path) => Ok(script::file(path)?.text),
        Source::Text(_) | Source::Stdin => Ok(String::new()),
    }
}

fn written(
    console: &Console,
    path: Option<&Path>,
    write: impl FnOnce(&mut Destination) -> io::Result<()>,
) -> ExitStatus {
    let mut out = match path.map_or_else(|| Ok(Destination::stdout()), Destination::file) {
        Ok(out) => out,
        Err(error) => {
            console.messages.error(&error);
            return ExitStatus::Usage;
        }
    };
    let name = out.name().to_owned();
    match write(&mut out).and_then(|()| out.finish()) {
        Ok(()) => ExitStatus::Answered,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Answered,
        Err(error) => {
            console.messages.error(&Destination::failure(&name, error));
            ExitStatus::Usage
        }
    }
}

/// Lists the library, a row a script.
fn list(format: Format, out: &mut Destination) -> io::Result<()> {
    let answer = library_answer();
    let document = Document { answer: &answer, dumps: &[], problems: &[], prose: true };
    format.writer(out.screen()).write(&document, out)
}

/// The library as an answer: name, dumps, question, parameters with their defaults.
fn library_answer() -> Answer {
    let scripts: Vec<(&Entry, Script)> = library::entries()
        .iter()
        .map(|entry| (entry, entry.script().expect("a test loads every script of the library")))
        .collect();
    let column = |name: &str, value: &dyn Fn(&(&Entry, Script)) -> Option<String>| {
        let values: Vec<Option<String>> = scripts.iter().map(value).collect();
        let cells = values.iter().map(|value| value.as_deref().map_or(ValueRef::Null, ValueRef::Text));
        AnswerColumn::new(name, Kind::Text, cells)
    };
    let parameters = |script: &Script| {
        let all: Vec<String> = script.parameters.iter().map(shown).collect();
        (!all.is_empty()).then(|| all.join(", "))
    };
    let columns = vec![
        column("script", &|(entry, _)| Some(entry.name.to_owned())),
        column("dumps", &|(_, script)| Some(script.dumps.to_string())),
        column("question", &|(_, script)| script.question.clone()),
        column("parameters", &|(_, script)| parameters(script)),
    ];
    Answer { columns, ..Answer::default() }
}

/// `min=1mb`
fn shown(parameter: &Parameter) -> String {
    match &parameter.default {
        Some(default) => format!("{}={default}", parameter.name),
        None => parameter.name.clone(),
    }
}
