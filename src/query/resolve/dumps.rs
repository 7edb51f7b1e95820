//! Which of the open dumps a statement means.

use super::Checked;
use crate::diagnostic::{Diagnostic, Span, one_of};

/// The position of a dump that a statement names by its number, from 1; that of the first when it names none.
///
/// # Errors
/// No dump of that number is open.
pub fn position(dump: Option<&(u32, Span)>, open: usize) -> Checked<usize> {
    let Some((number, span)) = dump else { return Ok(0) };
    match (*number as usize).checked_sub(1) {
        Some(position) if position < open => Ok(position),
        _ => {
            let names: Vec<_> = (1..=open).map(|n| format!("`@{n}`")).collect();
            let message = format!("no dump `@{number}` is open");
            Err(Diagnostic::new(span.clone(), message).expected(one_of(&names)))
        }
    }
}
