//! What statements of the language answer on the dumps of `corpus/`, word for word, the wrong ones too.
//!
//! A file of `tests/conformance/` names its dumps and has statements behind `> `, each with its answer below, up to an
//! empty line. `UPDATE_GOLDEN=1 cargo test conformance` writes the answers anew: read what changes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use heapql::graph::Snapshot;
use heapql::query::{Answer, Environment, QueryError, RunOptions, ValueRef, catalog};

use crate::corpus::open;

/// An answer longer than this is not read by anybody: the statement should ask for less.
const MOST_ROWS: usize = 40;

/// Statements over the same dumps, in the order in which they are asked.
#[derive(Debug)]
struct Suite {
    /// What stands before the first statement.
    head: Vec<String>,
    cases: Vec<Case>,
}

#[derive(Debug, Default)]
struct Case {
    /// Remarks on it, each with its `#`.
    remarks: Vec<String>,
    statement: String,
    answer: String,
}

impl Suite {
    fn parse(text: &str) -> Suite {
        let mut suite = Suite { head: Vec::new(), cases: Vec::new() };
        let mut blocks = text.split("\n\n").map(str::trim_end).filter(|block| !block.trim().is_empty());
        suite.head.extend(blocks.next().unwrap_or_default().lines().map(str::to_owned));
        suite.cases.extend(blocks.map(|block| {
            let mut case = Case::default();
            let (mut statement, mut answer) = (Vec::new(), Vec::new());
            for line in block.trim_start_matches('\n').lines() {
                match line.strip_prefix("> ") {
                    Some(more) => statement.push(more),
                    None if line.starts_with('#') && statement.is_empty() => {
                        case.remarks.push(line.to_owned())
                    }
                    None => answer.push(line),
                }
            }
            assert!(!statement.is_empty(), "no statement in {block:?}");
            Case { statement: statement.join("\n"), answer: answer.join("\n"), ..case }
        }));
        suite
    }

    /// The values of a line `KEY: VALUE ...` of the head.
    fn values(&self, key: &str) -> Vec<&str> {
        let of_line = |line: &'_ String| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(": "));
        self.head.iter().filter(|line| of_line(line)).map(|line| line[key.len() + 2..].trim()).collect()
    }

