//! `memory(ADDRESS, COUNT, ...)`: what it is called with.

use super::scope::Scope;
use super::source::{Resolved, wrong_call};
use super::{Checked, Resolver};
use crate::bytes::Addr;
use crate::diagnostic::{Diagnostic, Span, one_of};
use crate::limits::MAX_MEMORY_UNITS;
use crate::query::ast::{Literal, SourceArgument};
use crate::query::catalog::SourceDoc;
use crate::query::memory::{MemoryRange, MemoryUnit};
use crate::query::plan::Source;

impl Resolver<'_> {
    /// `memory(0x7f00, 32)`, `memory(0x7f00, 64, 'bytes', 16)`
    pub(super) fn memory(
        &self,
        snapshot: usize,
        argument: &SourceArgument,
        span: &Span,
        doc: &SourceDoc,
    ) -> Checked<Resolved> {
        let SourceArgument::Values(values) = argument else { return Err(wrong_call(span, doc.usage)) };
        let [(Literal::Address(from), _), count, options @ ..] = &values[..] else {
            return Err(wrong_call(span, doc.usage));
        };
        let (unit, per_row) = match options {
            [] => (MemoryUnit::Qwords, 1),
            [unit] => (unit_of(unit)?, 1),
            [unit, per_row] => (unit_of(unit)?, number(per_row)?),
            _ => return Err(wrong_call(span, doc.usage)),
        };
        let range = MemoryRange { from: Addr(*from), count: number(count)?, unit, per_row };
        let scope = Scope::of_columns(doc.name, doc.columns, snapshot);
        Ok(Resolved::all(Source::Memory { snapshot, range, used: Vec::new() }, scope))
    }
}

fn unit_of((value, span): &(Literal, Span)) -> Checked<MemoryUnit> {
    let words = MemoryUnit::ALL.map(|unit| format!("'{}'", unit.word()));
    let Literal::Text(word) = value else {
        return Err(Diagnostic::new(span.clone(), "this is no unit of memory").expected(one_of(&words)));
    };
    MemoryUnit::of_word(word).ok_or_else(|| {
        Diagnostic::new(span.clone(), format!("memory has no unit '{word}'"))
            .expected(one_of(&words))
            .nearest(word, MemoryUnit::ALL.map(MemoryUnit::word))
    })
}

/// How many units: as many as there is a screen for, and not more than a program wants at once.
fn number((value, span): &(Literal, Span)) -> Checked<u64> {
    let number = match value {
        Literal::Integer(number) => u64::try_from(*number).ok(),
        Literal::Address(number) | Literal::Size(number) => Some(*number),
        _ => None,
    };
    number.filter(|number| (1..=MAX_MEMORY_UNITS).contains(number)).ok_or_else(|| {
        Diagnostic::new(span.clone(), "this is no number of units")
            .expected(format!("a whole number from 1 to {MAX_MEMORY_UNITS}"))
    })
}
