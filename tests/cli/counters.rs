//! `heapql counters` of a process that is played here: its socket, its answers, and the stream that a real runtime once sent.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::{Ended, heapql};

/// Long enough for the slowest machine; nothing waits for it unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

const MAGIC: &[u8] = b"DOTNET_IPC_V1\0";
/// Sets of commands.
const TRACING: u8 = 2;
const PROCESS: u8 = 4;
const ANSWERS: u8 = 0xff;
/// Commands of those sets.
const STOP_TRACING: u8 = 1;
const COLLECT_TRACING_2: u8 = 3;
const PROCESS_INFO_2: u8 = 4;
/// What a runtime answers to a command that it does not know.
const UNKNOWN_COMMAND: u32 = 0x8013_1385;

/// The .NET process that this test pretends to be.
struct Peer {
    folder: TempDir,
    /// Whether the session was ended by command.
    stopped: Receiver<()>,
}

/// What the peer does behind the bytes of its stream.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    /// Closes the connection, as a process that ends.
    Closes,
    /// Waits for the command to stop, then sends the end mark.
    WaitsForStop,
}

impl Peer {
    /// A process that sends this stream to whoever begins a session.
    fn sending(stream: Vec<u8>, then: Then) -> Peer {
        let folder = tempfile::tempdir().expect("a folder");
        let name = format!("dotnet-diagnostic-{}-{}-socket", std::process::id(), start_ticks());
        let listener = UnixListener::bind(folder.path().join(name)).expect("a socket");
        let (sender, stopped) = channel();
        thread::spawn(move || {
            let mut session: Option<UnixStream> = None;
            while let Ok((mut connection, _)) = listener.accept() {
                let Some((set, command)) = receive(&mut connection) else { continue };
                match (set, command) {
                    (PROCESS, PROCESS_INFO_2) => answer(&mut connection, 0, &process_info()),
                    (TRACING, COLLECT_TRACING_2) => {
                        answer(&mut connection, 0, &7_u64.to_le_bytes());
                        let _ = connection.write_all(&stream);
                        session = Some(connection).filter(|_| then == Then::WaitsForStop);
                    }
                    (TRACING, STOP_TRACING) => {
                        let _ = sender.send(());
                        if let Some(mut session) = session.take() {
                            let _ = session.write_all(&[1]);
                        }
                        answer(&mut connection, 0, &7_u64.to_le_bytes());
                    }
                    _ => answer(&mut connection, 0xff, &UNKNOWN_COMMAND.to_le_bytes()),
                }
            }
        });
        Peer { folder, stopped }
    }

    /// The program, started to show the counters of this process.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = heapql();
        command.args(["counters", &std::process::id().to_string()]).args(arguments);
        command.env("TMPDIR", self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().expect("the program starts").into()
    }

    /// Whether the session was ended by command.
    fn was_stopped(&self) -> bool {
        self.stopped.recv_timeout(PATIENCE).is_ok()
    }
}

/// When this process began, in ticks since the boot: the second number of its socket's name.
fn start_ticks() -> String {
    let stat = fs::read_to_string("/proc/self/stat").expect("a file of the system");
    let (_, behind_name) = stat.rsplit_once(')').expect("a name in parentheses");
    behind_name.split_whitespace().nth(19).expect("twenty numbers").to_owned()
}

/// A command: its set and its number.
fn receive(connection: &mut UnixStream) -> Option<(u8, u8)> {
    let mut header = [0; 20];
    connection.read_exact(&mut header).ok()?;
    assert_eq!(&header[..14], MAGIC);
    let size = u16::from_le_bytes([header[14], header[15]]);
    let mut payload = vec![0; usize::from(size) - header.len()];
    connection.read_exact(&mut payload).ok()?;
    Some((header[16], header[17]))
}

fn answer(connection: &mut UnixStream, code: u8, payload: &[u8]) {
    let size = u16::try_from(20 + payload.len()).expect("a short answer");
    let header = [MAGIC, &size.to_le_bytes(), &[ANSWERS, code, 0, 0]].concat();
    let _ = connection.write_all(&[&header, payload].concat());
}

/// Number, cookie, command line, system, architecture, assembly, version.
fn process_info() -> Vec<u8> {
    let mut payload = 4711_u64.to_le_bytes().to_vec();
    payload.extend([0; 16]);
    for text in ["zoo", "Linux", "x64", "zoo", "8.0.4+0123"] {
        let units: Vec<u16> = text.encode_utf16().chain([0]).collect();
        payload.extend((units.len() as u32).to_le_bytes());
        payload.extend(units.into_iter().flat_map(u16::to_le_bytes));
    }
    payload
}

/// What a runtime once sent in two seconds.
fn recorded() -> Vec<u8> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/counters/zoo-8.0.4.nettrace");
    fs::read(file).expect("a file of the tests")
}

