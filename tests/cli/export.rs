//! `heapql export` and `--format parquet`, as their user meets them.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use tempfile::TempDir;

use super::{Ended, run};

fn corpus(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    path.to_str().expect("the path is text").to_owned()
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn export(folder: &TempDir, dump: &str, more: &[&str]) -> Ended {
    let parquet = folder.path().to_str().expect("the path is text");
    run(&[&["export", &corpus(dump), "--parquet", parquet], more].concat())
}

/// The one file of a table.
fn file(folder: &TempDir, table: &str) -> PathBuf {
    let mut files = fs::read_dir(folder.path().join(table)).expect("the folder of the table");
    let file = files.next().expect("a file").expect("an entry").path();
    assert!(files.next().is_none(), "one file, and nothing left of writing it");
    file
}

fn rows(file: &Path) -> Vec<Row> {
    let reader = SerializedFileReader::new(File::open(file).expect("the file")).expect("it is Parquet");
    reader.get_row_iter(None).expect("it has rows").map(|row| row.expect("a row")).collect()
}

fn field<'r>(row: &'r Row, name: &str) -> &'r Field {
    row.get_column_iter().find(|(column, _)| *column == name).expect("the column is there").1
}

#[test]
fn the_rows_of_a_table_are_those_of_the_statement() {
    let folder = folder();
    let ended = export(&folder, "web-t1.core.zst", &["--tables", "objects,types", "--label", "host=web-1"]);
    assert_eq!((ended.status, ended.out.as_str()), (0, ""), "{}", ended.err);
    let csv = run(&[
        "query",
        &corpus("web-t1.core.zst"),
        "--format",
        "csv",
        "-e",
        "select address, size from objects",
    ]);
    let expected: Vec<&str> = csv.out.lines().skip(1).collect();
    let objects = rows(&file(&folder, "objects"));
    assert_eq!(objects.len(), expected.len());
    for (row, line) in objects.iter().zip(expected) {
        let (Field::ULong(address), Field::Long(size)) = (field(row, "address"), field(row, "size")) else {
            panic!("{row}")
        };
        assert_eq!(format!("{address:#x},{size}"), line);
    }
    let types = rows(&file(&folder, "types"));
    let (first, text) = (&types[0], |text: &str| Field::Str(text.into()));
    assert_eq!(field(first, "dump"), field(&objects[0], "dump"));
    assert_eq!(*field(first, "dump_file"), text("web-t1.core.zst"));
    assert_eq!(*field(first, "program"), text("testwebapi.dll"));
    assert_eq!(*field(first, "host"), text("web-1"));
    assert!(matches!(field(first, "clock_ms"), Field::Long(_)));
}

#[test]
fn every_table_can_be_exported() {
    let folder = folder();
    let tables = run(&["query", &corpus("zoo-8.0.core.zst"), "--format", "csv", "-e", "tables"]);
    let names: Vec<&str> = tables.out.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let catalog: Vec<&str> = heapql::query::catalog::tables().iter().map(|table| table.name).collect();
    assert!(catalog.iter().all(|name| names.contains(name)), "{names:?}");
    let ended = export(&folder, "zoo-8.0.core.zst", &["--tables", &catalog.join(",")]);
    assert!(matches!(ended.status, 0 | 5), "{}", ended.err);
    for table in heapql::query::catalog::tables() {
        let path = file(&folder, table.name);
        let reader = SerializedFileReader::new(File::open(&path).expect("the file")).expect("it is Parquet");
        let schema = reader.metadata().file_metadata().schema_descr();
        assert!(schema.num_columns() > 7, "{}", table.name);
    }
}

