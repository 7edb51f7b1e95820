//! Events from anything that can be read, a socket above all.

use std::io::{self, Read};

use super::decoder::{Decoder, Ending};
use super::event::Event;
use super::trace::Trace;
use crate::error::{Error, ErrorKind, Result};
use crate::problem::Problem;

/// How much is read at once: the runtime sends blocks of up to 100 KB, mostly far smaller ones.
const READ_BYTES: usize = 64 << 10;

/// What there is next in a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// An event.
    Event(Event),
    /// Nothing at the moment: the source's time limit for reading has run out, or it does not wait. It may be asked
    /// again.
    Waiting,
    /// The stream ended.
    End(Ending),
}

/// Reads events from a source.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    decoder: Decoder,
    chunk: Vec<u8>,
}

impl<R: Read> Reader<R> {
    /// A reader of a source that is at the beginning of a stream. Nothing is read yet.
    pub fn new(source: R) -> Self {
        Reader { source, decoder: Decoder::new(), chunk: vec![0; READ_BYTES] }
    }

    /// The next event, or why there is none. Blocks as long as the source does.
    ///
    /// # Errors
    ///
    /// When the source cannot be read, or what it gives is no stream of events, see [`Decoder::next`].
    pub fn step(&mut self) -> Result<Step> {
        loop {
            if let Some(event) = self.decoder.next()? {
                return Ok(Step::Event(event));
            }
            if self.decoder.ending() == Ending::Marked {
                return Ok(Step::End(Ending::Marked));
            }
            match self.source.read(&mut self.chunk) {
                Ok(0) => return Ok(Step::End(Ending::Cut)),
                Ok(count) => self.decoder.push(self.chunk.get(..count).unwrap_or(&self.chunk)),
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => {}
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Ok(Step::Waiting),
                    // The process is gone, and its end of the socket with it.
                    io::ErrorKind::ConnectionReset
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof => {
                        return Ok(Step::End(Ending::Cut));
                    }
                    _ => {
                        let message = "the events of the process cannot be read";
                        return Err(Error::new(ErrorKind::Io, message).caused_by(error));
                    }
                },
            }
        }
    }

    /// What the stream says of itself, once it has.
    pub fn trace(&self) -> Option<&Trace> {
        self.decoder.trace()
    }

    /// What was left out so far, see [`Decoder::problems`].
    pub fn problems(&self) -> Vec<Problem> {
        self.decoder.problems()
    }

    /// The source, to stop it.
    pub fn source_mut(&mut self) -> &mut R {
        &mut self.source
    }
}
