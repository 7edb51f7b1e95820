//! What the objects of each group retain together: each byte once, also where one object of a group holds another.

use super::state::GroupIds;
use crate::graph::ObjectId;
use crate::query::cells::Cells;
use crate::query::exec::scan::ObjectScan;

/// The objects of each group, noted until all are known.
#[derive(Debug, Default)]
pub struct RetainedSums {
    members: Vec<(ObjectId, u32)>,
}

impl RetainedSums {
    /// Adds the rows of a batch, whose numbers are the ids of objects.
    pub fn add(&mut self, groups: GroupIds<'_>, numbers: &[u32]) {
        let rows = numbers.iter().enumerate();
        self.members.extend(rows.map(|(row, &number)| (ObjectId(number), groups.get(row))));
    }

    /// Adds all that another thread has noted; its group `g` is `remap[g]` here.
    pub fn merge(&mut self, other: RetainedSums, remap: &[u32]) {
        self.members.extend(other.members.into_iter().map(|(object, group)| (object, remap[group as usize])));
    }

    /// The bytes that the objects of each group retain together; null for a group without objects, as a sum is.
    pub fn finish(self, rows: &[u64], objects: &ObjectScan<'_>) -> Cells {
        let retained = objects.retained_of_groups(&self.members, rows.len());
        Cells::optional(rows.iter().zip(retained).map(|(&rows, retained)| (rows > 0).then_some(retained)))
    }
}
