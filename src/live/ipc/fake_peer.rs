//! A socket in a temporary folder that behaves as a test wants: well, badly, slowly, not at all.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::message::{Command, HEADER, Message};

/// A peer. Its folder goes with it.
pub(crate) struct FakePeer {
    _folder: TempDir,
    socket: PathBuf,
    requests: Arc<Mutex<Vec<Message>>>,
    /// What a peer that never accepts has instead of a thread.
    queue: Option<UnixListener>,
    done: Arc<AtomicBool>,
}

/// The answer of a command that succeeded.
pub(crate) fn ok(payload: &[u8]) -> Vec<u8> {
    Message { command: Command::OK, payload: payload.to_vec() }.encode().unwrap()
}

/// The answer of a command that did not.
pub(crate) fn refusal(code: u32) -> Vec<u8> {
    Message { command: Command::ERROR, payload: code.to_le_bytes().to_vec() }.encode().unwrap()
}

impl FakePeer {
    /// Gives each request to `answer` and sends what that returns, then closes.
    pub fn answering(answer: impl Fn(&Message) -> Vec<u8> + Send + 'static) -> FakePeer {
        FakePeer::conversing(move |stream, request| {
            let _ = stream.write_all(&answer(request));
        })
    }

    /// Gives each request and its connection to `converse`, on a thread of its own.
    pub fn conversing(converse: impl Fn(&mut UnixStream, &Message) + Send + 'static) -> FakePeer {
        let (peer, listener) = FakePeer::new();
        let (requests, done) = (Arc::clone(&peer.requests), Arc::clone(&peer.done));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                if done.load(Ordering::SeqCst) {
                    return;
                }
                if let Some(request) = read_request(&mut stream) {
                    requests.lock().unwrap().push(request.clone());
                    converse(&mut stream, &request);
                }
            }
        });
        peer
    }

    /// Sends these bytes whatever is asked, then closes.
    pub fn sending(bytes: Vec<u8>) -> FakePeer {
        FakePeer::answering(move |_| bytes.clone())
    }

    /// Takes connections and never says a word.
    pub fn silent() -> FakePeer {
        FakePeer::on_connection(|stream, done| {
            while !done.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(5));
            }
            drop(stream);
        })
    }

    /// Sends a byte of a message that never ends at each interval.
    pub fn trickling(interval: Duration) -> FakePeer {
        FakePeer::on_connection(move |mut stream, done| {
            let mut bytes =
                b"DOTNET_IPC_V1\0\xff\xff\xff\0\0\0".iter().copied().chain(std::iter::repeat(b'x'));
            while !done.load(Ordering::SeqCst) && stream.write_all(&[bytes.next().unwrap()]).is_ok() {
                thread::sleep(interval);
            }
        })
    }

    /// Has a socket with a queue that nobody works off.
    pub fn never_accepting() -> FakePeer {
        let (mut peer, listener) = FakePeer::new();
        rustix::net::listen(&listener, 1).unwrap();
        peer.queue = Some(listener);
        peer
    }

    /// Has a socket that a process left behind.
    pub fn left_behind() -> FakePeer {
        FakePeer::new().0
    }

    /// Where to connect to.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Message> {
        self.requests.lock().unwrap().clone()
    }

    fn on_connection(act: impl Fn(UnixStream, &AtomicBool) + Send + 'static) -> FakePeer {
        let (peer, listener) = FakePeer::new();
        let done = Arc::clone(&peer.done);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                if done.load(Ordering::SeqCst) {
                    return;
                }
                act(stream, &done);
            }
        });
        peer
    }

    fn new() -> (FakePeer, UnixListener) {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let listener = UnixListener::bind(&socket).unwrap();
        let peer =
            FakePeer { _folder: folder, socket, requests: Arc::default(), queue: None, done: Arc::default() };
        (peer, listener)
    }
}

impl Drop for FakePeer {
    fn drop(&mut self) {
        self.done.store(true, Ordering::SeqCst);
        // Wakes the thread, which sees that it is done. Where there is none, the queue may be full.
        if self.queue.is_none() {
            let _ = UnixStream::connect(&self.socket);
        }
    }
}

/// The next request on a connection; `None` when it ends.
pub(crate) fn read_request(stream: &mut UnixStream) -> Option<Message> {
    let mut header = [0; HEADER];
    stream.read_exact(&mut header).ok()?;
    let (command, length) = Message::decode_header(&header).ok()?;
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).ok()?;
    Some(Message { command, payload })
}
