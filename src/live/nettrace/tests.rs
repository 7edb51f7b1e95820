//! Streams that no process sent: each kind of block and field, damage of every kind, and one that a process did send.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;

use super::synthetic::{
    Blob, DOUBLE, INT32, START_MILLISECONDS, START_TICKS, STRING, TICKS_PER_SECOND, Type, Writer, definition,
    fields_of, tagged_fields, utf16,
};
use super::*;
use crate::error::ErrorKind;
use crate::limits::{
    MAX_NETTRACE_DEFINITION_BYTES, MAX_NETTRACE_FIELDS, MAX_NETTRACE_NESTING, MAX_NETTRACE_THREADS,
};

/// All of a stream that arrives at once: its events, how it ended, what was left out.
fn read(bytes: &[u8]) -> (Vec<Event>, Ending, Vec<String>) {
    let mut decoder = Decoder::new();
    decoder.push(bytes);
    let mut events = Vec::new();
    while let Some(event) = decoder.next().unwrap_or_else(|error| panic!("{error}")) {
        events.push(event);
    }
    let problems = decoder.problems().iter().map(ToString::to_string).collect();
    (events, decoder.ending(), problems)
}

/// The error of a stream that cannot be read, after the events before it.
fn refused(bytes: &[u8]) -> (usize, crate::Error) {
    let mut decoder = Decoder::new();
    decoder.push(bytes);
    let mut count = 0;
    loop {
        match decoder.next() {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("the stream was read"),
            Err(error) => {
                assert_eq!(decoder.next().ok(), Some(None), "nothing comes after an error");
                decoder.push(bytes);
                assert_eq!(decoder.next().ok(), Some(None));
                return (count, error);
            }
        }
    }
}

fn blob(definition: u32, sequence: u32, payload: &[u8]) -> Blob {
    Blob { definition, sequence, thread: 40, ticks: START_TICKS + 500_000, payload: payload.to_vec() }
}

/// An event of one text field, `text`.
fn said() -> Vec<u8> {
    definition(1, "Prov", "Said", &[("text", STRING)], &[])
}

fn texts(events: &[Event]) -> Vec<String> {
    let text = |event: &Event| Some(event.fields().ok()?.get("text")?.text()?.to_owned());
    events.iter().map(|event| text(event).expect("a text")).collect()
}

fn small() -> Vec<u8> {
    let blobs = [blob(1, 1, &utf16("one")), blob(1, 2, &utf16("two")), blob(1, 3, &utf16("three"))];
    Writer::new()
        .definitions(&[said()])
        .events(&blobs, true)
        .block("StackBlock", 2, &[1, 0, 0, 0, 0, 0, 0, 0])
        .events(&[blob(1, 4, &utf16("four"))], false)
        .sequence_point(&[(40, 4)])
        .end()
}

#[test]
fn events_are_told_with_their_definition_and_time() {
    let (events, ending, problems) = read(&small());
    assert_eq!(
        (texts(&events), ending),
        (vec!["one".into(), "two".into(), "three".into(), "four".into()], Ending::Marked)
    );
    assert_eq!(problems, Vec::<String>::new());
    let Definition { id, provider, event, name, keywords, version, level, opcode, .. } =
        &*events[3].definition;
    assert_eq!((*id, &**provider, *event, &**name), (1, "Prov", 7, "Said"));
    assert_eq!((*keywords, *version, *level, *opcode), (0x1_0000_0002, 2, 4, None));
    for event in &events {
        assert_eq!(event.at, UNIX_EPOCH + Duration::from_millis(START_MILLISECONDS + 500));
        assert_eq!(event.thread, 41);
        assert!(Arc::ptr_eq(&event.definition, &events[0].definition));
    }
    let mut decoder = Decoder::new();
    decoder.push(&small());
    decoder.next().unwrap();
    let trace = decoder.trace().expect("the first object");
    assert_eq!((trace.process, trace.pointer_bytes, trace.processors), (4711, 8, 2));
}

