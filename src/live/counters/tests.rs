//! Counters of both kinds from streams that no process sent; lists of counters and what is asked of a runtime for them.

use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;

use super::names::RUNTIME;
use super::subscription::METERS;
use super::*;
use crate::limits::{MAX_COUNTER_TEXT_BYTES, MAX_LIVE_SERIES};
use crate::live::nettrace::Ending;
use crate::live::nettrace::synthetic::{
    Blob, DOUBLE, INT32, SINGLE, START_MILLISECONDS, START_TICKS, STRING, Type, Writer, definition, utf16,
};
use crate::problem::Problem;

/// How a list of counters is refused: the message, the part that it is about, the hint or what was expected.
fn refused(text: &str) -> (String, &str, String) {
    let mistake = Selection::parse(text).expect_err(text);
    let help = mistake.hint.or(mistake.expected).unwrap_or_default();
    (mistake.message, &text[mistake.span], help)
}

fn selection(text: &str) -> Selection {
    Selection::parse(text).unwrap_or_else(|mistake| panic!("{text}: {mistake:?}"))
}

fn key(provider: &str, name: &str) -> SeriesKey {
    SeriesKey { provider: provider.into(), name: name.into(), tags: "".into() }
}

#[test]
fn lists_of_counters_are_read_and_written() {
    let cases = [
        ("System.Runtime", "System.Runtime"),
        ("system.runtime[GC-heap-size, cpu-usage]", "System.Runtime[gc-heap-size,cpu-usage]"),
        ("gc-heap-size,cpu-usage", "System.Runtime[gc-heap-size,cpu-usage]"),
        ("System.Runtime[gc-heap-size],My.Meter", "System.Runtime[gc-heap-size],My.Meter"),
        (" My.Meter [ a b ,c ] , cpu-usage", "My.Meter[a b,c],System.Runtime[cpu-usage]"),
        ("My.Meter[a],my.meter[A,b]", "My.Meter[a,b]"),
        ("My.Meter[a],My.Meter", "My.Meter"),
        ("My.Meter,My.Meter[a]", "My.Meter"),
        ("orders", "orders[*]"),
        ("cpu[*]", "cpu[*]"),
        ("System.Runtime[*]", "System.Runtime"),
        ("dotnet.timer.count", "System.Runtime[dotnet.timer.count]"),
        ("System.Runtime[dotnet.gc.pause.time]", "System.Runtime[dotnet.gc.pause.time]"),
        ("System.Runtime[quantum-foam]", "System.Runtime[quantum-foam]"),
    ];
    for (text, written) in cases {
        assert_eq!(selection(text).to_string(), written, "{text}");
    }
    assert_eq!(Selection::default(), selection(RUNTIME));
}

#[test]
fn each_mistake_in_a_list_is_told_with_its_place() {
    let cases = [
        ("", "the name of a provider or a counter is missing", "", "a list is written"),
        ("a,,b", "the name of a provider or a counter is missing", "", "a list is written"),
        ("My.Meter[]", "the name of a provider or a counter is missing", "", "a list is written"),
        ("[a]", "the name of a provider or a counter is missing", "", "a list is written"),
        (
            "gc-heapsize",
            "the runtime has no counter `gc-heapsize`",
            "gc-heapsize",
            "did you mean `gc-heap-size`?",
        ),
        (
            "System.Runtime[cpu-usage, working-sets]",
            "the runtime has no counter `working-sets`",
            "working-sets",
            "`working-set`",
        ),
        ("My.Meter[a", "this bracket is not closed", "[", "`]`"),
        ("My.Meter]", "this bracket was not opened", "]", ""),
        ("My.Meter[a[b]]", "brackets do not nest", "[", ""),
        ("My.Meter[a]b", "a comma is missing before the next provider", "b", ""),
        ("My.Meter[a;b]", "names of counters have no `;`", ";", ""),
        ("My\nMeter", "names of counters have no `\\n`", "\n", ""),
    ];
    for (text, message, place, help) in cases {
        let refused = refused(text);
        assert_eq!((refused.0.as_str(), refused.1), (message, place), "{text}");
        assert!(refused.2.contains(help), "{text}: {}", refused.2);
    }
}

