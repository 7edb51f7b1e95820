//! Takes any bytes for the stream of events of a process: reads the events whole and in pieces, and what they tell of counters.

use std::time::Duration;

use heapql::live::conditions::{Condition, Watcher};
use heapql::live::counters::{Feed, Heard, History, News, Selection, Subscription};
use heapql::live::nettrace::{Decoder, Event};

/// Runs the target.
pub fn run(bytes: &[u8]) {
    let whole = events(bytes.chunks(bytes.len().max(1)));
    for event in &whole {
        let _ = event.fields();
    }
    // A socket gives what has arrived so far.
    let pieces = events(bytes.chunks(7));
    assert_eq!(whole, pieces, "it does not matter in which pieces a stream arrives");
    counters(bytes);
}

fn events<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Event> {
    let mut decoder = Decoder::new();
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        while let Ok(Some(event)) = decoder.next() {
            events.push(event);
        }
    }
    let _ = (decoder.problems(), decoder.ending(), decoder.trace());
    events
}

/// Hears the counters as `heapql counters` and `heapql collect --when` do.
fn counters(bytes: &[u8]) {
    let selection =
        Selection::parse("System.Runtime,Microsoft.AspNetCore.Hosting,Shop").expect("a list of counters");
    let subscription = Subscription::new(&selection, Duration::from_secs(1), 10, "me");
    let condition =
        Condition::parse("gc-heap-size grows 1mb in 1m or Shop[orders] > 5").expect("a condition");
    let (mut watcher, mut history) = (Watcher::new(condition), History::keeping(8));
    let mut feed = Feed::new(bytes, &subscription);
    while let Ok(Heard::News(news)) = feed.hear() {
        if let News::Sample(sample) = news {
            let _ = (watcher.feed(&sample), sample.shown());
            history.add(sample);
        }
    }
    let _ = (feed.problems(), history.series().len());
}
