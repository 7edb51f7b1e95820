//! From where on something is named, and what it weighs: all numbers of the rules, each with its reason.
//!
//! A service that idles has a heap of one to ten megabytes, most of it the framework's own tables. So a share of the heap
//! says nothing alone: whatever is judged by its share must have an absolute size too, or a number that no idle
//! program has.

/// Points from which on a suspect is named. What only just passes the conditions of a rule and has no more to say for
/// itself stays below.
pub const NAMED_FROM: i32 = 20;

/// Suspects that are named at most: a list that nobody reads to its end hides its beginning.
pub const MAX_SUSPECTS: usize = 20;

/// The most points of a suspect.
pub const MAX_SCORE: i32 = 100;

/// Points for all that a suspect's share of the heap says; half of the heap has them all.
pub const SHARE_POINTS: i32 = 35;
/// The share that has all of them.
pub const FULL_SHARE: f64 = 0.5;

/// Points for size alone, by powers of ten from a megabyte on: a gigabyte has them all.
pub const SIZE_POINTS: i32 = 10;

/// Points for number alone, by powers of ten from ten on: a million has them all.
pub const NUMBER_POINTS: i32 = 10;

/// Points for growth from every dump to the next, over three dumps and more. It weighs more than all else that says
/// little by itself: a cache that is full does not grow.
pub const STEADY_POINTS: i32 = 30;
/// Points for growth from the first to the last of two dumps, or with a pause between: it may be warming up.
pub const GREW_POINTS: i32 = 18;
/// What is taken off where there are several dumps and it did not grow: it is big, but it is no leak that goes on.
pub const NO_GROWTH_POINTS: i32 = -25;

/// What is taken off for types of the framework: its own tables and pools are big in small programs.
pub const FRAMEWORK_POINTS: i32 = -10;

/// What one dump alone must show of a class of objects: this part of the heap,
pub const CLASS_SHARE: f64 = 0.10;
/// this many bytes, more than all of an idle service's types have,
pub const CLASS_BYTES: u64 = 1 << 20;
/// and this many objects: what there are fewer of is a component, not a class of data.
pub const CLASS_COUNT: u64 = 1_000;
/// A class of the framework's (strings, byte arrays) is named only if one holder has this part of its bytes: such objects
/// are everywhere, and their sum tells nothing.
pub const HELD_TOGETHER: f64 = 0.7;

/// What a class must grow by, from the first dump to the last: so many objects,
pub const GROWN_COUNT: u64 = 50;
/// so many bytes with what hangs on them,
pub const GROWN_BYTES: u64 = 256 << 10;
/// and by this part of the last heap.
pub const GROWN_SHARE: f64 = 0.01;

/// A single object is named when it retains this part of the heap,
pub const OBJECT_SHARE: f64 = 0.20;
/// and so many bytes: below, it may be any program's largest component.
pub const OBJECT_BYTES: u64 = 4 << 20;
/// The way down the dominator tree goes on as long as one child has this part of its parent's bytes (the part that
/// Eclipse's Memory Analyzer goes by as well).
pub const MOST_OF_PARENT: f64 = 0.7;

/// Handlers of one type at one event that are named in one dump. User interfaces have events with a dozen subscribers.
pub const HANDLERS: u64 = 50;
/// The part of the subscribers that nothing but the event may hold for them to have outlived their use.
pub const ONLY_BY_EVENT: f64 = 0.5;

/// Timers with one callback that are named in one dump. A server has a few for itself, and one a connection at times.
pub const TIMERS: u64 = 200;

/// Pending calls of one async method that are named in one dump: a server has one a request in work.
pub const PENDING: u64 = 500;

/// The same for async methods and timers of the framework: its servers have several for each open connection.
pub const OF_FRAMEWORK: u64 = 10_000;

/// Items of a collection that is named in one dump,
pub const ITEMS: u64 = 10_000;
/// which must be so many times those of the next smaller one that the program holds.
pub const ITEMS_TIMES_NEXT: u64 = 10;
/// Items that a collection must gain from the first dump to the last.
pub const GROWN_ITEMS: u64 = 100;

/// The part of the heap that equal strings must waste, beside [`WASTED_BYTES`]. Most programs waste a tenth of theirs so.
pub const DUPLICATE_SHARE: f64 = 0.15;
/// The part that empty room in collections must waste. Collections grow by doubling: a quarter of all room is empty in
/// any program.
pub const SPARSE_SHARE: f64 = 0.15;
/// Bytes below which nobody would do anything about waste.
pub const WASTED_BYTES: u64 = 1 << 20;

/// Objects of a type that wait for their finalizers. After any collection some do, for a moment.
pub const READY: u64 = 500;
/// Objects with finalizers of one type of the program that are alive: each makes collections slower.
pub const FINALIZABLE: u64 = 10_000;

/// Pinned objects outside of the pinned object heap: sockets and files pin a few buffers while they wait.
pub const PINNED: u64 = 200;
/// Free bytes beside pinned objects,
pub const PINNED_FREE_BYTES: u64 = 4 << 20;
/// and the part of the heap that they make.
pub const PINNED_FREE_SHARE: f64 = 0.10;

/// Collectible contexts that are to be unloaded and are not. One or two may be on their way: unloading takes collections.
pub const CONTEXTS: u64 = 5;

/// The part of the heap that one thread's stack or thread statics must hold alone, beside [`OBJECT_BYTES`].
pub const THREAD_SHARE: f64 = 0.25;

/// The part of the large object heap that is free,
pub const LOH_FREE_SHARE: f64 = 0.4;
/// and so many bytes of it: a few large objects that just went leave less.
pub const LOH_FREE_BYTES: u64 = 64 << 20;

/// Objects of which it is looked up who holds them, to tell what a class is inside of: spread over all of its objects, so
/// few give each percent its due.
pub const SAMPLE: usize = 1_000;

/// Dominators above an object that are looked at: lists of a million nodes are a million deep.
pub const MAX_ABOVE: usize = 2_000;