#[test]
fn names_are_told_apart_without_regard_to_case() {
    let wanted = selection("System.Runtime[cpu-usage],My.Meter");
    assert!(wanted.includes(&key("system.runtime", "CPU-usage")));
    assert!(wanted.includes(&key("my.meter", "anything")));
    assert!(!wanted.includes(&key("System.Runtime", "working-set")));
}

/// The providers asked for, as `name: arguments`.
fn asked(list: &str, runtime: u32) -> Vec<String> {
    let subscription = Subscription::new(&selection(list), Duration::from_millis(500), runtime, "me");
    subscription
        .providers()
        .iter()
        .map(|provider| format!("{}: {}", provider.name, provider.arguments))
        .collect()
}

fn metrics(session: &str, metrics: &str) -> String {
    format!(
        "{METERS}: SessionId={session};Metrics={metrics};RefreshInterval=0.5;MaxTimeSeries=1000;MaxHistograms=10;ClientId=me"
    )
}

#[test]
fn a_runtime_is_asked_for_what_it_has() {
    let counters = |provider: &str| format!("{provider}: EventCounterIntervalSec=0.5");
    assert_eq!(asked("System.Runtime", 10), [counters(RUNTIME)]);
    assert_eq!(asked("gc-heap-size", 3), [counters(RUNTIME)]);
    assert_eq!(asked("My.Meter", 8), [counters("My.Meter"), metrics("SHARED", "My.Meter")]);
    assert_eq!(asked("My.Meter[a,b]", 6), [counters("My.Meter"), metrics("me", "My.Meter\\a,My.Meter\\b")]);
    assert_eq!(asked("dotnet.timer.count", 9), [metrics("SHARED", "System.Runtime\\dotnet.timer.count")]);
    let both = [counters(RUNTIME), metrics("SHARED", "System.Runtime\\dotnet.timer.count")];
    assert_eq!(asked("cpu-usage,dotnet.timer.count", 9), both);
}

#[test]
fn instruments_that_a_runtime_lacks_are_replaced_by_their_counters() {
    let list = selection(
        "dotnet.gc.last_collection.heap.size,dotnet.timer.count,System.Runtime[dotnet.gc.pause.time],My.Meter[dotnet.timer.count]",
    );
    assert_eq!(list.for_runtime(9), list);
    let older = "System.Runtime[gen-0-size,gen-1-size,gen-2-size,loh-size,poh-size,active-timer-count,dotnet.gc.pause.time],\
                 My.Meter[dotnet.timer.count]";
    assert_eq!(list.for_runtime(8).to_string(), older);
}

/// A stream that is written event by event.
struct Stream {
    writer: Writer,
    sequence: u32,
}

const MEAN: u32 = 1;
const SUM: u32 = 2;

impl Stream {
    /// A stream with the definitions of both shapes of EventCounters, and those of `meters`.
    fn with(meters: &[Vec<u8>]) -> Stream {
        let nested = |fields| vec![("", Type::Object(vec![("Payload", Type::Object(fields))]))];
        let mean = nested(vec![
            ("Name", STRING),
            ("DisplayName", STRING),
            ("Mean", DOUBLE),
            ("StandardDeviation", DOUBLE),
            ("Count", INT32),
            ("Min", DOUBLE),
            ("Max", DOUBLE),
            ("IntervalSec", SINGLE),
            ("Series", STRING),
            ("CounterType", STRING),
            ("Metadata", STRING),
            ("DisplayUnits", STRING),
        ]);
        let sum = nested(vec![
            ("Name", STRING),
            ("DisplayName", STRING),
            ("DisplayRateTimeScale", STRING),
            ("Increment", DOUBLE),
            ("IntervalSec", SINGLE),
            ("Metadata", STRING),
            ("Series", STRING),
            ("CounterType", STRING),
            ("DisplayUnits", STRING),
        ]);
        let mut definitions = vec![
            definition(MEAN, RUNTIME, "EventCounters", &mean, &[]),
            definition(SUM, RUNTIME, "EventCounters", &sum, &[]),
        ];
        definitions.extend_from_slice(meters);
        Stream { writer: Writer::new().definitions(&definitions), sequence: 0 }
    }

    fn event(mut self, definition: u32, parts: &[Vec<u8>]) -> Stream {
        self.sequence += 1;
        let ticks = START_TICKS + 1_000_000 * u64::from(self.sequence);
        let blob = Blob { definition, sequence: self.sequence, thread: 1, ticks, payload: parts.concat() };
        self.writer = self.writer.events(&[blob], true);
        self
    }

