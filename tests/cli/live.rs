//! Commands about running processes. The process is the one of the tests: it has a socket of its number and start in a
//! temporary folder, and behaves there as a .NET runtime does.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::{Ended, heapql};

/// Long enough for the slowest machine; nothing waits for it unless something is wrong.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// The commands that the runtime is asked, by set and number.
const PROCESS_INFO_3: (u8, u8) = (4, 8);
const WRITE_DUMP_3: (u8, u8) = (1, 3);
pub(super) const COLLECT_TRACING_2: (u8, u8) = (2, 3);
pub(super) const STOP_TRACING: (u8, u8) = (2, 1);

/// A runtime in this process, in a temporary folder of its own.
pub(super) struct Runtime {
    folder: TempDir,
}

impl Runtime {
    /// One that answers each command with what `answer` makes of it.
    pub(super) fn new(
        answer: impl Fn((u8, u8), &[u8], &mut UnixStream) -> Vec<u8> + Send + 'static,
    ) -> Runtime {
        let folder = tempfile::tempdir().unwrap();
        let stat = fs::read_to_string("/proc/self/stat").unwrap();
        let start = stat.rsplit(')').next().unwrap().split_ascii_whitespace().nth(19).unwrap();
        let name = format!("dotnet-diagnostic-{}-{start}-socket", process::id());
        let listener = UnixListener::bind(folder.path().join(name)).unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut header = [0; 20];
                if stream.read_exact(&mut header).is_err() {
                    continue;
                }
                let length = usize::from(u16::from_le_bytes([header[14], header[15]])) - 20;
                let mut payload = vec![0; length];
                stream.read_exact(&mut payload).unwrap();
                let answer = answer((header[16], header[17]), &payload, &mut stream);
                let _ = stream.write_all(&answer);
            }
        });
        Runtime { folder }
    }

    /// One that writes the dumps of the corpus of these names, one after the other, and tells the counters of a recorded
    /// stream.
    fn writing(dumps: &'static [&'static str]) -> Runtime {
        let written = AtomicUsize::new(0);
        Runtime::new(move |command, payload, _| match command {
            PROCESS_INFO_3 => ok(&info()),
            WRITE_DUMP_3 => {
                let dump = dumps[written.fetch_add(1, Ordering::SeqCst)];
                fs::write(path_of(payload), unpacked(dump)).unwrap();
                ok(&[0; 4])
            }
            COLLECT_TRACING_2 => [ok(&9_u64.to_le_bytes()), stream()].concat(),
            STOP_TRACING => ok(payload),
            _ => refusal(0x8013_1385, ""),
        })
    }

    /// The program, to be run against it.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = heapql();
        command.env("TMPDIR", self.folder.path()).current_dir(self.folder.path()).args(arguments);
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().expect("the program starts").into()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The names of the files that lie there, the socket left out.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| !name.ends_with("-socket")).collect();
        names.sort();
        names
    }
}

fn message(id: u8, payload: &[u8]) -> Vec<u8> {
    let size = (20 + payload.len() as u16).to_le_bytes();
    [b"DOTNET_IPC_V1\0".as_slice(), &size, &[0xff, id, 0, 0], payload].concat()
}

pub(super) fn ok(payload: &[u8]) -> Vec<u8> {
    message(0, payload)
}

pub(super) fn refusal(code: u32, text: &str) -> Vec<u8> {
    message(0xff, &[&code.to_le_bytes(), self::text(text).as_slice()].concat())
}

fn text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().chain([0]).collect();
    let length = (units.len() as u32).to_le_bytes();
    length.into_iter().chain(units.iter().flat_map(|unit| unit.to_le_bytes())).collect()
}

pub(super) fn info() -> Vec<u8> {
    let head = [1_u32.to_le_bytes().as_slice(), &42_u64.to_le_bytes(), &[7; 16]].concat();
    let texts = ["dotnet Shop.dll", "Linux", "x64", "Shop", "10.0.14+c0ffee", "linux-x64"].map(text);
    [head, texts.concat()].concat()
}