/// The same without its end mark.
fn unended() -> Vec<u8> {
    let mut stream = recorded();
    assert_eq!(stream.pop(), Some(1));
    stream
}

const TWO: [&str; 2] = ["--counters", "threadpool-queue-length,gc-heap-size"];

#[test]
fn samples_are_rows_until_the_process_ends() {
    let peer = Peer::sending(recorded(), Then::Closes);
    let csv = peer.run(&[&TWO[..], &["--format", "csv"]].concat());
    let lines: Vec<&str> = csv.out.lines().collect();
    assert_eq!(lines[0], "time_utc,provider,counter,tags,kind,unit,value");
    let is_heap = |line: &&&str| line.contains("Z,System.Runtime,gc-heap-size,\"\",gauge,B,");
    assert_eq!((lines.len(), lines.iter().filter(is_heap).count()), (5, 2), "{}", csv.out);
    assert!(csv.err.contains(") ended"), "{}", csv.err);
    assert_eq!(csv.status, 0);

    let ndjson = peer.run(&[&TWO[..], &["--format", "ndjson", "--duration", "1h"]].concat());
    assert_eq!(ndjson.out.lines().count(), 4);
    assert!(ndjson.out.lines().all(|line| line.starts_with(r#"{"time_utc":"2026-"#) && line.ends_with('}')));
    assert_eq!(ndjson.status, 5, "it ended before its time");
}

#[test]
fn samples_are_pages_or_one_document_too() {
    let peer = Peer::sending(recorded(), Then::Closes);
    let table = peer.run(&[]);
    let last = table.out.split("\n\n").last().expect("a page");
    assert!(last.contains(", .NET 8.0.4, every 1 s\nSystem.Runtime\n  cpu-usage "), "{}", table.out);
    assert!(last.lines().any(|line| line.starts_with("  cpu-usage ") && line.ends_with("  ▁█")), "{last}");
    let json = peer.run(&[&TWO[..], &["--format", "json"]].concat());
    assert!(json.out.starts_with(r#"{"version":1,"#), "{}", json.out);
    assert_eq!(json.out.matches(r#""threadpool-queue-length""#).count(), 2);
}

#[test]
fn the_time_ends_the_session_in_the_process() {
    let peer = Peer::sending(unended(), Then::WaitsForStop);
    let ended = peer.run(&[&TWO[..], &["--format", "csv", "--duration", "300ms"]].concat());
    assert!(peer.was_stopped());
    assert_eq!((ended.out.lines().count(), ended.err.as_str(), ended.status), (5, "", 0));
}

#[test]
fn ctrl_c_ends_the_session_in_the_process() {
    let peer = Peer::sending(unended(), Then::WaitsForStop);
    for (duration, status) in [(None, 0), (Some("1h"), 130)] {
        let mut command = peer.command(&[&TWO[..], &["--format", "csv"]].concat());
        command.args(duration.iter().flat_map(|time| ["--duration", time]));
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        for _ in 0..5 {
            assert_ne!(out.read_line(&mut String::new()).expect("a line"), 0);
        }
        interrupt(&child);
        assert!(peer.was_stopped());
        let ended = child.wait_with_output().expect("the program ends");
        assert_eq!(
            (ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()),
            (Some(status), "")
        );
    }
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("a program of the system").success());
}

#[test]
fn a_reader_that_goes_away_ends_the_session_quietly() {
    let peer = Peer::sending(unended(), Then::WaitsForStop);
    let mut command = peer.command(&["--format", "csv"]);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    assert!(peer.was_stopped());
    let ended = child.wait_with_output().expect("the program ends");
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_process_that_sends_no_stream_is_told() {
    let peer = Peer::sending(b"HTTP/1.1 400 Bad Request\r\n".to_vec(), Then::Closes);
    let ended = peer.run(&[]);
    assert!(
        ended.err.contains("the stream of events is damaged at byte 0: this is not the beginning"),
        "{}",
        ended.err
    );
    assert_eq!((ended.status, ended.out.as_str()), (3, ""));
    let peer = Peer::sending(recorded()[..4000].to_vec(), Then::Closes);
    let cut = peer.run(&["--format", "csv"]);
    assert!(cut.err.contains(") ended") && cut.status == 0, "{}", cut.err);
}

#[test]
fn a_wrong_list_is_shown_with_its_place() {
    let ended = Peer::sending(recorded(), Then::Closes).run(&["--counters", "cpu-usage,gc-heapsize"]);
    let message = "error: the runtime has no counter `gc-heapsize`\n  |\n1 | cpu-usage,gc-heapsize\n  |           ^^^^^^^^^^^\n";
    assert!(ended.err.starts_with(message), "{}", ended.err);
    assert!(ended.err.contains("did you mean `gc-heap-size`?"));
    assert_eq!(ended.status, 2);
}
