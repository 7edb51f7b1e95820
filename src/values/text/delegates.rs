//! Delegates as text: the method that they call and, where its name does not say it, the type of the target.

use super::members::Members;
use super::{NoText, Text};
use crate::dump::Fault;
use crate::limits;
use crate::values::{DelegateTarget, Values};

/// `Zoo.Subscriber.OnChanged`; of several `3 methods: A, B, C`.
pub(super) fn delegate(members: &Members<'_>) -> Text {
    let targets = members.values.delegate(members.object())?;
    if let [target] = targets.as_slice() {
        return target_text(members.values, target)?.ok_or(NoText::Unknown);
    }
    let mut texts = Vec::new();
    for target in targets.iter().take(limits::MAX_NAMED_TARGETS) {
        texts.push(target_text(members.values, target)?.unwrap_or_else(|| "?".to_owned()));
    }
    if targets.len() > texts.len() {
        texts.push("…".to_owned());
    }
    match targets.len() {
        0 => Err(NoText::Unknown),
        count => Ok(format!("{count} methods: {}", texts.join(", "))),
    }
}

/// The method and, where it is declared elsewhere, the type of its target; `None` when the method cannot be told.
fn target_text(values: &Values, target: &DelegateTarget) -> Result<Option<String>, Fault> {
    let Some(method) = &target.method else { return Ok(None) };
    let Some(object) = target.target else { return Ok(Some(method.as_ref().to_owned())) };
    let name = values.types().name(values.types().type_of(object)?);
    let declared_there = method.strip_prefix(&*name).is_some_and(|rest| rest.starts_with('.'));
    Ok(Some(if declared_there { method.as_ref().to_owned() } else { format!("{method} of {name}") }))
}
