//! The prompt on a terminal, played through a pseudo terminal.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};

use super::heapql;

/// Long enough for the slowest machine; nothing waits for it unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program on a terminal of 80 columns, and the keyboard and screen of its user.
struct Terminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    fn start(state: &Path) -> Terminal {
        Terminal::start_with(state, &[])
    }

    /// With variables of the environment.
    fn start_with(state: &Path, variables: &[(&str, &str)]) -> Terminal {
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(&size, None).expect("the system has pseudo terminals");
        let slave = || Stdio::from(pty.slave.try_clone().expect("a descriptor can be copied"));
        let mut command = heapql();
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/zoo-10.0.core.zst"));
        command.arg("--no-progress").env("XDG_STATE_HOME", state).env("TERM", "xterm");
        command.env("HEAPQL_PAGER", "").envs(variables.iter().copied());
        let child =
            command.stdin(slave()).stdout(slave()).stderr(slave()).spawn().expect("the program starts");
        let keyboard = File::from(pty.master);
        let mut reader = keyboard.try_clone().expect("a descriptor can be copied");
        let (sender, screen) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Terminal { child, keyboard, screen, seen: String::new() }
    }

    /// Waits until the screen has shown `text`, and forgets all up to there.
    fn expect(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen.find(text) {
                return self.seen.drain(..at + text.len()).collect();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.screen.recv_timeout(left) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => panic!("{text:?} did not come; the screen shows {:?}", self.seen),
            }
        }
    }

    /// Waits until the line editor takes the keys. Each prompt begins by asking for pasted text in
    /// brackets; its text alone is drawn again with every key. What is typed before is the terminal's,
    /// which keeps a line but makes of Ctrl-D what the editor does not know.
    fn expect_prompt(&mut self) -> String {
        let before = self.expect("\u{1b}[?2004h");
        before + &self.expect(PROMPT)
    }

    fn type_keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Sends the signal of Ctrl-C.
    fn interrupt(&self) {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(sent.expect("a signal can be sent").success());
    }

    /// Leaves by Ctrl-D, at a prompt.
    fn end(mut self) -> i32 {
        self.type_keys("\u{4}");
        self.wait()
    }

    fn wait(mut self) -> i32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                return status.code().expect("no signal ends the program");
            }
            if Instant::now() > deadline {
                let shown: Vec<u8> = self.screen.try_iter().flatten().collect();
                panic!("the program does not end; the screen shows {:?}", String::from_utf8_lossy(&shown));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Terminal {
    /// A test that failed leaves no program behind.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

const PROMPT: &str = "heapql>";

#[test]
fn a_conversation() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(state.path());
    // The walk over the heap may end before the prompt comes or behind it.
    let greeting = terminal.expect("objects,");
    assert!(greeting.contains(".NET 10.0.") && greeting.contains("gen2"), "{greeting}");
    terminal.expect(PROMPT);

    terminal.type_keys("select count where type = 'Zoo.Dog'\r");
    terminal.expect("1 row in ");
    terminal.expect_prompt();

    terminal.type_keys("select sise\r");
    terminal.expect("error:");
    terminal.expect_prompt();

    // Ctrl-C clears the line and ends nothing.
    terminal.type_keys("select nonsense\u{3}");
    terminal.expect_prompt();
    // An open parenthesis goes on in the next line.
    terminal.type_keys("select count where type in ('Zoo.Dog',\r'Zoo.Cat')\r");
    terminal.expect("1 row in ");
    terminal.expect_prompt();

    // Tab completes a keyword and, as the heap is walked, the name of a type.
    terminal.type_keys("descr\t obj\t\r");
    terminal.expect("rows in ");
    terminal.expect_prompt();
    terminal.type_keys("select type, count where type = 'Zoo.Do\t' group by type\r");
    terminal.expect("1 row in ");
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);

    let history = state.path().join("heapql").join("history");
    let remembered = fs::read_to_string(&history).unwrap();
    assert!(remembered.contains("select count where type = 'Zoo.Dog'"), "{remembered}");
    assert_eq!(history.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_was_asked_is_there_at_the_next_start() {
    let state = tempfile::tempdir().unwrap();
    let mut first = Terminal::start(state.path());
    first.expect_prompt();
    first.type_keys("select count from modules\r");
    first.expect("1 row in ");
    first.expect_prompt();
    assert_eq!(first.end(), 0);

    let mut second = Terminal::start(state.path());
    second.expect_prompt();
    // The key for the line before.
    second.type_keys("\u{1b}[A\r");
    second.expect("1 row in ");
    second.expect_prompt();
    assert_eq!(second.end(), 0);
}

#[test]
fn wide_names_fit_the_terminal() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(state.path());
    terminal.expect_prompt();
    terminal.type_keys("select type, count, size where type like 'System.Collections%' group by type\r");
    let shown = terminal.expect("rows in ");
    let table = shown.split_once('─').expect("a table has a line below its header").1;
    assert!(table.contains('…'), "{table}");
    for line in table.lines().map(|line| line.trim_end_matches('\r')) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);
}

