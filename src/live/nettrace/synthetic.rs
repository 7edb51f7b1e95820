//! Streams of events that no process sent: written from the format's own constants, not from the reader's.

/// What a field is said to hold: a code of `System.TypeCode`, an object or an array.
#[derive(Clone, Debug)]
pub(in crate::live) enum Type {
    Code(u32),
    Object(Vec<(&'static str, Type)>),
    Array(Box<Type>),
}

pub(in crate::live) const INT32: Type = Type::Code(9);
pub(in crate::live) const SINGLE: Type = Type::Code(13);
pub(in crate::live) const DOUBLE: Type = Type::Code(14);
pub(in crate::live) const STRING: Type = Type::Code(18);

/// When the session of all these streams began: 2026-11-22 12:32:24.157 UTC, at tick 1,000 of a clock with a million
/// ticks a second.
pub(in crate::live) const START_MILLISECONDS: u64 = 1_795_350_744_157;
pub(in crate::live) const START_TICKS: u64 = 1000;
pub(in crate::live) const TICKS_PER_SECOND: u64 = 1_000_000;

/// A text of UTF-16 with a zero behind it.
pub(in crate::live) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// A record of a metadata block; `tags` are behind the fields.
pub(in crate::live) fn definition(
    id: u32,
    provider: &str,
    name: &str,
    fields: &[(&'static str, Type)],
    tags: &[(u8, Vec<u8>)],
) -> Vec<u8> {
    let mut record = id.to_le_bytes().to_vec();
    record.extend(utf16(provider));
    record.extend(7_u32.to_le_bytes());
    record.extend(utf16(name));
    record.extend(0x1_0000_0002_u64.to_le_bytes());
    record.extend(2_u32.to_le_bytes());
    record.extend(4_u32.to_le_bytes());
    record.extend(fields_of(fields));
    for (tag, payload) in tags {
        record.extend((payload.len() as u32).to_le_bytes());
        record.push(*tag);
        record.extend(payload);
    }
    record
}

/// Fields as all versions write them: the type before the name.
pub(in crate::live) fn fields_of(fields: &[(&'static str, Type)]) -> Vec<u8> {
    let mut bytes = (fields.len() as u32).to_le_bytes().to_vec();
    for (name, kind) in fields {
        bytes.extend(type_of(kind, fields_of));
        bytes.extend(utf16(name));
    }
    bytes
}

/// Fields as the tag writes them: with their size, the name before the type.
pub(in crate::live) fn tagged_fields(fields: &[(&'static str, Type)]) -> Vec<u8> {
    let mut bytes = (fields.len() as u32).to_le_bytes().to_vec();
    for (name, kind) in fields {
        let mut field = utf16(name);
        field.extend(type_of(kind, tagged_fields));
        bytes.extend((field.len() as u32 + 4).to_le_bytes());
        bytes.extend(field);
    }
    bytes
}

fn type_of(kind: &Type, fields: fn(&[(&'static str, Type)]) -> Vec<u8>) -> Vec<u8> {
    match kind {
        Type::Code(code) => code.to_le_bytes().to_vec(),
        Type::Object(inner) => [1_u32.to_le_bytes().to_vec(), fields(inner)].concat(),
        Type::Array(element) => [19_u32.to_le_bytes().to_vec(), type_of(element, fields)].concat(),
    }
}

/// An event before it is written.
#[derive(Clone, Debug)]
pub(in crate::live) struct Blob {
    pub definition: u32,
    pub sequence: u32,
    pub thread: u64,
    pub ticks: u64,
    pub payload: Vec<u8>,
}

/// A stream that is being written.
#[derive(Clone, Debug)]
pub(in crate::live) struct Writer {
    pub bytes: Vec<u8>,
}

impl Writer {
    /// A stream with its beginning and its first object.
    pub(in crate::live) fn new() -> Writer {
        Writer::of_version(4)
    }

    pub(in crate::live) fn of_version(version: u32) -> Writer {
        let mut writer = Writer { bytes: b"Nettrace\x14\0\0\0!FastSerialization.1".to_vec() };
        writer.begin("Trace", version);
        for part in [2026_u16, 11, 0, 22, 12, 32, 24, 157] {
            writer.bytes.extend(part.to_le_bytes());
        }
        writer.bytes.extend(START_TICKS.to_le_bytes());
        writer.bytes.extend(TICKS_PER_SECOND.to_le_bytes());
        for number in [8_u32, 4711, 2, 1_000_000] {
            writer.bytes.extend(number.to_le_bytes());
        }
        writer.bytes.push(6);
        writer
    }

    fn begin(&mut self, name: &str, version: u32) {
        self.bytes.extend([5, 5, 1]);
        self.bytes.extend(version.to_le_bytes());
        self.bytes.extend(version.to_le_bytes());
        self.bytes.extend((name.len() as u32).to_le_bytes());
        self.bytes.extend(name.as_bytes());
        self.bytes.push(6);
    }

    /// A block of any name.
    pub(in crate::live) fn block(mut self, name: &str, version: u32, payload: &[u8]) -> Writer {
        self.begin(name, version);
        self.bytes.extend((payload.len() as u32).to_le_bytes());
        while !self.bytes.len().is_multiple_of(4) {
            self.bytes.push(0);
        }
        self.bytes.extend(payload);
        self.bytes.push(6);
        self
    }

    /// A metadata block of these records, with plain headers.
    pub(in crate::live) fn definitions(self, records: &[Vec<u8>]) -> Writer {
        let blob = |record: &Vec<u8>| Blob {
            definition: 0,
            sequence: 0,
            thread: 0,
            ticks: 0,
            payload: record.clone(),
        };
        let blobs: Vec<Blob> = records.iter().map(blob).collect();
        let payload = plain(&blobs);
        self.block("MetadataBlock", 2, &payload)
    }

    /// A block of events, with compressed headers or plain ones.
    pub(in crate::live) fn events(self, blobs: &[Blob], is_compressed: bool) -> Writer {
        let payload = if is_compressed { compressed(blobs) } else { plain(blobs) };
        self.block("EventBlock", 2, &payload)
    }

    /// A sequence point: threads and how far they came.
    pub(in crate::live) fn sequence_point(self, threads: &[(u64, u32)]) -> Writer {
        let mut payload = START_TICKS.to_le_bytes().to_vec();
        payload.extend((threads.len() as u32).to_le_bytes());
        for (thread, sequence) in threads {
            payload.extend(thread.to_le_bytes());
            payload.extend(sequence.to_le_bytes());
        }
        self.block("SPBlock", 2, &payload)
    }

    /// The whole stream, with its end.
    pub(in crate::live) fn end(mut self) -> Vec<u8> {
        self.bytes.push(1);
        self.bytes
    }
}

/// The header of a block: its size, flags, the earliest and the latest time.
fn header(flags: u16) -> Vec<u8> {
    let mut header = 20_u16.to_le_bytes().to_vec();
    header.extend(flags.to_le_bytes());
    header.extend([0; 16]);
    header
}

fn plain(blobs: &[Blob]) -> Vec<u8> {
    let mut payload = header(0);
    for blob in blobs {
        payload.extend((76 + blob.payload.len() as u32).to_le_bytes());
        // The highest bit says that the block is sorted.
        payload.extend((blob.definition | 0x8000_0000).to_le_bytes());
        payload.extend(blob.sequence.to_le_bytes());
        payload.extend((blob.thread + 1).to_le_bytes());
        payload.extend(blob.thread.to_le_bytes());
        payload.extend([0xff; 4]);
        payload.extend([0; 4]);
        payload.extend(blob.ticks.to_le_bytes());
        payload.extend([0xaa; 32]);
        payload.extend((blob.payload.len() as u32).to_le_bytes());
        payload.extend(&blob.payload);
        while !payload.len().is_multiple_of(4) {
            payload.push(0);
        }
    }
    payload
}

/// Writes what differs from the blob before; every second blob has activities, which are skipped.
fn compressed(blobs: &[Blob]) -> Vec<u8> {
    let mut payload = header(1);
    let mut before = Blob { definition: 0, sequence: 0, thread: 0, ticks: 0, payload: Vec::new() };
    for (at, blob) in blobs.iter().enumerate() {
        let mut flags = 64;
        let mut fields = Vec::new();
        if blob.definition != before.definition {
            flags |= 1;
            varint(blob.definition.into(), &mut fields);
        }
        let counted = u32::from(blob.definition != 0);
        if blob.thread != before.thread || blob.sequence != before.sequence.wrapping_add(counted) {
            flags |= 2;
            let sequence = blob.sequence.wrapping_sub(before.sequence).wrapping_sub(counted);
            varint(sequence.into(), &mut fields);
            varint(blob.thread, &mut fields);
            varint(0xffff_ffff, &mut fields);
        }
        if blob.thread != before.thread || at == 0 {
            flags |= 4 | 8;
            varint(blob.thread + 1, &mut fields);
            varint(5, &mut fields);
        }
        varint(blob.ticks.wrapping_sub(before.ticks), &mut fields);
        if at % 2 == 1 {
            flags |= 16 | 32;
            fields.extend([0xaa; 32]);
        }
        if blob.payload.len() != before.payload.len() {
            flags |= 128;
            varint(blob.payload.len() as u64, &mut fields);
        }
        payload.push(flags);
        payload.extend(fields);
        payload.extend(&blob.payload);
        before = blob.clone();
    }
    payload
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
