//! Conditions: what is read, what is refused and how, when they hold.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;

use super::*;
use crate::limits::{MAX_CONDITION_NESTING, MAX_CONDITION_TESTS, MAX_LIVE_SERIES};
use crate::live::counters::names::RUNTIME_COUNTERS;
use crate::live::counters::{Kind, Sample, SeriesKey, Unit};
use crate::units::SIZE_UNITS;

fn parse(text: &str) -> Condition {
    Condition::parse(text).unwrap_or_else(|mistake| panic!("{text}: {mistake:?}"))
}

/// The message for a text that is refused, the part that it is about, and the hint or what was expected.
fn refused(text: &str) -> (String, &str, String) {
    let mistake = Condition::parse(text).expect_err(text);
    let help = mistake.hint.or(mistake.expected).unwrap_or_default();
    (mistake.message, &text[mistake.span], help)
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn sample(name: &str, value: f64, unit: Unit, seconds: u64) -> Sample {
    let key = SeriesKey { provider: "System.Runtime".into(), name: name.into(), tags: "".into() };
    Sample { key, display_name: "".into(), unit, kind: Kind::Gauge, value, at: at(seconds) }
}

fn heap(megabytes: f64, seconds: u64) -> Sample {
    sample("gc-heap-size", megabytes * 1_048_576.0, Unit::Bytes, seconds)
}

fn tagged(mut sample: Sample, tags: &str) -> Sample {
    sample.key.tags = tags.into();
    sample
}

/// Why each of the samples fulfils the condition; empty where it does not.
fn whys(condition: &str, samples: &[Sample]) -> Vec<String> {
    let mut watcher = Watcher::new(parse(condition));
    samples.iter().map(|sample| watcher.feed(sample).map_or_else(String::new, |met| met.why)).collect()
}

#[test]
fn conditions_are_read_and_written() {
    let cases = [
        ("gc-heap-size > 500mb", "gc-heap-size > 500mb"),
        ("  working-set>=1.5GB ", "working-set >= 1.5gb"),
        ("cpu-usage >= 80", "cpu-usage >= 80"),
        ("CPU-Usage < 80 %", "cpu-usage < 80%"),
        ("gc-heap-size GROWS by 100 mb IN 1min", "gc-heap-size grows 100mb in 1m"),
        ("gc-heap-size grows 1gb within 90s", "gc-heap-size grows 1gb in 90s"),
        ("alloc-rate > 50mb/s", "alloc-rate > 50mb/s"),
        ("threadpool-queue-length > 100", "threadpool-queue-length > 100"),
        ("System.Runtime[GC-heap-size] > 1b", "gc-heap-size > 1b"),
        ("system.runtime[new-counter] <= 5", "System.Runtime[new-counter] <= 5"),
        ("My.Meter[orders waiting] > 3.5", "My.Meter[orders waiting] > 3.5"),
        ("dotnet.gc.pause.time > 1", ""),
        ("dotnet.timer.count > 1", "System.Runtime[dotnet.timer.count] > 1"),
        (
            "cpu-usage > 1 and cpu-usage > 2 or cpu-usage > 3",
            "(cpu-usage > 1 and cpu-usage > 2) or cpu-usage > 3",
        ),
        (
            "cpu-usage > 1 && (cpu-usage > 2 || cpu-usage > 3)",
            "cpu-usage > 1 and (cpu-usage > 2 or cpu-usage > 3)",
        ),
    ];
    for (text, written) in cases {
        match Condition::parse(text) {
            Ok(condition) => assert_eq!(condition.to_string(), written, "{text}"),
            Err(_) => assert_eq!(written, "", "{text}"),
        }
    }
}

#[test]
fn each_mistake_is_told_with_its_place() {
    let cases = [
        ("", "the name of a counter is missing", "", "a condition is written"),
        ("gc-heap-size > 1mb and", "the name of a counter is missing", "", "a condition is written"),
        (
            "gc-heapsize > 1mb",
            "the runtime has no counter `gc-heapsize`",
            "gc-heapsize",
            "did you mean `gc-heap-size`?",
        ),
        ("orders > 1", "the runtime has no counter `orders`", "orders", "another provider"),
        ("500mb < gc-heap-size", "`500mb` is no counter", "500mb", "the counter comes first"),
        ("cpu-usage", "what is asked of `cpu-usage`?", "", "`grows`"),
        ("cpu-usage 80", "`80` compares nothing", "80", "`grows`"),
        ("cpu-usage = 80", "`=` compares nothing", "=", "hardly ever equal"),
        ("cpu-usage >", "a number is missing", "", "a size is written"),
        ("cpu-usage > lots", "`lots` is no number", "lots", "a size is written"),
        ("cpu-usage > 1.2.3", "`1.2.3` is no number", "1.2.3", "a size is written"),
        ("working-set > 5mib", "`5mib` has no unit that is known", "5mib", "`mb`"),
        ("gc-heap-size > 500", "`gc-heap-size` counts bytes: a unit is missing", "500", "`500mb`"),
        ("gc-heap-size > 50%", "`gc-heap-size` counts bytes, which `%` is no unit of", "50%", ""),
        ("cpu-usage > 80mb", "`cpu-usage` is a share of a hundred, not a size", "80mb", ""),
        ("time-in-jit > 8 mb", "`time-in-jit` counts milliseconds, not bytes", "8 mb", ""),
        ("time-in-jit > 8%", "`time-in-jit` counts milliseconds, which `%` is no unit of", "8%", ""),
        ("exception-count > 1kb", "`exception-count` counts things, not bytes", "1kb", ""),
        ("exception-count > 1%", "`exception-count` counts things, which `%` is no unit of", "1%", ""),
        ("gc-heap-size grows 1mb", "in what time does it grow?", "", "`30s`"),
        ("gc-heap-size grows 1mb in", "a time is missing", "", "`30s`"),
        ("gc-heap-size grows 1mb in soon", "`soon` is no time", "soon", "`30s`"),
        ("gc-heap-size grows 1mb in 0s", "`0s` is no time", "0s", "`30s`"),
        ("gc-heap-size grows 1mb in 25h", "growth is looked at over a day at most", "25h", "`30s`"),
        ("cpu-usage > 1 cpu-usage > 2", "the condition should end here, or go on", "cpu-usage", "`and`"),
        ("(cpu-usage > 1", "this parenthesis is not closed", "(", "`)`"),
        ("(cpu-usage > 1 cpu-usage", "the condition should end here, or go on", "cpu-usage", "`and`"),
        ("cpu-usage > 1)", "this parenthesis was not opened", ")", ""),
        ("My.Meter[a,b] > 1", "a condition compares one counter", "[a,b]", "brackets"),
        ("My.Meter[ ] > 1", "a condition compares one counter", "[ ]", "brackets"),
        ("My.Meter[a > 1", "this bracket is not closed", "[", "`]`"),
        ("cpu-usage > 1; x", "`;` has no meaning in a condition", ";", ""),
        ("cpu-usage > 1 \u{1b}", "`\\u{1b}` has no meaning in a condition", "\u{1b}", ""),
    ];
    for (text, message, place, help) in cases {
        let refused = refused(text);
        assert_eq!((refused.0.as_str(), refused.1), (message, place), "{text}");
        assert!(refused.2.contains(help), "{text}: {}", refused.2);
    }
}

#[test]
fn depth_and_number_are_bounded() {
    let nested = |depth: usize| format!("{}cpu-usage > 1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(parse(&nested(MAX_CONDITION_NESTING)).tests().len(), 1);
    assert!(refused(&nested(MAX_CONDITION_NESTING + 1)).0.contains("nested deeper than"));
    let many = |count: usize| vec!["cpu-usage > 1"; count].join(" or ");
    assert_eq!(parse(&many(MAX_CONDITION_TESTS)).tests().len(), MAX_CONDITION_TESTS);
    assert!(refused(&many(MAX_CONDITION_TESTS + 1)).0.contains("more than 64 counters"));
}

#[test]
fn the_counters_that_are_needed_are_told() {
    let condition = parse("gc-heap-size > 1mb or (cpu-usage > 1 and gc-heap-size < 2mb) or My.Meter[x] > 1");
    assert_eq!(condition.counters_needed().to_string(), "System.Runtime[gc-heap-size,cpu-usage],My.Meter[x]");
}

#[test]
fn a_number_is_compared_with_each_sample() {
    let samples = [heap(499.0, 1), heap(500.0, 2), heap(501.0, 3)];
    assert_eq!(whys("gc-heap-size > 500mb", &samples), ["", "", "gc-heap-size is 501.0 MB (> 500mb)"]);
    assert_eq!(whys("gc-heap-size >= 500mb", &samples)[1], "gc-heap-size is 500.0 MB (>= 500mb)");
    assert_eq!(whys("gc-heap-size < 500mb", &samples), ["gc-heap-size is 499.0 MB (< 500mb)", "", ""]);
    assert_eq!(whys("gc-heap-size <= 500mb", &samples)[2], "");
    assert_eq!(whys("cpu-usage > 1", &samples), ["", "", ""], "not its counter");
    assert_eq!(whys("gc-heap-size > 0b", &[heap(f64::NAN, 1)]), [""], "no number is above nothing");
}

#[test]
fn the_first_sample_has_no_past() {
    assert_eq!(whys("gc-heap-size grows 100mb in 1m", &[heap(900.0, 1)]), [""]);
    assert_eq!(whys("gc-heap-size grows 0b in 1m", &[heap(900.0, 1)]), [""]);
}

#[test]
fn growth_is_counted_from_the_lowest_number_of_the_window() {
    let samples =
        [heap(300.0, 0), heap(200.0, 10), heap(290.0, 20), heap(300.0, 30), heap(310.0, 71), heap(405.0, 72)];
    let whys = whys("gc-heap-size grows 100mb in 1m", &samples);
    let grown = "gc-heap-size grew from 200.0 MB to 300.0 MB in 20.0 s";
    // At 71 the 200 MB are over a minute ago; at 72 the 290 are the lowest.
    assert_eq!(whys, ["", "", "", grown, "", "gc-heap-size grew from 290.0 MB to 405.0 MB in 52.0 s"]);
}

#[test]
fn a_clock_that_goes_back_begins_anew() {
    let samples = [heap(100.0, 100), heap(300.0, 50), heap(350.0, 60)];
    assert_eq!(whys("gc-heap-size grows 100mb in 1m", &samples), ["", "", ""]);
}

#[test]
fn parts_are_joined() {
    let cpu = |value, seconds| sample("cpu-usage", value, Unit::Percent, seconds);
    let samples = [heap(600.0, 1), cpu(10.0, 1), cpu(90.0, 2), heap(100.0, 2)];
    let both = "gc-heap-size is 600.0 MB (> 500mb) and cpu-usage is 90.0 % (> 80)";
    assert_eq!(whys("gc-heap-size > 500mb and cpu-usage > 80", &samples), ["", "", both, ""]);
    let any = whys("gc-heap-size > 500mb or cpu-usage > 80", &samples);
    assert_eq!(any[2], "gc-heap-size is 600.0 MB (> 500mb), and cpu-usage is 90.0 % (> 80)");
    assert_eq!(any[3], "cpu-usage is 90.0 % (> 80)");
}

#[test]
fn any_number_of_a_counter_with_tags_counts() {
    let queue = |value, tags| tagged(sample("queue", value, Unit::None, 1), tags);
    let samples = [queue(5.0, "name=b"), queue(1.0, "name=c"), queue(7.0, "name=a")];
    let whys = whys("System.Runtime[queue] > 3", &samples);
    assert_eq!(whys, ["queue [name=b] is 5 (> 3)", "queue [name=b] is 5 (> 3)", "queue [name=a] is 7 (> 3)"]);
}

#[test]
fn an_instrument_is_answered_by_its_counter() {
    let samples = [sample("working-set", 5.0, Unit::Bytes, 1)];
    assert_eq!(whys("dotnet.process.memory.working_set > 1b", &samples), ["working-set is 5 B (> 1b)"]);
}

#[test]
fn the_counters_of_one_instrument_are_kept_apart() {
    let size = |name, megabytes: f64, seconds| sample(name, megabytes * 1_048_576.0, Unit::Bytes, seconds);
    let samples = [
        size("gen-0-size", 1.0, 1),
        size("gen-2-size", 900.0, 1),
        size("gen-0-size", 2.0, 2),
        size("gen-2-size", 1000.0, 2),
    ];
    let whys = whys("dotnet.gc.last_collection.heap.size grows 100mb in 1m", &samples);
    assert_eq!(whys, ["", "", "", "gen-2-size grew from 900.0 MB to 1000.0 MB in 1.0 s"]);
}

#[test]
fn what_was_never_heard_of_is_told() {
    let mut watcher = Watcher::new(parse("gc-heap-size > 1gb and My.Meter[x] > 1 and My.Meter[x] < 9"));
    assert_eq!(watcher.unseen(), ["gc-heap-size", "My.Meter[x]"]);
    watcher.feed(&heap(1.0, 1));
    assert_eq!(watcher.unseen(), ["My.Meter[x]"]);
    watcher.forget();
    assert_eq!(watcher.unseen(), ["My.Meter[x]"], "forgetting the past does not make it unseen");
}

#[test]
fn growth_begins_anew_after_forgetting() {
    let mut watcher = Watcher::new(parse("gc-heap-size grows 100mb in 1m"));
    assert_eq!(watcher.feed(&heap(100.0, 0)), None);
    assert!(watcher.feed(&heap(250.0, 10)).is_some_and(|met| met.at == at(10)));
    watcher.forget();
    assert_eq!(watcher.feed(&heap(260.0, 20)), None);
    assert!(watcher.feed(&heap(360.0, 30)).is_some());
}

#[test]
fn tags_without_end_do_not_fill_memory() {
    let mut watcher = Watcher::new(parse("gc-heap-size > 1b"));
    for tag in 0..=MAX_LIVE_SERIES {
        watcher.feed(&tagged(heap(0.0, 1), &tag.to_string()));
    }
    assert!(watcher.feed(&tagged(heap(1.0, 1), "0")).is_some());
    assert_eq!(watcher.feed(&tagged(heap(0.0, 1), "0")), None);
    assert_eq!(watcher.feed(&tagged(heap(1.0, 1), "beyond the limit")), None);
}

fn counter() -> impl Strategy<Value = String> {
    let runtime = (0..RUNTIME_COUNTERS.len()).prop_map(|at| RUNTIME_COUNTERS[at].name.to_owned());
    prop_oneof![runtime, "[A-Z][a-z]{1,5}\\.[A-Za-z]{1,5}\\[[a-z][a-z0-9 .>(-]{0,8}[a-z]\\]"]
}

fn test() -> impl Strategy<Value = String> {
    let unit =
        prop_oneof![Just(""), Just("%"), Just("/s"), (0..SIZE_UNITS.len()).prop_map(|at| SIZE_UNITS[at].0)];
    let check = prop_oneof![Just(">"), Just(">="), Just("<"), Just("<="), Just("grows")];
    (counter(), check, 0..100_000_u32, unit, 1..1000_u32).prop_map(
        |(counter, check, number, unit, window)| {
            let number = f64::from(number) / 8.0;
            let window = if check == "grows" { format!(" in {window}s") } else { String::new() };
            format!("{counter} {check} {number}{unit}{window}")
        },
    )
}

fn condition() -> impl Strategy<Value = String> {
    test().prop_recursive(4, 16, 4, |inner| {
        let joined = (prop::collection::vec(inner, 2..4), prop_oneof![Just(" and "), Just(" or ")]);
        joined.prop_map(|(parts, word)| format!("({})", parts.join(word)))
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(text in condition()) {
        if let Ok(condition) = Condition::parse(&text) {
            let written = condition.to_string();
            let again = Condition::parse(&written);
            prop_assert_eq!(again.as_ref(), Ok(&condition), "{}", written);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_within_itself(text in "[a-z0-9><=()\\[\\] .%/é-]{0,40}|\\PC{0,20}") {
        if let Err(mistake) = Condition::parse(&text) {
            prop_assert!(text.get(mistake.span).is_some());
        }
    }

    /// Against the definition: some number within the window is lower by the amount.
    #[test]
    fn growth_is_what_its_definition_says(values in prop::collection::vec((0..200_i32, 1..30_u64), 1..40)) {
        let mut watcher = Watcher::new(parse("gc-heap-size grows 50b in 60s"));
        let mut past: Vec<(u64, i32)> = Vec::new();
        let mut now = 0;
        for (value, step) in values {
            now += step;
            let grown = past.iter().any(|&(then, low)| now - then <= 60 && value - low >= 50);
            past.push((now, value));
            let met = watcher.feed(&sample("gc-heap-size", value.into(), Unit::Bytes, now));
            prop_assert_eq!(met.is_some(), grown);
        }
    }
}

#[test]
fn a_condition_knows_its_counters() {
    let condition = parse("gc-heap-size > 1mb");
    assert!(condition.is_about(&heap(1.0, 1)));
    assert!(!condition.is_about(&sample("cpu-usage", 1.0, Unit::Percent, 1)));
}
