//! `dominators of X`: the objects that every way from the roots leads through.

use rustc_hash::FxHashMap;

use super::steps;
use super::subject::Subject;
use crate::graph::paths::{Slots, Trail};
use crate::graph::{Dominator, Dominators, ObjectId};
use crate::problem::Problem;
use crate::query::QueryError;
use crate::query::answer::{Answer, AnswerColumn, Kind};
use crate::query::cells::Cells;
use crate::query::exec::Execution;

/// The dominators of an object from itself up to the roots, or those that several objects have in common, with what
/// each retains.
///
/// # Errors
/// The dump does not tell its types.
pub fn dominators_of(subject: &Subject<'_>, execution: &Execution<'_>) -> Result<Answer, QueryError> {
    let references = subject.references()?;
    subject.roots()?;
    let dominators = subject.snapshot.dominators(execution.progress)?;
    let chain = common_chain(&dominators, &subject.objects);
    let trail = Trail::of(&chain);
    subject.tell(&remarks(subject, &dominators, &trail));
    let slots = Slots::new(subject.snapshot, subject.heap, &references.forward);
    Ok(Answer { columns: columns(&trail, &dominators, &slots), ..Answer::default() })
}

/// The objects that dominate all of `objects`, the nearest first: of one object itself, then its dominators.
fn common_chain(dominators: &Dominators, objects: &[ObjectId]) -> Vec<ObjectId> {
    let above = |object| match dominators.of(object) {
        Some(Dominator::Object(above)) => Some(above),
        _ => None,
    };
    let Some((&first, others)) = objects.split_first() else { return Vec::new() };
    if dominators.of(first).is_none() {
        return Vec::new();
    }
    // Longer than the heap has objects it is in a damaged file only.
    let chain: Vec<ObjectId> =
        std::iter::successors(Some(first), |&object| above(object)).take(dominators.len()).collect();
    // Where the ways of all objects that were met come to the chain; past its end where they do not.
    let mut places: FxHashMap<ObjectId, usize> = chain.iter().copied().zip(0..).collect();
    let mut common = 0;
    for &other in others {
        let (mut way, mut at) = (Vec::new(), Some(other));
        let place = loop {
            let Some(object) = at else { break chain.len() };
            match places.get(&object) {
                Some(&place) => break place,
                None if way.len() > dominators.len() => break chain.len(),
                None => way.push(object),
            }
            at = above(object);
        };
        places.extend(way.into_iter().map(|object| (object, place)));
        common = common.max(place);
    }
    chain.get(common..).unwrap_or_default().to_vec()
}

fn remarks(subject: &Subject<'_>, dominators: &Dominators, trail: &Trail) -> Vec<Problem> {
    let mut remarks = Vec::new();
    let unreachable = subject.objects.iter().filter(|&&object| !dominators.is_reachable(object)).count();
    if unreachable > 0 {
        let message = match subject.objects.len() {
            1 => format!("{} is not reachable from any root: what dominates it is garbage too", subject.name),
            all => format!("{unreachable} of {all} objects are not reachable from any root"),
        };
        remarks.push(Problem::note(message));
    }
    if trail.is_empty() && subject.objects.len() > 1 {
        remarks.push(Problem::note("no object is on every way from the roots to all of these"));
    }
    if trail.left_out > 0 {
        let count = crate::units::grouped(i128::from(trail.len()));
        let message = format!("of {count} dominators the first and the last 100 are listed");
        remarks.push(Problem::note(message));
    }
    remarks
}

fn columns(trail: &Trail, dominators: &Dominators, slots: &Slots<'_>) -> Vec<AnswerColumn> {
    let head = trail.head.iter().copied().zip(0..);
    let behind = trail.head.len() as u64 + trail.left_out;
    let steps: Vec<(ObjectId, u64)> = head.chain(trail.tail.iter().copied().zip(behind..)).collect();
    let column = |name: &str, kind, cells| AnswerColumn { name: name.to_owned(), kind, cells };
    let numbers =
        |of: &dyn Fn(ObjectId) -> u64| Cells::unsigned(steps.iter().map(|&(object, _)| of(object)).collect());
    let types: Vec<_> = steps.iter().map(|&(object, _)| steps::type_name(object, slots)).collect();
    vec![
        column("step", Kind::Integer, Cells::unsigned(steps.iter().map(|&(_, step)| step).collect())),
        column("address", Kind::Address, numbers(&|object| slots.address(object).0)),
        column("type", Kind::Text, Cells::texts(types.iter().map(|name| Some(&**name)))),
        column("size", Kind::Bytes, numbers(&|object| slots.object(object).map_or(0, |(_, size)| size))),
        column("retained", Kind::Bytes, numbers(&|object| dominators.retained(object))),
    ]
}
