//! The scripts that the program brings along: those of the folder `queries`, by their names.

use crate::error::{Error, ErrorKind, Result};
use crate::query::nearest;
use crate::query::script::{Script, ScriptError, ScriptText, ScriptTexts, load};

/// A script of the library.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Its name: that of its file without the ending.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! library {
    ($($name:literal)*) => {
        /// In alphabetical order; a test holds it to the folder.
        static ENTRIES: &[Entry] = &[
            $(Entry { name: $name, text: include_str!(concat!("../../queries/", $name, ".hql")) },)*
        ];
    };
}

library! {
    "assembly-contexts"
    "async-stacks"
    "biggest-array"
    "biggest-retained"
    "biggest-types"
    "boxes"
    "by-generation"
    "ci-gate"
    "closures"
    "collections"
    "deadlocks"
    "duplicate-strings"
    "event-handlers"
    "exceptions"
    "finalizer-backlog"
    "fragmentation"
    "free-space"
    "garbage-by-type"
    "is-it-growing"
    "large-objects"
    "large-strings"
    "leak-suspects"
    "memory-cache"
    "pending-tasks"
    "pinning"
    "requests"
    "segments"
    "since-when"
    "sparse-arrays"
    "static-caches"
    "sync-over-async"
    "thread-pool-queue"
    "thread-statics"
    "threads"
    "timers"
    "what-grew"
    "where-is-the-memory"
    "which-objects"
    "who-holds"
    "who-refers-to-what"
    "who-waits"
}

impl Entry {
    /// Its text as it is loaded.
    pub(super) fn script_text(self) -> ScriptText {
        let name = Some(format!("queries/{}.hql", self.name));
        ScriptText { name, identity: self.name.to_owned(), text: self.text.to_owned() }
    }

    /// The script itself.
    ///
    /// # Errors
    /// None for the scripts that the program brings along, as a test proves.
    pub(super) fn script(self) -> std::result::Result<Script, ScriptError> {
        load(self.script_text(), &Library)
    }
}

/// All scripts, in the order of their names.
pub(super) fn entries() -> &'static [Entry] {
    ENTRIES
}

/// The script of that name.
pub(super) fn entry(name: &str) -> Option<Entry> {
    ENTRIES.iter().find(|entry| entry.name == name).copied()
}

/// The error of a name that no script has.
pub(super) fn unknown(name: &str) -> Error {
    let error = Error::new(ErrorKind::Io, format!("the library has no script `{name}`"));
    error.hint(match nearest(name, ENTRIES.iter().map(|entry| entry.name)) {
        Some(near) => format!("did you mean `{near}`? `heapql run --list` lists them all"),
        None => format!("`heapql run --list` lists the library; a file of that name is `./{name}`"),
    })
}

/// The library as a place where included texts are found: its own scripts and no files.
#[derive(Debug)]
pub(super) struct Library;

impl ScriptTexts for Library {
    fn included(&self, file: &str, _: &str) -> Result<ScriptText> {
        let name = file.strip_suffix(".hql").unwrap_or(file);
        entry(name).map(Entry::script_text).ok_or_else(|| unknown(name))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_library_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut files: Vec<String> = files.map(|name| name.into_string().unwrap()).collect();
        files.sort();
        let names: Vec<String> = entries().iter().map(|entry| format!("{}.hql", entry.name)).collect();
        assert_eq!(names, files);
    }

    #[test]
    fn every_script_says_what_it_answers() {
        for entry in entries() {
            let script = entry.script().unwrap_or_else(|error| panic!("{}: {error}", entry.name));
            let question = script.question.unwrap_or_default();
            assert!(question.ends_with('?'), "{}: {question}", entry.name);
            assert!(entry.text.contains("\n-- dumps: "), "{}: how many dumps?", entry.name);
            assert!(!script.statements.is_empty(), "{}", entry.name);
            let unset = script.parameters.iter().find(|parameter| parameter.default.is_none());
            assert!(unset.is_none(), "{}: {unset:?} has no default", entry.name);
        }
    }

    #[test]
    fn an_unknown_name_is_told_with_a_near_one() {
        let hint = |name| unknown(name).hint_text().unwrap().to_owned();
        assert!(hint("what-grow").starts_with("did you mean `what-grew`?"));
        assert!(hint("xyzzy").contains("./xyzzy"));
    }
}
