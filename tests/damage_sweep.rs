//! Every dump of the corpus, cut at many points and with random bits turned: no panic, no hang, and what is missing told.
//!
//! Each run takes a sample. All of it takes some minutes a dump:
//! `cargo test --release --test tests damage_sweep -- --ignored --nocapture`.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use heapql::open::{OpenOptions, open};
use heapql::progress::NoProgress;
use heapql::query::{RunOptions, run};

const DUMPS: [&str; 6] = ["zoo-10.0", "zoo-8.0", "zoo-3.1", "web-t0", "web-t1", "web-t2"];

/// What is asked of every variant.
const OF_ALL: &[&str] = &["select type, count, size group by type", "select count from roots"];

/// What is asked of some variants: it takes longer.
const OF_SOME: &[&str] = &[
    "select gen, count, size group by gen",
    "select * from segments",
    "select * from modules",
    "select * from threads",
    "select count(value) from strings",
    "select count(value), count(text) from statics",
    "select count(message), count(stack) from exceptions",
    "select sum(count), sum(wasted) from collections",
    "select kind, count from damage group by kind",
    "select kind, count, count(method), count(source) from frames group by kind",
    "select kind, count from locks group by kind",
    "select kind, count from waits group by kind",
    "select count from deadlocks",
    "select state, count from tasks group by state",
    "select count(method) from async_frames",
    "select count from timers",
    "select count from work_items",
    "select count from requests",
    "select kind, sum(size) from mappings group by kind",
    "select * from memory_use",
    "select * from load_contexts",
    "select * from gc",
    "select type, count, size, retained group by type order by retained desc limit 10",
    "roots of (select address from arrays order by size desc limit 1)",
];
const SOME: u64 = 20;

/// More than any variant takes by a hundred times, on a machine that has other things to do.
const A_HANG: Duration = Duration::from_secs(300);

const PAGE: u64 = 4096;

/// A generator of random numbers (SplitMix64, Steele and others 2014), for cases that can be had again by their number.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// A dump, unpacked.
struct Original {
    file: tempfile::NamedTempFile,
    length: u64,
    /// The pages that are not all zero: a bit turned in a hole meets nothing.
    pages: Vec<u64>,
}

impl Original {
    fn of(dump: &str) -> Original {
        let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{dump}.core.zst"));
        let mut decoder = zstd::Decoder::new(File::open(packed).expect("the corpus")).expect("a decoder");
        decoder.window_log_max(27).expect("the window of the corpus");
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        let (mut pages, mut length) = (Vec::new(), 0);
        loop {
            let mut page = Vec::new();
            if decoder.by_ref().take(PAGE).read_to_end(&mut page).expect("a whole dump") == 0 {
                break;
            }
            if page.iter().any(|&byte| byte != 0) {
                pages.push(length);
                file.seek(SeekFrom::Start(length)).expect("a place in the dump");
                file.write_all(&page).expect("space for the dump");
            }
            length += page.len() as u64;
        }
        file.as_file().set_len(length).expect("space for the dump");
        Original { file, length, pages }
    }

    /// Turns one bit.
    fn flip(&self, at: u64, bit: u32) {
        let (mut file, mut byte) = (self.file.as_file(), [0]);
        file.seek(SeekFrom::Start(at)).expect("a place in the dump");
        file.read_exact(&mut byte).expect("a byte of the dump");
        file.seek(SeekFrom::Start(at)).expect("a place in the dump");
        file.write_all(&[byte[0] ^ 1 << bit]).expect("writing to the dump");
    }
}

/// What came of the variants of one dump.
#[derive(Debug, Default)]
struct Tally {
    opened: u32,
    refused: u32,
    told: u32,
    answered: u32,
    failed: u32,
    slowest: Duration,
}

