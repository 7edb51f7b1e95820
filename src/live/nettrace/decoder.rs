//! Bytes to events, without knowing where the bytes come from: they are pushed as they arrive, in pieces of any size.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::block::Blobs;
use super::cursor::{Cursor, Damage};
use super::definition::Definition;
use super::event::Event;
use super::losses::Losses;
use super::trace::Trace;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{MAX_NETTRACE_BLOCK_BYTES, MAX_NETTRACE_DEFINITION_BYTES, MAX_NETTRACE_NAME_BYTES};
use crate::problem::Problem;
use crate::units::grouped;

const MAGIC: &[u8] = b"Nettrace";
const SERIALIZATION: &[u8] = b"!FastSerialization.1";

/// The name of the first object.
const TRACE: &[u8] = b"Trace";

/// Tags of objects.
const NO_MORE: u8 = 1;
const BEGIN: u8 = 5;
const END: u8 = 6;
/// How the type of an object begins: an object of its own, without a type.
const TYPE_BEGINS: [u8; 3] = [BEGIN, BEGIN, NO_MORE];

/// The newest version of the stream and of blocks that this reader understands.
const NEWEST_TRACE: u32 = 5;
const NEWEST_BLOCK: u32 = 2;

/// Names of unknown blocks that are told.
const MAX_TOLD_NAMES: usize = 8;

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With its end mark: the session was stopped.
    Marked,
    /// In the middle: the process ended, or what carried the stream did.
    Cut,
}

/// Turns the bytes of a stream into events.
#[derive(Debug, Default)]
pub struct Decoder {
    /// What was pushed and not used up; what lies before `used` was.
    buffer: Vec<u8>,
    used: usize,
    /// Where `buffer` begins in the stream.
    offset: u64,
    stage: Stage,
    trace: Option<Trace>,
    definitions: HashMap<u32, (Arc<Definition>, usize)>,
    /// Bytes that the definitions took in the stream.
    definition_bytes: usize,
    ready: VecDeque<Event>,
    losses: Losses,
    left_out: LeftOut,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Beginning,
    Objects,
    Ended,
    Failed,
}

/// What was not understood, counted.
#[derive(Debug, Default)]
struct LeftOut {
    damaged: u64,
    /// Why the first damaged block or event was left out.
    first_damage: Option<Damage>,
    undefined: u64,
    unknown_blocks: BTreeSet<String>,
}

impl LeftOut {
    fn damage(&mut self, damage: Damage) {
        self.damaged += 1;
        self.first_damage.get_or_insert(damage);
    }
}

/// A piece of the stream that is there as a whole.
enum Frame<'a> {
    Beginning,
    Trace(&'a [u8]),
    Block { name: &'a [u8], oldest_reader: u32, payload: &'a [u8] },
    End,
}

/// The type of an object.
struct ObjectType<'a> {
    name: &'a [u8],
    version: u32,
    oldest_reader: u32,
}

