//! What the objects of each group retain together: each byte once, also where one object of a group holds another.

use super::state::GroupIds;
use crate::graph::ObjectId;
use crate::query::cells::Cells;
use crate::query::exec::scan::ObjectScan;

/// The objects of each group, noted until all are known: a batch each, as one list of millions would be copied whenever
/// it grows.
#[derive(Debug, Default)]
pub struct RetainedSums {
    batches: Vec<Vec<(ObjectId, u32)>>,
    noted: usize,
}

impl RetainedSums {
    /// The bytes that the notes take.
    pub fn bytes(&self) -> usize {
        self.noted * size_of::<(ObjectId, u32)>()
    }

    /// Adds the rows of a batch, whose numbers are the ids of objects.
    pub fn add(&mut self, groups: GroupIds<'_>, numbers: &[u32]) {
        self.noted += numbers.len();
        let rows = numbers.iter().enumerate();
        self.batches.push(rows.map(|(row, &number)| (ObjectId(number), groups.get(row))).collect());
    }

    /// Adds all that another thread has noted; its group `g` is `remap[g]` here.
    pub fn merge(&mut self, other: RetainedSums, remap: &[u32]) {
        self.noted += other.noted;
        let mut batches = other.batches;
        for (_, group) in batches.iter_mut().flatten() {
            *group = remap[*group as usize];
        }
        self.batches.append(&mut batches);
    }

    /// The bytes that the objects of each group retain together; null for a group without objects, as a sum is.
    pub fn finish(self, rows: &[u64], objects: &ObjectScan<'_>) -> Cells {
        let retained = objects.retained_of_groups(self.batches, rows.len());
        Cells::optional(rows.iter().zip(retained).map(|(&rows, retained)| (rows > 0).then_some(retained)))
    }
}
