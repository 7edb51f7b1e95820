//! Exceptions: message, HRESULT, inner exception, stack.
//!
//! The stack is an array of bytes that the runtime fills while the exception passes frames: a header, then an element
//! for each frame. Since 9.0 that array may be the first element of another, whose others keep the frames' methods
//! alive.
//!
//! Source: `ExceptionObject` in `src/coreclr/vm/object.h`, `StackTraceElement` in `src/coreclr/vm/clrex.h`,
//! `StackTraceArray` in `src/coreclr/vm/object.h` of dotnet/runtime v8.0 to v10.0; the same in dotnet/coreclr v2.0
//! and v3.1.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::Fault;
use crate::limits;

use super::collections::{Damage, ItemsEnd};
use super::{FieldPlace, Values};

/// The type's name in layouts.
const EXCEPTION: &str = "Exception";
/// What holds several exceptions, and the field with them: an array, and before 6.0 a collection.
const AGGREGATE: &str = "System.AggregateException";
const AGGREGATED: &[&str] = &["_innerExceptions", "m_innerExceptions"];
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
    /// The method's MethodDesc; null where the runtime has noted none.
    pub method_desc: Addr,
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
            message: self.exception_message(object),
            hresult: self.exception_hresult(object),
            inner: self.exception_inner(object),
            stack: self.exception_stack(object),
            stack_text: self.exception_stack_text(object),
            remote_stack_text: self.exception_text(object, "_remoteStackTraceString"),
        }))
    }

    /// [`ExceptionDetails::message`] of what is known to be an exception.
    ///
    /// # Errors
    /// It is not in the dump; as for the parts below.
    pub fn exception_message(&self, object: Addr) -> Result<Option<String>, Fault> {
        self.exception_text(object, "_message")
    }

    /// [`ExceptionDetails::inner`] of what is known to be an exception.
    pub fn exception_inner(&self, object: Addr) -> Result<Option<Addr>, Fault> {
        self.exception_reference(object, "_innerException")
    }

    /// All exceptions that what is known to be an exception was made from: of an AggregateException each that it holds, of
    /// others the inner one, if any.
    ///
    /// # Errors
    /// What it leads to is not in the dump.
    pub fn inner_exceptions(&self, object: Addr) -> Result<Vec<Addr>, Fault> {
        let aggregates = self.types().named(AGGREGATE);
        let mt = self.types().type_of(object)?;
        let aggregate = aggregates.iter().find(|&&aggregate| self.types().derives_from(mt, aggregate));
        let place = aggregate.and_then(|&aggregate| FieldPlace::of(self, aggregate, AGGREGATED));
        let Some(held) = place.and_then(|place| place.reference(self, object)) else {
            return Ok(self.exception_inner(object)?.into_iter().collect());
        };
        let (mut inner, mut missing) = (Vec::new(), None);
        let mut take = |place: Addr| match self.types().memory().pointer(place) {
            Ok(exception) => {
                inner.push(exception);
                ControlFlow::Continue(())
            }
            Err(fault) => {
                missing = Some(fault);
                ControlFlow::Break(())
            }
        };
        let end = self.items(held, &mut |item| take(item.value.address))?;
        match (missing, end) {
            (Some(fault), _) | (None, Some(ItemsEnd { damage: Some(Damage::Missing(fault)), .. })) => {
                Err(fault)
            }
            (None, Some(_)) => Ok(inner),
            (None, None) => Ok(self.exception_inner(object)?.into_iter().collect()),
        }
    }

    /// [`ExceptionDetails::stack_text`] of what is known to be an exception.
    pub fn exception_stack_text(&self, object: Addr) -> Result<Option<String>, Fault> {
        self.exception_text(object, "_stackTraceString")
    }

    /// [`ExceptionDetails::hresult`] of what is known to be an exception.
    pub fn exception_hresult(&self, object: Addr) -> Result<Option<u32>, Fault> {
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

    /// [`ExceptionDetails::stack`] of what is known to be an exception.
    pub fn exception_stack(&self, object: Addr) -> Result<Vec<ExceptionFrame>, Fault> {
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
        Ok(ExceptionFrame { ip, sp, method: method.map(|method| method.name), method_desc })
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

    #[test]
    fn an_aggregate_has_all_that_it_holds_and_others_the_one_that_they_were_made_from() {
        let mut kennel = kennel();
        let members = [("_innerException", 0, Holds::Object)];
        let exception = class(&mut kennel.process, "System.Exception", 8, &members);
        let aggregate = define(&mut kennel.process, "System.AggregateException");
        let aggregate_type = kennel.process.derived(aggregate, exception, 32);
        let array = kennel.process.array(exception, 8);
        kennel.process.fields(aggregate, aggregate_type, &[("_innerExceptions", 8, Holds::Object)]);
        let leaves = [kennel.object(exception, &[0]), kennel.object(exception, &[0])];
        let wrapping = kennel.object(exception, &[leaves[0]]);
        let held = kennel.array(array, &[leaves[0], wrapping, leaves[1]]);
        let of_three = kennel.object(aggregate_type, &[leaves[0], held]);
        let without = kennel.object(aggregate_type, &[leaves[1], 0]);
        let values = values(kennel.process);
        let inner = |object| values.inner_exceptions(Addr(object)).unwrap();
        assert_eq!(inner(of_three), [leaves[0], wrapping, leaves[1]].map(Addr));
        assert_eq!(inner(without), [Addr(leaves[1])]);
        assert_eq!(inner(wrapping), [Addr(leaves[0])]);
        assert_eq!(inner(leaves[0]), []);
    }
}
