//! The runtime's counters, under the names that dotnet-counters taught.
//!
//! The names of the EventCounters of `System.Runtime` hold for all versions. Since 9.0 the meter `System.Runtime` has
//! instruments for most of the same numbers, with names and units of OpenTelemetry; either name is understood on every
//! version where there is such a twin.

use crate::diagnostic::nearest;

/// The provider and the meter of the runtime itself.
pub const RUNTIME: &str = "System.Runtime";

/// The first version of the runtime that has the meter [`RUNTIME`].
pub const FIRST_WITH_METER: u32 = 9;

/// What a counter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Memory.
    Bytes,
    /// A share of a hundred.
    Percent,
    /// Time.
    Milliseconds,
    /// Things.
    Things,
}

/// A counter of the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuntimeCounter {
    /// Its name as an EventCounter.
    pub name: &'static str,
    /// What it counts.
    pub quantity: Quantity,
    /// Whether it tells how much was added since the time before, which is shown for a second.
    pub rate: bool,
    /// The instrument that tells the same since 9.0, if there is one: its name and, where it has several numbers, the
    /// tag of this one.
    pub instrument: Option<(&'static str, &'static str)>,
    /// What it is.
    pub help: &'static str,
}

const fn gauge(
    name: &'static str,
    quantity: Quantity,
    instrument: Option<(&'static str, &'static str)>,
    help: &'static str,
) -> RuntimeCounter {
    RuntimeCounter { name, quantity, rate: false, instrument, help }
}

const fn rate(
    name: &'static str,
    quantity: Quantity,
    instrument: Option<(&'static str, &'static str)>,
    help: &'static str,
) -> RuntimeCounter {
    RuntimeCounter { name, quantity, rate: true, instrument, help }
}

use Quantity::{Bytes, Milliseconds, Percent, Things};

/// The instrument with the sizes of the generations.
const HEAP: &str = "dotnet.gc.last_collection.heap.size";

/// The runtime's counters, those first that are looked at first. 3.0 has about half of them, 6.0 nearly all.
///
/// The meter counts a collection for its own generation only, the counters `gen-N-gc-count` for the younger ones too, and
/// sums CPU time over processors: these have no twins.
#[rustfmt::skip]
pub const RUNTIME_COUNTERS: &[RuntimeCounter] = &[
    gauge("cpu-usage", Percent, None, "share of all processors' time that the process used"),
    gauge("working-set", Bytes, Some(("dotnet.process.memory.working_set", "")), "physical memory of the process"),
    gauge("gc-heap-size", Bytes, None, "objects on the GC heap, dead ones that were not collected yet included"),
    gauge("gc-committed", Bytes, Some(("dotnet.gc.last_collection.memory.committed_size", "")), "memory that the GC held at the last collection"),
    gauge("gc-fragmentation", Percent, None, "share of the heap that was free space between objects at the last collection"),
    rate("alloc-rate", Bytes, Some(("dotnet.gc.heap.total_allocated", "")), "bytes allocated"),
    gauge("time-in-gc", Percent, None, "share of time spent in the last collection since the one before"),
    rate("total-pause-time-by-gc", Milliseconds, None, "time that collections paused the process"),
    rate("gen-0-gc-count", Things, None, "collections of generation 0 or above"),
    rate("gen-1-gc-count", Things, None, "collections of generation 1 or above"),
    rate("gen-2-gc-count", Things, None, "full collections"),
    gauge("gen-0-size", Bytes, Some((HEAP, "gc.heap.generation=gen0")), "generation 0 after the last collection"),
    gauge("gen-1-size", Bytes, Some((HEAP, "gc.heap.generation=gen1")), "generation 1 after the last collection"),
    gauge("gen-2-size", Bytes, Some((HEAP, "gc.heap.generation=gen2")), "generation 2 after the last collection"),
    gauge("loh-size", Bytes, Some((HEAP, "gc.heap.generation=loh")), "the large object heap after the last collection"),
    gauge("poh-size", Bytes, Some((HEAP, "gc.heap.generation=poh")), "the pinned object heap after the last collection"),
    gauge("gen-0-gc-budget", Bytes, None, "bytes that may be allocated before generation 0 is collected"),
    rate("exception-count", Things, Some(("dotnet.exceptions", "")), "exceptions thrown"),
    gauge("threadpool-thread-count", Things, Some(("dotnet.thread_pool.thread.count", "")), "threads of the thread pool"),
    gauge("threadpool-queue-length", Things, Some(("dotnet.thread_pool.queue.length", "")), "work items that wait for a thread of the pool"),
    rate("threadpool-completed-items-count", Things, Some(("dotnet.thread_pool.work_item.count", "")), "work items that the pool completed"),
    rate("monitor-lock-contention-count", Things, Some(("dotnet.monitor.lock_contentions", "")), "times that a thread had to wait for a lock"),
    gauge("active-timer-count", Things, Some(("dotnet.timer.count", "")), "timers that are going to tick"),
    gauge("assembly-count", Things, Some(("dotnet.assembly.count", "")), "assemblies loaded"),
    gauge("methods-jitted-count", Things, None, "methods compiled since the start"),
    gauge("il-bytes-jitted", Bytes, None, "bytes of IL compiled since the start"),
    rate("time-in-jit", Milliseconds, None, "time spent compiling methods"),
];