#[test]
fn a_dump_that_lacks_something_is_exported_in_part() {
    let folder = folder();
    let cut = folder.path().join("cut.core");
    let mut whole = Vec::new();
    let mut decoder =
        zstd::Decoder::new(File::open(corpus("web-t1.core.zst")).expect("the dump")).expect("a decoder");
    decoder.window_log_max(27).expect("a window");
    decoder.read_to_end(&mut whole).expect("the dump unpacks");
    fs::write(&cut, &whole[..whole.len() - 4096]).expect("a cut dump");
    let parquet = folder.path().join("out");
    let paths = [&cut, &parquet].map(|path| path.to_str().expect("the path is text"));
    let ended = run(&["export", paths[0], "--parquet", paths[1], "--tables", "objects"]);
    assert_eq!(ended.status, 5, "{}", ended.err);
    assert!(ended.err.contains("cut off") && ended.err.contains("objects: "), "{}", ended.err);
    let file =
        fs::read_dir(parquet.join("objects")).expect("the table").next().expect("a file").expect("an entry");
    assert!(!rows(&file.path()).is_empty());
}

#[test]
fn a_foreign_file_is_left_alone() {
    let folder = folder();
    let select = ["--tables", "", "--select", "n=select count from modules"];
    let again = |more: &[&str]| export(&folder, "web-t0.core.zst", &[&select[..], more].concat());
    assert_eq!(again(&[]).status, 0);
    let file = file(&folder, "n");
    assert!(file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("web-t0-")));
    assert_eq!(again(&[]).status, 0, "a file of the same dump is replaced");
    fs::write(&file, "mine").expect("the file can be written");
    let refused = again(&[]);
    assert_eq!(refused.status, 2, "{}", refused.err);
    assert!(
        refused.err.contains("is there and is not of this dump\n  hint: --force replaces it"),
        "{}",
        refused.err
    );
    assert_eq!(fs::read(&file).expect("the file"), b"mine");
    assert_eq!(again(&["--force"]).status, 0);
    assert_eq!(rows(&file).len(), 1);
}

#[test]
fn slips_are_told_before_a_dump_is_opened() {
    let folder = folder();
    let usage = |arguments: &[&str], message: &str| {
        let ended = export(&folder, "no-such.core", arguments);
        assert_eq!(ended.status, 2, "{}", ended.err);
        assert!(ended.err.contains(message), "{}", ended.err);
    };
    usage(&["--tables", "object"], "there is no table `object` to export: is `objects` meant?");
    usage(&["--select", "select count"], "does not name what a statement gives");
    usage(&["--select", "types=select count"], "`types` is exported twice");
    usage(&["--label", "web-1"], "is no label: write `--label host=web-1`");
    assert!(fs::read_dir(folder.path()).expect("the folder").next().is_none());
}

#[test]
fn a_wrong_statement_leaves_no_file() {
    let folder = folder();
    let ended =
        export(&folder, "web-t0.core.zst", &["--tables", "", "--select", "x=select nothing from modules"]);
    assert_eq!(ended.status, 1, "{}", ended.err);
    assert!(fs::read_dir(folder.path().join("x")).expect("the folder").next().is_none());
}

#[test]
fn an_answer_is_a_file() {
    let folder = folder();
    let path = folder.path().join("types.parquet");
    let output = path.to_str().expect("the path is text");
    let dump = corpus("web-t0.core.zst");
    let statement = "select type, count, size group by type limit 3";
    let ended = run(&["query", &dump, "-e", statement, "--format", "parquet", "-o", output]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    assert_eq!(rows(&path).len(), 3);
    let two = run(&["query", &dump, "-e", statement, "-e", statement, "--format", "parquet", "-o", output]);
    assert_eq!(two.status, 2);
    assert!(two.err.contains("a Parquet file holds one answer"), "{}", two.err);
}

#[test]
fn an_answer_that_does_not_fit_is_refused_and_one_that_streams_is_not() {
    let dump = corpus("web-t2.core.zst");
    let query =
        |statement: &str| run(&["query", &dump, "-e", statement, "--format", "csv", "--memory", "100kb"]);
    let refused = query("select address, size order by size");
    assert_eq!((refused.status, refused.out.as_str()), (1, ""), "{}", refused.err);
    assert!(refused.err.contains("and 100.0 KB may be used\n  hint: take fewer rows"), "{}", refused.err);
    let streamed = query("select address, size");
    assert_eq!(streamed.status, 0, "{}", streamed.err);
    assert!(streamed.out.lines().count() > 50_000);
    assert_eq!(run(&["query", &dump, "-e", "select count", "--memory", "much"]).status, 2);
}