    fn mean(self, name: &str, display: &str, mean: f64, unit: &str) -> Stream {
        let (zero, count) = (0_f64.to_le_bytes().to_vec(), 1_u32.to_le_bytes().to_vec());
        let parts = [
            utf16(name),
            utf16(display),
            mean.to_le_bytes().to_vec(),
            zero.clone(),
            count,
            zero.clone(),
            zero,
            1_f32.to_le_bytes().to_vec(),
            utf16("Interval=1000"),
            utf16("Mean"),
            utf16(""),
            utf16(unit),
        ];
        self.event(MEAN, &parts)
    }

    fn sum(self, name: &str, increment: f64, seconds: f32, unit: &str) -> Stream {
        let parts = [
            utf16(name),
            utf16(name),
            utf16("00:00:01"),
            increment.to_le_bytes().to_vec(),
            seconds.to_le_bytes().to_vec(),
            utf16(""),
            utf16("Interval=2000"),
            utf16("Sum"),
            utf16(unit),
        ];
        self.event(SUM, &parts)
    }

    /// What is heard of it.
    fn heard(self, list: &str) -> Account {
        let subscription = Subscription::new(&selection(list), Duration::from_secs(2), 10, "me");
        let stream = self.writer.end();
        let mut feed = Feed::new(&*stream, &subscription);
        let (mut samples, mut told) = (Vec::new(), Vec::new());
        loop {
            match feed.hear().unwrap() {
                Heard::News(News::Sample(sample)) => samples.push(sample),
                Heard::News(News::Told(problem)) => told.push(problem),
                Heard::Waiting => panic!("a slice does not wait"),
                Heard::End(ending) => {
                    assert_eq!(ending, Ending::Marked);
                    assert!(feed.source_mut().is_empty());
                    let problems = feed.problems();
                    return Account { samples, told, problems };
                }
            }
        }
    }
}

struct Account {
    samples: Vec<Sample>,
    told: Vec<Problem>,
    problems: Vec<Problem>,
}

impl Account {
    /// `name [tags] is number`, without what is empty.
    fn lines(&self) -> Vec<String> {
        let line = |sample: &Sample| format!("{} [{}] {}", sample.key.name, sample.key.tags, sample.shown());
        self.samples.iter().map(|sample| line(sample).replace(" []", "")).collect()
    }
}

#[test]
fn event_counters_of_both_kinds_are_read() {
    let heard = Stream::with(&[])
        .mean("working-set", "Working Set", 42.5, "MB")
        .sum("alloc-rate", 3_145_728.0, 1.5, "B")
        .mean("cpu-usage", "CPU Usage", 12.0, "%")
        .sum("time-in-jit", 25.0, 2.0, "ms")
        .heard(RUNTIME);
    assert_eq!(
        heard.lines(),
        ["working-set 40.5 MB", "alloc-rate 2.0 MB/s", "cpu-usage 12.0 %", "time-in-jit 12.5 ms/s"]
    );
    let first = &heard.samples[0];
    assert_eq!((&*first.key.provider, &*first.display_name, first.value), (RUNTIME, "Working Set", 42.5e6));
    assert_eq!((first.unit.to_string(), first.kind), ("B".into(), Kind::Gauge));
    assert_eq!(first.at, UNIX_EPOCH + Duration::from_millis(START_MILLISECONDS + 1000));
    assert_eq!(heard.samples[1].kind, Kind::Rate { interval: Duration::from_millis(1500) });
    assert!(heard.told.is_empty() && heard.problems.is_empty());
}

#[test]
fn only_what_is_wanted_is_told() {
    let stream = || Stream::with(&[]).mean("working-set", "", 1.0, "MB").mean("cpu-usage", "", 5.0, "%");
    assert_eq!(stream().heard("cpu-usage").lines(), ["cpu-usage 5.0 %"]);
    assert_eq!(stream().heard("My.Meter").lines(), Vec::<String>::new());
}

#[test]
fn numbers_that_are_none_are_left_out() {
    let heard = Stream::with(&[])
        .mean("a", "", f64::NAN, "")
        .mean("b", "", f64::INFINITY, "")
        .sum("c", 5.0, 0.0, "")
        .sum("d", 5.0, f32::NAN, "")
        .sum("e", 5.0, -1.0, "")
        .sum("f", f64::NAN, 1.0, "")
        .heard(RUNTIME);
    assert_eq!(heard.lines(), Vec::<String>::new());
}

