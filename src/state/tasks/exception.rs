//! The exception that a task failed with.
//!
//! A task that failed has a holder with a list of `ExceptionDispatchInfo`, one for each of its children's and its own; one
//! that was canceled by an exception a single one (`TaskExceptionHolder.cs`).

use std::ops::ControlFlow;

use super::node::Node;
use super::{Tasks, names};
use crate::bytes::Addr;
use crate::state::fields::{follow, place};

impl Tasks<'_> {
    /// The first exception of a task; `None` where it has none or it is not in the dump.
    pub(super) fn exception(&self, node: &Node) -> Option<Addr> {
        let contingent = self.waiting.nodes.type_of(node)?.contingent.as_ref()?;
        let contingent = contingent.reference(self.values, node.address)?;
        let holder = self.exceptions.get_or_init(|| place(self.values, contingent, names::EXCEPTIONS_HOLDER));
        let holder = holder.as_ref()?.reference(self.values, contingent)?;
        let dispatch =
            self.first_fault(holder).or_else(|| follow(self.values, holder, names::CANCELLATION))?;
        follow(self.values, dispatch, names::DISPATCHED)
    }

    fn first_fault(&self, holder: Addr) -> Option<Addr> {
        let faults = follow(self.values, holder, names::FAULTS)?;
        let mut first = None;
        self.values
            .items(faults, &mut |item| {
                first = self.values.types().memory().pointer(item.value.address).ok();
                ControlFlow::Break(())
            })
            .ok()?;
        first.filter(|first: &Addr| !first.is_null())
    }
}