#[test]
fn tab_completes_what_fits_the_place() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(state.path());
    terminal.expect_prompt();
    // The heap is walked by the time of the first answer.
    terminal.type_keys("select count\r");
    terminal.expect("1 row in ");
    terminal.expect_prompt();
    // A type behind `from`, and a field of it behind `where`.
    terminal.type_keys("select count from Zoo.Do\t where Le\t = 4\r");
    terminal.expect("1 row in ");
    terminal.expect_prompt();
    // A field of what a field leads to.
    terminal.type_keys("select count from Zoo.Dog where Friend.Le\t = 0\r");
    terminal.expect("1 row in ");
    terminal.expect_prompt();
    terminal.type_keys("\\ti\t of\t\r");
    terminal.expect_prompt();
    terminal.type_keys("select count\r");
    terminal.expect("$4: 1 row\r\n");
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);
}

#[test]
fn hints_and_colours_are_shown() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(state.path());
    terminal.expect_prompt();
    terminal.type_keys("select substr(");
    let shown = terminal.expect("substr(text, start [, count])");
    assert!(shown.contains("\u{1b}[36m"), "keywords have a colour: {shown:?}");
    terminal.type_keys("\u{3}");
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);
}

#[test]
fn without_colours_nothing_is_shown_that_was_not_typed() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start_with(state.path(), &[("NO_COLOR", "1")]);
    terminal.expect_prompt();
    terminal.type_keys("select substr(\u{3}");
    let shown = terminal.expect_prompt();
    assert!(!shown.contains("[, count]") && !shown.contains("\u{1b}[36m"), "{shown:?}");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn answers_are_numbered_and_kept() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(state.path());
    terminal.expect_prompt();
    terminal.type_keys("select name from modules\r");
    terminal.expect("$1: ");
    terminal.expect_prompt();
    terminal.type_keys("select count from strings\r");
    terminal.expect("$2: 1 row in ");
    terminal.expect_prompt();
    terminal.type_keys("help select\r");
    let help = terminal.expect_prompt();
    assert!(!help.contains("$3"), "what explains the language gets no number: {help}");
    terminal.type_keys("\\results\r");
    let results = terminal.expect("select count from strings\r\n");
    assert!(results.contains("select name from modules\r\n"), "{results}");
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);
}

#[test]
fn what_was_entered_can_be_entered_again() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(state.path());
    terminal.expect_prompt();
    for keys in ["select count from modules\r", "!!\r", "!sel\r", "!1\r"] {
        terminal.type_keys(keys);
        terminal.expect("1 row in ");
        terminal.expect_prompt();
    }
    terminal.type_keys("!9\r");
    terminal.expect("nothing was entered that `!9` could mean");
    terminal.expect_prompt();
    terminal.type_keys("\\history\r");
    terminal.expect("1  select count from modules");
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);
}

#[test]
fn answers_go_to_a_file_and_back_to_the_screen() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("answers.csv");
    let mut terminal = Terminal::start(state.path());
    terminal.expect_prompt();
    terminal.type_keys("\\format csv\r");
    terminal.expect_prompt();
    terminal.type_keys(&format!("\\o {}\r", file.display()));
    terminal.expect("\\o ends that");
    terminal.expect_prompt();
    for _ in 0..2 {
        terminal.type_keys("select count from modules\r");
        terminal.expect("1 row in ");
        terminal.expect("appended to");
        terminal.expect_prompt();
    }
    for setting in ["\\o\r", "\\format table\r"] {
        terminal.type_keys(setting);
        terminal.expect_prompt();
    }
    terminal.type_keys("select count from modules\r");
    terminal.expect("─────");
    terminal.expect("1 row in ");
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);
    assert_eq!(fs::read_to_string(&file).unwrap().matches("count\r\n").count(), 2);
}