#[test]
fn events_that_cannot_be_read_are_told() {
    let long = "x".repeat(MAX_COUNTER_TEXT_BYTES);
    let heard =
        Stream::with(&[]).event(MEAN, &[vec![1]]).event(SUM, &[]).mean(&long, "", 1.0, "").heard(RUNTIME);
    assert!(heard.samples.is_empty());
    let problem = heard.problems[0].to_string();
    assert!(
        problem.starts_with(
            "events that should tell a counter and do not: 3, the first: the event EventCounters"
        ),
        "{problem}"
    );
}

#[test]
fn units_are_understood() {
    use super::event_counters::unit;
    let cases = [
        ("", Unit::None, 1.0),
        ("1", Unit::None, 1.0),
        ("{thread}", Unit::None, 1.0),
        (" % ", Unit::Percent, 1.0),
        ("By", Unit::Bytes, 1.0),
        ("KB", Unit::Bytes, 1e3),
        ("GB", Unit::Bytes, 1e9),
        ("KiBy", Unit::Bytes, 1024.0),
        ("MiB", Unit::Bytes, 1_048_576.0),
        ("GiBy", Unit::Bytes, 1_073_741_824.0),
        ("s", Unit::Other("s".into()), 1.0),
        ("{half", Unit::Other("{half".into()), 1.0),
    ];
    for (text, expected, factor) in cases {
        assert_eq!(unit(text), (expected, factor), "{text}");
    }
}

const COUNTER: u32 = 10;
const UP_DOWN: u32 = 11;
const GAUGE: u32 = 12;
const HISTOGRAM: u32 = 13;
const BEGIN: u32 = 14;
const TOLD: u32 = 15;

