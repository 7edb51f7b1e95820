//! What is refused, with which status and which words.

use std::fs;

use super::{heapql, run, run_with_input};

#[test]
fn a_dump_that_is_not_there() {
    for arguments in
        [&["query", "no/such.core", "-e", "select count"][..], &["info", "no/such.core"], &["no/such.core"]]
    {
        let ended = run(arguments);
        assert_eq!((ended.status, ended.out.as_str()), (3, ""), "{arguments:?}");
        assert!(ended.err.starts_with("error: ") && ended.err.contains("no/such.core"), "{}", ended.err);
    }
}

#[test]
fn a_file_that_is_no_dump() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("empty", ""), ("text", "this is not a core file\n")] {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let ended = run(&["query", path.to_str().unwrap(), "-e", "select count"]);
        assert_eq!((ended.status, ended.out.as_str()), (3, ""), "{name}");
        assert!(ended.err.starts_with("error: "), "{}", ended.err);
    }
}

#[test]
fn one_bad_dump_among_several_ends_it() {
    let ended = run(&["query", "no/such.core", "nor/this.core", "-e", "select count"]);
    assert_eq!(ended.status, 3);
    assert_eq!(ended.err.matches("error:").count(), 1, "{}", ended.err);
}

#[test]
fn wrong_command_lines() {
    for arguments in [
        &["query"][..],
        &["query", "a.core"],
        &["query", "a.core", "-e", "x", "--format", "xml"],
        &["query", "a.core", "-f", "no/such.hql"],
        &["query", "a.core", "-e", "x", "-o", "no/such/file"],
        &["info"],
        &["a.core", "info"],
        &["a.core", "--threads", "none"],
    ] {
        let ended = run(arguments);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ended.err.starts_with("error: "), "{}", ended.err);
    }
}

#[test]
fn a_script_on_standard_input_that_is_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bytes");
    fs::write(&path, b"select \xff").unwrap();
    let input = fs::File::open(&path).unwrap();
    let output = heapql().args(["query", "a.core", "-f", "-"]).stdin(input).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("UTF-8"));
}

#[test]
fn statements_are_not_read_before_the_dump_is_open() {
    let ended = run_with_input(&["no/such.core"], "select count\n");
    assert_eq!((ended.status, ended.out.as_str()), (3, ""));
}

#[test]
fn colour_is_for_who_asks_for_it() {
    let told = |color: &str| run(&["--color", color, "no/such.core"]).err;
    assert!(told("always").starts_with("\u{1b}[1m\u{1b}[31merror:"));
    assert!(!told("never").contains('\u{1b}') && !told("auto").contains('\u{1b}'));
}

#[test]
fn an_empty_cache_variable_means_none() {
    let output = heapql().arg("no/such.core").env("HEAPQL_CACHE", "").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
}
