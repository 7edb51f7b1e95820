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
    // The method of a shared generic type is named over `System.__Canon`, the target by what it is.
    let (declared, own) = (without_arguments(method), without_arguments(&name));
    let declared_there = declared.strip_prefix(&*own).is_some_and(|rest| rest.starts_with('.'));
    Ok(Some(if declared_there { method.as_ref().to_owned() } else { format!("{method} of {name}") }))
}

/// A name without what stands in angle brackets: generic arguments (and what compilers put there, such as the method
/// that a lambda stands in: enough to compare the beginnings of two names).
fn without_arguments(name: &str) -> String {
    let mut depth = 0_u32;
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generic_arguments_do_not_tell_types_apart() {
        let declared = without_arguments("A.Token<System.__Canon>+<>c.<Register>b__7_0");
        assert_eq!(declared, "A.Token+c.b__7_0");
        assert_eq!(without_arguments("A.Token<A.B<C>, D>+<>c"), "A.Token+c");
        assert_eq!(without_arguments("A.>B"), "A.B");
    }
}
