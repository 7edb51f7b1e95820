//! Conversations through a pipe and at a prompt, without a terminal.

use std::io::Write;

use super::interpreter::Page;
use super::*;
use crate::cli::console::tests::quiet;
use crate::cli::pager::Extent;
use crate::cli::session::tests::{HISTOGRAM, snapshot};
use crate::output::Screen;

#[derive(Default)]
struct Paper(Vec<u8>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Page for Paper {
    fn screen(&self) -> Screen {
        Screen::default()
    }

    fn extent(&self) -> Option<Extent> {
        None
    }
}

/// What a conversation gave: the status, the answers, the messages.
fn converse(input: &str) -> (ExitStatus, String, String) {
    let (console, page) = quiet();
    let session = Session::over(vec![snapshot(true, vec![])], &console);
    let mut paper = Paper::default();
    let status = answer_lines(&session, input.as_bytes(), &mut paper).unwrap();
    (status, String::from_utf8(paper.0).unwrap(), page.take())
}

const NAMES: &str = "select name from modules";

#[test]
fn each_line_is_answered() {
    let (status, out, told) = converse(&format!("{NAMES}\n\n{NAMES}; {NAMES}\n"));
    assert_eq!(status, ExitStatus::Answered);
    assert_eq!(out, ["name\n───────\nzoo.dll\n"; 3].join("\n"));
    assert_eq!(told, "");
}

#[test]
fn a_wrong_line_is_told_and_the_next_is_answered() {
    let (status, out, told) = converse(&format!("wrong\n{NAMES}"));
    assert_eq!(status, ExitStatus::Statement);
    assert!(out.contains("zoo.dll"));
    assert!(told.starts_with("error: "));
}

#[test]
fn nothing_is_answered_after_quit() {
    let (_, out, _) = converse(&format!("quit\n{NAMES}\n"));
    assert_eq!(out, "");
}

#[test]
fn a_backslash_joins_lines() {
    let (status, out, _) = converse("select name \\\nfrom modules\n");
    assert_eq!((status, out.as_str()), (ExitStatus::Answered, "name\n───────\nzoo.dll\n"));
}

#[test]
fn the_format_can_be_changed() {
    let (status, out, told) = converse(&format!("\\format csv\n{HISTOGRAM}\n\\format xml\n"));
    assert_eq!(out, "type,count,size\r\nZoo.Cat,1,640\r\nZoo.Dog,2,48\r\n");
    assert_eq!(status, ExitStatus::Statement);
    assert!(told.contains("\\format table|json|csv|ndjson|markdown|html|parquet|dot|mermaid"));
}

#[test]
fn the_prompt_has_a_footer_and_can_do_without_the_time() {
    let (console, page) = quiet();
    let session = Session::over(vec![snapshot(true, vec![])], &console);
    let mut interpreter = Interpreter::for_prompt(&session);
    let mut paper = Paper::default();
    interpreter.enter(HISTOGRAM, &mut paper).unwrap();
    assert!(page.take().starts_with("$1: 2 rows in "));
    interpreter.enter("\\timing off", &mut paper).unwrap();
    interpreter.enter(HISTOGRAM, &mut paper).unwrap();
    assert_eq!(page.take(), "$2: 2 rows\n");
    interpreter.enter("\\format json", &mut paper).unwrap();
    interpreter.enter(HISTOGRAM, &mut paper).unwrap();
    assert_eq!(page.take(), "");
    interpreter.enter("\\help", &mut paper).unwrap();
    assert!(String::from_utf8(paper.0).unwrap().contains("\\timing on|off"));
    assert_eq!(interpreter.enter("exit", &mut Paper::default()).unwrap(), Flow::End);
}

#[test]
fn words_of_sos_show_their_statements_on_request() {
    let (console, page) = quiet();
    let session = Session::over(vec![snapshot(true, vec![])], &console);
    let mut interpreter = Interpreter::for_pipe(&session);
    let mut enter = |text: &str| {
        let mut paper = Paper::default();
        interpreter.enter(text, &mut paper).unwrap();
        String::from_utf8(paper.0).unwrap()
    };
    let statement = "select base, size, version, name, path from modules;\n";
    assert_eq!(enter("\\sql"), "");
    assert!(page.take().contains("no word of SOS was answered yet"));
    assert!(enter("clrmodules").contains("zoo.dll"));
    assert_eq!((enter("\\sql").as_str(), page.take().as_str()), (statement, ""));
    enter("\\sql on");
    enter("!clrmodules");
    assert_eq!(page.take(), statement);
    enter("\\sql off");
    enter("clrmodules");
    assert_eq!(page.take(), "");
    assert!(enter("\\sql dumpheap -short").contains("select address\n"));
}

#[test]
fn each_answer_of_a_word_has_a_number() {
    let (console, page) = quiet();
    let session = Session::over(vec![snapshot(true, vec![])], &console);
    let mut interpreter = Interpreter::for_prompt(&session);
    interpreter.enter("\\timing off", &mut Paper::default()).unwrap();
    let mut paper = Paper::default();
    interpreter.enter("eeheap -gc", &mut paper).unwrap();
    let told = page.take();
    // The dump of these tests has no segments: only their sums are a row.
    assert_eq!(told, "0 rows\n$1: 1 row\n");
    interpreter.enter("select allocated from $1", &mut paper).unwrap();
    assert_eq!(page.take(), "$2: 1 row\n");
}

#[test]
fn a_setting_without_a_value_is_turned_over() {
    let (console, page) = quiet();
    let session = Session::over(vec![snapshot(true, vec![])], &console);
    let mut interpreter = Interpreter::for_prompt(&session);
    interpreter.enter("\\timing", &mut Paper::default()).unwrap();
    interpreter.enter(NAMES, &mut Paper::default()).unwrap();
    assert_eq!(page.take(), "the time is not shown\n$1: 1 row\n");
    interpreter.enter("\\timing", &mut Paper::default()).unwrap();
    assert_eq!(page.take(), "the time is shown\n");
}

#[test]
fn scripts_of_the_library_are_answered_by_their_names() {
    let (status, out, told) = converse("\\i biggest-types\n");
    assert!(out.contains("Zoo.Dog"), "{status:?} {out} {told}");
    let (status, _, told) = converse("\\i biggest-tapes\n");
    assert_eq!(status, ExitStatus::Usage);
    assert!(told.contains("cannot read statements from biggest-tapes"), "{told}");
    assert!(told.contains("did you mean `biggest-types`?"), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_brings_answers_back_to_the_screen() {
    let (status, out, told) = converse(&format!("\\o /dev/full\n{NAMES}\n{NAMES}\n"));
    assert_eq!(status, ExitStatus::Usage);
    assert!(told.contains("cannot write /dev/full") && told.contains("answers are shown again"), "{told}");
    assert_eq!(out.matches("zoo.dll").count(), 1, "{out}");
}
