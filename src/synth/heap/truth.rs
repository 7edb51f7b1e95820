//! What a synthetic heap holds.

use super::segments::{Place, SegmentPlan};

/// An object as it was put into the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrueObject {
    /// Its address.
    pub address: u64,
    /// Its type's MethodTable.
    pub method_table: u64,
    /// Its size in bytes, before rounding up.
    pub size: u64,
}

/// All that is true of a heap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// All objects, free ones included, by address.
    pub objects: Vec<TrueObject>,
    /// Objects and bytes of generations 0, 1 and 2, of the large, the pinned and the frozen ones.
    pub generations: [(u64, u64); 6],
}

impl Truth {
    /// Objects and bytes of one type.
    pub fn of_type(&self, method_table: u64) -> (u64, u64) {
        let of_type = self.objects.iter().filter(|o| o.method_table == method_table);
        of_type.fold((0, 0), |(count, bytes), o| (count + 1, bytes + o.size))
    }

    pub(super) fn of(segments: &[SegmentPlan]) -> Truth {
        let mut truth = Truth::default();
        for segment in segments {
            for object in &segment.objects {
                let (count, bytes) = &mut truth.generations[generation(segment, object.address)];
                *count += 1;
                *bytes += object.size;
            }
            truth.objects.extend(&segment.objects);
        }
        truth.objects.sort_unstable();
        truth
    }
}

fn generation(segment: &SegmentPlan, address: u64) -> usize {
    match segment.place {
        Place::Gen0 => 0,
        Place::Gen1 => 1,
        Place::Gen2 => 2,
        Place::Loh => 3,
        Place::Poh => 4,
        Place::Frozen => 5,
        Place::Ephemeral => {
            let began = |start: Option<u64>| start.is_some_and(|start| start <= address);
            let younger = segment.generation_starts.iter().position(|&start| began(start));
            younger.unwrap_or(2)
        }
    }
}
