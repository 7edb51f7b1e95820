//! A connection to a diagnostic socket, on which nothing waits for ever.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use super::fault::Fault;
use super::message::{Command, HEADER, Message};

/// How long an answer may take that the runtime has at hand. A process in the middle of a collection, or one that gets a
/// tenth of a processor, needs a second or two.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// How often a process is asked again whose queue of connections is full.
const RETRY: Duration = Duration::from_millis(20);

/// The longest path that the address of a socket has room for, its final zero left out.
const MAX_ADDRESS: usize = 107;

/// A connection, on which one command is sent and answered.
#[derive(Debug)]
pub struct Connection {
    stream: UnixStream,
}

/// Tells before each wait how long it may be, or why there is to be none.
type Waits<'a> = &'a mut dyn FnMut() -> Result<Duration, Fault>;

impl Connection {
    /// Connects to the socket at `path`, within `limit`.
    ///
    /// # Errors
    /// When nobody listens, when this user may not connect, or when the process does not take the connection in time.
    pub fn open(path: &Path, limit: Duration) -> Result<Connection, Fault> {
        let (path, folder) = short_path(path)?;
        let address = SocketAddrUnix::new(&path).map_err(io::Error::from)?;
        let deadline = Instant::now() + limit;
        let socket = loop {
            let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
            let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)
                .map_err(io::Error::from)?;
            match rustix::net::connect(&socket, &address) {
                Ok(()) => break socket,
                // The queue is full: without NONBLOCK this would wait for as long as the process is stopped.
                Err(Errno::AGAIN) if Instant::now() < deadline => thread::sleep(RETRY),
                Err(Errno::AGAIN) => return Err(Fault::TimedOut(limit)),
                Err(error) => return Err(io::Error::from(error).into()),
            }
        };
        drop(folder);
        let stream = UnixStream::from(socket);
        stream.set_nonblocking(false)?;
        Ok(Connection::over(stream))
    }

    /// A connection that stands already.
    pub fn over(stream: UnixStream) -> Connection {
        Connection { stream }
    }

    /// Sends a message within `limit`.
    ///
    /// # Errors
    /// When it is too long, when the peer does not read it in time, or closes the connection.
    pub fn send(&mut self, message: &Message, limit: Duration) -> Result<(), Fault> {
        let bytes = message.encode()?;
        let mut rest = bytes.as_slice();
        let mut waits = until(limit);
        while !rest.is_empty() {
            self.stream.set_write_timeout(Some(waits()?))?;
            match self.stream.write(rest) {
                Ok(0) => return Err(Fault::Closed),
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Receives a message within `limit`.
    ///
    /// # Errors
    /// When there is none in time, or what comes is none.
    pub fn receive(&mut self, limit: Duration) -> Result<Message, Fault> {
        self.receive_while(&mut until(limit))
    }

    /// Receives a message; `waits` is asked every so often how long to wait on.
    ///
    /// # Errors
    /// What `waits` says, and as for [`Connection::receive`].
    pub fn receive_while(&mut self, waits: Waits<'_>) -> Result<Message, Fault> {
        let mut header = [0; HEADER];
        self.fill(&mut header, waits)?;
        let (command, length) = Message::decode_header(&header)?;
        let mut payload = vec![0; length];
        self.fill(&mut payload, waits)?;
        Ok(Message { command, payload })
    }

    /// The stream that follows the answer.
    pub fn into_stream(self) -> UnixStream {
        self.stream
    }

    fn fill(&mut self, buffer: &mut [u8], waits: Waits<'_>) -> Result<(), Fault> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            self.stream.set_read_timeout(Some(waits()?))?;
            match self.stream.read(rest) {
                Ok(0) => return Err(Fault::Closed),
                Ok(read) => filled += read,
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Sends a command that the runtime answers at once, and gives the payload of the answer.
///
/// # Errors
/// When the process cannot be reached, does not answer within [`PATIENCE`], or refuses.
pub fn ask(socket: &Path, command: Command, payload: Vec<u8>) -> Result<Vec<u8>, Fault> {
    let mut connection = Connection::open(socket, PATIENCE)?;
    connection.send(&Message { command, payload }, PATIENCE)?;
    connection.receive(PATIENCE)?.into_answer()
}

/// Asks by the versions of a command, the newest first, until the runtime knows one; they are given oldest first.
///
/// # Errors
/// What `ask` says of the version that is known, or of the oldest.
pub(super) fn newest_known<V, T>(
    versions: impl IntoIterator<Item = V, IntoIter: DoubleEndedIterator>,
    mut ask: impl FnMut(V) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut result = Err(Fault::Closed);
    for version in versions.into_iter().rev() {
        result = ask(version);
        if !matches!(&result, Err(fault) if fault.is_unknown_command()) {
            break;
        }
    }
    result
}

/// Waits up to `limit` from now on, all waits together.
pub(super) fn until(limit: Duration) -> impl FnMut() -> Result<Duration, Fault> {
    let began = Instant::now();
    move || {
        let left = limit.saturating_sub(began.elapsed());
        if left.is_zero() { Err(Fault::TimedOut(limit)) } else { Ok(left) }
    }
}

/// Whether a read or write may simply be tried again.
pub(crate) fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

/// A path to the same socket that fits into an address, and what must stay open until it was used. The runtime's own
/// path fits, but seen through `/proc/PID/root` it may not.
fn short_path(path: &Path) -> Result<(PathBuf, Option<File>), Fault> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(Fault::NotListening);
    };
    if path.as_os_str().len() <= MAX_ADDRESS {
        return Ok((path.to_owned(), None));
    }
    let folder = File::open(folder)?;
    let path = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name);
    Ok((path, Some(folder)))
}

#[cfg(test)]
mod tests {
    use super::super::fake_peer::{FakePeer, ok};
    use super::*;

    const BRIEF: Duration = Duration::from_millis(80);

    #[test]
    fn a_command_is_answered() {
        let peer = FakePeer::answering(|_| ok(b"hello"));
        let answer = ask(peer.socket(), Command::PROCESS_INFO[0], b"ask".to_vec()).unwrap();
        assert_eq!(answer, b"hello");
        assert_eq!(
            peer.requests(),
            [Message { command: Command::PROCESS_INFO[0], payload: b"ask".to_vec() }]
        );
    }

    #[test]
    fn a_peer_that_says_nothing_is_given_up() {
        let peer = FakePeer::silent();
        let mut connection = Connection::open(peer.socket(), BRIEF).unwrap();
        let fault = connection.receive(BRIEF).unwrap_err();
        assert!(matches!(fault, Fault::TimedOut(BRIEF)), "{fault}");
    }

    #[test]
    fn bytes_that_trickle_do_not_move_the_deadline() {
        let peer = FakePeer::trickling(Duration::from_millis(15));
        let began = Instant::now();
        let mut connection = Connection::open(peer.socket(), BRIEF).unwrap();
        let fault = connection.receive(BRIEF).unwrap_err();
        assert!(matches!(fault, Fault::TimedOut(_)), "{fault}");
        assert!(began.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn a_process_that_takes_no_connections_is_given_up() {
        let peer = FakePeer::never_accepting();
        let connections: Vec<_> = (0..4).map(|_| Connection::open(peer.socket(), BRIEF)).collect();
        assert!(connections.iter().any(|c| matches!(c, Err(Fault::TimedOut(_)))));
    }

    #[test]
    fn an_answer_cut_short_is_a_closed_connection() {
        for bytes in [&b""[..], b"DOTNET_IPC", b"DOTNET_IPC_V1\0\x20\0\xff\0\0\0half"] {
            let peer = FakePeer::sending(bytes.to_vec());
            let fault = ask(peer.socket(), Command::PROCESS_INFO[0], vec![]).unwrap_err();
            assert!(matches!(fault, Fault::Closed), "{fault}");
        }
    }

    #[test]
    fn another_protocol_is_told() {
        let peer = FakePeer::sending(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
        let fault = ask(peer.socket(), Command::PROCESS_INFO[0], vec![]).unwrap_err();
        assert!(matches!(fault, Fault::Malformed(_)), "{fault}");
    }

    #[test]
    fn nobody_listens_on_a_socket_that_was_left_behind() {
        let peer = FakePeer::left_behind();
        assert!(matches!(Connection::open(peer.socket(), BRIEF), Err(Fault::NotListening)));
        let gone = peer.socket().with_file_name("gone");
        assert!(matches!(Connection::open(&gone, BRIEF), Err(Fault::NotListening)));
    }

    #[test]
    fn a_path_that_is_too_long_for_an_address_is_connected_to() {
        let peer = FakePeer::answering(|_| ok(b"far"));
        let long = peer.socket().parent().unwrap().join("a".repeat(100));
        std::fs::create_dir(&long).unwrap();
        let path = long.join("..").join(peer.socket().file_name().unwrap());
        assert!(path.as_os_str().len() > MAX_ADDRESS);
        assert_eq!(ask(&path, Command::PROCESS_INFO[0], vec![]).unwrap(), b"far");
    }
}
