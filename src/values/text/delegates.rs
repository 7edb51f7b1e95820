//! Delegates: the method that they call and, where its type does not say it, the target that they call it on.
//!
//! `_methodPtrAux` is the method of a delegate without target (a static method: `_methodPtr` is then a stub that shuffles
//! arguments), else `_methodPtr`. A delegate of several has them in `_invocationList`, an `object[]`, the first
//! `_invocationCount` elements. The same in all versions (`Delegate.cs`, `comdelegate.cpp`).

use super::members::Members;
use super::{NoText, Text};
use crate::bytes::Addr;
use crate::clr::type_system::TypeKind;
use crate::limits;

pub(super) fn delegate(members: &Members<'_>) -> Text {
    match invocation_list(members)? {
        Some(list) => several(members, &list),
        None => single(members),
    }
}

/// The delegates of a multicast one.
fn invocation_list(members: &Members<'_>) -> Result<Option<InvocationList>, NoText> {
    let list = members.reference(&["_invocationList"])?;
    let count = members.integer(&["_invocationCount"])?;
    if list.is_null() || count <= 0 {
        return Ok(None);
    }
    // Delegates of collectible or dynamic code keep something else alive there.
    let types = members.values.types();
    let description = types.description(types.type_of(list)?);
    if !matches!(description.kind, TypeKind::Array(_)) {
        return Ok(None);
    }
    let array = members.values.array(list).map_err(|_| NoText::Unknown)?;
    let count = u32::try_from(count).ok().filter(|&count| count <= array.count).ok_or(NoText::Unknown)?;
    Ok(Some(InvocationList { first: array.elements(), count: count.into() }))
}

struct InvocationList {
    first: Addr,
    count: u64,
}

/// `3 methods: A, B, C`.
fn several(members: &Members<'_>, list: &InvocationList) -> Text {
    let mut texts = Vec::new();
    for i in 0..list.count.min(limits::MAX_NAMED_TARGETS) {
        let part = members.values.types().memory().pointer(list.first.offset(8 * i))?;
        texts.push(members.values.reference_text(part, members.nesting.deeper()?)?);
    }
    if list.count > limits::MAX_NAMED_TARGETS {
        texts.push("…".to_owned());
    }
    Ok(format!("{} methods: {}", list.count, texts.join(", ")))
}

fn single(members: &Members<'_>) -> Text {
    let types = members.values.types();
    let code = match members.address(&["_methodPtrAux"])? {
        Addr::NULL => members.address(&["_methodPtr"])?,
        aux => aux,
    };
    let method = types.method_at(code).ok_or(NoText::Unknown)?;
    let target = members.reference(&["_target"])?;
    // A delegate without target has itself there.
    if target.is_null() || target.offset(super::DATA) == members.data {
        return Ok(method.name.as_ref().to_owned());
    }
    let target_type = types.type_of(target)?;
    if target_type == method.method_table {
        return Ok(method.name.as_ref().to_owned());
    }
    let name = types.name(target_type);
    Ok(if method.name.starts_with(&format!("{name}.")) {
        method.name.as_ref().to_owned()
    } else {
        format!("{} of {name}", method.name)
    })
}
