//! What a statement is about: objects of one dump, and what of the graph it needs.

use std::sync::Arc;

use crate::graph::{Heap, ObjectId, References, Roots, Rows, Snapshot};
use crate::problem::Problem;
use crate::query::QueryError;
use crate::query::exec::{self, Execution, no_dump};
use crate::query::plan::{Addresses, Operand};
use crate::units::grouped;

/// Objects of a dump.
pub struct Subject<'s> {
    /// The dump.
    pub snapshot: &'s Snapshot,
    /// Its heap.
    pub heap: &'s Heap,
    /// The objects, each once, ascending.
    pub objects: Vec<ObjectId>,
    /// What they are called: an address, the name of a type, a number of objects.
    pub name: String,
    execution: &'s Execution<'s>,
}

impl<'s> Subject<'s> {
    /// Finds the objects of `operand`.
    ///
    /// # Errors
    /// There are none at the addresses; the dump has no heap.
    pub fn new(operand: &Operand, execution: &'s Execution<'s>) -> Result<Subject<'s>, QueryError> {
        let snapshot = execution.snapshots.get(operand.snapshot).ok_or_else(no_dump)?;
        let heap = snapshot.heap(execution.progress)?;
        let objects = exec::objects(&operand.addresses, snapshot, execution)?;
        let name = match &operand.addresses {
            Addresses::List(list) if list.len() == 1 => list[0].0.to_string(),
            Addresses::Types { name, .. } => name.clone(),
            _ => format!("{} objects", grouped(objects.len() as i128)),
        };
        let subject = Subject { snapshot, heap, objects, name, execution };
        subject.tell(&snapshot.problems);
        subject.tell(&heap.problems);
        if subject.objects.is_empty() {
            subject.tell(&[Problem::note(format!("there are no objects to ask about: {}", subject.name))]);
        }
        Ok(subject)
    }

    /// Notes what is to be told of the answer.
    pub fn tell(&self, problems: &[Problem]) {
        self.execution.tell(problems.to_vec());
    }

    /// What every object refers to.
    ///
    /// # Errors
    /// The dump does not tell its types.
    pub fn references(&self) -> Result<Arc<References>, QueryError> {
        let references = self.snapshot.references(self.execution.progress)?;
        self.tell(&references.problems);
        Ok(references)
    }

    /// What refers to every object.
    ///
    /// # Errors
    /// As for [`Subject::references`].
    pub fn referrers(&self) -> Result<Arc<Rows>, QueryError> {
        Ok(self.snapshot.referrers(self.execution.progress)?)
    }

    /// The roots.
    ///
    /// # Errors
    /// The dump does not tell its types.
    pub fn roots(&self) -> Result<Arc<Roots>, QueryError> {
        let roots = self.snapshot.roots(self.execution.progress)?;
        self.tell(&roots.problems);
        Ok(roots)
    }
}
