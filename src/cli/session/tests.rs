//! Statements asked of dumps that are made up: answers, refusals, statuses.

use std::sync::Arc;

use super::*;
use crate::bytes::Addr;
use crate::cli::console::tests::quiet;
use crate::dump::AddressSpace;
use crate::error::{Error, ErrorKind};
use crate::graph::{Heap, Module, StackRoots, TypeInfo, TypeTable};
use crate::output::{Format, Screen};

pub(in crate::cli) const HISTOGRAM: &str = "select type, count, size group by type";

fn type_info(name: &str, count: u64, size: u64) -> TypeInfo {
    TypeInfo {
        method_table: Addr(0x7000 + size),
        name: name.into(),
        module: None,
        base_size: 24,
        element_size: 0,
        parent: None,
        rank: 0,
        has_length: false,
        finalizable: false,
        count,
        size,
    }
}

/// A dump with modules and a heap of two types, or without a heap.
pub(in crate::cli) fn snapshot(with_heap: bool, heap_problems: Vec<Problem>) -> Snapshot {
    let memory = Arc::new(AddressSpace::default());
    let mut snapshot = Snapshot::new(memory, move |_| {
        if !with_heap {
            return Err(Error::new(ErrorKind::NoHeap, "the dump holds no heap").hint("take a heap dump"));
        }
        let types = vec![type_info("Zoo.Dog", 2, 48), type_info("Zoo.Cat", 1, 640)];
        let problems = heap_problems.clone();
        Ok(Heap { types: TypeTable::new(types), problems, ..Heap::default() })
    });
    snapshot.facts = Facts {
        file: "zoo.core".into(),
        runtime: "10.0.14".into(),
        architecture: "x64".into(),
        gc_mode: Some("workstation".into()),
        ..Facts::default()
    };
    snapshot.modules = vec![Module {
        name: "zoo.dll".into(),
        path: None,
        base: None,
        size: None,
        version: None,
        mvid: None,
        dynamic: false,
    }];
    snapshot
}

/// Asks and returns the reply, the output and the messages.
fn ask(snapshot: Snapshot, statements: &[&str]) -> (Vec<Reply>, String, String) {
    let (console, page) = quiet();
    let session = Session::over(vec![snapshot], &console);
    let mut writer = Format::Csv.writer(Screen::default());
    let mut out = Vec::new();
    let replies = statements.iter().map(|s| session.ask(s, &mut *writer, &mut out).unwrap()).collect();
    (replies, String::from_utf8(out).unwrap(), page.take())
}

fn statuses(replies: &[Reply]) -> Vec<ExitStatus> {
    replies.iter().map(|reply| reply.status()).collect()
}

#[test]
fn an_answer_goes_out_and_nothing_is_told() {
    let (replies, out, told) = ask(snapshot(true, vec![]), &[HISTOGRAM]);
    assert_eq!(statuses(&replies), [ExitStatus::Answered]);
    assert_eq!(out, "type,count,size\r\nZoo.Cat,1,640\r\nZoo.Dog,2,48\r\n");
    assert_eq!(told, "");
}

#[test]
fn what_the_walk_lost_makes_the_answer_partial_and_is_told_once() {
    let lossy = snapshot(true, vec![Problem::loss("2 pages are missing")]);
    let (replies, _, told) = ask(lossy, &[HISTOGRAM, HISTOGRAM]);
    assert_eq!(statuses(&replies), [ExitStatus::Partial, ExitStatus::Partial]);
    assert_eq!(told, "warning: 2 pages are missing\n");
}

#[test]
fn what_opening_lost_makes_every_answer_partial() {
    let mut torn = snapshot(true, vec![]);
    torn.problems.push(Problem::loss("the file ends early"));
    let (replies, _, told) = ask(torn, &["select name from modules"]);
    assert_eq!(statuses(&replies), [ExitStatus::Partial]);
    assert_eq!(told, "warning: the file ends early\n");
}

#[test]
fn a_wrong_statement_is_shown() {
    let (replies, out, told) = ask(snapshot(true, vec![]), &["selct type"]);
    assert_eq!(statuses(&replies), [ExitStatus::Statement]);
    assert!(out.is_empty());
    assert!(told.starts_with("error: ") && told.contains("selct type"), "{told}");
}

#[test]
fn a_dump_without_a_heap_still_answers_what_it_can() {
    let statements = [HISTOGRAM, "select name from modules"];
    let (replies, out, told) = ask(snapshot(false, vec![]), &statements);
    assert_eq!(statuses(&replies), [ExitStatus::Dump, ExitStatus::Answered]);
    assert_eq!(out, "name\r\nzoo.dll\r\n");
    assert_eq!(told, "error: the dump holds no heap\n  hint: take a heap dump\n");
}

#[test]
fn an_output_that_fails_is_the_callers_business() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (console, _) = quiet();
    let session = Session::over(vec![snapshot(true, vec![])], &console);
    let mut writer = Format::Json.writer(Screen::default());
    let error = session.ask(HISTOGRAM, &mut *writer, &mut Gone).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn an_answer_that_is_stopped_while_it_is_shown_ends_its_line() {
    /// A screen whose user presses Ctrl-C at the first piece of text.
    struct Impatient<'a>(&'a Console, Vec<u8>);
    impl Write for Impatient<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.1.is_empty() {
                self.0.interrupt.pressed();
            }
            self.1.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (console, page) = quiet();
    let session = Session::over(vec![snapshot(true, vec![])], &console);
    let mut writer = Format::Json.writer(Screen::default());
    let mut screen = Impatient(&console, Vec::new());
    let reply = session.ask(HISTOGRAM, &mut *writer, &mut screen).unwrap();
    assert_eq!(reply, Reply::Refused(ExitStatus::Interrupted));
    let shown = String::from_utf8(screen.1).unwrap();
    assert!(shown.ends_with("\"rows\":[\n"), "{shown}");
    assert_eq!(page.take(), "stopped\n");
}

#[test]
fn explanations_are_prose_and_rows_are_not() {
    assert!(
        ["help", "TABLES", "describe objects", "explain select count"]
            .iter()
            .all(|s| is_about_the_language(s))
    );
    assert!(!is_about_the_language("select type from objects") && !is_about_the_language(""));
}

#[test]
fn what_was_built_of_the_graph_is_kept_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("zoo.core");
    let process = crate::synth::RandomHeap::new(5, 100).process();
    std::fs::write(&dump, process.dump().core().build()).unwrap();
    let common = Common {
        stacks: StackRoots::default(),
        files: vec![],
        cache: Some(folder.path().join("cache")),
        index: true,
        collections: vec![],
        threads: None,
        memory: crate::memory_limit::MemoryLimit::Available,
        progress: true,
        color: None,
    };
    // The first session builds the referrers, the second finds them there.
    for told in [true, false] {
        let (console, page) = quiet();
        let session = Session::open(std::slice::from_ref(&dump), &common, &console).unwrap();
        session.keep_indexes();
        assert_eq!(page.take(), "", "nothing was built");
        session.snapshots()[0].referrers(&crate::progress::NoProgress).unwrap();
        session.keep_indexes();
        let message = page.take();
        assert_eq!(message.contains("zoo.core.hqlx ("), told, "{message}");
        assert_eq!(message.lines().count(), usize::from(told), "{message}");
        assert!(folder.path().join("zoo.core.hqlx").exists());
    }
}
