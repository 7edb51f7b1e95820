//! Tasks and async calls: in which state, waiting for what, and who goes on after them.
//!
//! What waits is found from both sides. A task names what goes on when it has ended (`m_continuationObject`); a state machine
//! holds what it waits for in the field of its awaiter. Together they tell the logical stacks of async calls ([`AsyncFrames`]),
//! across value tasks, promises and threads that block on a task. Nothing is told of programs compiled ahead of time, whose
//! dumps name no fields.

mod chains;
mod continuation;
mod exception;
mod graph;
mod names;
mod node;
mod state_machine;
mod status;

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::member_names::readable;
use super::untold::{CORE_LIBRARY, Source, untold};
use crate::bytes::Addr;
use crate::graph::Heap;
use crate::limits::{MAX_ASYNC_FRAMES, MAX_CONTINUATIONS};
use crate::problem::Problem;
use crate::values::{FieldPlace, Values};
use chains::Chains;
use graph::{End, Waiting};
use node::Node;

pub use status::TaskState;

/// A task, or an async call that has none.
#[derive(Clone, Debug)]
pub struct Task {
    /// Where the object begins.
    pub address: Addr,
    /// Its type.
    pub type_name: Arc<str>,
    /// The method: of an async call as the source calls it, of a delegate its name; `None` for promises and where it cannot
    /// be told.
    pub method: Option<Arc<str>>,
    /// Its state.
    pub state: TaskState,
    /// Of a state machine the number of the await that it is at, from 0; -1 while it runs, -2 when it is done.
    pub async_state: Option<i32>,
    /// What it waits for; of several the first.
    pub awaiting: Option<Addr>,
    /// What goes on after it: a task, an async call, a delegate, the event of a thread; of several the first.
    pub continuation: Option<Addr>,
    /// How many go on after it.
    pub continuations: u32,
    /// The event on which the first thread blocks until it has ended.
    pub blocks: Option<Addr>,
    /// The exception that it failed with; of several the first.
    pub exception: Option<Addr>,
    /// Its `Task.Id`; `None` where nobody asked for it.
    pub id: Option<u32>,
}

/// What a frame of a logical stack is.
#[derive(Clone, Debug)]
pub struct AsyncFrame {
    /// The object: a task, a state machine, a delegate, an event, or what an awaiter waits for.
    pub address: Addr,
    /// Its type.
    pub type_name: Arc<str>,
    /// The method, as for [`Task::method`].
    pub method: Option<Arc<str>>,
    /// The state of a task or an async call.
    pub state: Option<TaskState>,
    /// As for [`Task::async_state`].
    pub async_state: Option<i32>,
}

/// Where a frame stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FramePlace {
    /// The chain, from 0.
    pub chain: u32,
    /// The level in it: 0 is what does not wait.
    pub level: u32,
    /// The stack that the chain is one of, from 0: the most frequent first.
    pub stack: u32,
    /// How many chains have that stack.
    pub alike: u32,
    /// The frame, in [`AsyncFrames::frames`].
    pub frame: u32,
}

/// The logical stacks of async calls.
#[derive(Debug, Default)]
pub struct AsyncFrames {
    /// What the frames are. One that is on several chains stands here once.
    pub frames: Vec<AsyncFrame>,
    /// The frames of all chains, chain by chain, each from what does not wait to what nobody waits for.
    pub places: Vec<FramePlace>,
    /// What was left out, or is out of order in the program.
    pub problems: Vec<Problem>,
}

/// The tasks and async calls of a heap.
#[derive(Debug)]
pub struct Tasks<'a> {
    values: &'a Values,
    waiting: Waiting,
    /// The type that holds exceptions of tasks is the same for all.
    exceptions: OnceLock<Option<FieldPlace>>,
}