/// Every type of field with a payload, and the value that it means.
fn every_type() -> Vec<(&'static str, Type, Vec<u8>, Value)> {
    let pair = Type::Object(vec![("x", INT32), ("y", DOUBLE)]);
    let record = |x: i128, y: f64| {
        Value::Object(Record(vec![("x".into(), Value::Integer(x)), ("y".into(), Value::Real(y))]))
    };
    let words = |bytes: &[&[u8]]| bytes.concat();
    vec![
        ("boolean", Type::Code(3), vec![1, 0, 0, 0], Value::Boolean(true)),
        ("char", Type::Code(4), vec![0x41, 0], Value::Char(0x41)),
        ("i8", Type::Code(5), vec![0xff], Value::Integer(-1)),
        ("u8", Type::Code(6), vec![0xff], Value::Integer(255)),
        ("i16", Type::Code(7), vec![0xfe, 0xff], Value::Integer(-2)),
        ("u16", Type::Code(8), vec![0xfe, 0xff], Value::Integer(65_534)),
        ("i32", INT32, vec![0xfd, 0xff, 0xff, 0xff], Value::Integer(-3)),
        ("u32", Type::Code(10), vec![0xff; 4], Value::Integer(u32::MAX.into())),
        ("i64", Type::Code(11), i64::MIN.to_le_bytes().to_vec(), Value::Integer(i64::MIN.into())),
        ("u64", Type::Code(12), vec![0xff; 8], Value::Integer(u64::MAX.into())),
        ("f32", Type::Code(13), 1.5_f32.to_le_bytes().to_vec(), Value::Real(1.5)),
        ("f64", DOUBLE, (-0.25_f64).to_le_bytes().to_vec(), Value::Real(-0.25)),
        (
            "decimal",
            Type::Code(15),
            (0..16).collect(),
            Value::Decimal([0x0302_0100, 0x0706_0504, 0x0b0a_0908, 0x0f0e_0d0c]),
        ),
        ("time", Type::Code(16), 9_u64.to_le_bytes().to_vec(), Value::FileTime(9)),
        (
            "guid",
            Type::Code(17),
            (0..16).collect(),
            Value::Guid([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
        ),
        ("text", STRING, utf16("Grüße"), Value::Text("Grüße".into())),
        ("object", pair.clone(), words(&[&[4, 0, 0, 0], &2.0_f64.to_le_bytes()]), record(4, 2.0)),
        (
            "array",
            Type::Array(Box::new(STRING)),
            words(&[&[2, 0], &utf16("a"), &utf16("b")]),
            Value::Array(vec![Value::Text("a".into()), Value::Text("b".into())]),
        ),
        (
            "objects",
            Type::Array(Box::new(pair)),
            words(&[&[1, 0], &[7, 0, 0, 0], &1.0_f64.to_le_bytes()]),
            Value::Array(vec![record(7, 1.0)]),
        ),
    ]
}

#[test]
fn every_type_of_field_is_read() {
    let all = every_type();
    let payload: Vec<u8> = all.iter().flat_map(|(_, _, bytes, _)| bytes.clone()).collect();
    let fields: Vec<(&'static str, Type)> =
        all.iter().map(|(name, kind, ..)| (*name, kind.clone())).collect();
    let plain: Vec<_> = fields.iter().filter(|(_, kind)| !matches!(kind, Type::Array(_))).cloned().collect();
    let values = Record(all.iter().map(|(name, _, _, value)| (Arc::from(*name), value.clone())).collect());

    let tagged =
        definition(1, "P", "All", &[], &[(1, vec![9]), (77, vec![1, 2, 3]), (2, tagged_fields(&fields))]);
    let (events, _, problems) =
        read(&Writer::new().definitions(&[tagged]).events(&[blob(1, 1, &payload)], true).end());
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(events[0].definition.opcode, Some(9));
    assert_eq!(events[0].fields().unwrap(), values);

    let untagged = definition(1, "P", "All", &plain, &[]);
    let (events, _, _) =
        read(&Writer::new().definitions(&[untagged]).events(&[blob(1, 1, &payload)], true).end());
    assert_eq!(events[0].fields().unwrap().0, values.0[..plain.len()], "what follows the fields is left");
}

#[test]
fn each_type_of_field_says_when_its_payload_is_short() {
    for (name, kind, payload, _) in every_type() {
        let record = definition(1, "P", "E", &[], &[(2, tagged_fields(&[(name, kind)]))]);
        let short = &payload[..payload.len() - 1];
        let (events, _, _) =
            read(&Writer::new().definitions(&[record]).events(&[blob(1, 1, short)], true).end());
        let error = events[0].fields().expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.message().starts_with("the event E (7) of P cannot be read: "), "{}", error.message());
    }
}

#[test]
fn an_event_without_fields_has_none() {
    let mut record = said();
    record.truncate(record.len() - fields_of(&[("text", STRING)]).len());
    let (events, _, _) =
        read(&Writer::new().definitions(&[record]).events(&[blob(1, 1, b"left")], true).end());
    assert_eq!(events[0].fields().unwrap(), Record::default());
    assert_eq!(events[0].payload, b"left");
}

#[test]
fn fields_of_unknown_types_are_told_and_the_event_stays() {
    let record = definition(1, "P", "E", &[("odd", Type::Code(99))], &[]);
    let (events, ending, problems) =
        read(&Writer::new().definitions(&[record]).events(&[blob(1, 1, b"x")], true).end());
    assert_eq!(ending, Ending::Marked);
    assert!(problems[0].contains("1, the first: a field of the unknown type 99"), "{problems:?}");
    assert!(events[0].fields().unwrap_err().message().contains("unknown type 99"));
}

#[test]
fn fields_are_bounded_in_depth_and_number() {
    let nested = |depth: usize| (1..depth).fold(INT32, |inner, _| Type::Object(vec![("in", inner)]));
    let problems = |fields: &[(&'static str, Type)]| {
        read(&Writer::new().definitions(&[definition(1, "P", "E", fields, &[])]).end()).2
    };
    assert_eq!(problems(&[("out", nested(MAX_NETTRACE_NESTING))]), Vec::<String>::new());
    assert!(problems(&[("out", nested(MAX_NETTRACE_NESTING + 1))])[0].contains("nested deeper than 16"));
    let arrays = (0..=MAX_NETTRACE_NESTING).fold(INT32, |inner, _| Type::Array(Box::new(inner)));
    assert!(problems(&[("out", arrays)])[0].contains("nested deeper than 16"));
    assert_eq!(problems(&vec![("f", INT32); MAX_NETTRACE_FIELDS]), Vec::<String>::new());
    assert!(problems(&vec![("f", INT32); MAX_NETTRACE_FIELDS + 1])[0].contains("more than 4096 fields"));
}

#[test]
fn elements_of_no_size_are_bounded() {
    let nothing = Type::Array(Box::new(Type::Object(Vec::new())));
    let record =
        definition(1, "P", "E", &[], &[(2, tagged_fields(&[("all", Type::Array(Box::new(nothing)))]))]);
    let payload = [2, 0, 0xff, 0xff, 0xff, 0xff];
    let (events, _, _) =
        read(&Writer::new().definitions(&[record]).events(&[blob(1, 1, &payload)], true).end());
    assert!(events[0].fields().unwrap_err().message().contains("more than 65536 values"));
}

#[test]
fn dropped_events_are_counted() {
    let gap = Writer::new()
        .definitions(&[said()])
        .events(&[blob(1, 1, &utf16("a")), blob(1, 5, &utf16("b"))], true);
    let (_, _, problems) = read(&gap.clone().end());
    assert_eq!(problems, ["the process dropped 3 events: it was too busy to send them"]);
    let (_, _, problems) = read(&gap.sequence_point(&[(40, 7), (50, 10)]).end());
    assert_eq!(problems, ["the process dropped 15 events: it was too busy to send them"]);
    let threads: Vec<(u64, u32)> = (0..2 * MAX_NETTRACE_THREADS as u64).map(|thread| (thread, 1)).collect();
    let (_, _, problems) = read(&Writer::new().sequence_point(&threads).end());
    assert_eq!(problems, ["the process dropped 65,536 events: it was too busy to send them"]);
}

#[test]
fn what_is_not_known_is_skipped_and_told() {
    let stream = Writer::new()
        .block("Future\u{1b}Block", 1, b"anything")
        .definitions(&[said()])
        .block("EventBlock", 3, b"of a later version")
        .events(&[blob(9, 1, b"no definition"), blob(1, 2, &utf16("read"))], true)
        .end();
    let (events, _, problems) = read(&stream);
    assert_eq!(texts(&events), ["read"]);
    let undefined = "events whose description is missing in the stream: 1";
    assert_eq!(
        problems,
        [undefined, r"unknown blocks in the stream were skipped: EventBlock, Future\x1bBlock"]
    );
}

#[test]
fn a_damaged_block_is_left_out_and_told() {
    let bad: [(&str, &[u8]); 6] = [
        ("EventBlock", &[1]),
        ("EventBlock", &[2, 0, 1, 0]),
        ("EventBlock", &[4, 0, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("MetadataBlock", &[4, 0, 0, 0, 8, 0, 0, 0, 1]),
        ("MetadataBlock", &[1]),
        ("SPBlock", &[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]),
    ];
    for (name, payload) in bad {
        let stream = Writer::new().definitions(&[said()]).block(name, 2, payload);
        let (events, ending, problems) = read(&stream.events(&[blob(1, 1, &utf16("after"))], true).end());
        assert_eq!((texts(&events), ending), (vec!["after".into()], Ending::Marked), "{name}");
        assert!(
            problems[0].starts_with("damaged blocks or descriptions of events in the stream: 1"),
            "{problems:?}"
        );
    }
}

#[test]
fn other_formats_are_told_apart() {
    let formats: [(&[u8], &str); 3] = [
        (b"Nettrace\0\0\0\0\x06\0\0\0\0\0\0\0", "version 6 of the nettrace format"),
        (b"\x14\0\0\0!FastSerialization.1", "the NetPerf format of .NET Core 2"),
        (&Writer::of_version(6).end(), "version 6 of the nettrace format"),
    ];
    for (bytes, format) in formats {
        let (_, error) = refused(bytes);
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains(format), "{error}");
    }
    assert_eq!(read(&Writer::of_version(5).end()).1, Ending::Marked);
}

#[test]
fn a_stream_that_is_none_is_refused() {
    let long_name = [b"\x05\x05\x01\x02\0\0\0\x02\0\0\0".as_slice(), &u32::MAX.to_le_bytes()].concat();
    let mut stopped = Writer::of_version(4).bytes;
    let clock = stopped.len() - 1 - 16 - 8;
    stopped[clock..clock + 8].fill(0);
    let mut year = Writer::of_version(4).bytes;
    let start = year.len() - 1 - 48;
    year[start] = 0;
    year[start + 1] = 0;
    let mut unended = Writer::new().block("EventBlock", 2, &[]).bytes;
    *unended.last_mut().unwrap() = 0;
    let mut untyped = Writer::new().block("EventBlock", 2, &[]).bytes;
    let tag = Writer::new().bytes.len() + 3 + 3 * 4 + "EventBlock".len();
    untyped[tag] = 0;
    let huge =
        [b"\x05\x05\x01\x02\0\0\0\x02\0\0\0\x05\0\0\0Block\x06".as_slice(), &u32::MAX.to_le_bytes(), &[0; 8]]
            .concat();
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"Nettrash".to_vec(), "byte 0: this is not the beginning of a nettrace stream"),
        ([Writer::new().bytes, vec![7]].concat(), "byte 102: no object begins here"),
        ([Writer::new().bytes, long_name].concat(), "the name of a type has 4294967295 bytes"),
        ([Writer::new().bytes, huge].concat(), "a block of 4294967295 bytes"),
        ([Writer::new().bytes, Writer::new().bytes[32..].to_vec()].concat(), "a second Trace object"),
        (
            [&b"Nettrace\x14\0\0\0!FastSerialization.1"[..], &Writer::new().block("X", 2, &[]).bytes[102..]]
                .concat(),
            "the first object is not Trace",
        ),
        (stopped, "a clock that stands still"),
        (year, "a session that began 0-11-22 12:32:24"),
        (unended, "an object does not end where its size says"),
        (untyped, "the type of an object does not end"),
    ];
    for (bytes, message) in cases {
        let (_, error) = refused(&bytes);
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.message().contains(message), "{error} is not {message}");
    }
}

#[test]
fn descriptions_without_end_are_refused() {
    let mut stream = Writer::new();
    let name = "x".repeat(1000);
    for id in 0..(MAX_NETTRACE_DEFINITION_BYTES / 2000 + 1) as u32 {
        stream = stream.definitions(&[definition(id, "P", &name, &[], &[])]);
    }
    assert!(refused(&stream.end()).1.message().contains("descriptions of events without end"));
    let mut stream = Writer::new();
    for _ in 0..(MAX_NETTRACE_DEFINITION_BYTES / 2000 + 1) {
        stream = stream.definitions(&[definition(1, "P", &name, &[], &[])]);
    }
    assert_eq!(read(&stream.end()).1, Ending::Marked, "the same one again and again is one");
}

#[test]
fn a_stream_may_end_at_every_byte_and_arrive_in_any_pieces() {
    let stream = small();
    let (whole, _, _) = read(&stream);
    for end in 0..stream.len() {
        let (events, ending, problems) = read(&stream[..end]);
        assert_eq!(ending, Ending::Cut, "cut at {end}");
        assert_eq!(events, whole[..events.len()], "what came before the cut");
        assert_eq!(problems, Vec::<String>::new());
    }
    let mut decoder = Decoder::new();
    let mut events = Vec::new();
    for byte in &stream {
        decoder.push(&[*byte]);
        while let Some(event) = decoder.next().unwrap() {
            events.push(event);
        }
    }
    assert_eq!((events, decoder.ending()), (whole, Ending::Marked));
}

/// A source that gives what it is told to, step by step.
struct Script(Vec<io::Result<Vec<u8>>>);

impl Read for Script {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Ok(0);
        }
        let bytes = self.0.remove(0)?;
        out[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

fn kinds(steps: &[Step]) -> Vec<&'static str> {
    let kind = |step: &Step| match step {
        Step::Event(_) => "event",
        Step::Waiting => "waiting",
        Step::End(Ending::Marked) => "marked",
        Step::End(Ending::Cut) => "cut",
    };
    steps.iter().map(kind).collect()
}

#[test]
fn a_source_may_wait_be_interrupted_and_go_away() {
    let stream = Writer::new().definitions(&[said()]).events(&[blob(1, 1, &utf16("a"))], true).end();
    let (start, rest) = stream.split_at(50);
    let error = |kind: io::ErrorKind| Err(kind.into());
    let mut reader = Reader::new(Script(vec![
        Ok(start.to_vec()),
        error(io::ErrorKind::WouldBlock),
        error(io::ErrorKind::Interrupted),
        Ok(rest[..rest.len() - 1].to_vec()),
        error(io::ErrorKind::TimedOut),
        error(io::ErrorKind::ConnectionReset),
        error(io::ErrorKind::PermissionDenied),
    ]));
    let steps: Vec<Step> = (0..4).map(|_| reader.step().unwrap()).collect();
    assert_eq!(kinds(&steps), ["waiting", "event", "waiting", "cut"]);
    assert_eq!(reader.step().unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(reader.step().unwrap(), Step::End(Ending::Cut), "the script has ended");
    assert!(reader.trace().is_some() && reader.problems().is_empty() && reader.source_mut().0.is_empty());

    let mut reader = Reader::new(Script(vec![Ok(stream)]));
    let steps: Vec<Step> = (0..3).map(|_| reader.step().unwrap()).collect();
    assert_eq!(kinds(&steps), ["event", "marked", "marked"], "nothing is read behind the end mark");
}

proptest! {
    /// Whatever the bytes, reading ends, does not panic, and gives no more events than there is room for.
    #[test]
    fn damaged_streams_are_read_to_some_end(
        flips in prop::collection::vec((0..2000_usize, 0..8_u32), 0..6),
        end in 0..2000_usize,
    ) {
        let mut stream = small();
        for (at, bit) in flips {
            let at = at % stream.len();
            stream[at] ^= 1 << bit;
        }
        stream.truncate(end.max(60));
        let mut decoder = Decoder::new();
        decoder.push(&stream);
        let mut count = 0;
        while let Ok(Some(event)) = decoder.next() {
            let _ = event.fields();
            count += 1;
            prop_assert!(count <= stream.len());
        }
        let _ = (decoder.problems(), decoder.ending(), decoder.trace());
    }

    #[test]
    fn headers_mean_the_same_compressed_or_plain(
        blobs in prop::collection::vec((0..3_u64, 0..1000_u64, prop::collection::vec(any::<u8>(), 0..9)), 0..20),
    ) {
        let mut sequences = [0_u32; 3];
        let mut ticks = START_TICKS;
        let blobs: Vec<Blob> = blobs.into_iter().map(|(thread, step, payload)| {
            let sequence = &mut sequences[thread as usize];
            *sequence += 1;
            ticks += step * TICKS_PER_SECOND / 1000;
            Blob { definition: 1, sequence: *sequence, thread, ticks, payload }
        }).collect();
        let stream = |compressed| Writer::new().definitions(&[said()]).events(&blobs, compressed).end();
        let (plain, _, problems) = read(&stream(false));
        prop_assert_eq!(problems, Vec::<String>::new());
        prop_assert_eq!(plain.len(), blobs.len());
        prop_assert_eq!(&plain, &read(&stream(true)).0);
        for (event, blob) in plain.iter().zip(&blobs) {
            prop_assert_eq!(&event.payload, &blob.payload);
            let millis = (blob.ticks - START_TICKS) * 1000 / TICKS_PER_SECOND;
            prop_assert_eq!(event.at, UNIX_EPOCH + Duration::from_millis(START_MILLISECONDS + millis));
        }
    }
}
