//! The variables of a process's environment, as they are now.

use std::path::Path;

use super::connection::{Connection, PATIENCE};
use super::fault::Fault;
use super::message::{Command, Message};
use super::payload::PayloadReader;
use crate::limits;

/// The environment of a process: names and values, in its order. The runtime may have changed it since the process began.
///
/// # Errors
/// When the process cannot be reached, does not answer, or has more than [`limits::MAX_ENVIRONMENT_BYTES`].
pub fn environment(socket: &Path) -> Result<Vec<(String, String)>, Fault> {
    let mut connection = Connection::open(socket, PATIENCE)?;
    let command = Command::PROCESS_ENVIRONMENT;
    connection.send(&Message { command, payload: Vec::new() }, PATIENCE)?;
    receive_environment(&mut connection)
}

/// Receives the answer to the command, and the block that follows it.
///
/// # Errors
/// As for [`environment`].
pub fn receive_environment(connection: &mut Connection) -> Result<Vec<(String, String)>, Fault> {
    let answer = connection.receive(PATIENCE)?.into_answer()?;
    let length = PayloadReader::new(&answer).u32()?;
    if length > limits::MAX_ENVIRONMENT_BYTES {
        return Err(Fault::Malformed("it announces an environment larger than systems allow"));
    }
    decode(&connection.receive_bytes(length as usize, PATIENCE)?)
}

fn decode(block: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let mut block = PayloadReader::new(block);
    let count = block.u32()?;
    let mut variables = Vec::new();
    for _ in 0..count {
        // Each takes at least the four bytes of its length, so that the count cannot make more than the block holds.
        let text = block.text()?;
        let (name, value) = text.split_once('=').unwrap_or((&text, ""));
        variables.push((name.to_owned(), value.to_owned()));
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use super::super::fake_peer::{FakePeer, ok};
    use super::super::payload::PayloadWriter;
    use super::*;
    use proptest::prelude::*;

    fn peer(announced: u32, block: Vec<u8>) -> FakePeer {
        let head = PayloadWriter::new().u32(announced).finish();
        FakePeer::sending([ok(&[head, vec![0, 0]].concat()), block].concat())
    }

    #[test]
    fn variables_have_names_and_values() {
        let block = PayloadWriter::new().u32(3).text("HOME=/home/a").text("EMPTY=").text("A=b=c").finish();
        let peer = peer(block.len() as u32, block);
        let pairs = [("HOME", "/home/a"), ("EMPTY", ""), ("A", "b=c")];
        let expected = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(environment(peer.socket()).unwrap(), expected);
    }

    #[test]
    fn a_huge_environment_is_refused_before_memory_is_taken() {
        let fault = environment(peer(u32::MAX, vec![]).socket()).unwrap_err();
        assert!(matches!(fault, Fault::Malformed(_)), "{fault}");
        let fault = environment(peer(1 << 20, vec![0; 8]).socket()).unwrap_err();
        assert!(matches!(fault, Fault::Closed), "{fault}");
    }

    proptest! {
        #[test]
        fn any_block_is_read_or_refused(block in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = decode(&block);
        }
    }
}
