//! Which parts of a stack belong to which managed methods.
//!
//! The walk goes from frame to frame by unwind codes where they are in the dump, else by frame pointers, and over
//! native code by the explicit frames that the runtime leaves. It is for naming words: a wrong step names some words
//! wrongly or not at all, and no word is lost by it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::methods::UnwindInfo;
use crate::clr::type_system::TypeSystem;
use crate::dump::Architecture;

use super::ThreadStack;
use super::transitions::{TransitionLayout, Transitions};
use super::unwind::{self, Context};

/// A part of a stack, up to where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackPart {
    /// The lowest word of it: of a frame, the stack pointer.
    pub start: Addr,
    /// The name of the method whose frame it is; `None` for native code.
    pub method: Option<Arc<str>>,
    /// Where the method's code goes on; null for native code.
    pub instruction: Addr,
}

/// The parts of a stack in ascending order.
#[derive(Clone, Debug, Default)]
pub struct StackParts {
    parts: Vec<StackPart>,
}

impl StackParts {
    /// All parts.
    pub fn all(&self) -> &[StackPart] {
        &self.parts
    }

    /// The method in whose frame the word at `address` lies; `None` for a word of native code.
    pub fn method_at(&self, address: Addr) -> Option<&Arc<str>> {
        let behind = self.parts.partition_point(|part| part.start <= address);
        self.parts.get(behind.checked_sub(1)?)?.method.as_ref()
    }
}

/// What is known of a code address.
#[derive(Clone, Debug)]
struct CodeInfo {
    method: Option<Arc<str>>,
    unwind: Option<UnwindInfo>,
}

/// Tells the parts of stacks; remembers what it found of code, since many frames are of the same methods.
#[derive(Debug)]
pub struct StackWalker<'a> {
    types: &'a TypeSystem,
    layout: Option<TransitionLayout>,
    code: FxHashMap<Addr, CodeInfo>,
}

impl<'a> StackWalker<'a> {
    /// A walker over stacks of `types`' process.
    pub fn new(types: &'a TypeSystem) -> StackWalker<'a> {
        let runtime = types.runtime();
        // The registers and unwind codes of other architectures are others.
        let known = runtime.dump.target.architecture == Architecture::X64;
        let layout = known.then(|| TransitionLayout::of(&runtime.located.layout)).flatten();
        StackWalker { types, layout, code: FxHashMap::default() }
    }

    /// The parts of a stack; none where the layout does not tell.
    pub fn parts(&mut self, stack: &ThreadStack) -> StackParts {
        let mut parts = Vec::new();
        let Some(layout) = self.layout.take() else { return StackParts::default() };
        self.walk(&layout, stack, &mut parts);
        self.layout = Some(layout);
        StackParts { parts }
    }

    fn walk(&mut self, layout: &TransitionLayout, stack: &ThreadStack, parts: &mut Vec<StackPart>) {
        let memory = self.types.memory();
        let mut transitions = Transitions::new(memory, layout, stack.thread, stack.end);
        let running =
            Context { instruction: stack.instruction, stack: stack.start, frame: stack.frame, active: true };
        let mut from = stack.start;
        let mut context = self.is_code(running.instruction).then_some(running);
        loop {
            let frame = match context.take() {
                Some(frame) => frame,
                None => match transitions.next(from, &mut |at| self.is_return_address(at)) {
                    Some(frame) => frame,
                    None => return,
                },
            };
            let info = self.code(frame.code());
            parts.push(StackPart { start: frame.stack, method: info.method, instruction: frame.instruction });
            match unwind::caller(memory, &frame, info.unwind).filter(|caller| caller.stack <= stack.end) {
                Some(caller) if self.is_return_address(caller.instruction) => {
                    from = caller.stack;
                    context = Some(caller);
                }
                // Native code called this method. Without a caller that makes sense nothing is known of what is above.
                caller => {
                    from = caller.map_or(frame.stack.offset(8), |caller| caller.stack);
                    parts.push(StackPart { start: from, method: None, instruction: Addr::NULL });
                }
            }
        }
    }

    fn is_return_address(&mut self, address: Addr) -> bool {
        self.is_code(Addr(address.0.wrapping_sub(1)))
    }

    fn is_code(&mut self, address: Addr) -> bool {
        self.code(address).method.is_some()
    }

    fn code(&mut self, address: Addr) -> CodeInfo {
        let types = self.types;
        let found = self.code.entry(address).or_insert_with(|| CodeInfo {
            method: types.method_of_code(address).map(|method| method.name),
            unwind: types.unwind_info(address),
        });
        found.clone()
    }
}
