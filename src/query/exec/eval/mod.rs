//! Expressions on batches of rows.

mod arithmetic;
mod case;
mod compare;
mod dates;
mod functions;
mod logic;
mod texts;

pub use case::as_kind;
pub use logic::is_true;

use super::paths;
use super::scan::Batch;
use super::vector::Vector;
use crate::query::plan::{Node, Typed};

/// The values of an expression on a batch.
pub fn eval(expr: &Typed, batch: &Batch<'_>) -> Vector {
    let len = batch.len();
    match &expr.node {
        Node::Literal(value) => Vector::Same(value.clone()),
        Node::Column(column) => batch.scan.load(*column, batch),
        Node::Path(start, path) => paths::path(start.as_deref(), path, batch),
        Node::OfObject(start, property) => paths::of_object(start, property, batch),
        Node::ByType(cells) => batch.by_type(cells),
        Node::ByPlace(cells) => batch.by_place(cells),
        Node::Arithmetic(op, a, b) => {
            arithmetic::arithmetic(*op, expr.kind, &eval(a, batch), &eval(b, batch), len, batch.notes)
        }
        Node::Negate(a) => arithmetic::negate(&eval(a, batch), len, batch.notes),
        Node::Compare(op, a, b) => compare::compare(*op, &eval(a, batch), &eval(b, batch), len),
        Node::Not(a) => logic::not(&eval(a, batch), len),
        Node::And(parts) => logic::and(parts.iter().map(|p| eval(p, batch)), len),
        Node::Or(parts) => logic::or(parts.iter().map(|p| eval(p, batch)), len),
        Node::Case(branches, otherwise) => {
            case::case(branches, otherwise.as_deref(), expr.kind_or_text(), batch)
        }
        Node::IsNull(a) => logic::is_null(&eval(a, batch), len),
        Node::Like(a, pattern) => texts::test(&eval(a, batch), len, |text| pattern.matches(text)),
        Node::Matches(a, regex) => texts::test(&eval(a, batch), len, |text| regex.is_match(text)),
        Node::Extract(a, regex, group) => {
            texts::map(&eval(a, batch), len, |text| Some(regex.captures(text)?.get(*group)?.as_str()))
        }
        Node::InSet(a, set) => compare::in_set(&eval(a, batch), set, len),
        Node::Spell(a) => texts::spelled(eval(a, batch), len),
        // Selects and windows are replaced by their values before anything is evaluated.
        Node::InSelect(..) | Node::Window(_) => Vector::NULL,
        Node::Call(function, arguments) => {
            let arguments = arguments.iter().map(|a| eval(a, batch)).collect();
            functions::call(*function, expr.kind_or_text(), arguments, len, batch.notes)
        }
    }
}
