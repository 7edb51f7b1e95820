//! Work that is done before a scan: constants, values that depend on the type or the place only,
//! and selects within expressions.

use std::sync::Arc;

use super::eval::eval;
use super::notes::Notes;
use super::scan::{Batch, Rows, Scan};
use super::{Execution, execute};
use crate::diagnostic::{Diagnostic, Span};
use crate::query::catalog::Level;
use crate::query::plan::{Node, Plan, Typed};
use crate::query::scalar::Scalar;
use crate::query::value_set::ValueSet;
use crate::query::{Kind, QueryError};

/// Replaces every part of an expression that does not depend on the row by its values.
///
/// # Errors
/// Those of the selects that are run for it.
pub fn prepare(expr: &Typed, scan: &dyn Scan, execution: &Execution<'_>) -> Result<Typed, QueryError> {
    let expr = run_selects(expr.clone(), execution)?;
    Ok(hoist(expr, scan, &execution.notes))
}

fn run_selects(expr: Typed, execution: &Execution<'_>) -> Result<Typed, QueryError> {
    let mut expr = expr.try_map_parts(|part| run_selects(part, execution))?;
    expr.node = match expr.node {
        Node::InSelect(value, plan) => {
            let answer = execute(&plan, execution)?;
            match answer.len() {
                // Nothing is in what is empty: of null that is known too.
                0 => Node::Literal(Scalar::Boolean(false)),
                _ => {
                    let mut set = ValueSet::default();
                    answer.into_columns().iter().for_each(|column| set.extend(column));
                    Node::InSet(value, Arc::new(set))
                }
            }
        }
        Node::Value(plan, span) => Node::Literal(one_value(&plan, &span, execution)?),
        Node::Exists(plan) => {
            let rows = execute(&plan, execution)?.len();
            Node::Literal(Scalar::Boolean(rows > 0))
        }
        node => node,
    };
    Ok(expr)
}

/// The value that a select of one column gives; null when it gives no row.
fn one_value(plan: &Plan, span: &Span, execution: &Execution<'_>) -> Result<Scalar, QueryError> {
    let answer = execute(plan, execution)?;
    if answer.len() > 1 {
        let message = "this select gives more than one row, where one value is wanted";
        return Err(Diagnostic::new(span.clone(), message)
            .expected("no row, which is null, or one")
            .hint("an aggregate (`max(...)`) or `limit 1` makes one of several; `in` compares with all")
            .into());
    }
    Ok(answer.into_columns().first().map_or(Scalar::Null, |column| column.scalar(0)))
}

fn hoist(expr: Typed, scan: &dyn Scan, notes: &Notes) -> Typed {
    let values = |rows| {
        let batch = Batch { scan, rows, notes };
        let kind = expr.kind.unwrap_or(Kind::Boolean);
        Arc::new(eval(&expr, &batch).into_cells(batch.len(), kind))
    };
    let node = match expr.level {
        Level::Constant => Node::Literal(values(Rows::One).scalar(0)),
        Level::Type => Node::ByType(values(Rows::Types)),
        Level::Place => Node::ByPlace(values(Rows::Places)),
        Level::Row => {
            let parts =
                expr.try_map_parts(|part| Ok::<_, std::convert::Infallible>(hoist(part, scan, notes)));
            return match parts {
                Ok(expr) => expr,
                Err(never) => match never {},
            };
        }
    };
    Typed { node, ..expr }
}
