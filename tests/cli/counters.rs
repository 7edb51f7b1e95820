//! `heapql counters` of a process that is played by [`Runtime`], with the stream that a real one once sent.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use super::Ended;
use super::live::{COLLECT_TRACING_2, PATIENCE, Runtime, STOP_TRACING, info, ok, pid, stream as recorded};

/// A process that sends one stream to whoever begins a session.
struct Peer {
    runtime: Runtime,
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
    fn sending(stream: Vec<u8>, then: Then) -> Peer {
        let (sender, stopped) = channel();
        let session = Mutex::new(None);
        let runtime = Runtime::new(move |command, payload, connection| match command {
            COLLECT_TRACING_2 => {
                let kept = connection.try_clone().expect("a descriptor can be copied");
                *session.lock().expect("one thread") = Some(kept).filter(|_| then == Then::WaitsForStop);
                [ok(&9_u64.to_le_bytes()), stream.clone()].concat()
            }
            STOP_TRACING => {
                let _ = sender.send(());
                if let Some(mut session) = session.lock().expect("one thread").take() {
                    let _ = session.write_all(&[1]);
                }
                ok(payload)
            }
            _ => ok(&info()),
        });
        Peer { runtime, stopped }
    }

    /// The program, started to show the counters of this process.
    fn command(&self, arguments: &[&str]) -> Command {
        self.runtime.command(&[&["counters", &pid()], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().expect("the program starts").into()
    }

    /// Whether the session was ended by command.
    fn was_stopped(&self) -> bool {
        self.stopped.recv_timeout(PATIENCE).is_ok()
    }
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
    assert!(last.contains(", .NET 10.0.14, every 1 s\nSystem.Runtime\n  cpu-usage "), "{}", table.out);
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
