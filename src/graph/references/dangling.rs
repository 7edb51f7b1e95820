//! References that lead to no object: which the rows leave out.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::{Rows, SlotReader};
use crate::bytes::Addr;
use crate::graph::{ObjectId, ObjectTable};
use crate::limits;
use crate::problem::Problem;

/// A reference to where no object begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DanglingReference {
    /// The object that holds it.
    pub source: ObjectId,
    /// Bytes from the start of that object to the slot.
    pub offset: u64,
    /// Where it leads.
    pub target: Addr,
}

/// All references that lead to no object, in the order of the objects that hold them.
#[derive(Clone, Debug, Default)]
pub struct DanglingReferences {
    /// Those that stand in objects.
    pub all: Vec<DanglingReference>,
    /// The objects to which a dependent handle attaches no object, sorted; with the address where one should be, `None`
    /// where nothing was attached yet.
    pub unattached: Vec<(ObjectId, Option<Addr>)>,
    /// What had to be left out.
    pub problems: Vec<Problem>,
}

impl DanglingReferences {
    /// Those that stand in `objects`, whose other references are the rows `forward`: reads all slots again.
    pub fn read(slots: &SlotReader<'_>, objects: &ObjectTable, forward: &Rows) -> DanglingReferences {
        let of_block = |block: usize| {
            let ObjectId(first) = objects.first_of(block);
            let mut found = Vec::new();
            for id in (first..).take(objects.blocks()[block].len()) {
                add(slots, ObjectId(id), forward, &mut found);
            }
            found
        };
        let parts: Vec<Vec<DanglingReference>> =
            (0..objects.blocks().len()).into_par_iter().map(of_block).collect();
        let mut all = parts.concat();
        let mut problems = Vec::new();
        if all.len() > limits::MAX_DANGLING_REFERENCES {
            let (count, most) = (all.len(), limits::MAX_DANGLING_REFERENCES);
            let message = format!("of {count} references to no object only the first {most} are listed");
            problems.push(Problem::loss(message));
            all.truncate(most);
        }
        DanglingReferences { all, unattached: Vec::new(), problems }
    }
}

/// Adds those of one object: what its slots hold beyond its row, which is in the same order.
fn add(slots: &SlotReader<'_>, source: ObjectId, forward: &Rows, found: &mut Vec<DanglingReference>) {
    let mut row = forward.of(source).iter();
    let mut next = row.next().map(|&member| slots.address(member));
    slots.slots(source, 0, |slot| {
        if next == Some(slot.value) {
            next = row.next().map(|&member| slots.address(member));
        } else if found.len() <= limits::MAX_DANGLING_REFERENCES {
            found.push(DanglingReference { source, offset: slot.offset, target: slot.value });
        }
        ControlFlow::Continue(())
    });
}
