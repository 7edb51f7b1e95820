//! What goes on after a task: from the object in its field to the task, the callback or the thread behind it.
//!
//! A task holds one continuation, a list of them, or, once it is done, a mark. Between it and what goes on may stand
//! wrappers: what runs it in a context, a delegate of the state machine's `MoveNext`, before 2.1 the delegate's runner.

use std::ops::ControlFlow;
use std::sync::{PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::names;
use super::node::Nodes;
use crate::bytes::Addr;
use crate::values::{FieldPlace, Values};

/// Wrappers around one continuation: real ones are two or three.
const MAX_WRAPPERS: usize = 16;

/// Who goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Successor {
    /// A task or state machine, by its position in [`Nodes::all`].
    Node(usize),
    /// A delegate that is called.
    Callback(Addr),
    /// A thread that blocks until then, on this event.
    Thread(Addr),
    /// Something else.
    Other(Addr),
}

/// What an object of a type is to a continuation.
#[derive(Clone, Debug)]
enum Part {
    /// It stands for what its field leads to.
    Wrapper(FieldPlace),
    /// A list of continuations.
    List,
    /// A delegate, with the field of the object that it is called on.
    Delegate(Option<FieldPlace>),
    /// The event of a thread that blocks.
    Thread,
    /// What a task has when it is done, which is a plain object.
    Mark,
    /// Anything else.
    Other,
}

/// The reader of continuations. What is told by a type is found out once.
pub(super) struct Continuations<'a> {
    values: &'a Values,
    nodes: &'a Nodes,
    parts: RwLock<FxHashMap<Addr, Part>>,
}

impl<'a> Continuations<'a> {
    /// The reader.
    pub fn new(values: &'a Values, nodes: &'a Nodes) -> Continuations<'a> {
        Continuations { values, nodes, parts: RwLock::default() }
    }

    /// Gives the single continuations of what stands in a task's field, in order, until `give` breaks off: itself, or the
    /// entries of a list, null for those that are empty or not in the dump.
    pub fn single(&self, continuation: Addr, give: &mut dyn FnMut(Addr) -> ControlFlow<()>) {
        if !matches!(self.part(continuation), Some(Part::List)) {
            let _ = give(continuation);
            return;
        }
        let memory = self.values.types().memory();
        // What is missing of the list is missing memory of the heap, which is told elsewhere.
        let _ = self
            .values
            .items(continuation, &mut |item| give(memory.pointer(item.value.address).unwrap_or(Addr::NULL)));
    }

    /// Who goes on at a single continuation; `None` for the mark of a task that is done, and for a wrapper that leads nowhere.
    pub fn successor(&self, continuation: Addr) -> Option<Successor> {
        let mut at = continuation;
        for _ in 0..MAX_WRAPPERS {
            if let Some(node) = self.nodes.position(at) {
                return Some(Successor::Node(node));
            }
            at = match self.part(at)? {
                Part::Wrapper(place) => place.reference(self.values, at)?,
                Part::Delegate(target) => match target.and_then(|target| target.reference(self.values, at)) {
                    Some(target) if self.leads_on(target) => target,
                    _ => return Some(Successor::Callback(at)),
                },
                Part::Thread => return Some(Successor::Thread(at)),
                Part::Mark => return None,
                Part::List | Part::Other => return Some(Successor::Other(at)),
            };
        }
        Some(Successor::Other(at))
    }

    /// Whether a delegate that is called on this object stands for it.
    fn leads_on(&self, target: Addr) -> bool {
        self.nodes.position(target).is_some() || matches!(self.part(target), Some(Part::Wrapper(_)))
    }

    /// What the object at `object` is; `None` where its type is not in the dump.
    fn part(&self, object: Addr) -> Option<Part> {
        let mt = self.values.types().type_of(object).ok()?;
        if let Some(part) = self.parts.read().unwrap_or_else(PoisonError::into_inner).get(&mt) {
            return Some(part.clone());
        }
        let part = self.part_of_type(mt);
        self.parts.write().unwrap_or_else(PoisonError::into_inner).insert(mt, part.clone());
        Some(part)
    }

    fn part_of_type(&self, mt: Addr) -> Part {
        let values = self.values;
        let name = values.types().name(mt);
        if let Some((_, fields)) = names::PASSED.iter().find(|(passed, _)| *passed == &*name) {
            return FieldPlace::of(values, mt, fields).map_or(Part::Other, Part::Wrapper);
        }
        match &*name {
            names::LIST => Part::List,
            "System.Object" => Part::Mark,
            blocked if names::BLOCKED.contains(&blocked) => Part::Thread,
            _ if values.is_delegate(mt) => Part::Delegate(FieldPlace::of(values, mt, names::DELEGATE_TARGET)),
            _ => Part::Other,
        }
    }
}
