//! Exceptions: message, HRESULT, inner exception, stack.
//!
//! The stack is an array of bytes that the runtime fills while the exception passes frames: a header, then an element
//! for each frame. Since 9.0 that array may be the first element of another, whose others keep the frames' methods
//! alive.
//!
//! Source: `ExceptionObject` in `src/coreclr/vm/object.h`, `StackTraceElement` in `src/coreclr/vm/clrex.h`,
//! `StackTraceArray` in `src/coreclr/vm/object.h` of dotnet/runtime v8.0 to v10.0; the same in dotnet/coreclr v2.0
//! and v3.1.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::Fault;
use crate::limits;

use super::Values;

/// The type's name in layouts.
const EXCEPTION: &str = "Exception";
/// Bytes of an array before its elements, and where its length stands.
const ARRAY_HEADER: u64 = 16;
const ARRAY_LENGTH: u64 = 8;

/// What an exception tells. Each part is read by itself: where one is not in the dump, the others are told.
#[derive(Clone, Debug)]
pub struct ExceptionDetails {
    /// The message that it was made with, in the form of [`crate::text`]; `None` when it has none of its own (types
    /// make one up when they are asked).
    pub message: Result<Option<String>, Fault>,
    /// The HRESULT; `None` when nothing tells where the field is.
    pub hresult: Result<Option<u32>, Fault>,
    /// The inner exception.
    pub inner: Result<Option<Addr>, Fault>,
    /// The frames that it passed, the innermost first; none for one that was never thrown.
    pub stack: Result<Vec<ExceptionFrame>, Fault>,
    /// The stack as text: only of exceptions that came from elsewhere (serialized ones).
    pub stack_text: Result<Option<String>, Fault>,
    /// The stack as text that it had when it was thrown once more from somewhere else.
    pub remote_stack_text: Result<Option<String>, Fault>,
}

/// A frame that an exception passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionFrame {
    /// The instruction pointer.
    pub ip: Addr,
    /// The stack pointer.
    pub sp: Addr,
    /// The method, `Namespace.Type.Method`; `None` where it cannot be told.
    pub method: Option<Arc<str>>,
}

impl Values {
    /// Whether the type at `mt` is one of exceptions: derives from `System.Exception`.
    pub fn is_exception(&self, mt: Addr) -> bool {
        let exception = self.runtime_class("ExceptionMethodTable", "System.Exception");
        exception.is_some_and(|exception| self.types().derives_from(mt, exception))
    }

    /// What the exception at `object` tells; `None` for what is no exception.
    ///
    /// # Errors
    /// The object is not in the dump.
    pub fn exception(&self, object: Addr) -> Result<Option<ExceptionDetails>, Fault> {
        if !self.is_exception(self.types().type_of(object)?) {
            return Ok(None);
        }
        Ok(Some(ExceptionDetails {
            message: self.exception_text(object, "_message"),
            hresult: self.hresult(object),
            inner: self.exception_reference(object, "_innerException"),
            stack: self.exception_stack(object),
            stack_text: self.exception_text(object, "_stackTraceString"),
            remote_stack_text: self.exception_text(object, "_remoteStackTraceString"),
        }))
    }

    fn hresult(&self, object: Addr) -> Result<Option<u32>, Fault> {
        let place = self.runtime_field(object, EXCEPTION, "_HResult")?;
        place.map(|place| self.types().memory().u32(place)).transpose()
    }

    /// The reference in a field; `None` when it is null, or nothing tells where the field is.
    fn exception_reference(&self, object: Addr, field: &str) -> Result<Option<Addr>, Fault> {
        let place = self.runtime_field(object, EXCEPTION, field)?;
        let reference = place.map(|place| self.types().memory().pointer(place)).transpose()?;
        Ok(reference.filter(|reference| !reference.is_null()))
    }

    fn exception_text(&self, object: Addr, field: &str) -> Result<Option<String>, Fault> {
        let string = self.exception_reference(object, field)?;
        string.map(|string| self.string(string)).transpose()
    }

    fn exception_stack(&self, object: Addr) -> Result<Vec<ExceptionFrame>, Fault> {
        let (types, memory) = (self.types(), self.types().memory());
        let Some(mut trace) = self.exception_reference(object, "_stackTrace")? else { return Ok(Vec::new()) };
        if types.method_tables().flags(memory, types.type_of(trace)?)?.contains_gc_pointers() {
            trace = memory.pointer(trace.offset(ARRAY_HEADER))?;
            if trace.is_null() {
                return Ok(Vec::new());
            }
        }
        let layout = &types.runtime().located.layout;
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        let (Some(count), Some(first), Some(size)) = (
            of("StackTraceArray", "Size"),
            of("StackTraceArray", "FirstElement"),
            of("StackTraceElement", Descriptor::SIZE),
        ) else {
            return Ok(Vec::new());
        };
        let end = ARRAY_HEADER + u64::from(memory.u32(trace.offset(ARRAY_LENGTH))?);
        let room = end.saturating_sub(first) / size.max(1);
        let count = u64::from(memory.u32(trace.offset(count))?).min(room).min(limits::MAX_EXCEPTION_FRAMES);
        (0..count).map(|index| self.exception_frame(trace.offset(first + size * index))).collect()
    }

    fn exception_frame(&self, element: Addr) -> Result<ExceptionFrame, Fault> {
        let (types, memory) = (self.types(), self.types().memory());
        let layout = &types.runtime().located.layout;
        let word = |field: &str| match layout.optional_field("StackTraceElement", field) {
            Some(offset) => memory.pointer(element.offset(offset)),
            None => Ok(Addr::NULL),
        };
        let (ip, sp, method_desc) = (word("ip")?, word("sp")?, word("pFunc")?);
        let method = types.method(method_desc).or_else(|| types.method_at(ip));
        Ok(ExceptionFrame { ip, sp, method: method.map(|method| method.name) })
    }
}

#[cfg(test)]
mod tests {
    use crate::bytes::Addr;
    use crate::synth::{Holds, element};
    use crate::values::synthetic::{class, define, kennel, values};

    #[test]
    fn a_field_of_an_exception_of_ones_own_does_not_hide_the_runtimes() {
        let mut kennel = kennel();
        let members = [("_message", 0, Holds::String), ("_HResult", 8, Holds::Number(element::I4))];
        let exception = class(&mut kennel.process, "System.Exception", 16, &members);
        let own = define(&mut kennel.process, "App.Failure");
        let own_type = kennel.process.derived(own, exception, 48);
        kennel.process.fields(own, own_type, &[("_message", 16, Holds::String)]);
        let (told, hidden) = (kennel.string("told"), kennel.string("hidden"));
        let thrown = kennel.object(own_type, &[told, 0x8013_1500, hidden]);
        let values = values(kennel.process);
        let details = values.exception(Addr(thrown)).unwrap().expect("an exception");
        assert_eq!(details.message.unwrap().as_deref(), Some("told"));
        assert_eq!(details.hresult.unwrap(), Some(0x8013_1500));
    }
}
