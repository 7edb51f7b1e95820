//! `heapql report` over the series of the corpus: what it says, in all three forms.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::run;
use crate::json_schema::Schema;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn dump(step: usize) -> String {
    root().join(format!("corpus/web-t{step}.core.zst")).display().to_string()
}

/// A report on so many dumps of the series, as a file called `name`.
fn report(dumps: usize, name: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    let path_text = path.display().to_string();
    let dumps: Vec<String> = (0..dumps).map(dump).collect();
    let mut arguments = vec!["report", "-o", path_text.as_str()];
    arguments.extend(dumps.iter().map(String::as_str));
    arguments.extend(more);
    let ended = run(&arguments);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(ended.out.is_empty(), "results are in the file");
    assert!(ended.err.contains(&format!("the report is in {path_text} (")), "{}", ended.err);
    fs::read_to_string(path).expect("the report")
}

fn golden() -> PathBuf {
    root().join("tests/cli/golden/report.md")
}

/// `UPDATE_GOLDEN=1 cargo test` writes the file anew; look at what changes.
#[test]
fn markdown_over_the_series_is_golden() {
    let markdown = report(3, "report.md", &[]);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(golden(), &markdown).expect("the golden file is written");
    }
    let expected = fs::read_to_string(golden()).expect("the golden file");
    assert_eq!(markdown, expected, "see tests/cli/golden/report.md");
}

#[test]
fn json_is_as_the_schema_says_and_names_the_leak() {
    let schema = Schema::read("report");
    for dumps in [1, 3] {
        let document: Value = serde_json::from_str(&report(dumps, "report.json", &[])).expect("it is JSON");
        assert_eq!(schema.offences(&document), Vec::<String>::new());
        assert_eq!(document["dumps"].as_array().map(Vec::len), Some(dumps));
        if dumps > 1 {
            assert_eq!(document["growth"][0]["type"], "testwebapi.Controllers.Customer");
        }
    }
}

#[test]
fn a_page_is_small_and_the_same_for_any_number_of_threads() {
    let one = report(3, "report.html", &["--threads", "1"]);
    let four = report(3, "report.html", &["--threads", "4"]);
    assert!(one == four, "the page depends on the number of threads");
    assert!(one.len() < 1_000_000, "{}", one.len());
    assert!(one.contains("<h1>Customer grew by "), "{}", &one[..2000]);
}

#[test]
fn slips_are_told_before_any_dump_is_opened() {
    let ended = run(&["report", "no-such.core", "-o", "no/such/folder/x.html"]);
    assert_eq!(ended.status, 2, "{}", ended.err);
    assert!(ended.err.contains("cannot write no/such/folder/x.html"), "{}", ended.err);
    let ended = run(&["report", &dump(0), "-o", "x.pdf"]);
    assert!(ended.status == 2 && ended.err.contains("name it .html, .md or .json"), "{}", ended.err);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.html");
    assert_eq!(run(&["report", "no-such.core", "-o", &path.display().to_string()]).status, 3);
    assert!(!path.exists(), "nothing is left behind");
}

#[test]
fn a_comparison_can_be_written_as_a_report() {
    let dumps: Vec<String> = (0..3).map(dump).collect();
    let compared = |more: &[&str]| {
        let mut arguments = vec!["diff"];
        arguments.extend(dumps.iter().map(String::as_str));
        arguments.extend(more);
        run(&arguments)
    };
    let ended = compared(&["--format", "markdown"]);
    assert_eq!((ended.status, ended.out), (0, fs::read_to_string(golden()).expect("the golden file")));
    let ended = compared(&["--format", "html"]);
    assert!(ended.status == 0 && ended.out.starts_with("<!DOCTYPE html>"), "{}", ended.err);
    let ended = compared(&["--format", "html", "-e", "select type, count group by type"]);
    assert!(ended.status == 2 && ended.err.contains("a report compares types"), "{}", ended.err);
}

#[test]
fn answers_of_comparisons_and_leaks_are_as_the_schema_says() {
    let schema = Schema::read("answer");
    for command in ["diff", "leaks"] {
        let (first, last) = (dump(0), dump(2));
        let ended = run(&[command, &first, &last, "--format", "json"]);
        assert_eq!(ended.status, 0, "{}", ended.err);
        let document: Value = serde_json::from_str(&ended.out).expect("it is JSON");
        assert_eq!(schema.offences(&document), Vec::<String>::new(), "{command}");
    }
    let ended =
        run(&["query", &dump(0), "-e", "select kind, count from roots group by kind", "--format", "json"]);
    let document: Value = serde_json::from_str(&ended.out).expect("it is JSON");
    assert_eq!(schema.offences(&document), Vec::<String>::new());
}
