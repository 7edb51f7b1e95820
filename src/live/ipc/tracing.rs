//! The commands that begin and end a stream of events.

use std::path::Path;
use std::time::Duration;

use super::connection::{Connection, PATIENCE, newest_known};
use super::fault::Fault;
use super::message::{Command, Message};
use super::payload::{PayloadReader, PayloadWriter};

/// The number of a session within its runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub u64);

/// A source of events, and which of its events are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    /// Its name: `System.Runtime`.
    pub name: String,
    /// The kinds of events, a bit each, as the source defines them.
    pub keywords: u64,
    /// How much detail: 1 critical, 2 errors, 3 warnings, 4 informational, 5 verbose.
    pub level: u32,
    /// What the source is told, `NAME=VALUE;NAME=VALUE`; may be empty.
    pub arguments: String,
}

/// The format of the stream: nettrace, version 4.
const NETTRACE: u32 = 1;

/// Begins a stream of the providers' events, which the runtime buffers in up to `buffer_mb` megabytes. The connection then
/// carries the stream.
///
/// # Errors
/// When the process cannot be reached, does not answer in time, or refuses.
pub fn begin_tracing(
    socket: &Path,
    providers: &[Provider],
    buffer_mb: u32,
) -> Result<(Connection, SessionId), Fault> {
    newest_known([Command::COLLECT_TRACING, Command::COLLECT_TRACING_2], |command| {
        let mut connection = Connection::open(socket, PATIENCE)?;
        let payload = configuration(command, providers, buffer_mb);
        connection.send(&Message { command, payload }, PATIENCE)?;
        let answer = connection.receive(PATIENCE)?.into_answer()?;
        Ok((connection, SessionId(PayloadReader::new(&answer).u64()?)))
    })
}

/// What is asked for. Without a rundown: a list of all methods at the end would take longer than most sessions.
fn configuration(command: Command, providers: &[Provider], buffer_mb: u32) -> Vec<u8> {
    let mut payload = PayloadWriter::new().u32(buffer_mb).u32(NETTRACE);
    if command == Command::COLLECT_TRACING_2 {
        payload = payload.boolean(false);
    }
    // More providers than fit into 32 bits do not fit into a message either, which its encoding finds.
    payload = payload.u32(u32::try_from(providers.len()).unwrap_or(u32::MAX));
    for provider in providers {
        payload = payload.u64(provider.keywords).u32(provider.level).text(&provider.name);
        payload = payload.text(&provider.arguments);
    }
    payload.finish()
}

/// Asks the runtime to end a stream, on a connection of its own, which is returned: the answer comes when the runtime has
/// written the stream to its end, so that somebody must read that meanwhile.
///
/// # Errors
/// When the process cannot be reached within `limit`.
pub fn stop_tracing(socket: &Path, session: SessionId, limit: Duration) -> Result<Connection, Fault> {
    let mut connection = Connection::open(socket, limit)?;
    let payload = PayloadWriter::new().u64(session.0).finish();
    connection.send(&Message { command: Command::STOP_TRACING, payload }, limit)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::super::fake_peer::{FakePeer, ok, refusal};
    use super::super::fault::HResult;
    use super::*;

    #[test]
    fn the_command_has_the_bytes_of_the_specification() {
        // The example of the specification.
        let provider =
            Provider { name: "MyEventSource".into(), keywords: 100, level: 2, arguments: String::new() };
        let payload = configuration(Command::COLLECT_TRACING, &[provider], 250);
        assert_eq!(payload[..12], [250, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(payload[12..28], [100, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 14, 0, 0, 0]);
        assert_eq!(payload[28..32], [b'M', 0, b'y', 0]);
        assert_eq!(payload.len(), 28 + 28 + 4 + 2, "an empty text is written with its zero");
    }

    #[test]
    fn the_newer_command_is_tried_first() {
        let peer = FakePeer::answering(|request| match request.command {
            Command::COLLECT_TRACING => ok(&7_u64.to_le_bytes()),
            _ => refusal(HResult::UNKNOWN_COMMAND.0),
        });
        let (_, session) = begin_tracing(peer.socket(), &[], 64).unwrap();
        assert_eq!(session, SessionId(7));
        let requests = peer.requests();
        assert_eq!(requests[0].command, Command::COLLECT_TRACING_2);
        assert_eq!(requests[0].payload, [64, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(requests[1].payload, [64, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn an_answer_without_a_session_is_refused() {
        let peer = FakePeer::sending(ok(&[1, 2]));
        assert!(matches!(begin_tracing(peer.socket(), &[], 64), Err(Fault::Malformed(_))));
    }

    #[test]
    fn more_providers_than_fit_are_refused() {
        let peer = FakePeer::sending(ok(&[0; 8]));
        let provider = Provider { name: "x".repeat(40_000), ..Provider::default() };
        assert!(matches!(begin_tracing(peer.socket(), &[provider], 64), Err(Fault::TooLong)));
    }
}