impl<'a> Tasks<'a> {
    /// Finds them. Cheap where there are few, whatever the size of the heap.
    pub fn find(values: &'a Values, heap: &Heap) -> Tasks<'a> {
        Tasks { values, waiting: Waiting::find(values, heap), exceptions: OnceLock::new() }
    }

    /// Why there may be fewer than the program has; nothing where all are read.
    pub fn problems(&self, heap: &Heap) -> Vec<Problem> {
        let cut = self.waiting.cut.then(|| {
            let message =
                format!("more than {MAX_CONTINUATIONS} continuations of tasks: who waits is told in part");
            Problem::loss(message)
        });
        let source = Source {
            rows: "tasks and async calls",
            of: names::TASK,
            fields: names::STATE_FLAGS,
            module: CORE_LIBRARY,
        };
        untold(self.values, heap, source).into_iter().chain(cut).collect()
    }

    /// All of them, in the order of their addresses.
    pub fn all(&self) -> Vec<Task> {
        let nodes = self.waiting.nodes.all.par_iter().enumerate();
        nodes.map(|(number, node)| self.task(number as u32, node)).collect()
    }

    fn task(&self, number: u32, node: &Node) -> Task {
        let mut waited_by = self.waiting.waited_by(number);
        let thread = |other| match self.waiting.end(other) {
            Some(End::Thread(event)) => Some(event),
            _ => None,
        };
        let kind = self.waiting.nodes.type_of(node);
        let id = kind.and_then(|kind| kind.id.as_ref()?.integer(self.values, node.address));
        Task {
            address: node.address,
            type_name: self.type_name(number),
            method: self.method(number),
            state: node.state,
            async_state: node.number,
            awaiting: self.waiting.waits_for(number).next().and_then(|other| self.address(other)),
            continuation: self.waiting.waited_by(number).next().and_then(|other| self.address(other)),
            continuations: waited_by.len() as u32,
            blocks: waited_by.find_map(thread),
            exception: self.exception(node),
            id: id.and_then(|id| u32::try_from(id).ok()).filter(|&id| id != 0),
        }
    }

    /// The logical stacks of what waits.
    pub fn frames(&self) -> AsyncFrames {
        let mut chains = Chains::find(&self.waiting, MAX_ASYNC_FRAMES);
        let members = chains.members();
        let frames: Vec<AsyncFrame> = members.par_iter().map(|&number| self.frame(number)).collect();
        // Every number on a chain is a member.
        let place = |number: u32| members.binary_search(&number).unwrap_or_default();
        let labels = labels(&frames);
        chains.number(|number| labels.get(place(number)).copied().unwrap_or_default());
        let mut places = Vec::new();
        for (at, chain) in chains.all.iter().enumerate() {
            places.extend(chains.frames(chain).iter().enumerate().map(|(level, &number)| FramePlace {
                chain: at as u32,
                level: level as u32,
                stack: chain.stack,
                alike: chain.alike,
                frame: place(number) as u32,
            }));
        }
        AsyncFrames { frames, places, problems: chains.problems }
    }

    fn frame(&self, number: u32) -> AsyncFrame {
        let node = self.waiting.node(number);
        AsyncFrame {
            address: self.address(number).unwrap_or(Addr::NULL),
            type_name: self.type_name(number),
            method: self.method(number),
            state: node.map(|node| node.state),
            async_state: node.and_then(|node| node.number),
        }
    }

    fn address(&self, number: u32) -> Option<Addr> {
        let node = self.waiting.node(number).map(|node| node.address);
        node.or_else(|| self.waiting.end(number).map(End::address))
    }

    fn type_name(&self, number: u32) -> Arc<str> {
        let node = self.waiting.node(number).and_then(|node| self.waiting.nodes.type_of(node));
        let known = node.map(|kind| Arc::clone(&kind.name));
        known.unwrap_or_else(|| {
            let types = self.values.types();
            let mt = self.address(number).and_then(|address| types.type_of(address).ok());
            mt.map_or_else(|| Arc::from("?"), |mt| types.name(mt))
        })
    }

    /// The method of an async call, or of what a task or a callback calls.
    fn method(&self, number: u32) -> Option<Arc<str>> {
        let delegate = match (self.waiting.node(number), self.waiting.end(number)) {
            (Some(node), _) => match &node.method {
                Some(method) => return Some(Arc::clone(method)),
                None => {
                    let action = self.waiting.nodes.type_of(node)?.action.as_ref()?;
                    action.reference(self.values, node.address)?
                }
            },
            (None, Some(End::Callback(delegate))) => delegate,
            _ => return None,
        };
        self.values.delegate(delegate).ok()?.into_iter().next()?.method
    }
}

/// The method of the async call or the task at `object`: of what a queue of the thread pool holds. `None` for what is
/// neither, and where it cannot be told.
pub(super) fn method_of_task(values: &Values, object: Addr) -> Option<Arc<str>> {
    let mt = values.types().type_of(object).ok()?;
    let description = values.types().description(mt);
    if let Some(machine) = names::MACHINE.iter().find_map(|name| description.field(name)) {
        return Some(readable(&machine.field_type.name).into());
    }
    let action = FieldPlace::of(values, mt, names::ACTION)?.reference(values, object)?;
    values.delegate(action).ok()?.into_iter().next()?.method
}

/// A number for each frame: the same for those that a person would call the same.
fn labels(frames: &[AsyncFrame]) -> Vec<u32> {
    let mut known: FxHashMap<(&str, Option<i32>), u32> = FxHashMap::default();
    let label = |frame| {
        let AsyncFrame { type_name, method, async_state, .. }: &AsyncFrame = frame;
        let next = known.len() as u32;
        *known.entry((method.as_deref().unwrap_or(type_name), *async_state)).or_insert(next)
    };
    frames.iter().map(label).collect()
}

#[cfg(test)]
mod tests;