/// The counter of the runtime with this name, in any case.
pub fn runtime_counter(name: &str) -> Option<&'static RuntimeCounter> {
    RUNTIME_COUNTERS.iter().find(|counter| counter.name.eq_ignore_ascii_case(name))
}

/// The counters that tell what an instrument of the runtime's meter tells: several, where it has several numbers.
pub fn twins_of_instrument(instrument: &str) -> impl Iterator<Item = &'static RuntimeCounter> {
    RUNTIME_COUNTERS
        .iter()
        .filter(move |counter| counter.instrument.is_some_and(|(name, _)| name == instrument))
}

/// The name of the runtime's counters that is nearest to a name which is none of them, if one is near enough to be meant:
/// a third of its letters wrong at most, or it is part of the other.
pub fn nearest_runtime_counter(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase().replace('_', "-");
    let names = || RUNTIME_COUNTERS.iter().map(|counter| counter.name);
    let part = || names().find(|known| lower.len() > 2 && (known.contains(&lower) || lower.contains(known)));
    nearest(&lower, names()).or_else(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        for (at, counter) in RUNTIME_COUNTERS.iter().enumerate() {
            let first = RUNTIME_COUNTERS.iter().position(|other| other.name == counter.name);
            assert_eq!(first, Some(at), "{} stands once", counter.name);
            assert_eq!(runtime_counter(&counter.name.to_uppercase()), Some(counter));
        }
        assert_eq!(runtime_counter("gc-heap"), None);
    }

    #[test]
    fn the_documentation_has_them_all() {
        let page = include_str!("../../../docs/counters.md");
        let rows: Vec<&str> =
            page.lines().filter(|line| line.starts_with("| `") && line.matches('|').count() == 5).collect();
        assert_eq!(rows.len(), RUNTIME_COUNTERS.len());
        for (counter, row) in RUNTIME_COUNTERS.iter().zip(rows) {
            let unit = match (counter.quantity, counter.rate) {
                (Bytes, false) => "bytes",
                (Bytes, true) => "bytes a second",
                (Percent, _) => "%",
                (Milliseconds, _) => "ms a second",
                (Things, false) => "",
                (Things, true) => "a second",
            };
            let instrument = counter.instrument.map_or_else(String::new, |(name, tag)| match tag {
                "" => format!("`{name}`"),
                tag => format!("`{name}` with `{tag}`"),
            });
            assert_eq!(row, format!("| `{}` | {unit} | {} | {instrument} |", counter.name, counter.help));
        }
    }

    #[test]
    fn near_names_are_found() {
        let cases = [
            ("gc-heapsize", Some("gc-heap-size")),
            ("gc_heap_size", Some("gc-heap-size")),
            ("workingset", Some("working-set")),
            ("cpu", Some("cpu-usage")),
            ("queue-length", Some("threadpool-queue-length")),
            ("requests", None),
            ("x", None),
        ];
        for (name, near) in cases {
            assert_eq!(nearest_runtime_counter(name), near, "{name}");
        }
    }

    #[test]
    fn instruments_have_their_counters() {
        let names: Vec<_> = twins_of_instrument(HEAP).map(|counter| counter.name).collect();
        assert_eq!(names, ["gen-0-size", "gen-1-size", "gen-2-size", "loh-size", "poh-size"]);
        assert_eq!(twins_of_instrument("dotnet.nothing").count(), 0);
    }
}
