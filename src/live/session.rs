//! A session: a stream of events that a runtime sends until it is told to stop.
//!
//! A session costs the process memory and time, so it is ended on every way out: by [`Session::stop`], by a [`Stopper`] from
//! another thread (Ctrl-C), or when the session is dropped. Should this program be killed, the runtime ends the session when
//! it finds nobody to write to.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::ipc::{Connection, Fault, Message, PATIENCE, SessionId, begin_tracing, is_passing, stop_tracing};

pub use super::ipc::Provider;

/// How long reading waits for events.
const TICK: Duration = Duration::from_millis(100);

/// How long a stream may go on after it was told to stop. What was buffered is written meanwhile; a runtime that never
/// ends it would keep this program.
const DRAIN: Duration = Duration::from_secs(5);

/// How long a session that is dropped may take to end: nobody waits for what it still holds.
const HASTE: Duration = Duration::from_secs(2);

/// A stream of events, in the nettrace format. Reading waits a tenth of a second for some and then fails with
/// [`io::ErrorKind::WouldBlock`], so that whoever reads can look up; the end of the stream is the end of the session, because
/// it was stopped or because the process ended.
#[derive(Debug)]
pub struct Session {
    stream: UnixStream,
    shared: Arc<Shared>,
    ended: bool,
    /// By when the stream must have ended, once it is to.
    deadline: Option<Instant>,
}

/// What ends a session, from any thread.
#[derive(Clone, Debug)]
pub struct Stopper {
    shared: Arc<Shared>,
}

/// What is known of a session by those who end it.
#[derive(Debug)]
struct Shared {
    socket: PathBuf,
    id: SessionId,
    stopped: AtomicBool,
}

impl Session {
    /// Begins a session over the diagnostic socket of a process. The runtime buffers up to `buffer_mb` megabytes of events
    /// and drops what comes beyond.
    ///
    /// # Errors
    /// When the process cannot be reached, does not answer in time, or refuses.
    pub fn start(socket: &Path, providers: &[Provider], buffer_mb: u32) -> Result<Session, Fault> {
        let (connection, id) = begin_tracing(socket, providers, buffer_mb)?;
        let stream = connection.into_stream();
        let shared = Shared { socket: socket.to_owned(), id, stopped: AtomicBool::new(false) };
        let session = Session { stream, shared: Arc::new(shared), ended: false, deadline: None };
        session.stream.set_read_timeout(Some(TICK))?;
        Ok(session)
    }

    /// What ends the session while another thread reads from it: that one then reads to the end of the stream.
    pub fn stopper(&self) -> Stopper {
        Stopper { shared: Arc::clone(&self.shared) }
    }

    /// Ends the session. What is left of the stream is thrown away.
    ///
    /// # Errors
    /// When the process does not end it in time; it does when this connection is closed, which it then is. A process that
    /// has ended meanwhile is no error.
    pub fn stop(&mut self) -> Result<(), Fault> {
        self.end(DRAIN)
    }

    fn end(&mut self, limit: Duration) -> Result<(), Fault> {
        if self.ended {
            return Ok(());
        }
        let asked = match self.shared.ask_to_stop(limit) {
            // The process is gone, and its sessions with it.
            Err(Fault::NotListening | Fault::Closed) => {
                self.ended = true;
                return Ok(());
            }
            asked => asked?,
        };
        let deadline = Instant::now() + limit;
        self.deadline = Some(deadline);
        let mut rest = [0; 16 << 10];
        while !self.ended {
            match self.read(&mut rest) {
                Err(error) if !is_passing(&error) => return Err(error.into()),
                _ => {}
            }
        }
        if Instant::now() >= deadline {
            return Err(Fault::TimedOut(limit));
        }
        let answer = asked.map(|mut connection| connection.receive(limit).and_then(Message::into_answer));
        match answer {
            None | Some(Ok(_) | Err(Fault::Closed)) => Ok(()),
            Some(Err(fault)) => Err(fault),
        }
    }
}

impl Stopper {
    /// Has the runtime end the session. The reader of the session then finds the end of the stream, at the latest some
    /// seconds from now.
    ///
    /// # Errors
    /// When the process cannot be reached.
    pub fn stop(&self) -> Result<(), Fault> {
        match self.shared.ask_to_stop(PATIENCE) {
            // The answer comes once the stream is read to its end, which is the reader's business.
            Ok(_) | Err(Fault::NotListening | Fault::Closed) => Ok(()),
            Err(fault) => Err(fault),
        }
    }
}

impl Shared {
    /// Asks the runtime once; `None` when that was done before.
    fn ask_to_stop(&self, limit: Duration) -> Result<Option<Connection>, Fault> {
        if self.stopped.swap(true, Ordering::SeqCst) {
            return Ok(None);
        }
        stop_tracing(&self.socket, self.id, limit).map(Some)
    }
}