/// Opens a variant and asks; whether it was opened, whether it told of a loss, and how many objects it has.
fn ask(path: &Path, more: bool, tally: &mut Tally) -> (bool, Option<u64>) {
    let Ok(opened) = open(path, &OpenOptions::default(), &NoProgress) else {
        tally.refused += 1;
        return (true, None);
    };
    tally.opened += 1;
    let snapshots = [opened.snapshot];
    let (mut told, mut objects) = (!snapshots[0].problems.is_empty(), None);
    let statements = OF_ALL.iter().chain(if more { OF_SOME } else { &[] });
    for statement in statements {
        match run(&snapshots, statement, &RunOptions::default()) {
            Ok(_) => tally.answered += 1,
            Err(_) => {
                told = true;
                tally.failed += 1;
            }
        }
    }
    if let Ok(heap) = snapshots[0].heap(&NoProgress) {
        objects = Some(heap.objects.len() as u64);
        told |= !heap.problems.is_empty();
    }
    tally.told += u32::from(told);
    (told, objects)
}

/// Runs a case and fails when it hangs: the one thing that no assertion of its own can tell.
fn watched<T: Send + 'static>(name: String, case: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    let running = std::thread::spawn(move || sender.send(case()));
    match receiver.recv_timeout(A_HANG) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{name} takes longer than {A_HANG:?}"),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let panic = running.join().expect_err("it ended without a result");
            panic!("{name} panicked: {:?}", panic.downcast_ref::<String>());
        }
    }
}

fn sweep(dump: &str, flips: u64, cuts: u64) {
    let began = Instant::now();
    let original = Original::of(dump);
    let path = original.file.path().to_owned();
    let mut tally = Tally::default();
    let (_, whole) = ask(&path, true, &mut tally);
    let whole = whole.expect("the dump is whole");
    assert_eq!(tally.failed, 0, "each statement has an answer on {dump} as it is");
    tally = Tally::default();
    let mut case = |name: String, more: bool| {
        let (path, began) = (path.clone(), Instant::now());
        let (result, of_case) = watched(name, move || {
            let mut tally = Tally::default();
            (ask(&path, more, &mut tally), tally)
        });
        tally.opened += of_case.opened;
        tally.refused += of_case.refused;
        tally.told += of_case.told;
        tally.answered += of_case.answered;
        tally.failed += of_case.failed;
        tally.slowest = tally.slowest.max(began.elapsed());
        result
    };
    for number in 0..flips {
        let mut random = Random(number);
        // From one bit to sixteen: few are what broken memory does, many get past what only looks at one place.
        let turned: Vec<(u64, u32)> = (0..1 << (number % 5))
            .map(|_| {
                let page = original.pages[random.below(original.pages.len() as u64) as usize];
                ((page + random.below(PAGE)).min(original.length - 1), random.below(8) as u32)
            })
            .collect();
        turned.iter().for_each(|&(at, bit)| original.flip(at, bit));
        case(format!("{dump}, flip {number}"), number % SOME == 0);
        turned.iter().for_each(|&(at, bit)| original.flip(at, bit));
    }
    // From the end to the start: what is cut off need not be put back.
    for number in 1..=cuts {
        // The last cut leaves some kilobytes, of headers.
        let kept = (original.length - original.length * number / cuts).max(number * 100);
        original.file.as_file().set_len(kept).expect("a shorter file");
        let (told, objects) = case(format!("{dump}, cut to {kept} bytes"), number % SOME == 0);
        assert!(told, "{dump} cut to {kept} bytes says nothing of it");
        assert!(
            objects.is_none_or(|objects| objects <= whole),
            "{dump} cut to {kept} bytes has {objects:?} objects"
        );
    }
    println!("{dump}: {flips} flipped, {cuts} cut, {:?}: {tally:?}", began.elapsed());
}

#[test]
fn a_sample_of_flips_and_cuts() {
    for dump in ["zoo-10.0", "zoo-3.1"] {
        sweep(dump, 5, 4);
    }
}

#[test]
#[ignore = "takes minutes a dump"]
fn a_thousand_flips_and_fifty_cuts_of_every_dump() {
    let only = std::env::var("HEAPQL_SWEEP").ok();
    for dump in DUMPS.into_iter().filter(|dump| only.as_deref().is_none_or(|only| only == *dump)) {
        sweep(dump, 1000, 50);
    }
}
