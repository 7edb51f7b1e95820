//! Help texts, word for word. `UPDATE_GOLDEN=1 cargo test` writes them anew.

use std::env;
use std::fs;
use std::path::Path;

use super::run;

#[track_caller]
fn assert_golden(name: &str, arguments: &[&str]) {
    assert_golden_file(&format!("tests/cli/golden/{name}"), arguments);
}

#[track_caller]
fn assert_golden_file(name: &str, arguments: &[&str]) {
    let ended = run(arguments);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""), "{arguments:?}");
    assert_golden_text(name, &ended.out);
}

/// Holds a text against a file of the repository, or writes it there.
#[track_caller]
pub(super) fn assert_golden_text(name: &str, out: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, out).expect("the golden file can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        out == expected,
        "{name} is not what the program prints; if that is meant, run the tests with UPDATE_GOLDEN=1\n\
         --- expected\n{expected}\n--- got\n{out}"
    );
}

#[test]
fn help_of_the_program() {
    assert_golden("help.txt", &["--help"]);
    assert_golden("help-short.txt", &["-h"]);
}

#[test]
fn help_of_the_commands() {
    assert_golden("help-query.txt", &["query", "--help"]);
    assert_golden("help-run.txt", &["run", "--help"]);
    assert_golden("help-info.txt", &["info", "--help"]);
    assert_golden("help-index.txt", &["index", "--help"]);
    assert_golden("help-open.txt", &["open", "--help"]);
    assert_golden("help-diff.txt", &["diff", "--help"]);
    assert_golden("help-leaks.txt", &["leaks", "--help"]);
    assert_golden("help-report.txt", &["report", "--help"]);
    assert_golden("help-snapshot.txt", &["snapshot", "--help"]);
    assert_golden("help-ps.txt", &["ps", "--help"]);
    assert_golden("help-counters.txt", &["counters", "--help"]);
    assert_golden("help-collect.txt", &["collect", "--help"]);
    assert_golden("help-watch.txt", &["watch", "--help"]);
}

#[test]
fn the_reference_is_what_the_catalog_says() {
    assert_golden_file("docs/reference.md", &["reference"]);
}

#[test]
fn the_version_is_the_packages() {
    let ended = run(&["--version"]);
    assert_eq!(ended.out, format!("heapql {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn without_arguments_help_goes_to_standard_error() {
    let ended = run(&[]);
    assert_eq!((ended.status, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("Usage: heapql"));
}