#[test]
fn ctrl_c_at_an_empty_prompt_leaves_the_second_time() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(state.path());
    terminal.expect_prompt();
    terminal.type_keys("\u{3}");
    terminal.expect("Ctrl-C once more leaves");
    terminal.expect_prompt();
    // A line between them is a change of mind.
    terminal.type_keys("select\u{3}");
    terminal.expect_prompt();
    terminal.type_keys("\u{3}");
    terminal.expect("Ctrl-C once more leaves");
    terminal.expect_prompt();
    terminal.type_keys("\u{3}");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn long_answers_go_to_the_pager() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("paged");
    let pager = format!("cat > '{}'", file.display());
    let mut terminal = Terminal::start_with(state.path(), &[("HEAPQL_PAGER", &pager)]);
    terminal.expect_prompt();
    terminal.type_keys("select count\r");
    terminal.expect("1 row in ");
    terminal.expect_prompt();
    assert!(!file.exists(), "what fits the screen needs no pager");
    terminal.type_keys("select address limit 100\r");
    let shown = terminal.expect("100 rows in ");
    assert!(!shown.contains("0x"), "{shown}");
    terminal.expect_prompt();
    assert_eq!(fs::read_to_string(&file).unwrap().matches("0x").count(), 100);
    terminal.type_keys("\\pager off\r");
    terminal.expect_prompt();
    terminal.type_keys("select address limit 100\r");
    assert!(terminal.expect("100 rows in ").contains("0x"));
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_pager_that_is_left_or_missing_does_not_end_the_conversation() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start_with(state.path(), &[("HEAPQL_PAGER", "head -1 > /dev/null")]);
    terminal.expect_prompt();
    terminal.type_keys("select address\r");
    terminal.expect("rows in ");
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);

    let mut terminal = Terminal::start_with(state.path(), &[("HEAPQL_PAGER", "no-such-pager")]);
    terminal.expect_prompt();
    terminal.type_keys("select address limit 100\r");
    assert!(terminal.expect("does not work and is not used").contains("0x"));
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);
}

#[test]
fn each_answer_of_a_word_is_numbered_and_paged_by_itself() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("paged");
    let pager = format!("cat >> '{}'", file.display());
    let mut terminal = Terminal::start_with(state.path(), &[("HEAPQL_PAGER", &pager)]);
    terminal.expect_prompt();
    terminal.type_keys("dumpheap -type Zoo.Dog\r");
    // The objects are too many for the screen, their types are not.
    let first = terminal.expect("$1: ");
    assert!(!first.contains("System.Lazy<Zoo.Dog>"), "{first}");
    let second = terminal.expect("$2: ");
    assert!(second.contains("System.Lazy<Zoo.Dog>") && second.contains("Total 1,0"), "{second}");
    terminal.expect_prompt();
    terminal.type_keys("object $1[1].address\r");
    terminal.expect("$3: ");
    terminal.expect_prompt();
    assert_eq!(terminal.end(), 0);
    assert!(fs::read_to_string(&file).unwrap().matches("0x").count() > 2000);
}

#[test]
fn ctrl_c_leaves_terminals_that_give_whole_lines() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start_with(state.path(), &[("TERM", "dumb")]);
    terminal.expect(PROMPT);
    // What the terminal makes of Ctrl-C, where it is the one that the program belongs to.
    terminal.interrupt();
    terminal.expect("Ctrl-C once more leaves");
    terminal.expect(PROMPT);
    terminal.type_keys("select count\r");
    terminal.expect("1 row in ");
    terminal.expect(PROMPT);
    terminal.interrupt();
    terminal.expect("Ctrl-C once more leaves");
    terminal.interrupt();
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn tab_completes_words_and_what_they_take() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(state.path());
    terminal.expect_prompt();
    terminal.type_keys("select count\r");
    terminal.expect("1 row in ");
    terminal.expect_prompt();
    terminal.type_keys("dumphe\t -st\ta\t -gen fo\t\r");
    terminal.expect("Total ");
    terminal.expect_prompt();
    terminal.type_keys("select count from handles h join roots r on h.obj\t = r.obj\t\r");
    terminal.expect("1 row in ");
    terminal.expect_prompt();
    terminal.type_keys("\\i biggest-ty\t\r");
    terminal.expect("rows in ");
    terminal.expect_prompt();
    terminal.type_keys("q\r");
    assert_eq!(terminal.wait(), 0);
}
