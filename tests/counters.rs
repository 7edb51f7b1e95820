//! Streams of events that real runtimes sent, against what was recorded of them: `tests/counters/NAME.nettrace` gives
//! `NAME.tsv`, a line a sample. `UPDATE_GOLDEN=1 cargo test counters` writes the samples anew: read what changes.
//!
//! The streams are of two seconds each, of programs that wait (a service with ten requests a second, a program with threads that
//! wait for locks). The command line, which a runtime tells at the end of a session, was overwritten.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use std::{env, fs};

use heapql::live::conditions::{Condition, Watcher};
use heapql::live::counters::{Feed, Heard, News, Sample, Selection, Subscription};
use heapql::live::nettrace::{Ending, Reader, Step};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counters")
}

/// The streams: the name, what was asked for, the version of the runtime.
const STREAMS: [(&str, &str, u32); 2] = [
    ("zoo-8.0.4", "System.Runtime", 8),
    ("web-10.0.14", "System.Runtime[*],Microsoft.AspNetCore.Hosting", 10),
];

fn stream(name: &str) -> Vec<u8> {
    fs::read(folder().join(format!("{name}.nettrace"))).expect(name)
}

fn samples(stream: &[u8], list: &str, runtime: u32) -> Vec<Sample> {
    let selection = Selection::parse(list).expect("a list");
    let subscription = Subscription::new(&selection, Duration::from_secs(1), runtime, "me");
    let mut feed = Feed::new(stream, &subscription);
    let mut samples = Vec::new();
    loop {
        match feed.hear().expect("a whole stream") {
            Heard::News(News::Sample(sample)) => samples.push(sample),
            Heard::News(News::Told(problem)) => panic!("{problem}"),
            Heard::Waiting => panic!("a file does not wait"),
            Heard::End(ending) => {
                assert_eq!((ending, feed.problems()), (Ending::Marked, Vec::new()));
                return samples;
            }
        }
    }
}

/// A line a sample: milliseconds since 1970, the counter, its tags, kind, unit, number and how that is shown.
fn table(samples: &[Sample]) -> String {
    let mut table = String::from("at_ms\tprovider\tcounter\ttags\tkind\tunit\tvalue\tshown\n");
    for sample in samples {
        let at = sample.at.duration_since(UNIX_EPOCH).expect("a year after 1970").as_millis();
        let kind = if sample.kind.is_rate() { "rate" } else { "gauge" };
        let (key, unit, value, shown) = (&sample.key, &sample.unit, sample.value, sample.shown());
        let (provider, name, tags) = (&key.provider, &key.name, &key.tags);
        writeln!(table, "{at}\t{provider}\t{name}\t{tags}\t{kind}\t{unit}\t{value}\t{shown}")
            .expect("memory");
    }
    table
}

#[test]
fn streams_of_real_runtimes_are_read_as_recorded() {
    for (name, list, runtime) in STREAMS {
        let stream = stream(name);
        let table = table(&samples(&stream, list, runtime));
        let golden = folder().join(format!("{name}.tsv"));
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &table).expect("a golden file");
        }
        let recorded = fs::read_to_string(&golden).expect("a golden file");
        assert!(recorded == table, "{name}: UPDATE_GOLDEN=1 writes the samples anew\n{table}");
    }
}

#[test]
fn every_event_of_a_real_stream_is_read() {
    for (name, ..) in STREAMS {
        let stream = stream(name);
        let mut reader = Reader::new(&*stream);
        let mut count = 0;
        while let Step::Event(event) = reader.step().expect(name) {
            event.fields().unwrap_or_else(|error| panic!("{name}: {error}"));
            count += 1;
        }
        assert!(count > 50, "{name} has {count} events");
        assert_eq!(reader.problems(), []);
    }
}

/// A condition holds with the first sample that fulfils it: within an interval.
#[test]
fn a_threshold_is_met_by_the_first_sample_above_it() {
    let (name, list, runtime) = STREAMS[0];
    let stream = stream(name);
    let condition =
        Condition::parse("threadpool-thread-count > 200 and gc-heap-size > 1mb").expect("a condition");
    let mut watcher = Watcher::new(condition);
    let samples = samples(&stream, list, runtime);
    let met = samples.iter().find_map(|sample| watcher.feed(sample)).expect("both hold at once");
    let interval = met.at.duration_since(samples[0].at).expect("in order");
    assert!(interval < Duration::from_secs(1), "{interval:?}");
    assert!(met.why.starts_with("threadpool-thread-count is "), "{}", met.why);
}
