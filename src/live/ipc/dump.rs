//! The command that writes a dump.

use std::path::Path;
use std::time::Duration;

use super::connection::{Connection, PATIENCE, newest_known};
use super::fault::Fault;
use super::message::{Command, Message};
use super::payload::PayloadWriter;

/// How often whoever waits for a dump is asked whether to wait on.
const TICK: Duration = Duration::from_millis(100);

/// What a dump holds, by the runtime's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DumpType {
    /// Private memory that is written to: heaps, stacks, data.
    Heap,
    /// Stacks, with paths and passwords taken out.
    Triage,
    /// All memory.
    Full,
}

impl DumpType {
    fn number(self) -> u32 {
        match self {
            DumpType::Heap => 2,
            DumpType::Triage => 3,
            DumpType::Full => 4,
        }
    }
}

/// Has the runtime write a dump to `path`, as the process sees it, and waits until it is done. `go_on` is asked every
/// tenth of a second; when it says no this returns with [`Fault::Stopped`], but the runtime writes on: there is no command
/// that stops it.
///
/// # Errors
/// When the process cannot be reached, ends meanwhile, or refuses; .NET 8 and later then tell why in words.
pub fn write_dump(
    socket: &Path,
    path: &str,
    kind: DumpType,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<(), Fault> {
    // In this name `%p` and the like stand for numbers of the process, and `%%` for the sign.
    let path = path.replace('%', "%%");
    // No flags: neither the log of the writing, nor a crash report.
    let payload = PayloadWriter::new().text(&path).u32(kind.number()).u32(0).finish();
    newest_known(Command::WRITE_DUMP, |command| {
        ask_patiently(socket, &Message { command, payload: payload.clone() }, go_on)
    })
}

fn ask_patiently(socket: &Path, message: &Message, go_on: &mut dyn FnMut() -> bool) -> Result<(), Fault> {
    let mut connection = Connection::open(socket, PATIENCE)?;
    connection.send(message, PATIENCE)?;
    let answer = connection.receive_while(&mut || if go_on() { Ok(TICK) } else { Err(Fault::Stopped) })?;
    answer.into_answer().map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::super::fake_peer::{FakePeer, ok, refusal};
    use super::super::fault::HResult;
    use super::*;

    #[test]
    fn the_newest_command_that_is_known_writes_the_dump() {
        let peer = FakePeer::answering(|request| match request.command {
            Command { set: 1, id: 1 } => ok(&[0; 4]),
            _ => refusal(HResult::UNKNOWN_COMMAND.0),
        });
        write_dump(peer.socket(), "/dumps/100%.core", DumpType::Full, &mut || true).unwrap();
        let requests = peer.requests();
        assert_eq!(requests.iter().map(|r| r.command.id).collect::<Vec<_>>(), [3, 2, 1]);
        let payload = PayloadWriter::new().text("/dumps/100%%.core").u32(4).u32(0).finish();
        assert!(requests.iter().all(|request| request.payload == payload));
    }

    #[test]
    fn the_runtimes_words_are_told() {
        let payload = PayloadWriter::new().u32(0x8000_4005).text("createdump: no such file").finish();
        let answer = Message { command: Command::ERROR, payload }.encode().unwrap();
        let peer = FakePeer::sending(answer);
        let fault = write_dump(peer.socket(), "/x", DumpType::Heap, &mut || true).unwrap_err();
        assert_eq!(fault.to_string(), "the command failed (0x80004005): createdump: no such file");
    }

    #[test]
    fn waiting_ends_when_it_is_not_wanted_any_more() {
        let peer = FakePeer::silent();
        let mut asked = 0;
        let mut go_on = || {
            asked += 1;
            asked < 3
        };
        let fault = write_dump(peer.socket(), "/x", DumpType::Triage, &mut go_on).unwrap_err();
        assert!(matches!(fault, Fault::Stopped), "{fault}");
    }
}