/// The path in the command that writes a dump.
fn path_of(payload: &[u8]) -> PathBuf {
    let length = u32::from_le_bytes(payload[..4].try_into().unwrap()) as usize;
    let units: Vec<u16> =
        payload[4..2 + 2 * length].chunks(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    PathBuf::from(String::from_utf16(&units).unwrap())
}

/// A dump of the corpus as a runtime writes it.
fn unpacked(dump: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{dump}.core.zst"));
    let mut bytes = Vec::new();
    let mut decoder = zstd::Decoder::new(fs::File::open(path).unwrap()).unwrap();
    decoder.window_log_max(27).unwrap();
    decoder.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Counters of a real process.
pub(super) fn stream() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counters");
    fs::read(folder.join("zoo-8.0.4.nettrace")).unwrap()
}

pub(super) fn pid() -> String {
    process::id().to_string()
}

#[test]
fn processes_are_listed() {
    let runtime = Runtime::writing(&[]);
    let ended = runtime.run(&["ps", &pid(), "--format", "ndjson"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    let row = ended.out;
    assert!(
        row.starts_with(&format!("{{\"pid\":{},\"name\":\"Shop\",\"runtime\":\"10.0.14\"", pid())),
        "{row}"
    );
    assert!(row.contains("\"architecture\":\"x64\",\"problem\":null"), "{row}");
    let table = runtime.run(&["ps", &pid()]).out;
    assert!(table.contains(" Shop ") && !table.contains("problem"), "{table}");
}

#[test]
fn a_process_that_answers_badly_is_listed_with_the_reason() {
    let runtime = Runtime::new(|_, _, _| b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    let ended = runtime.run(&["ps", &pid(), "--format", "csv"]);
    assert!(ended.out.contains("the answer is none of the diagnostic protocol"), "{ended:?}");
    let ended = runtime.run(&["collect", &pid(), "-o", "a.core"]);
    assert_eq!(ended.status, 3);
    assert!(ended.err.contains("cannot write a dump") && ended.err.contains("hint: "), "{}", ended.err);
    assert_eq!(runtime.files(), Vec::<String>::new());
}

#[test]
fn a_dump_is_taken_and_looked_into() {
    let runtime = Runtime::writing(&["zoo-10.0"]);
    let ended = runtime.run(&["collect", &pid(), "-o", "shop.core"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    assert!(ended.out.starts_with("shop.core: "), "{}", ended.out);
    assert!(
        ended.out.contains("\nshop.core: .NET 10.0.14") && ended.out.contains(" objects, "),
        "{}",
        ended.out
    );
    assert_eq!(runtime.files(), ["shop.core"]);
}

#[test]
fn a_compressed_dump_opens_as_it_is() {
    let runtime = Runtime::writing(&["zoo-10.0"]);
    let ended = runtime.run(&["collect", &pid(), "--zst", "-o", "shop.core.zst"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    assert!(ended.out.contains(" compressed\n"), "{}", ended.out);
    assert_eq!(runtime.files(), ["shop.core.zst"]);
    let count = ["query", "shop.core.zst", "--format", "csv", "-e", "select count from objects"];
    let ended = runtime.run(&count);
    assert_eq!(ended.status, 0, "{}", ended.err);
}

#[test]
fn a_dump_without_a_name_is_called_after_the_process() {
    let runtime = Runtime::writing(&["zoo-10.0"]);
    assert_eq!(runtime.run(&["collect", &pid()]).status, 0);
    let files = runtime.files();
    assert!(files[0].contains(&format!("-{}-20", pid())) && files[0].ends_with(".core"), "{files:?}");
}

#[test]
fn a_dump_that_cannot_be_opened_is_told_while_the_process_lives() {
    let runtime = Runtime::new(|_, payload, _| {
        fs::write(path_of(payload), "half a dump").unwrap();
        ok(&[0; 4])
    });
    let ended = runtime.run(&["collect", &pid(), "-o", "a.core"]);
    assert_eq!(ended.status, 3);
    assert!(ended.err.contains("hint: the file is kept"), "{}", ended.err);
    assert_eq!(runtime.files(), ["a.core"]);
}

#[test]
fn a_single_file_program_that_writes_full_dumps_only_is_told_how() {
    let said = "[createdump] Only full dumps are supported by single file apps.";
    let runtime = Runtime::new(move |_, _, _| refusal(0x8000_4005, said));
    let ended = runtime.run(&["collect", &pid(), "-o", "a.core"]);
    assert_eq!(ended.status, 3);
    assert!(ended.err.contains(said) && ended.err.contains("hint: a single-file program"), "{}", ended.err);
    assert!(ended.err.contains("--type full") && !ended.err.contains("copy it there"), "{}", ended.err);
}

#[test]
fn a_runtime_that_refuses_is_quoted() {
    let runtime = Runtime::new(|_, _, _| refusal(0x8000_4005, "ptrace: Operation not permitted"));
    let ended = runtime.run(&["collect", &pid(), "-o", "a.core"]);
    assert_eq!(ended.status, 3);
    let told = "the command failed (0x80004005): ptrace: Operation not permitted";
    assert!(ended.err.contains(told) && ended.err.contains("gcore"), "{}", ended.err);
    assert_eq!(runtime.files(), Vec::<String>::new());
}

#[test]
fn a_condition_is_waited_for() {
    let runtime = Runtime::writing(&["zoo-10.0", "zoo-10.0"]);
    let ended =
        runtime.run(&["collect", &pid(), "--when", "working-set > 1mb", "--baseline", "-o", "a.core"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(ended.err.contains("waiting until `working-set > 1mb` holds in "), "{}", ended.err);
    assert!(
        ended.err.contains("working-set is ") && ended.err.contains("heapql diff a-baseline.core a.core")
    );
    assert_eq!(runtime.files(), ["a-baseline.core", "a.core"]);
}

#[test]
fn the_end_of_the_stream_ends_the_wait() {
    let runtime = Runtime::writing(&[]);
    let ended = runtime.run(&["collect", &pid(), "--when", "working-set > 900gb", "-o", "a.core"]);
    assert_eq!(ended.status, 3);
    assert!(ended.err.contains("closed the stream of its counters"), "{}", ended.err);
    assert_eq!(runtime.files(), Vec::<String>::new());
}

#[test]
fn ctrl_c_ends_the_wait_and_the_session() {
    let (sender, heard) = channel();
    let session = Mutex::new(None);
    let runtime = Runtime::new(move |command, payload, connection| match command {
        COLLECT_TRACING_2 => {
            *session.lock().unwrap() = Some(connection.try_clone().unwrap());
            sender.send(command).unwrap();
            let mut unended = stream();
            unended.pop();
            [ok(&9_u64.to_le_bytes()), unended].concat()
        }
        STOP_TRACING => {
            sender.send(command).unwrap();
            session.lock().unwrap().take();
            ok(payload)
        }
        _ => ok(&info()),
    });
    let mut command = runtime.command(&["collect", &pid(), "--when", "working-set > 900gb"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), COLLECT_TRACING_2);
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), STOP_TRACING);
    let ended = Ended::from(child.wait_with_output().unwrap());
    assert_eq!((ended.status, ended.err.lines().last()), (130, Some("stopped")));
    assert_eq!(runtime.files(), Vec::<String>::new());
}

#[test]
fn ctrl_c_leaves_no_file_of_a_dump_behind() {
    let (sender, heard) = channel();
    let runtime = Runtime::new(move |_, payload, connection| {
        fs::write(path_of(payload), "the first bytes").unwrap();
        sender.send(()).unwrap();
        // Until the program has gone away.
        let _ = connection.read(&mut [0]);
        Vec::new()
    });
    let mut command = runtime.command(&["collect", &pid(), "-o", "a.core"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    heard.recv_timeout(PATIENCE).unwrap();
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let ended = Ended::from(child.wait_with_output().unwrap());
    assert!(ended.status == 130 && ended.err.starts_with("stopped; the process writes on"), "{ended:?}");
    assert_eq!(runtime.files(), Vec::<String>::new());
}

#[test]
fn a_spike_is_reported_with_its_suspects() {
    let runtime = Runtime::writing(&["web-t0", "web-t1"]);
    let spike = ["watch", &pid(), "--when", "working-set > 1mb", "--report", "spike.html", "--keep", "0"];
    let ended = runtime.run(&spike);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(ended.out.contains("testwebapi.Controllers.Customer"), "{}", ended.out);
    assert!(ended.err.contains("the report is in spike.html"), "{}", ended.err);
    let report = fs::read_to_string(runtime.file("spike.html")).unwrap();
    assert!(report.contains("Customer") && report.starts_with("<!DOCTYPE html>"));
    assert_eq!(runtime.files(), ["spike.html"]);
}

#[test]
fn slips_are_told_before_anything_is_waited_for() {
    let runtime = Runtime::writing(&[]);
    let told = |arguments: &[&str], status: i32, what: &str| {
        let ended = runtime.run(arguments);
        assert_eq!(ended.status, status, "{ended:?}");
        assert!(ended.err.contains(what), "{}", ended.err);
    };
    told(&["collect", &pid(), "--when", "gc-heap-sizes > 1"], 1, "did you mean `gc-heap-size`?");
    told(&["collect", "no such program"], 3, "in its name or command line");
    told(&["collect", &pid(), "-o", "missing/a.core"], 2, "is the folder there");
    told(&["collect", &pid(), "--count", "2"], 2, "--when");
    told(&["collect", &pid(), "--collections", "missing.json"], 2, "missing.json");
    told(
        &["watch", &pid(), "--when", "cpu-usage > 1", "--report", "missing/a.html"],
        2,
        "the folder is not there",
    );
    told(
        &["watch", &pid(), "--when", "cpu-usage > 1", "--report", "a"],
        2,
        "the file's ending tells no format",
    );
    told(&["counters", &pid(), "--interval", "1ms"], 2, "at least 100ms");
}
