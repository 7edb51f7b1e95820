//! Which parts of a stack belong to which managed methods, for naming words of it.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;

use super::frames::{FrameKind, ThreadFrames};

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
    /// The parts of the stack of `thread`.
    pub fn of(types: &TypeSystem, thread: &ThreadFrames) -> StackParts {
        let frames = thread.frames.iter().filter(|frame| frame.kind != FrameKind::Explicit);
        let part = |frame: &super::StackFrame| {
            let code = types.frames().code(frame);
            let method = code.and_then(|code| types.method(code.info.method_desc)).map(|method| method.name);
            let instruction = if method.is_some() { frame.ip } else { Addr::NULL };
            StackPart { start: frame.sp, method, instruction }
        };
        StackParts { parts: frames.map(part).collect() }
    }

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
