//! An event: which kind, when, from which thread, and its payload.

use std::sync::Arc;
use std::time::SystemTime;

use super::definition::Definition;
use super::value::{Record, read_record};
use crate::error::{Error, ErrorKind, Result};

/// An event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What kind of event it is.
    pub definition: Arc<Definition>,
    /// When it was sent, by the clock of the process.
    pub at: SystemTime,
    /// The thread that it is about, by the operating system's number.
    pub thread: u64,
    /// Its payload as it came.
    pub payload: Vec<u8>,
}

impl Event {
    /// The values of the payload. Made anew at each call.
    ///
    /// # Errors
    ///
    /// When the payload does not hold what its description says, or the description could not be read.
    pub fn fields(&self) -> Result<Record> {
        let fields = self.definition.fields.as_deref().map_err(String::clone);
        fields.and_then(|fields| read_record(&self.payload, fields)).map_err(|damage| {
            let Definition { provider, name, event, .. } = &*self.definition;
            let message = format!("the event {name} ({event}) of {provider} cannot be read: {damage}");
            Error::new(ErrorKind::Malformed, message)
        })
    }
}