    fn text(&self, answers: &[String]) -> String {
        let mut text = self.head.join("\n") + "\n";
        for (case, answer) in self.cases.iter().zip(answers) {
            text.push('\n');
            case.remarks.iter().for_each(|remark| text.push_str(&format!("{remark}\n")));
            case.statement.lines().for_each(|line| text.push_str(&format!("> {line}\n")));
            text.push_str(&format!("{answer}\n"));
        }
        text
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

/// A text as it is where nobody could take it for anything else, else in quotes with escapes.
fn shown(text: &str) -> String {
    let plain = !text.is_empty()
        && text != "null"
        && text.trim() == text
        && !text.contains(['|', '"', '\\', '\n'])
        && !text.chars().any(char::is_control);
    if plain { text.to_owned() } else { format!("{text:?}") }
}

fn value(of: ValueRef<'_>) -> String {
    match of {
        ValueRef::Null => "null".into(),
        ValueRef::Text(text) => shown(text),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Bytes(number) => number.to_string(),
        ValueRef::Address(address) => address.to_string(),
        ValueRef::Boolean(truth) => truth.to_string(),
        ValueRef::List(values) => {
            format!("[{}]", values.into_iter().map(value).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A value of a column. How long something took differs from run to run.
fn cell(column: &str, of: ValueRef<'_>) -> String {
    match of {
        ValueRef::Real(_) if column == "ms" => "(time)".into(),
        of => value(of),
    }
}

/// An answer: the names and kinds of its columns, its rows, its warnings.
fn rows(answer: &Answer) -> String {
    let columns = answer.columns.iter().map(|c| format!("{}: {}", shown(&c.name), c.kind.word()));
    let mut text = columns.collect::<Vec<_>>().join(" | ");
    assert!(answer.row_count() <= MOST_ROWS, "{}: {} rows", answer.query, answer.row_count());
    for row in 0..answer.row_count() {
        let cells: Vec<String> = answer.columns.iter().map(|c| cell(&c.name, c.value(row))).collect();
        let _ = write!(text, "\n{}", cells.join(" | "));
    }
    if let Some(assertion) = &answer.assertion {
        let _ = write!(text, "\n{assertion}");
    }
    for warning in &answer.warnings {
        let _ = write!(text, "\n! {}", warning.to_string().lines().collect::<Vec<_>>().join(" "));
    }
    text
}

/// What comes of a statement.
fn reply(snapshots: &[Snapshot], environment: &mut Environment, statement: &str) -> String {
    let options = RunOptions { environment, ..RunOptions::default() };
    match heapql::diff::run(snapshots, statement, &options) {
        Ok(answer) => {
            let text = rows(&answer);
            let answer = Arc::new(answer);
            if let Some(name) = &answer.keep_as {
                assert!(environment.keep(name, Arc::clone(&answer)), "{name} is too big");
            }
            // The answer before a statement is `$1` to it.
            environment.keep("$1", answer);
            text
        }
        Err(QueryError::Statement(diagnostic)) => diagnostic.render(statement),
        Err(error) => format!("no answer: {error}"),
    }
}

#[track_caller]
fn check(name: &str) {
    let path = folder().join(format!("{name}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let suite = Suite::parse(&text);
    let dumps = suite.values("dumps");
    let snapshots: Vec<Snapshot> = dumps.iter().flat_map(|line| line.split_whitespace()).map(open).collect();
    assert!(!snapshots.is_empty(), "{name} names no dumps");
    let mut environment = Environment::new();
    for (parameter, of) in suite.values("parameter").iter().filter_map(|line| line.split_once(" = ")) {
        environment.set_parameter(parameter, of);
    }
    let answers: Vec<String> =
        suite.cases.iter().map(|case| reply(&snapshots, &mut environment, &case.statement)).collect();
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, suite.text(&answers)).expect("the file can be written");
        return;
    }
    let mut wrong = String::new();
    for (case, got) in suite.cases.iter().zip(&answers).filter(|(case, got)| case.answer != **got) {
        let _ = writeln!(wrong, "> {}\n--- expected\n{}\n--- got\n{got}\n", case.statement, case.answer);
    }
    assert!(wrong.is_empty(), "{name}: UPDATE_GOLDEN=1 writes the answers anew\n{wrong}");
}

macro_rules! suites {
    ($($name:ident)*) => {
        const SUITES: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { check(stringify!($name)); })*
    };
}

suites! {
    cases_and_windows
    catalog_statements
    conditions
    dates
    exceptions
    fields
    grammar
    graph
    groups
    joins
    joins_of_dumps
    memory_and_damage
    objects
    order
    parameters_and_answers
    select
    sets
    several_dumps
    tables
    tasks
    tasks_of_a_service
    texts
    values
    without_metadata
    wrong_groups
    wrong_joins
    wrong_kinds
    wrong_names
    wrong_sets
    wrong_words
}

/// The statements of all files: those that are answered, and those that are wrong.
fn statements() -> (Vec<String>, Vec<String>) {
    let read = |name: &&str| fs::read_to_string(folder().join(format!("{name}.txt"))).expect("a suite");
    let cases = SUITES.iter().flat_map(|name| Suite::parse(&read(name)).cases);
    let (wrong, right): (Vec<Case>, Vec<Case>) = cases.partition(|case| case.answer.starts_with("error: "));
    let texts = |cases: Vec<Case>| cases.into_iter().map(|case| case.statement).collect();
    (texts(right), texts(wrong))
}

#[test]
fn every_file_of_the_folder_is_a_suite() {
    let names = folder().read_dir().expect("the folder").map(|entry| entry.expect("an entry").path());
    let names: BTreeSet<String> =
        names.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    assert_eq!(names, SUITES.iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn the_suite_is_as_large_as_it_claims_to_be() {
    let (right, wrong) = statements();
    assert!(right.len() >= 300 && wrong.len() >= 80, "{} answered, {} wrong", right.len(), wrong.len());
    let different: BTreeSet<&String> = right.iter().chain(&wrong).collect();
    assert_eq!(different.len(), right.len() + wrong.len(), "a statement occurs twice");
}

/// Whether `word` stands in a statement as a word of its own.
fn has_word(statement: &str, word: &str) -> bool {
    statement.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part.eq_ignore_ascii_case(word))
}

#[test]
fn every_table_column_function_and_keyword_is_asked_for() {
    let (right, _) = statements();
    let mut missing = Vec::new();
    let mut seek = |word: &str| {
        if !right.iter().any(|statement| has_word(statement, word)) {
            missing.push(word.to_owned());
        }
    };
    catalog::functions().iter().for_each(|f| seek(f.name));
    catalog::source_functions().iter().for_each(|f| seek(f.name));
    catalog::keywords().iter().for_each(|k| seek(k.word));
    for table in catalog::tables() {
        seek(table.name);
        table.columns.iter().for_each(|c| seek(c.name));
    }
    assert!(missing.is_empty(), "no statement of the suite has {missing:?}");
}
