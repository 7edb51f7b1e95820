//! Delegates: what they call, and on which object.
//!
//! A delegate holds the object to call the method on and the method's entry point. For a static method the entry
//! point is that of a stub that drops the delegate itself from the arguments, and a second one leads to the method.
//! Delegates that were combined hold an array of single ones.
//!
//! Source: `DelegateObject` in `src/coreclr/vm/object.h`; `COMDelegate::GetMethodDesc` in
//! `src/coreclr/vm/comdelegate.cpp`; `MulticastDelegate.CoreCLR.cs`.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::dump::Fault;
use crate::limits;

use super::Values;

/// The type's name in layouts.
const DELEGATE: &str = "Delegate";
/// Bytes of an `Object[]` before its elements, and where its length stands.
const ARRAY_HEADER: u64 = 16;
const ARRAY_LENGTH: u64 = 8;

/// One of the methods that a delegate calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegateTarget {
    /// The object that the method is called on, or the first argument that the delegate holds; `None` for a static
    /// method without one.
    pub target: Option<Addr>,
    /// The method, `Namespace.Type.Method`; `None` where it cannot be told.
    pub method: Option<Arc<str>>,
}

impl Values {
    /// Whether the type at `mt` is one of delegates: derives from `System.Delegate`.
    pub fn is_delegate(&self, mt: Addr) -> bool {
        let delegate = self.runtime_class("DelegateMethodTable", "System.Delegate");
        delegate.is_some_and(|delegate| self.types().derives_from(mt, delegate))
    }

    /// What the delegate at `object` calls, in the order of the calls. Empty for what is no delegate.
    ///
    /// # Errors
    /// The object, or one that it was combined from, is not in the dump.
    pub fn delegate(&self, object: Addr) -> Result<Vec<DelegateTarget>, Fault> {
        if !self.is_delegate(self.types().type_of(object)?) {
            return Ok(Vec::new());
        }
        match self.combined(object)? {
            Some((list, count)) => {
                let element = |index| self.types().memory().pointer(list.offset(ARRAY_HEADER + 8 * index));
                let singles = (0..count).map(element);
                singles.map(|single| self.single_target(single?)).collect()
            }
            None => Ok(vec![self.single_target(object)?]),
        }
    }

    /// The array of a combined delegate, and how many of its elements are in use; `None` for a single one, which
    /// may have something else in that field (what keeps a collectible method alive).
    fn combined(&self, object: Addr) -> Result<Option<(Addr, u64)>, Fault> {
        let (types, memory) = (self.types(), self.types().memory());
        let list = self.delegate_field(object, "_invocationList")?.unwrap_or(Addr::NULL);
        if list.is_null() {
            return Ok(None);
        }
        let flags = types.method_tables().flags(memory, types.type_of(list)?)?;
        if !flags.is_sz_array() || !flags.contains_gc_pointers() {
            return Ok(None);
        }
        let length = u64::from(memory.u32(list.offset(ARRAY_LENGTH))?);
        let used = self.delegate_field(object, "_invocationCount")?.map_or(length, |count| count.0);
        Ok(Some((list, used.min(length).min(limits::MAX_DELEGATE_TARGETS))))
    }

    fn single_target(&self, object: Addr) -> Result<DelegateTarget, Fault> {
        let field = |name| self.delegate_field(object, name).map(|value| value.unwrap_or(Addr::NULL));
        let (target, entry, static_entry) =
            (field("_target")?, field("_methodPtr")?, field("_methodPtrAux")?);
        let is_static = !static_entry.is_null();
        let types = self.types();
        let method = types.method_at(if is_static { static_entry } else { entry }).or_else(|| {
            // One that is bound to a virtual method but to no object notes the MethodDesc in place of a count.
            let noted = self.delegate_field(object, "_invocationCount").ok()??;
            if is_static { types.method(noted) } else { None }
        });
        Ok(DelegateTarget {
            target: Some(target).filter(|target| !is_static && !target.is_null()),
            method: method.map(|method| method.name),
        })
    }

    /// The word in a field of the delegate at `object`; `None` when nothing tells where the field is.
    fn delegate_field(&self, object: Addr, name: &str) -> Result<Option<Addr>, Fault> {
        let place = self.runtime_field(object, DELEGATE, name)?;
        place.map(|place| self.types().memory().pointer(place)).transpose()
    }
}