/// The definitions of the events of meters that tell numbers.
fn meters() -> Vec<Vec<u8>> {
    let numbers = |id: u32, name: &str, more: &[(&'static str, Type)]| {
        let common = ["sessionId", "meterName", "meterVersion", "instrumentName", "unit", "tags"];
        let mut fields: Vec<_> = common.into_iter().map(|name| (name, STRING)).collect();
        fields.extend_from_slice(more);
        fields.push(("instrumentId", INT32));
        definition(id, METERS, name, &fields, &[])
    };
    let begin: Vec<_> = ["sessionId", "meterName", "instrumentName", "meterTags", "instrumentTags"]
        .into_iter()
        .map(|name| (name, STRING))
        .chain([("instrumentId", INT32)])
        .collect();
    vec![
        numbers(COUNTER, "CounterRateValuePublished", &[("rate", STRING), ("value", STRING)]),
        numbers(UP_DOWN, "UpDownCounterRateValuePublished", &[("rate", STRING), ("value", STRING)]),
        numbers(GAUGE, "GaugeValuePublished", &[("lastValue", STRING)]),
        numbers(
            HISTOGRAM,
            "HistogramValuePublished",
            &[("quantiles", STRING), ("count", INT32), ("sum", DOUBLE)],
        ),
        definition(BEGIN, METERS, "BeginInstrumentReporting", &begin, &[]),
    ]
}

/// The payload of a number: who tells it, in what unit, with what tags, then `more`, then the instrument's number.
fn number(
    session: &str,
    meter: &str,
    instrument: &str,
    [unit, tags]: [&str; 2],
    more: &[Vec<u8>],
    id: u32,
) -> Vec<Vec<u8>> {
    let common = [session, meter, "", instrument, unit, tags].into_iter().map(utf16);
    common.chain(more.iter().cloned()).chain([id.to_le_bytes().to_vec()]).collect()
}

#[test]
fn instruments_of_all_kinds_are_read() {
    let two = |rate: &str, value: &str| vec![utf16(rate), utf16(value)];
    let quantiles = vec![utf16("0.5=12;0.95=30.5;bad;=1;0.99="), vec![0; 4], vec![0; 8]];
    let heard = Stream::with(&meters())
        .event(COUNTER, &number("SHARED", "M.M", "sold", ["{hat}", ""], &two("", "7"), 1))
        .event(COUNTER, &number("SHARED", "M.M", "sold", ["{hat}", ""], &two("8", "15"), 1))
        .event(UP_DOWN, &number("SHARED", "M.M", "waiting", ["", "shop=a"], &two("-1", "3"), 2))
        .event(GAUGE, &number("SHARED", "M.M", "memory", ["KiBy", ""], &[utf16("2")], 3))
        .event(GAUGE, &number("SHARED", "M.M", "memory", ["KiBy", ""], &[utf16("")], 3))
        .event(HISTOGRAM, &number("SHARED", "M.M", "took", ["ms", "to=x"], &quantiles, 4))
        .event(GAUGE, &number("another tool's", "M.M", "memory", ["By", ""], &[utf16("9")], 3))
        .heard("M.M");
    let numbers = [
        "sold 4 /s",
        "waiting [shop=a] 3",
        "memory 2.0 KB",
        "took [to=x,Percentile=50] 12 ms",
        "took [to=x,Percentile=95] 30.5 ms",
    ];
    assert_eq!(heard.lines(), numbers);
    assert_eq!(heard.samples[0].kind, Kind::Rate { interval: Duration::from_secs(2) });
}

#[test]
fn tags_of_the_instrument_are_added_by_its_number() {
    let begin = |id: u32, meter: &str, own: &str| {
        let texts = ["SHARED", "M.M", "memory", meter, own].map(utf16);
        texts.into_iter().chain([id.to_le_bytes().to_vec()]).collect::<Vec<_>>()
    };
    let gauge = |id| number("SHARED", "M.M", "memory", ["", "z=3"], &[utf16("1")], id);
    let heard = Stream::with(&meters())
        .event(BEGIN, &begin(5, "m=1", "i=2"))
        .event(BEGIN, &begin(6, "", ""))
        .event(BEGIN, &begin(0, "not", "listened to"))
        .event(GAUGE, &gauge(5))
        .event(GAUGE, &gauge(6))
        .event(GAUGE, &gauge(0))
        .heard("M.M");
    assert_eq!(heard.lines(), ["memory [m=1,i=2,z=3] 1", "memory [z=3] 1", "memory [z=3] 1"]);
}

#[test]
fn the_runtimes_counters_that_are_no_counters_tell_how_much_there_is() {
    let two = vec![utf16("-5"), utf16("3")];
    let heard = Stream::with(&meters())
        .event(
            COUNTER,
            &number("SHARED", RUNTIME, "dotnet.thread_pool.queue.length", ["{work_item}", ""], &two, 1),
        )
        .event(COUNTER, &number("SHARED", RUNTIME, "dotnet.exceptions", ["{exception}", ""], &two, 2))
        .heard("dotnet.thread_pool.queue.length,dotnet.exceptions");
    assert_eq!(heard.lines(), ["dotnet.thread_pool.queue.length 3", "dotnet.exceptions -2.5 /s"]);
}

/// Text fields of an event: their names and texts.
type Texts<'a> = &'a [(&'static str, &'a str)];

/// What is told of an event with these text fields.
fn told(name: &str, fields: Texts<'_>) -> Vec<String> {
    let kinds: Vec<_> = fields.iter().map(|(name, _)| (*name, STRING)).collect();
    let payload: Vec<Vec<u8>> = fields.iter().map(|(_, text)| utf16(text)).collect();
    let heard =
        Stream::with(&[definition(TOLD, METERS, name, &kinds, &[])]).event(TOLD, &payload).heard("M.M");
    heard.told.iter().map(ToString::to_string).collect()
}

#[test]
fn what_the_process_cannot_tell_is_told() {
    let ours = ("sessionId", "SHARED");
    let cases: [(&str, Texts<'_>, &str); 8] = [
        ("TimeSeriesLimitReached", &[ours], "more rows of numbers than it tells"),
        ("HistogramLimitReached", &[ours], "more histograms than it tells"),
        ("Error", &[ours, ("errorMessage", "broken")], "cannot tell its meters: broken"),
        (
            "ObservableInstrumentCallbackError",
            &[ours, ("errorMessage", "oops")],
            "failed when it was asked: oops",
        ),
        ("MultipleSessionsNotSupportedError", &[("runningSessionId", "theirs")], "another tool listens"),
        ("Error", &[("sessionId", "theirs"), ("errorMessage", "broken")], ""),
        ("MultipleSessionsNotSupportedError", &[("runningSessionId", "SHARED")], ""),
        ("CollectionStart", &[ours], ""),
    ];
    for (name, fields, message) in cases {
        let told = told(name, fields);
        match message {
            "" => assert_eq!(told, Vec::<String>::new(), "{name}"),
            _ => assert!(told[0].contains(message), "{name}: {told:?}"),
        }
    }
}

#[test]
fn a_message_without_end_is_cut() {
    let long = "é".repeat(MAX_COUNTER_TEXT_BYTES);
    let told = told("Error", &[("sessionId", "SHARED"), ("errorMessage", &long)]);
    assert!(told[0].len() < MAX_COUNTER_TEXT_BYTES + 100 && told[0].ends_with('é'));
}

#[test]
fn tools_that_share_a_session_must_agree() {
    let settings = |client, expected| {
        let name = "MultipleSessionsConfiguredIncorrectlyError";
        let shared = ("sharedIdentifier", client);
        told(name, &[shared, ("expectedRefreshInterval", expected), ("actualRefreshInterval", "2")])
    };
    assert!(settings("me", "5")[0].contains("its interval is 5 seconds: give --interval the same"));
    assert!(settings("me", "2")[0].contains("end dotnet-counters"));
    assert_eq!(settings("they", "5"), Vec::<String>::new());
}

fn sample(provider: &str, name: &str, tags: &str, value: f64) -> Sample {
    let key = SeriesKey { tags: tags.into(), ..key(provider, name) };
    Sample { key, display_name: name.into(), unit: Unit::None, kind: Kind::Gauge, value, at: UNIX_EPOCH }
}

#[test]
fn a_history_keeps_the_last_numbers_in_the_order_of_the_table() {
    let mut history = History::keeping(3);
    for value in 0..5 {
        history.add(sample(RUNTIME, "gc-heap-size", "", f64::from(value)));
    }
    for (provider, name, tags) in [
        ("M", "z", ""),
        ("M", "a", "k=2"),
        (RUNTIME, "new", ""),
        ("M", "a", "k=1"),
        (RUNTIME, "cpu-usage", ""),
    ] {
        history.add(sample(provider, name, tags, 1.0));
    }
    let order: Vec<String> =
        history.series().iter().map(|s| format!("{} {}", s.last.key.name, s.last.key.tags)).collect();
    assert_eq!(order, ["cpu-usage ", "gc-heap-size ", "new ", "a k=1", "a k=2", "z "]);
    let heap = history.series()[1];
    assert_eq!((Vec::from(heap.values.clone()), heap.last.value), (vec![2.0, 3.0, 4.0], 4.0));
}

#[test]
fn a_history_is_bounded() {
    let mut history = History::keeping(2);
    for tag in 0..MAX_LIVE_SERIES + 5 {
        history.add(sample("M", "a", &tag.to_string(), 1.0));
    }
    assert_eq!((history.series().len(), history.left_out()), (MAX_LIVE_SERIES, 5));
}

proptest! {
    #[test]
    fn lists_are_read_back_as_they_are_written(text in "[a-zA-Z.,\\[\\]* -]{0,30}") {
        if let Ok(read) = Selection::parse(&text) {
            let written = read.to_string();
            prop_assert_eq!(Selection::parse(&written), Ok(read), "{}", written);
        }
    }

    #[test]
    fn any_list_is_read_or_refused_within_itself(text in "\\PC{0,30}|[a-z\\[\\],;. é]{0,20}") {
        if let Err(mistake) = Selection::parse(&text) {
            prop_assert!(text.get(mistake.span).is_some());
        }
    }

    /// Streams of counters with bits flipped never stop the program.
    #[test]
    fn damaged_counters_are_heard_to_some_end(flips in prop::collection::vec((any::<usize>(), 0..8_u32), 1..6)) {
        let two = vec![utf16("1"), utf16("2")];
        let mut stream = Stream::with(&meters())
            .mean("working-set", "Working Set", 42.5, "MB")
            .event(COUNTER, &number("SHARED", RUNTIME, "dotnet.exceptions", ["", "a=b"], &two, 2))
            .writer
            .end();
        for (at, bit) in flips {
            let at = at % stream.len();
            stream[at] ^= 1 << bit;
        }
        let subscription = Subscription::new(&Selection::default(), Duration::from_secs(1), 10, "me");
        let mut feed = Feed::new(&*stream, &subscription);
        while let Ok(Heard::News(_)) = feed.hear() {}
        let _ = feed.problems();
    }
}
