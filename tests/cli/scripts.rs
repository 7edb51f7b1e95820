//! `heapql run`: the library and scripts of one's own.

use std::fs;

use super::answers::{corpus, root};
use super::run;

#[test]
fn the_library_is_listed_as_a_table_and_for_programs() {
    let listed = run(&["run", "--list"]);
    assert_eq!((listed.status, listed.err.as_str()), (0, ""));
    assert!(listed.out.contains("what-grew") && listed.out.contains("2+"), "{}", listed.out);
    let rows = run(&["run", "--list", "--format", "ndjson"]);
    let files = fs::read_dir(root().join("queries")).unwrap().count();
    assert_eq!(rows.out.lines().count(), files);
}

#[test]
fn a_script_is_shown_as_it_stands_in_its_file() {
    let path = root().join("queries/what-grew.hql");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(run(&["run", "what-grew", "--show"]).out, text);
    assert_eq!(run(&["run", path.to_str().unwrap(), "--show"]).out, text);
}

#[test]
fn slips_are_told_before_a_dump_is_opened() {
    let told = |arguments: &[&str]| {
        let ended = run(arguments);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{}", ended.err);
        ended.err
    };
    let near = "error: the library has no script `what-grow`\n  \
                hint: did you mean `what-grew`? `heapql run --list` lists them all\n";
    assert_eq!(told(&["run", "what-grow", "no.core"]), near);
    let few = "error: what-grew asks 2 dumps or more, oldest first; 1 given\n";
    assert_eq!(told(&["run", "what-grew", "no.core"]), few);
    assert_eq!(told(&["run", "segments", "a.core", "b.core"]), "error: segments asks 1 dump; 2 given\n");
    let unknown = "error: there is no parameter `mni`: nothing that is asked takes a parameter\n";
    assert_eq!(told(&["run", "segments", "no.core", "-p", "mni=1"]), unknown);
    assert_eq!(run(&["run", "segments", "no.core"]).status, 3);
}

#[test]
fn a_script_of_ones_own_has_titles_includes_and_places_of_errors() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let dump = corpus("zoo-10.0");
    let part =
        write("part.hql", "-- title: The managed modules\nselect name from modules order by name limit 1;\n");
    let main = write(
        "main.hql",
        "-- question: Which?\n-- dumps: 1\n\ninclude 'part.hql';\n\n-- title: All\nselect name, sise\nfrom modules;\n",
    );
    let ended = run(&["run", &main, &dump]);
    assert!(ended.out.starts_with("The managed modules\n\nname\n"), "{}", ended.out);
    assert!(!ended.out.contains("All"), "{}", ended.out);
    assert_eq!(ended.status, 1);
    let place =
        format!("error: modules has no column `sise`\n --> {main}:7:14\n  |\n7 | select name, sise\n");
    assert!(ended.err.starts_with(&place), "{}", ended.err);
    let csv = run(&["query", &dump, "-f", &part, "--format", "csv"]);
    assert!(csv.out.starts_with("name\r\n"), "{}", csv.out);
    let undeclared = write("u.hql", "select name from modules where name = :nam");
    let ended = run(&["run", &undeclared, "no.core"]);
    let place = format!("error: there is no parameter `nam`\n --> {undeclared}:1:39\n");
    assert!(ended.status == 1 && ended.err.starts_with(&place), "{}", ended.err);
}

/// Scripts that ask for what the corpus has nothing of: an answer of theirs may be empty.
const MAY_BE_EMPTY: [&str; 9] = [
    "exceptions",
    "finalizer-backlog",
    "pinning",
    "large-objects",
    "timers",
    "requests",
    "thread-pool-queue",
    "deadlocks",
    "who-waits",
];

/// Runs every script of the library whose name begins in that range, over the dumps that it asks, and holds what it
/// writes against a golden file.
fn library(names: std::ops::RangeInclusive<char>) {
    for entry in fs::read_dir(root().join("queries")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let name = file.strip_suffix(".hql").unwrap();
        if !names.contains(&name.chars().next().unwrap()) {
            continue;
        }
        let several = run(&["run", name, "--show"]).out.contains("-- dumps: 2+");
        let dumps = if several { vec![corpus("web-t1"), corpus("web-t2")] } else { vec![corpus("web-t1")] };
        let dumps: Vec<&str> = dumps.iter().map(String::as_str).collect();
        let ended = run(&[&["run", name], dumps.as_slice()].concat());
        assert!(ended.status == 0 && !ended.err.contains("warning"), "{name}: {}", ended.err);
        // Below a title stand an empty line, the header of the table and a line: a table without rows ends there.
        let lines: Vec<&str> = ended.out.lines().collect();
        let line = |at: usize| lines.get(at).copied().unwrap_or_default();
        let empty = (0..lines.len()).any(|at| line(at).starts_with('─') && line(at + 1).is_empty());
        assert!(!empty || MAY_BE_EMPTY.contains(&name), "{name} gives an empty answer:\n{}", ended.out);
        super::help::assert_golden_text(&format!("tests/cli/golden/library/{name}.txt"), &ended.out);
    }
}

// In parts, which run at the same time.
#[test]
fn the_library_answers_what_it_promises_a_to_c() {
    library('a'..='c');
}

#[test]
fn the_library_answers_what_it_promises_d_to_l() {
    library('d'..='l');
}

#[test]
fn the_library_answers_what_it_promises_m_to_s() {
    library('m'..='s');
}

#[test]
fn the_library_answers_what_it_promises_t_to_z() {
    library('t'..='z');
}
