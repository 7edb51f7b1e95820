//! Telling what the walk left out, and what that means for counts and sizes: how much is surely there, and how much more
//! there may be.

use crate::clr::GcHeap;
use crate::clr::walk::{Broken, Gap};
use crate::problem::Problem;
use crate::units::grouped;

use super::stitch::{Joined, JoinedBlock};

/// Where all places are listed.
const LISTED: &str = "`select * from damage` lists the places";

/// What the gaps of the walk leave out, and what a collection under way leaves in doubt.
pub(super) fn problems(gc: &GcHeap, joined: &Joined) -> Vec<Problem> {
    let (overwritten, broken): (Vec<&Gap>, Vec<&Gap>) =
        joined.gaps.iter().partition(|gap| gap.why.is_overwritten());
    let mut problems = Vec::new();
    if gc.heaps.collecting {
        problems.push(collection(gc, joined, &overwritten, &broken));
    }
    problems.extend(gaps(&broken));
    problems
}

/// What could not be walked, in one sentence for all places.
fn gaps(gaps: &[&Gap]) -> Option<Problem> {
    let first = gaps.first()?;
    let places = match gaps.len() {
        1 => format!("at {}", first.from),
        many => format!("in {} places ({})", grouped(many as u64), by_kind(gaps)),
    };
    let example = if gaps.len() == 1 { "" } else { &format!("at {} ", first.from) };
    let (bytes, objects) = (grouped(bytes(gaps)), grouped(most_objects(gaps)));
    let message = format!(
        "{bytes} bytes of the heap could not be walked {places}, so that counts and sizes are at least those told \
         (up to {objects} objects may be missing): {example}{}",
        first.why
    );
    Some(Problem::loss(message).hint(LISTED))
}

/// How many places there are of each kind, in the words of the table `damage`.
fn by_kind(gaps: &[&Gap]) -> String {
    let counts = Broken::KINDS
        .iter()
        .enumerate()
        .map(|(number, kind)| (gaps.iter().filter(|gap| gap.why.number() == number).count() as u64, kind));
    let told: Vec<String> = counts
        .filter(|&(count, _)| count > 0)
        .map(|(count, kind)| format!("{} {kind}", grouped(count)))
        .collect();
    told.join(", ")
}

/// What a collection under way means for the heap. While it marks and plans, nothing has moved: only what it wrote over
/// is not known. Other breaks among small objects are seams of what it has begun to move: then each segment with its
/// plan may hold objects that lie at their new places too.
fn collection(gc: &GcHeap, joined: &Joined, overwritten: &[&Gap], broken: &[&Gap]) -> Problem {
    let what = "the dump was taken while a collection was running";
    let over = format!(
        "{} objects ({} bytes) are left out that its plan was written over, nearly all of them dead",
        grouped(overwritten.len() as u64),
        grouped(bytes(overwritten))
    );
    if broken.is_empty() {
        let over = if overwritten.is_empty() { "all of the heap could be walked".to_owned() } else { over };
        return Problem::loss(format!("{what} that is not seen to have moved objects: {over}"));
    }
    let doubtful = Doubtful::new(gc, joined);
    let all: u64 = joined.blocks.iter().map(|block| block.rows.len() as u64).sum();
    let most = all + most_objects(broken) + overwritten.len() as u64;
    let objects = doubtful.objects;
    let over = if overwritten.is_empty() { String::new() } else { format!("; {over}") };
    Problem::loss(format!(
        "{what} that had begun to move objects: {} of {} segments are in doubt, where up to {} objects may be half moved or \
         listed twice, so that the heap has between {} and {} objects{over}",
        doubtful.segments,
        gc.segments.len(),
        grouped(objects),
        grouped(all - objects),
        grouped(most)
    ))
    .hint("`select kind, segment, count, sum(bytes) from damage group by kind, segment` tells where; another dump may be luckier")
}

/// The segments in which a walk broke, and the objects found there.
struct Doubtful {
    segments: usize,
    objects: u64,
}

impl Doubtful {
    fn new(gc: &GcHeap, joined: &Joined) -> Doubtful {
        let mut breaks: Vec<_> = joined.gaps.iter().map(|gap| gap.from).collect();
        breaks.sort_unstable();
        let breaks_in = |index: usize| {
            let segment = gc.segments.get(index)?;
            let next = breaks.partition_point(|&from| from < segment.start);
            breaks.get(next).filter(|&&from| from < segment.end)
        };
        let doubtful: Vec<bool> = (0..gc.segments.len()).map(|index| breaks_in(index).is_some()).collect();
        let in_doubt = |block: &&JoinedBlock| doubtful.get(block.segment.0 as usize) == Some(&true);
        Doubtful {
            segments: doubtful.iter().filter(|&&is| is).count(),
            objects: joined.blocks.iter().filter(in_doubt).map(|block| block.rows.len() as u64).sum(),
        }
    }
}

fn bytes(gaps: &[&Gap]) -> u64 {
    gaps.iter().map(|gap| gap.bytes()).sum()
}

fn most_objects(gaps: &[&Gap]) -> u64 {
    gaps.iter().map(|gap| gap.most_objects()).sum()
}