impl Decoder {
    /// A decoder at the beginning of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes that arrived. [`Self::next`] is to be asked until it has nothing more, so that they do not pile up.
    pub fn push(&mut self, bytes: &[u8]) {
        if matches!(self.stage, Stage::Ended | Stage::Failed) {
            return;
        }
        self.buffer.drain(..self.used);
        self.offset += self.used as u64;
        self.used = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next event; `None` when more bytes are needed, and after the end. Events of one thread come in their order,
    /// those of several threads in that of the stream.
    ///
    /// # Errors
    ///
    /// When this is no stream that can be read, or it is damaged where its blocks begin. There are no events after that.
    #[expect(clippy::should_implement_trait, reason = "`None` is not the end")]
    pub fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => {
                    self.stage = Stage::Failed;
                    return Err(error);
                }
            }
        }
    }

    /// What the stream says of itself, once it has.
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// How the stream ends if no more bytes come.
    pub fn ending(&self) -> Ending {
        if self.stage == Stage::Ended { Ending::Marked } else { Ending::Cut }
    }

    /// How many events the process dropped because its buffers were full, as far as is known yet.
    pub fn dropped_events(&self) -> u64 {
        self.losses.count()
    }

    /// What was left out so far, told once each with its number.
    pub fn problems(&self) -> Vec<Problem> {
        let LeftOut { damaged, first_damage, undefined, unknown_blocks } = &self.left_out;
        let mut problems = Vec::new();
        if self.dropped_events() > 0 {
            let dropped = grouped(self.dropped_events());
            problems.push(Problem::loss(format!(
                "the process dropped {dropped} events: it was too busy to send them"
            )));
        }
        if let Some(first) = first_damage {
            let damaged = grouped(*damaged);
            let message = format!(
                "damaged blocks or descriptions of events in the stream: {damaged}, the first: {first}"
            );
            problems.push(Problem::loss(message));
        }
        if *undefined > 0 {
            let undefined = grouped(*undefined);
            problems.push(Problem::loss(format!(
                "events whose description is missing in the stream: {undefined}"
            )));
        }
        if !unknown_blocks.is_empty() {
            let names: Vec<&str> = unknown_blocks.iter().map(String::as_str).collect();
            problems.push(Problem::note(format!(
                "unknown blocks in the stream were skipped: {}",
                names.join(", ")
            )));
        }
        problems
    }

    /// Uses up one frame; false when none is there as a whole.
    fn advance(&mut self) -> Result<bool> {
        // Taken out, so that the frame can be looked at while the rest changes.
        let buffer = std::mem::take(&mut self.buffer);
        let rest = buffer.get(self.used..).unwrap_or_default();
        let outcome = match self.frame(rest) {
            Ok(Some((frame, size))) => {
                self.used += size;
                self.take_in(&frame).map(|()| true)
            }
            Ok(None) => Ok(false),
            Err(error) => Err(error),
        };
        self.buffer = buffer;
        outcome
    }

    fn frame<'a>(&self, bytes: &'a [u8]) -> Result<Option<(Frame<'a>, usize)>> {
        match self.stage {
            Stage::Beginning => self.beginning(bytes),
            Stage::Objects => self.object(bytes),
            Stage::Ended | Stage::Failed => Ok(None),
        }
    }

    /// The magic bytes and the name of the serialization; a stream of another format is told by them.
    fn beginning<'a>(&self, bytes: &'a [u8]) -> Result<Option<(Frame<'a>, usize)>> {
        let length = u32::try_from(SERIALIZATION.len()).expect("a short name").to_le_bytes();
        let old = [&length[..], SERIALIZATION].concat();
        let new = [MAGIC, &old].concat();
        if bytes.starts_with(&new) {
            return Ok(Some((Frame::Beginning, new.len())));
        }
        // A reserved zero stands where the length of the name would, then the version.
        if let Some(version) = bytes.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(&[0; 4])) {
            let Ok(version) = Cursor::new(version).u32() else { return Ok(None) };
            return Err(unsupported(format!("version {version} of the nettrace format")));
        }
        if bytes.len() >= 4 && (bytes.starts_with(&old) || old.starts_with(bytes)) {
            return Err(unsupported("the NetPerf format of .NET Core 2".into()));
        }
        let is_start = new.starts_with(bytes) || [MAGIC, &[0; 4]].concat().starts_with(bytes);
        if is_start {
            Ok(None)
        } else {
            Err(self.damaged("this is not the beginning of a nettrace stream", 0))
        }
    }

    /// One object of the stream, if it is there as a whole. Whatever is missing may still arrive.
    fn object<'a>(&self, bytes: &'a [u8]) -> Result<Option<(Frame<'a>, usize)>> {
        if bytes.first() == Some(&NO_MORE) {
            return Ok(Some((Frame::End, 1)));
        }
        let mut cursor = Cursor::new(bytes);
        let position = |cursor: &Cursor<'_>| bytes.len() - cursor.len();
        let Some(kind) = self.object_type(&mut cursor)? else { return Ok(None) };
        let is_trace = kind.name == TRACE;
        if self.trace.is_none() != is_trace {
            let wrong = if is_trace { "a second Trace object" } else { "the first object is not Trace" };
            return Err(self.damaged(wrong, position(&cursor)));
        }
        let size = if is_trace {
            if kind.oldest_reader > NEWEST_TRACE {
                return Err(unsupported(format!("version {} of the nettrace format", kind.version)));
            }
            Trace::BYTES
        } else {
            let Ok(size) = cursor.u32() else { return Ok(None) };
            let padding = (self.offset + (self.used + position(&cursor)) as u64).wrapping_neg() % 4;
            let Ok(_) = cursor.take(padding as usize) else { return Ok(None) };
            size as usize
        };
        if size > MAX_NETTRACE_BLOCK_BYTES {
            return Err(self.damaged(&format!("a block of {size} bytes"), position(&cursor)));
        }
        let (Ok(payload), Ok(tag)) = (cursor.take(size), cursor.u8()) else { return Ok(None) };
        if tag != END {
            return Err(self.damaged("an object does not end where its size says", position(&cursor)));
        }
        let ObjectType { name, oldest_reader, .. } = kind;
        let frame =
            if is_trace { Frame::Trace(payload) } else { Frame::Block { name, oldest_reader, payload } };
        Ok(Some((frame, position(&cursor))))
    }

    /// The type of the object that begins at the cursor.
    fn object_type<'a>(&self, cursor: &mut Cursor<'a>) -> Result<Option<ObjectType<'a>>> {
        let whole = cursor.len();
        let inside = |cursor: &Cursor<'_>| whole - cursor.len();
        for tag in TYPE_BEGINS {
            match cursor.u8() {
                Ok(found) if found == tag => {}
                Ok(_) => return Err(self.damaged("no object begins here", 0)),
                Err(_) => return Ok(None),
            }
        }
        let (Ok(version), Ok(oldest_reader), Ok(length)) = (cursor.u32(), cursor.u32(), cursor.u32()) else {
            return Ok(None);
        };
        if length as usize > MAX_NETTRACE_NAME_BYTES {
            return Err(self.damaged(&format!("the name of a type has {length} bytes"), inside(cursor)));
        }
        let (Ok(name), Ok(tag)) = (cursor.take(length as usize), cursor.u8()) else { return Ok(None) };
        if tag != END {
            return Err(self.damaged("the type of an object does not end", inside(cursor)));
        }
        Ok(Some(ObjectType { name, version, oldest_reader }))
    }

    fn take_in(&mut self, frame: &Frame<'_>) -> Result<()> {
        match *frame {
            Frame::Beginning => self.stage = Stage::Objects,
            Frame::End => self.stage = Stage::Ended,
            Frame::Trace(payload) => {
                let trace = Trace::read(Cursor::new(payload)).map_err(|damage| self.damaged(&damage, 0))?;
                self.trace = Some(trace);
            }
            Frame::Block { name, oldest_reader, payload } => {
                let outcome = match name {
                    b"EventBlock" if oldest_reader <= NEWEST_BLOCK => self.events(payload),
                    b"MetadataBlock" if oldest_reader <= NEWEST_BLOCK => self.definitions(payload)?,
                    b"SPBlock" if oldest_reader <= NEWEST_BLOCK => self.sequence_point(payload),
                    b"StackBlock" => Ok(()),
                    _ => {
                        self.skip(name);
                        Ok(())
                    }
                };
                if let Err(damage) = outcome {
                    self.left_out.damage(damage);
                }
            }
        }
        Ok(())
    }

    fn skip(&mut self, name: &[u8]) {
        if self.left_out.unknown_blocks.len() < MAX_TOLD_NAMES {
            self.left_out.unknown_blocks.insert(name.escape_ascii().to_string());
        }
    }

    fn events(&mut self, payload: &[u8]) -> Result<(), Damage> {
        let Some(trace) = self.trace else { return Ok(()) };
        let mut blobs = Blobs::of_block(payload)?;
        while let Some((header, payload)) = blobs.next()? {
            self.losses.event(header.sender, header.sequence);
            let Some((definition, _)) = self.definitions.get(&header.definition) else {
                self.left_out.undefined += 1;
                continue;
            };
            self.ready.push_back(Event {
                definition: Arc::clone(definition),
                at: trace.time_of(header.ticks),
                thread: header.thread,
                payload: payload.to_vec(),
            });
        }
        Ok(())
    }

    fn definitions(&mut self, payload: &[u8]) -> Result<Result<(), Damage>> {
        let mut blobs = match Blobs::of_block(payload) {
            Ok(blobs) => blobs,
            Err(damage) => return Ok(Err(damage)),
        };
        loop {
            let payload = match blobs.next() {
                Ok(Some((_, payload))) => payload,
                Ok(None) => return Ok(Ok(())),
                Err(damage) => return Ok(Err(damage)),
            };
            match Definition::read(payload) {
                Ok(definition) => self.define(definition, payload.len())?,
                Err(damage) => self.left_out.damage(damage),
            }
        }
    }

    fn define(&mut self, definition: Definition, bytes: usize) -> Result<()> {
        if let Err(damage) = &definition.fields {
            self.left_out.damage(damage.clone());
        }
        let replaced = self.definitions.insert(definition.id, (Arc::new(definition), bytes));
        self.definition_bytes += bytes;
        self.definition_bytes -= replaced.map_or(0, |(_, bytes)| bytes);
        if self.definition_bytes > MAX_NETTRACE_DEFINITION_BYTES {
            return Err(self.damaged("descriptions of events without end", 0));
        }
        Ok(())
    }

    fn sequence_point(&mut self, payload: &[u8]) -> Result<(), Damage> {
        let mut bytes = Cursor::new(payload);
        let _ticks = bytes.u64()?;
        let count = bytes.count()?;
        // Twelve bytes each: no more than the block has.
        let mut threads = BTreeSet::new();
        for _ in 0..count {
            let (thread, number) = (bytes.u64()?, bytes.u32()?);
            self.losses.reached(thread, number);
            threads.insert(thread);
        }
        self.losses.keep(|thread| threads.contains(&thread));
        Ok(())
    }

    /// The error of a stream that cannot be followed any further, `inside` bytes behind what was used up.
    fn damaged(&self, what: &str, inside: usize) -> Error {
        let at = self.offset + (self.used + inside) as u64;
        Error::new(ErrorKind::Malformed, format!("the stream of events is damaged at byte {at}: {what}"))
    }
}

fn unsupported(format: String) -> Error {
    let message = format!("the stream of events has {format}; versions 4 and 5 of nettrace are read");
    Error::new(ErrorKind::Unsupported, message)
}
