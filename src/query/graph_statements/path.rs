//! `path from X to Y`: a shortest path.

use super::steps::{self, PathStep};
use super::subject::Subject;
use crate::diagnostic::{Diagnostic, Span};
use crate::graph::ObjectSet;
use crate::graph::paths::{Direction, HiddenEdges, Search, Slots, Trail};
use crate::problem::Problem;
use crate::query::QueryError;
use crate::query::answer::{Answer, AnswerColumn, Kind};
use crate::query::cells::Cells;
use crate::query::chains::{Chain, Chains};
use crate::query::exec::Execution;
use crate::query::plan::Operand;
use crate::query::scalar::Scalar;

/// Both ends of a path must be of one dump.
///
/// # Errors
/// At `span`: they are not.
pub fn same_dump(from: &Operand, to: &Operand, span: &Span) -> Result<(), Diagnostic> {
    if from.snapshot == to.snapshot {
        return Ok(());
    }
    let message = format!("this is of dump @{}, the path begins in @{}", to.snapshot + 1, from.snapshot + 1);
    Err(Diagnostic::new(span.clone(), message).expected("objects of the same dump"))
}

/// A shortest path from any of the first objects to any of the others, a row an object.
///
/// # Errors
/// The dump does not tell its types; it was stopped.
pub fn path(from: &Subject<'_>, to: &Subject<'_>, execution: &Execution<'_>) -> Result<Answer, QueryError> {
    let references = from.references()?;
    let search = Search {
        rows: &references.forward,
        direction: Direction::Forward,
        hidden: &HiddenEdges::default(),
        stop: execution.cancel,
    };
    let goals = ObjectSet::from_ids(from.heap.objects.len(), to.objects.iter().copied());
    let path = search.path(&from.objects, &goals)?.unwrap_or_default();
    if path.is_empty() && !from.objects.is_empty() && !to.objects.is_empty() {
        let message = format!("there is no path from {} to {}", from.name, to.name);
        from.tell(&[Problem::note(message)]);
    }
    let trail = Trail::of(&path);
    if trail.left_out > 0 {
        let message = format!(
            "the path has {} objects, of which the first and the last 100 are listed",
            crate::units::grouped(i128::from(trail.len()))
        );
        from.tell(&[Problem::note(message)]);
    }
    let mut slots = Slots::new(from.snapshot, from.heap, &references.forward);
    let steps = steps::steps(&trail, &mut slots);
    let chain = Chain { links: steps::links(&steps, &slots), ..Chain::default() };
    let chains = Chains { chains: vec![chain], left_out: None, rows_are_better: true };
    Ok(Answer { columns: columns(&steps, &slots), chains: Some(chains), ..Answer::default() })
}

fn columns(steps: &[PathStep], slots: &Slots<'_>) -> Vec<AnswerColumn> {
    let column = |name: &str, kind, of: &dyn Fn(&PathStep) -> Scalar| AnswerColumn {
        name: name.to_owned(),
        kind,
        cells: Cells::scalars(kind, steps.iter().map(of)),
    };
    let mut number = 0;
    let mut numbers = Vec::with_capacity(steps.len());
    for step in steps {
        numbers.push(number);
        number += 1 + step.left_out;
    }
    let size = |step: &PathStep| {
        slots.object(step.object).map_or(Scalar::Null, |(_, size)| Scalar::Integer(size.into()))
    };
    vec![
        AnswerColumn { name: "step".to_owned(), kind: Kind::Integer, cells: Cells::unsigned(numbers) },
        column("address", Kind::Address, &|step| Scalar::Integer(slots.address(step.object).0.into())),
        column("type", Kind::Text, &|step| Scalar::Text(steps::type_name(step.object, slots))),
        column("field", Kind::Text, &|step| step.field.clone().map_or(Scalar::Null, Scalar::Text)),
        column("size", Kind::Bytes, &size),
    ]
}
