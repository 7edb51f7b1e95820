//! Messages: a header of 20 bytes and a payload.

use super::fault::{Fault, HResult};
use super::payload::PayloadReader;

/// The version of the protocol, with the zero that ends it.
const MAGIC: [u8; 14] = *b"DOTNET_IPC_V1\0";

/// Bytes of a header: the magic, the size with the header (16 bits), command set, command, 16 reserved bits.
pub(super) const HEADER: usize = 20;

/// What a message asks for or answers: a command of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Command {
    /// The set, by the part of the runtime that answers.
    pub set: u8,
    /// The command within the set.
    pub id: u8,
}

impl Command {
    /// The three versions of the command that writes a dump, oldest first.
    pub const WRITE_DUMP: [Command; 3] =
        [Command { set: 1, id: 1 }, Command { set: 1, id: 2 }, Command { set: 1, id: 3 }];
    /// Ends a stream of events.
    pub const STOP_TRACING: Command = Command { set: 2, id: 1 };
    /// Begins a stream of events.
    pub const COLLECT_TRACING: Command = Command { set: 2, id: 2 };
    /// Begins a stream of events, with a word on whether the methods are listed at its end.
    pub const COLLECT_TRACING_2: Command = Command { set: 2, id: 3 };
    /// The three versions of the command that tells what a process is, oldest first: of .NET 5, 6 and 8.
    pub const PROCESS_INFO: [Command; 3] =
        [Command { set: 4, id: 0 }, Command { set: 4, id: 4 }, Command { set: 4, id: 8 }];
    /// The answer of a command that succeeded.
    pub const OK: Command = Command { set: 0xff, id: 0 };
    /// The answer of a command that did not.
    pub const ERROR: Command = Command { set: 0xff, id: 0xff };
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it asks or answers.
    pub command: Command,
    /// What the command needs, or tells.
    pub payload: Vec<u8>,
}

impl Message {
    /// The message as it is sent.
    ///
    /// # Errors
    /// [`Fault::TooLong`] when the payload has more bytes than the size of a message can say.
    pub fn encode(&self) -> Result<Vec<u8>, Fault> {
        let size = u16::try_from(HEADER + self.payload.len()).map_err(|_| Fault::TooLong)?;
        let mut bytes = Vec::with_capacity(HEADER + self.payload.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&size.to_le_bytes());
        bytes.extend_from_slice(&[self.command.set, self.command.id, 0, 0]);
        bytes.extend_from_slice(&self.payload);
        Ok(bytes)
    }

    /// What a header announces: the command and the number of bytes of the payload behind it.
    ///
    /// # Errors
    /// [`Fault::Malformed`] when it is none of this protocol.
    pub(super) fn decode_header(header: &[u8; HEADER]) -> Result<(Command, usize), Fault> {
        let [magic @ .., low, high, set, id, _, _] = header;
        if *magic != MAGIC {
            return Err(Fault::Malformed("its first bytes are not `DOTNET_IPC_V1`"));
        }
        let size = usize::from(u16::from_le_bytes([*low, *high]));
        let payload = size.checked_sub(HEADER).ok_or(Fault::Malformed("its size is less than a header's"))?;
        Ok((Command { set: *set, id: *id }, payload))
    }

    /// The payload of an answer that says that all went well.
    ///
    /// # Errors
    /// [`Fault::Refused`] for the other kind of answer, [`Fault::Malformed`] for what is no answer at all.
    pub fn into_answer(self) -> Result<Vec<u8>, Fault> {
        match self.command {
            Command::OK => Ok(self.payload),
            Command::ERROR => {
                let mut payload = PayloadReader::new(&self.payload);
                let code = HResult(payload.u32()?);
                // Three versions of the answer are in use: 32 bits, the same in 64, and 32 bits with a text behind.
                let text =
                    payload.text().ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
                Err(Fault::Refused { code, text })
            }
            _ => Err(Fault::Malformed("it is a command, not an answer")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(bytes: &[u8]) -> Result<(Command, usize), Fault> {
        Message::decode_header(bytes.get(..HEADER).unwrap().try_into().unwrap())
    }

    #[test]
    fn a_message_has_the_bytes_of_the_specification() {
        let message = Message { command: Command::STOP_TRACING, payload: vec![7, 0, 0, 0, 0, 0, 0, 0] };
        let bytes = message.encode().unwrap();
        assert_eq!(bytes, b"DOTNET_IPC_V1\0\x1c\0\x02\x01\0\0\x07\0\0\0\0\0\0\0");
        assert_eq!(header(&bytes).unwrap(), (Command::STOP_TRACING, 8));
    }

    #[test]
    fn a_payload_that_does_not_fit_is_refused() {
        let message = |size| Message { command: Command::OK, payload: vec![0; size] };
        assert!(message(65_515).encode().is_ok());
        assert!(matches!(message(65_516).encode(), Err(Fault::TooLong)));
    }

    #[test]
    fn headers_of_other_protocols_are_refused() {
        let mut bytes = Message { command: Command::OK, payload: vec![] }.encode().unwrap();
        bytes[14] = 19;
        let error = header(&bytes).unwrap_err().to_string();
        assert!(error.ends_with("its size is less than a header's"), "{error}");
        bytes[0] = b'H';
        let error = header(&bytes).unwrap_err().to_string();
        assert!(error.contains("`DOTNET_IPC_V1`"), "{error}");
    }

    #[test]
    fn answers_are_told_apart() {
        let answer = |command, payload: &[u8]| Message { command, payload: payload.to_vec() }.into_answer();
        assert_eq!(answer(Command::OK, b"xy").unwrap(), b"xy");
        let unknown = [0x85, 0x13, 0x13, 0x80];
        assert!(answer(Command::ERROR, &unknown).unwrap_err().is_unknown_command());
        let with_text = [&unknown[..], &[3, 0, 0, 0, b'n', 0, b'o', 0, 0, 0]].concat();
        let Err(Fault::Refused { text, .. }) = answer(Command::ERROR, &with_text) else { panic!() };
        assert_eq!(text.as_deref(), Some("no"));
        let in_64_bits = [&unknown[..], &[0; 4]].concat();
        assert!(matches!(answer(Command::ERROR, &in_64_bits), Err(Fault::Refused { text: None, .. })));
        assert!(matches!(answer(Command::ERROR, &[1]), Err(Fault::Malformed(_))));
        assert!(matches!(answer(Command::STOP_TRACING, &[]), Err(Fault::Malformed(_))));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_announced(set in any::<u8>(), id in any::<u8>(), payload in prop::collection::vec(any::<u8>(), 0..300)) {
            let message = Message { command: Command { set, id }, payload };
            let bytes = message.encode().unwrap();
            prop_assert_eq!(header(&bytes).unwrap(), (message.command, message.payload.len()));
            prop_assert_eq!(&bytes[HEADER..], message.payload);
        }

        #[test]
        fn any_answer_is_read_or_refused(set in prop_oneof![Just(0xff), any::<u8>()], id in prop_oneof![Just(0xff), Just(0), any::<u8>()],
                                         payload in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = Message { command: Command { set, id }, payload }.into_answer();
        }
    }
}
