//! The stack traces of all exceptions on the heap, frame by frame.

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::graph::{Heap, TypeInfo};
use crate::problem::Problem;
use crate::values::{ExceptionFrame, Values};

use super::instances::instances;

/// A frame that an exception passed.
#[derive(Clone, Debug)]
pub struct TraceFrame {
    /// The exception.
    pub exception: Addr,
    /// Its number in the trace, 0 for the method that threw.
    pub level: u32,
    /// What the trace tells of it.
    pub frame: ExceptionFrame,
}

/// The frames of all exceptions, in the order of the heap, and what is left out. Exceptions that came from elsewhere with their
/// trace as text have none.
pub fn exception_traces(values: &Values, heap: &Heap) -> (Vec<TraceFrame>, Vec<Problem>) {
    let is_exception = |of: &TypeInfo| values.is_exception(of.method_table);
    let exceptions = instances(heap, |_, of| is_exception(of));
    let of_one = |exception: Addr| {
        let frames = values.exception_stack(exception).ok()?;
        let frame = |(level, frame)| TraceFrame { exception, level, frame };
        Some((0..).zip(frames).map(frame).collect::<Vec<TraceFrame>>())
    };
    let traces: Vec<Option<Vec<TraceFrame>>> =
        exceptions.par_iter().map(|found| of_one(found.address)).collect();
    let missing = traces.iter().filter(|trace| trace.is_none()).count();
    let problem = (missing > 0).then(|| {
        Problem::loss(format!("the traces of {missing} of {} exceptions are not in the dump", traces.len()))
    });
    (traces.into_iter().flatten().flatten().collect(), problem.into_iter().collect())
}
