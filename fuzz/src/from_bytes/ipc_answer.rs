//! Takes any bytes for what a process sends on its diagnostic socket: a message.

use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use heapql::live::ipc::{Connection, PayloadReader, ProcessInfo};

/// How long the end of the input may take to arrive: it is there before it is read.
const LIMIT: Duration = Duration::from_secs(1);

/// What a socket holds for its reader without waiting for it.
const MOST: usize = 64 << 10;

/// Runs the target.
pub fn run(bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(MOST)];
    let Ok(message) = connection(bytes).receive(LIMIT) else { return };
    let again = message.encode().expect("a message that was received has the size of one");
    // The last two bytes of a header are not looked at.
    assert_eq!((&again[..18], &again[20..]), (&bytes[..18], &bytes[20..again.len()]));
    let Ok(answer) = message.into_answer() else { return };
    for version in 1..=3 {
        let _ = ProcessInfo::decode(&answer, version);
    }
    let mut payload = PayloadReader::new(&answer);
    while !payload.is_empty() && payload.text().is_ok() {}
}

/// A connection whose other end sends these bytes and closes.
fn connection(bytes: &[u8]) -> Connection {
    let (here, mut there) = UnixStream::pair().expect("the system has room for two sockets");
    there.write_all(bytes).expect("the bytes fit into the socket");
    there.shutdown(Shutdown::Write).expect("the socket is open");
    Connection::over(here)
}
