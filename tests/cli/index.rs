//! The index beside a dump, as its user meets it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Ended, heapql};

/// A folder with a dump of the corpus.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/zoo-10.0.core.zst");
        fs::copy(corpus, folder.dump()).expect("a copy of the dump");
        folder
    }

    fn dump(&self) -> PathBuf {
        self.0.path().join("zoo.core.zst")
    }

    fn index(&self) -> PathBuf {
        self.0.path().join("zoo.core.zst.hqlx")
    }

    /// Runs a command on the dump, the user's cache folder in this folder and indexes allowed.
    fn run(&self, command: &str, more: &[&str]) -> Ended {
        let mut program = heapql();
        program.env_remove("HEAPQL_NO_INDEX").env("XDG_CACHE_HOME", self.0.path().join("cache"));
        program.arg(command).arg(self.dump()).args(more).output().expect("the program starts").into()
    }
}

const HISTOGRAM: &[&str] = &["--format", "csv", "-e", "select type, count, size, mt group by type, mt"];

#[test]
fn an_index_is_made_used_and_told() {
    let folder = Folder::new();
    let plain = folder.run("query", HISTOGRAM);
    assert_eq!((plain.status, plain.err.as_str()), (0, ""));
    assert!(!folder.index().exists(), "a question without a graph leaves nothing behind");

    let made = folder.run("index", &["--format", "json"]);
    assert_eq!((made.status, made.err.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&made.out).expect("a JSON document");
    let section = &document["sections"]["index"];
    assert_eq!(section["state"], "written");
    assert_eq!(section["file"], folder.index().to_str().expect("the path is text"));
    assert_eq!(section["holds"], serde_json::json!(["objects", "references", "referrers", "dominators"]));
    assert_eq!(section["size"], fs::metadata(folder.index()).expect("the index").len());

    let again = folder.run("index", &[]);
    assert!(again.status == 0 && again.out.contains("up to date"), "{again:?}");
    let indexed = folder.run("query", HISTOGRAM);
    assert_eq!((indexed.status, indexed.err.as_str(), &indexed.out), (0, "", &plain.out));
    let info = folder.run("info", &[]);
    assert!(info.out.contains("\nIndex\n") && info.out.contains("zoo.core.zst.hqlx"), "{}", info.out);
}

#[test]
fn a_question_of_the_graph_leaves_an_index_that_gives_the_same_answers() {
    let folder = Folder::new();
    let questions: Vec<&str> = [
        "paths to Zoo.AsyncHeld",
        "select type, retained group by type order by retained desc, type limit 20",
        "select kind, type, retained from roots where name like 'Zoo.%'",
        "select source, field from refs where target in (select address from Zoo.Cat limit 5)",
        "referrers of Zoo.HandleHeld",
    ]
    .into_iter()
    .flat_map(|statement| ["-e", statement])
    .chain(["--format", "csv"])
    .collect();
    let without = folder.run("query", &[&questions[..], &["--no-index"]].concat());
    assert!(without.status == 0 && without.out.len() > 1000 && !folder.index().exists(), "{without:?}");
    let first = folder.run("query", &questions);
    assert!(first.err.contains("zoo.core.zst.hqlx") && folder.index().exists(), "{}", first.err);
    let again = folder.run("query", &questions);
    assert_eq!((again.status, again.err.as_str()), (0, ""));
    assert!(first.out == without.out && again.out == without.out);
}

#[test]
fn a_damaged_index_is_told_and_changes_no_answer() {
    let folder = Folder::new();
    let plain = folder.run("query", HISTOGRAM);
    folder.run("index", &[]);
    let mut bytes = fs::read(folder.index()).expect("the index");
    // Within the objects' columns, which come first.
    let at = bytes.len() / 16;
    bytes[at..at + 100].fill(0xee);
    fs::write(folder.index(), &bytes).expect("a damaged index");
    let damaged = folder.run("query", HISTOGRAM);
    assert_eq!((damaged.status, &damaged.out), (0, &plain.out));
    assert!(
        damaged.err.starts_with("note: the index ") && damaged.err.contains("is damaged"),
        "{}",
        damaged.err
    );
    bytes.truncate(at);
    fs::write(folder.index(), &bytes).expect("a cut index");
    let cut = folder.run("query", HISTOGRAM);
    assert_eq!((cut.status, &cut.out), (0, &plain.out));
    assert!(cut.err.contains("it is cut off"), "{}", cut.err);
    let without = folder.run("query", &[HISTOGRAM, &["--no-index"]].concat());
    assert_eq!((without.status, without.err.as_str(), &without.out), (0, "", &plain.out));
}

#[test]
fn an_index_that_is_ruled_out_is_not_made() {
    let folder = Folder::new();
    let ended = folder.run("index", &["--no-index"]);
    assert_eq!((ended.status, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("--no-index") && !folder.index().exists(), "{}", ended.err);
}
