//! Statements from the command line, from scripts and from standard input.

use std::fs;
use std::io::{self, Read};

use crate::error::{Error, ErrorKind, Result};

use super::engine::split_statements;
use super::request::Source;

/// A text of statements.
#[derive(Debug)]
pub(super) struct Script {
    /// What it is called in messages.
    pub name: String,
    text: String,
}

impl Script {
    /// Reads a source whole.
    ///
    /// # Errors
    /// When it cannot be read or is no text.
    pub(super) fn read(source: &Source) -> Result<Script> {
        let (name, bytes) = match source {
            Source::Text(text) => return Ok(Script { name: "-e".into(), text: text.clone() }),
            Source::File(path) => (path.display().to_string(), fs::read(path)),
            Source::Stdin => {
                let mut bytes = Vec::new();
                ("standard input".into(), io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes))
            }
        };
        let cannot = |name: &str| Error::new(ErrorKind::Io, format!("cannot read statements from {name}"));
        let bytes = bytes.map_err(|error| cannot(&name).caused_by(error))?;
        let text = String::from_utf8(bytes)
            .map_err(|error| cannot(&name).caused_by(error).hint("a script is a text in UTF-8"))?;
        // Editors on Windows put a byte order mark before the text.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok(Script { name, text })
    }

    /// Its statements in order, without the semicolons between them.
    pub(super) fn statements(&self) -> impl Iterator<Item = &str> {
        split_statements(&self.text).into_iter().map(|range| &self.text[range])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(bytes: &[u8]) -> Result<Script> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        Script::read(&Source::File(file.path().to_owned()))
    }

    #[test]
    fn a_script_is_split_at_semicolons() {
        let script = script("\u{feff}select count;\n tables ;\n".as_bytes()).unwrap();
        assert_eq!(script.statements().collect::<Vec<_>>(), ["select count", "tables"]);
    }

    #[test]
    fn a_script_that_is_no_text_is_told() {
        let error = script(b"select \xff").unwrap_err();
        assert!(error.message().starts_with("cannot read statements from "));
        assert_eq!(error.hint_text(), Some("a script is a text in UTF-8"));
    }

    #[test]
    fn a_script_that_is_missing_is_told_with_its_path() {
        let error = Script::read(&Source::File("no/such.hql".into())).unwrap_err();
        assert_eq!(error.message(), "cannot read statements from no/such.hql");
    }
}
