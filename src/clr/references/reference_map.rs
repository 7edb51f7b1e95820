//! Where the references of a type's instances lie, in a form that is quick to follow.

use std::ops::Range;

use crate::bytes::Addr;

use super::gc_desc::NEXT_HEADER;

/// Where the references of a type's instances lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferenceMap {
    form: Form,
}

/// Neighbouring slots: where they begin, in bytes, and how many they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub offset: u32,
    pub count: u32,
}

impl Run {
    pub(super) fn end(self) -> u64 {
        u64::from(self.offset) + u64::from(self.count) * 8
    }
}

/// The forms of GCDescs. All offsets are multiples of 8; runs ascend and do not overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// Instances hold no references.
    #[default]
    None,
    /// The same places in every instance.
    Fields(Box<[Run]>),
    /// All words from here to the end: arrays of references.
    Elements { start: u64 },
    /// The same places in every element of so many bytes: arrays of structs.
    Structs { start: u64, size: u32, runs: Box<[Run]> },
}

impl ReferenceMap {
    pub(super) fn new(form: Form) -> ReferenceMap {
        ReferenceMap { form }
    }

    /// Whether instances hold no references at all.
    pub fn is_empty(&self) -> bool {
        self.form == Form::None
    }

    /// How many slots for references an instance of `size` bytes has.
    pub fn slot_count(&self, size: u64) -> u64 {
        let end = size.saturating_sub(NEXT_HEADER);
        let of_runs = |runs: &[Run]| runs.iter().map(|run| u64::from(run.count)).sum::<u64>();
        match &self.form {
            Form::None => 0,
            Form::Fields(runs) => of_runs(runs),
            Form::Elements { start } => end.saturating_sub(*start) / 8,
            Form::Structs { start, size, runs } => {
                end.saturating_sub(*start) / u64::from(*size) * of_runs(runs)
            }
        }
    }

    /// Calls `run` with the offset in bytes and the number of each run of neighbouring slots of an instance of `size`
    /// bytes, in ascending order: of all slots that begin within `within`.
    #[inline]
    pub fn for_each_run(&self, size: u64, within: Range<u64>, mut run: impl FnMut(u64, u64)) {
        let end = size.saturating_sub(NEXT_HEADER);
        // Slots lie at multiples of 8.
        let from = within.start.saturating_add(7) & !7;
        let to = (within.end.saturating_add(7) & !7).min(end);
        let mut clipped = |start: u64, end: u64| {
            let (start, end) = (start.max(from), end.min(to));
            if start < end {
                run(start, (end - start) / 8);
            }
        };
        match &self.form {
            Form::None => {}
            Form::Fields(runs) => {
                let first = if from == 0 { 0 } else { runs.partition_point(|run| run.end() <= from) };
                let runs = runs.iter().skip(first).take_while(|run| u64::from(run.offset) < to);
                runs.for_each(|run| clipped(run.offset.into(), run.end()));
            }
            Form::Elements { start } => clipped(*start, *start + (end.saturating_sub(*start) & !7)),
            Form::Structs { start, size, runs } => {
                let size = u64::from(*size);
                let count = end.saturating_sub(*start) / size;
                let first = from.saturating_sub(*start) / size;
                let last = to.saturating_sub(*start).div_ceil(size).min(count);
                for element in first..last {
                    let base = start + element * size;
                    runs.iter().for_each(|run| clipped(base + u64::from(run.offset), base + run.end()));
                }
            }
        }
    }

    /// Calls `reference` with the offset in bytes and the value of every slot that is not null, in ascending order.
    /// `object` is the whole instance; slots that it does not reach are left out.
    #[inline]
    pub fn for_each_reference(&self, object: &[u8], mut reference: impl FnMut(u64, Addr)) {
        let size = object.len() as u64;
        self.for_each_run(size, 0..size, |offset, count| {
            let from = usize::try_from(offset).unwrap_or(usize::MAX);
            let words = object.get(from..).unwrap_or_default().as_chunks::<8>().0;
            for (word, at) in words.iter().take(count as usize).zip((offset..).step_by(8)) {
                let value = Addr(u64::from_le_bytes(*word));
                if !value.is_null() {
                    reference(at, value);
                }
            }
        });
    }
}
