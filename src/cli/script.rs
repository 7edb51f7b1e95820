//! Reads scripts: from the command line, from files, from standard input and from the library.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::query::script::{Script, ScriptError, ScriptText, ScriptTexts, load};

use super::library::{self, Library};
use super::request::Source;

/// A script and what it is called.
#[derive(Debug)]
pub(super) struct Loaded {
    /// What it is called in messages.
    pub name: String,
    pub script: Script,
}

/// Reads a source with all that it includes.
///
/// # Errors
/// When a text cannot be read or is no text; when its header or an include is wrong.
pub(super) fn read(source: &Source) -> std::result::Result<Loaded, ScriptError> {
    let (name, text) = match source {
        Source::Text(text) => ("-e".to_owned(), unnamed(text.clone())),
        Source::Stdin => {
            let mut bytes = Vec::new();
            let read = io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes);
            let text = utf8("standard input", read)?;
            ("standard input".to_owned(), ScriptText { name: Some("standard input".into()), ..unnamed(text) })
        }
        Source::File(path) => (path.display().to_string(), file(path)?),
        Source::Library(name) => {
            let entry = library::entry(name).ok_or_else(|| library::unknown(name))?;
            return Ok(Loaded { name: entry.name.to_owned(), script: load(entry.script_text(), &Library)? });
        }
    };
    Ok(Loaded { name, script: load(text, &Files)? })
}

/// A text that is no file. What it includes is found from the working folder.
fn unnamed(text: String) -> ScriptText {
    ScriptText { name: None, identity: String::new(), text }
}

/// The files of a disk. What a file includes is found from the folder that it lies in.
struct Files;

impl ScriptTexts for Files {
    fn included(&self, name: &str, within: &str) -> Result<ScriptText> {
        let folder = Path::new(within).parent().unwrap_or(Path::new(""));
        file(&folder.join(name))
    }
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read or is no text.
pub(super) fn file(path: &Path) -> Result<ScriptText> {
    let name = path.display().to_string();
    let text = utf8(&name, fs::read(path))?;
    // A file that could be read has such a path, unless it is gone by now.
    let identity = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
    Ok(ScriptText { name: Some(name), identity, text })
}

fn utf8(name: &str, bytes: io::Result<Vec<u8>>) -> Result<String> {
    let cannot = || Error::new(ErrorKind::Io, format!("cannot read statements from {name}"));
    let bytes = bytes.map_err(|error| cannot().caused_by(error))?;
    let text = String::from_utf8(bytes)
        .map_err(|error| cannot().caused_by(error).hint("a script is a text in UTF-8"))?;
    // Editors on Windows put a byte order mark before the text.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(bytes: &[u8]) -> std::result::Result<Loaded, ScriptError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        read(&Source::File(file.path().to_owned()))
    }

    fn texts(loaded: &Loaded) -> Vec<&str> {
        loaded.script.statements.iter().map(|statement| statement.origin.text()).collect()
    }

    #[test]
    fn a_script_is_split_at_semicolons() {
        let loaded = script("\u{feff}select count;\n tables ;\n".as_bytes()).unwrap();
        assert_eq!(texts(&loaded), ["select count", "tables"]);
    }

    #[test]
    fn a_script_that_is_no_text_is_told() {
        let Err(ScriptError::Text(error)) = script(b"select \xff") else { panic!("it is no text") };
        assert!(error.message().starts_with("cannot read statements from "));
        assert_eq!(error.hint_text(), Some("a script is a text in UTF-8"));
    }

    #[test]
    fn a_script_that_is_missing_is_told_with_its_path() {
        let error = read(&Source::File("no/such.hql".into())).unwrap_err();
        assert_eq!(error.to_string(), "cannot read statements from no/such.hql");
    }

    #[test]
    fn what_a_file_includes_lies_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("parts")).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("a.hql", "include 'parts/b.hql'; include './parts/../parts/b.hql'");
        write("parts/b.hql", "include 'c.hql';");
        write("parts/c.hql", "select 3;");
        let main = Source::File(folder.path().join("a.hql"));
        assert_eq!(texts(&read(&main).unwrap()), ["select 3", "select 3"]);
        write("parts/c.hql", "include '../parts/../a.hql'");
        let told = read(&main).unwrap_err().to_string();
        assert!(told.contains("the script includes itself") && told.contains("c.hql:1:9"), "{told}");
    }

    #[test]
    fn the_library_includes_nothing_but_itself() {
        let including = |file: &str| Library.included(file, "biggest-types");
        assert_eq!(including("what-grew.hql").unwrap().identity, "what-grew");
        for outside in ["../Cargo.toml", "/etc/passwd", "no-such.hql"] {
            let error = including(outside).unwrap_err();
            assert!(error.to_string().contains("library"), "{error}");
        }
    }
}