impl Read for Session {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.deadline.is_none() && self.shared.stopped.load(Ordering::SeqCst) {
            self.deadline = Some(Instant::now() + DRAIN);
        }
        self.ended |= self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        match self.stream.read(buffer) {
            Ok(read) => {
                self.ended = read == 0;
                Ok(read)
            }
            // The process was killed.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                self.ended = true;
                Ok(0)
            }
            Err(error) => Err(error),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Closing the connection, which follows, ends the session too, only later.
        let _ = self.end(HASTE);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, channel};
    use std::thread;

    use super::super::ipc::Command;
    use super::super::ipc::fake_peer::{FakePeer, ok};
    use super::*;

    /// A runtime that streams `chunk` again and again until it is told to stop, and then `last`.
    fn runtime(chunk: &'static [u8], last: &'static [u8], obeys: bool) -> FakePeer {
        let (sender, receiver) = channel::<()>();
        let receiver: Mutex<Option<Receiver<()>>> = Mutex::new(Some(receiver));
        FakePeer::conversing(move |stream, request| match request.command {
            Command::COLLECT_TRACING_2 => {
                stream.write_all(&ok(&9_u64.to_le_bytes())).unwrap();
                let mut stream = stream.try_clone().unwrap();
                let told = receiver.lock().unwrap().take().unwrap();
                thread::spawn(move || {
                    loop {
                        if stream.write_all(chunk).is_err() {
                            return;
                        }
                        if obeys && told.recv_timeout(Duration::from_millis(5)).is_ok() {
                            let _ = stream.write_all(last);
                            return;
                        }
                    }
                });
            }
            Command::STOP_TRACING => {
                assert_eq!(request.payload, 9_u64.to_le_bytes());
                let _ = sender.send(());
                let _ = stream.write_all(&ok(&9_u64.to_le_bytes()));
            }
            _ => panic!("{request:?}"),
        })
    }

    fn stops(peer: &FakePeer) -> usize {
        peer.requests().iter().filter(|request| request.command == Command::STOP_TRACING).count()
    }

    fn start(peer: &FakePeer) -> Session {
        Session::start(peer.socket(), &[Provider::default()], 16).unwrap()
    }

    fn read_all(session: &mut Session) -> String {
        let (mut all, mut buffer) = (Vec::new(), [0; 64]);
        loop {
            match session.read(&mut buffer) {
                Ok(0) => return String::from_utf8(all).unwrap(),
                Ok(read) => all.extend_from_slice(&buffer[..read]),
                Err(error) => assert!(is_passing(&error), "{error}"),
            }
        }
    }

    #[test]
    fn a_reader_that_waits_may_look_up() {
        let peer = FakePeer::conversing(|stream, _| {
            let _ = stream.write_all(&ok(&9_u64.to_le_bytes()));
            thread::sleep(Duration::from_millis(300));
        });
        let mut session = start(&peer);
        assert_eq!(session.read(&mut [0; 8]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn the_stream_is_read_to_its_end_after_a_stop_from_elsewhere() {
        let peer = runtime(b"event;", b"end", true);
        let mut session = start(&peer);
        let stopper = session.stopper();
        let reader = thread::spawn(move || read_all(&mut session));
        thread::sleep(Duration::from_millis(30));
        stopper.stop().unwrap();
        stopper.stop().unwrap();
        let all = reader.join().unwrap();
        assert!(all.starts_with("event;") && all.ends_with("end"), "{all}");
        assert_eq!(stops(&peer), 1, "the runtime is asked once");
    }

    #[test]
    fn a_session_is_stopped_once() {
        let peer = runtime(b"event;", b"end", true);
        let mut session = start(&peer);
        session.stop().unwrap();
        session.stop().unwrap();
        assert_eq!(session.read(&mut [0; 8]).unwrap(), 0, "it is over");
        drop(session);
        assert_eq!(stops(&peer), 1);
    }

    #[test]
    fn a_session_that_is_dropped_is_stopped() {
        let peer = runtime(b"event;", b"end", true);
        drop(start(&peer));
        assert_eq!(stops(&peer), 1);
    }

    #[test]
    fn a_stream_that_does_not_end_is_given_up() {
        let peer = runtime(b"event;", b"", false);
        let mut session = start(&peer);
        let fault = session.end(Duration::from_millis(150)).unwrap_err();
        assert!(matches!(fault, Fault::TimedOut(_)), "{fault}");
        assert_eq!(session.read(&mut [0; 8]).unwrap(), 0, "it is over for the reader");
    }

    #[test]
    fn the_end_of_the_process_ends_the_session() {
        let peer = FakePeer::sending([ok(&9_u64.to_le_bytes()), b"last words".to_vec()].concat());
        let mut session = start(&peer);
        assert_eq!(read_all(&mut session), "last words");
        drop(session);
        let sent: Vec<Message> = peer.requests();
        assert_eq!(sent.len(), 1, "nothing is left to stop");
    }
}
