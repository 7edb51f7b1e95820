//! `heapql snapshot`, as its user meets it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::{Ended, run};

fn corpus(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    path.to_str().expect("the path is text").to_owned()
}

/// A folder with a file for the baseline in it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("base.json")
    }

    /// Keeps a baseline of a dump in the file.
    fn keep(&self, dump: &str, more: &[&str]) -> Ended {
        let file = self.file();
        run(&[&["snapshot", dump, "-o", file.to_str().expect("the path is text")], more].concat())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file()).expect("the baseline is there")).expect("it is JSON")
    }
}

/// The row of a list whose first value is `name`.
fn row<'a>(list: &'a Value, name: &str) -> &'a Value {
    let rows = list.as_array().expect("a list");
    rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no row {name}"))
}

#[test]
fn a_baseline_is_small_and_says_what_is_in_it() {
    let folder = Folder::new();
    let ended = folder.keep(&corpus("web-t2.core.zst"), &[]);
    assert_eq!((ended.status, ended.out.as_str()), (0, ""), "{}", ended.err);
    assert!(ended.err.starts_with("baseline of web-t2.core.zst ("), "{}", ended.err);
    assert!(fs::metadata(folder.file()).expect("the baseline").len() < 600 << 10);

    let json = folder.json();
    assert_eq!([&json["format"], &json["version"]], [&Value::from("heapql baseline"), &Value::from(1)]);
    let dump = &json["dump"];
    assert_eq!([&dump["file"], &dump["program"]], ["web-t2.core.zst", "testwebapi.dll"]);
    assert!(dump["clock_ms"].is_u64() && dump["process_run"].is_string(), "{dump}");
    let customers = row(&json["types"], "testwebapi.Controllers.Customer");
    assert!(customers[2].as_u64() >= Some(20_000), "{customers}");
    let number = json["types"].as_array().and_then(|rows| rows.iter().position(|row| row == customers));
    let ways = json["ways"].as_array().expect("ways").iter().find(|ways| ways[0] == number.unwrap_or(0));
    let way = &ways.expect("ways to customers")[1][0];
    assert_eq!([&way[0], &way[1]], ["static", "testwebapi.Controllers.DiagScenarioController.p"]);
}

#[test]
fn the_same_dump_gives_the_same_baseline_on_any_number_of_threads() {
    let (one, four) = (Folder::new(), Folder::new());
    assert_eq!(one.keep(&corpus("zoo-10.0.core.zst"), &["--threads", "1"]).status, 0);
    assert_eq!(four.keep(&corpus("zoo-10.0.core.zst"), &["--threads", "4"]).status, 0);
    assert_eq!(fs::read(one.file()).expect("a baseline"), fs::read(four.file()).expect("a baseline"));
}

#[test]
fn dumps_of_one_run_share_its_number_and_their_clock_goes_on() {
    let facts = ["web-t0.core.zst", "web-t1.core.zst", "web-t2.core.zst", "zoo-10.0.core.zst"].map(|dump| {
        let folder = Folder::new();
        assert_eq!(folder.keep(&corpus(dump), &[]).status, 0);
        folder.json()["dump"].clone()
    });
    let [first, second, third, zoo] = &facts;
    for dump in [second, third] {
        assert_eq!(dump["process_run"], first["process_run"]);
        assert_ne!(dump["fingerprint"], first["fingerprint"]);
    }
    assert_ne!([&zoo["process_run"], &zoo["program"]], [&first["process_run"], &first["program"]]);
    let clocks = [first, second, third].map(|dump| dump["clock_ms"].as_u64().expect("a clock"));
    assert!(clocks.is_sorted_by(|a, b| a < b), "{clocks:?}");
}

#[test]
fn answers_to_grouped_selects_are_kept() {
    let folder = Folder::new();
    let selects = ["-e", "select gen, count, size group by gen", "-e", "select count(distinct type)"];
    let ended = folder.keep(&corpus("zoo-10.0.core.zst"), &selects);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(ended.err.contains("2 answers"), "{}", ended.err);
    let answers = &folder.json()["answers"];
    assert_eq!(answers[0]["query"], selects[1]);
    assert!(answers[0]["rows"].as_array().is_some_and(|rows| rows.len() > 2), "{answers}");
}

#[test]
fn a_baseline_has_no_objects_in_which_leaks_could_be_looked_for() {
    let folder = Folder::new();
    assert_eq!(folder.keep(&corpus("web-t0.core.zst"), &[]).status, 0);
    let base = folder.file();
    let base = base.to_str().expect("the path is text");
    let ended = run(&["leaks", base]);
    assert_eq!((ended.status, ended.out.as_str()), (3, ""));
    assert!(ended.err.contains("web-t0.core.zst is a baseline"), "{}", ended.err);
    let page = folder.0.path().join("report.md");
    let ended = run(&["report", base, "-o", page.to_str().expect("the path is text")]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let text = fs::read_to_string(page).expect("a report");
    assert!(text.contains("leaks were not looked for") && !text.contains("othing looks like"), "{text}");
}

#[test]
fn a_select_without_groups_is_refused_and_nothing_is_written() {
    let folder = Folder::new();
    fs::write(folder.file(), "old").expect("a file");
    let dump = corpus("zoo-10.0.core.zst");
    for select in ["select address from objects", "selct type", "select nothing, count group by nothing"] {
        let ended = folder.keep(&dump, &["-e", select]);
        assert_eq!((ended.status, ended.out.as_str()), (1, ""), "{select}: {}", ended.err);
        assert!(ended.err.contains(select) && ended.err.contains('^'), "{}", ended.err);
        assert_eq!(fs::read_to_string(folder.file()).expect("the old file"), "old");
    }
}

#[test]
fn what_is_no_dump_or_no_place_to_write_is_told() {
    let folder = Folder::new();
    let text = folder.0.path().join("notes.txt");
    fs::write(&text, "no dump").expect("a file");
    let ended = folder.keep(text.to_str().expect("the path is text"), &[]);
    assert_eq!(ended.status, 3, "{}", ended.err);
    assert!(!folder.file().exists());
    let ended = run(&["snapshot", &corpus("zoo-10.0.core.zst"), "-o", "/nowhere/base.json"]);
    assert_eq!(ended.status, 2, "{}", ended.err);
    assert!(ended.err.contains("/nowhere/base.json"), "{}", ended.err);
    assert_eq!(run(&["snapshot", "app.core"]).status, 2);
}
