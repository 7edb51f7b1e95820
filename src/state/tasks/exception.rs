//! The exception that a task failed with.
//!
//! A task that failed has a holder with a list of `ExceptionDispatchInfo`, one for each of its children's and its own; one
//! that was canceled by an exception a single one (`TaskExceptionHolder.cs`).

use std::ops::ControlFlow;

use super::node::Node;
use super::{Tasks, names};
use crate::bytes::Addr;
use crate::values::FieldPlace;

impl Tasks<'_> {
    /// The first exception of a task; `None` where it has none or it is not in the dump.
    pub(super) fn exception(&self, node: &Node) -> Option<Addr> {
        let contingent = self.waiting.nodes.type_of(node)?.contingent.as_ref()?;
        let contingent = contingent.reference(self.values, node.address)?;
        let holder = self.exceptions.get_or_init(|| self.place(contingent, names::EXCEPTIONS_HOLDER));
        let holder = holder.as_ref()?.reference(self.values, contingent)?;
        let dispatch = self.first_fault(holder).or_else(|| self.follow(holder, names::CANCELLATION))?;
        self.follow(dispatch, names::DISPATCHED)
    }

    fn first_fault(&self, holder: Addr) -> Option<Addr> {
        let faults = self.follow(holder, names::FAULTS)?;
        let mut first = None;
        self.values
            .items(faults, &mut |item| {
                first = self.values.types().memory().pointer(item.value.address).ok();
                ControlFlow::Break(())
            })
            .ok()?;
        first.filter(|first: &Addr| !first.is_null())
    }

    fn place(&self, object: Addr, field: &[&str]) -> Option<FieldPlace> {
        FieldPlace::of(self.values, self.values.types().type_of(object).ok()?, field)
    }

    fn follow(&self, object: Addr, field: &[&str]) -> Option<Addr> {
        self.place(object, field)?.reference(self.values, object)
    }
}
