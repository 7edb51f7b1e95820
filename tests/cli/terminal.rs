//! The prompt on a terminal, played through a pseudo terminal.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Stdio};
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
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(&size, None).expect("the system has pseudo terminals");
        let slave = || Stdio::from(pty.slave.try_clone().expect("a descriptor can be copied"));
        let mut command = heapql();
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/zoo-10.0.core.zst"));
        command.arg("--no-progress").env("XDG_STATE_HOME", state).env("TERM", "xterm");
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

    fn type_keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    fn end(mut self) -> i32 {
        self.type_keys("\u{4}");
        self.child.wait().expect("the program ends").code().expect("no signal ends the program")
    }
}

const PROMPT: &str = "heapql>";

#[test]
fn a_conversation() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(state.path());
    let greeting = terminal.expect(PROMPT);
    assert!(greeting.contains(".NET 10.0.") && greeting.contains("objects,"), "{greeting}");

    terminal.type_keys("select count where type = 'Zoo.Dog'\r");
    terminal.expect("1 row in ");
    terminal.expect(PROMPT);

    terminal.type_keys("select sise\r");
    terminal.expect("error:");
    terminal.expect(PROMPT);

    // Ctrl-C clears the line and ends nothing.
    terminal.type_keys("select nonsense\u{3}");
    terminal.expect(PROMPT);
    // An open parenthesis goes on in the next line.
    terminal.type_keys("select count where type in ('Zoo.Dog',\r'Zoo.Cat')\r");
    terminal.expect("1 row in ");
    terminal.expect(PROMPT);

    // Tab completes a keyword and, as the heap is walked, the name of a type.
    terminal.type_keys("descr\t obj\t\r");
    terminal.expect("rows in ");
    terminal.expect(PROMPT);
    terminal.type_keys("select type, count where type = 'Zoo.Do\t' group by type\r");
    terminal.expect("1 row in ");
    terminal.expect(PROMPT);
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
    first.expect(PROMPT);
    first.type_keys("select count from modules\r");
    first.expect("1 row in ");
    first.expect(PROMPT);
    assert_eq!(first.end(), 0);

    let mut second = Terminal::start(state.path());
    second.expect(PROMPT);
    // The key for the line before.
    second.type_keys("\u{1b}[A\r");
    second.expect("1 row in ");
    second.expect(PROMPT);
    assert_eq!(second.end(), 0);
}

#[test]
fn wide_names_fit_the_terminal() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(state.path());
    terminal.expect(PROMPT);
    terminal.type_keys("select type, count, size where type like 'System.Collections%' group by type\r");
    let shown = terminal.expect("rows in ");
    let table = shown.split_once('─').expect("a table has a line below its header").1;
    assert!(table.contains('…'), "{table}");
    for line in table.lines().map(|line| line.trim_end_matches('\r')) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    terminal.expect(PROMPT);
    assert_eq!(terminal.end(), 0);
}
