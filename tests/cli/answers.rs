//! Answers from a dump of the corpus, through every way in and out.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use super::{heapql, run, run_with_input};

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn corpus(name: &str) -> String {
    root().join(format!("corpus/{name}.core.zst")).to_str().expect("the path is text").to_owned()
}

fn zoo() -> String {
    corpus("zoo-10.0")
}

fn query(more: &[&str]) -> super::Ended {
    run(&[&["query", &zoo()], more].concat())
}

const DOGS: &str = "select type, count where type = 'Zoo.Dog' group by type";

#[test]
fn a_table_is_for_people() {
    let ended = query(&["-e", DOGS]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    let lines: Vec<_> = ended.out.lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], "type     count");
    assert!(lines[1].chars().all(|c| c == '─') && lines[2].starts_with("Zoo.Dog"));
}

#[test]
fn a_json_document_is_one_line_a_statement() {
    let ended = query(&["--format", "json", "-e", DOGS, "-e", "select count from modules; select count"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    let documents: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(documents.len(), 3);
    let first = &documents[0];
    assert_eq!(first["version"], 1);
    assert_eq!(first["query"], DOGS);
    assert_eq!(first["columns"][0], serde_json::json!({"name": "type", "kind": "text"}));
    assert_eq!(first["columns"][1], serde_json::json!({"name": "count", "kind": "integer"}));
    assert_eq!(first["rows"][0][0], "Zoo.Dog");
    assert!(first["rows"][0][1].as_u64().unwrap() > 0);
    assert!(first["dump"]["runtime"].as_str().unwrap().starts_with("10.0."));
    assert_eq!(first["dump"]["arch"], "x64");
    assert!(first["warnings"].is_array() && first["elapsed_ms"].is_u64());
}

#[test]
fn csv_and_ndjson_hold_the_same_rows() {
    let statement = "select type, count, size group by type order by size desc, type limit 20";
    let csv = query(&["--format", "csv", "-e", statement]).out;
    let ndjson = query(&["--format", "ndjson", "-e", statement]).out;
    assert_eq!(csv.lines().next(), Some("type,count,size"));
    assert_eq!((csv.lines().count(), ndjson.lines().count()), (21, 20));
    for (csv, json) in csv.lines().skip(1).zip(ndjson.lines()) {
        let row: Value = serde_json::from_str(json).unwrap();
        assert!(csv.ends_with(&format!(",{},{}", row["count"], row["size"])), "{csv} {json}");
    }
}

#[test]
fn a_file_gets_what_standard_output_would() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dogs.csv");
    let ended = query(&["--format", "csv", "-e", DOGS, "-o", path.to_str().unwrap()]);
    assert_eq!((ended.status, ended.out.as_str(), ended.err.as_str()), (0, "", ""));
    assert_eq!(fs::read_to_string(&path).unwrap(), query(&["--format", "csv", "-e", DOGS]).out);
}

#[test]
fn a_wrong_statement_is_shown_with_a_caret_and_the_others_are_answered() {
    let ended = query(&["--format", "csv", "-e", "select sise", "-e", DOGS]);
    assert_eq!(ended.status, 1);
    assert!(ended.err.starts_with("error: ") && ended.err.contains("select sise") && ended.err.contains('^'));
    assert!(ended.out.starts_with("type,count\r\nZoo.Dog,"));
}

#[test]
fn a_script_comes_from_a_file_or_from_standard_input() {
    let text = format!("-- dogs\n{DOGS};\n{DOGS}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dogs.hql");
    fs::write(&path, &text).unwrap();
    let from_file = query(&["--format", "ndjson", "-f", path.to_str().unwrap()]);
    let from_input = run_with_input(&["query", &zoo(), "--format", "ndjson", "-f", "-"], &text);
    assert_eq!(from_file.out.lines().count(), 2);
    assert_eq!((from_file.status, from_file.out), (from_input.status, from_input.out));
}

#[test]
fn statements_through_a_pipe_are_answered_line_by_line() {
    let input = format!(
        "\\format ndjson\n{DOGS}\nselect sise\nselect type, \\\ncount where type = 'Zoo.Dog' \\\ngroup by type\nquit\nselect count\n"
    );
    let ended = run_with_input(&[&zoo()], &input);
    assert_eq!(ended.status, 1);
    let lines: Vec<_> = ended.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ended.out);
    assert_eq!(lines[0], lines[1]);
    assert_eq!(ended.err.matches("error:").count(), 1, "{}", ended.err);
}

#[test]
fn the_catalog_is_asked_like_anything_else() {
    let ended = run_with_input(&[&zoo()], "tables\nhelp\ndescribe objects\n");
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    for word in ["objects", "segments", "modules", "select"] {
        assert!(ended.out.contains(word), "{word}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut command = heapql();
    command.args(["query", &zoo(), "--format", "ndjson", "-e", "select address, type, size from objects"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn the_output_is_the_same_for_any_number_of_threads() {
    let asked = |threads| {
        query(&["--threads", threads, "--format", "csv", "-e", "select address, type, size from objects"]).out
    };
    assert!(asked("1") == asked("3"));
}

#[test]
fn info_tells_the_runtime_in_words_and_in_json() {
    let text = run(&["info", &zoo()]);
    assert_eq!((text.status, text.err.as_str()), (0, ""));
    assert!(text.out.contains("10.0.") && text.out.contains("workstation"), "{}", text.out);
    let json = run(&["info", &zoo(), "--format", "json"]);
    let document: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(document["version"], 1);
    assert!(!document["checks"].as_array().unwrap().is_empty());
    assert!(document["checks"].as_array().unwrap().iter().all(|check| check["outcome"] != "failed"));
}

#[test]
fn collections_of_ones_own_are_recognised_by_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.json");
    let nodes = r#"{"form": 1, "shapes": [{"name": "ZooTree", "types": ["Zoo.Tree"],
        "fields": {"Left": "itself", "Right": "itself", "Depth": "integer"},
        "items": {"tree": "this", "left": "Left", "right": "Right", "value": "Depth"}}]}"#;
    fs::write(&file, nodes).unwrap();
    let file = file.to_str().unwrap();
    let count = "select shape, count from collections where type = 'Zoo.Tree' order by count desc limit 1";
    let ended = query(&["--collections", file, "--format", "csv", "-e", count]);
    assert_eq!(ended.out.trim_end().lines().last(), Some("ZooTree,4095"), "{}", ended.err);
    fs::write(file, nodes.replace("\"Left\": \"itself\"", "\"Left\": \"whatever\"")).unwrap();
    let ended = query(&["--collections", file, "-e", DOGS]);
    assert_eq!((ended.status, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("ZooTree") && ended.err.contains("whatever"), "{}", ended.err);
}
