//! Computes dominators and retained sizes, in two steps: what needs the references, and what does not.

use super::depth_first::Preorder;
use super::predecessors::Predecessors;
use super::semi_nca::immediate_dominators;
use super::{DominatorColumns, Dominators, FREE, GARBAGE, ROOTS};
use crate::bytes::room;
use crate::graph::{ObjectId, ObjectSet, Rows};

/// Dominators of which everything was taken from the references that is needed. Whoever can read those again gives
/// them up before [`Unfinished::finish`], which takes more memory than [`Unfinished::new`] does.
#[derive(Debug)]
pub struct Unfinished {
    order: Preorder,
}

/// Dominators count the references that a spanning tree leaves over in 32 bits: such a heap has no dominators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the heap has 2^32 references and more beside one to each object")]
pub struct TooManyReferences;

impl Unfinished {
    /// Searches the references, entered at `entries`: the objects that roots hold. `free` are the free objects.
    pub fn new(rows: &Rows, entries: &[ObjectId], free: &ObjectSet) -> Unfinished {
        Unfinished { order: Preorder::new(rows, entries, free) }
    }

    /// Computes dominators and retained sizes. `sizes` gives the bytes of each object, when they are needed; objects
    /// past its end have none.
    ///
    /// # Errors
    /// There are too many references.
    pub fn finish(self, sizes: impl FnOnce() -> Vec<u64>) -> Result<Dominators, TooManyReferences> {
        let mut order = self.order;
        let predecessors = Predecessors::new(&order).ok_or(TooManyReferences)?;
        drop(std::mem::take(&mut order.left_over));
        let objects = order.objects();
        let Preorder { numbers, parents, last_reachable, reachable, .. } = order;
        let len = numbers.len();
        drop(numbers);
        let above = immediate_dominators(parents, predecessors);
        let mut sizes = sizes();
        sizes.resize(len, 0);
        let totals = totals(&objects, last_reachable, &sizes).to_vec().into();
        let mut dominators = room(len);
        dominators.resize(len, FREE);
        hang(&objects, &above, last_reachable, &mut dominators, &mut sizes);
        drop((objects, above));
        for (size, _) in sizes.iter_mut().zip(&dominators).filter(|&(_, &dominator)| dominator == FREE) {
            *size = 0;
        }
        let mut columns = DominatorColumns {
            dominators: dominators.into(),
            reachable,
            totals,
            ..DominatorColumns::default()
        };
        columns.set_retained(&sizes);
        Ok(Dominators { columns })
    }
}

/// Reachable objects, their bytes, unreachable objects, their bytes.
fn totals(objects: &[u32], last_reachable: u32, sizes: &[u64]) -> [u64; 4] {
    let bytes = |objects: &[u32]| {
        objects.iter().fold(0_u64, |sum, &object| sum.saturating_add(sizes[object as usize]))
    };
    let (reachable, unreachable) = objects.split_at(last_reachable as usize + 1);
    let reachable = &reachable[1..];
    [reachable.len() as u64, bytes(reachable), unreachable.len() as u64, bytes(unreachable)]
}

/// Turns the dominators `above` each number into those of objects, and adds to the size of each object those of all that
/// it dominates: from the last number down, everything was added to an object before it is added to its dominator.
fn hang(objects: &[u32], above: &[u32], last_reachable: u32, dominators: &mut [u32], sizes: &mut [u64]) {
    for (number, (&object, &above)) in objects.iter().zip(above).enumerate().skip(1).rev() {
        dominators[object as usize] = match above {
            0 if number as u32 <= last_reachable => ROOTS,
            0 => GARBAGE,
            above => {
                let dominator = objects[above as usize];
                let sum = sizes[dominator as usize].saturating_add(sizes[object as usize]);
                sizes[dominator as usize] = sum;
                dominator
            }
        };
    }
}
