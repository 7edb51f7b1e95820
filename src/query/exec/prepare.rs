//! Work that is done before a scan: constants, values that depend on the type or the place only,
//! and selects within `in`.

use std::sync::Arc;

use super::eval::eval;
use super::notes::Notes;
use super::scan::{Batch, Rows, Scan};
use super::{Execution, execute};
use crate::query::catalog::Level;
use crate::query::plan::{Node, Typed};
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
    if let Node::InSelect(value, plan) = expr.node {
        let answer = execute(&plan, execution)?;
        let mut set = ValueSet::default();
        answer.into_columns().iter().for_each(|column| set.extend(column));
        expr.node = Node::InSet(value, Arc::new(set));
    }
    Ok(expr)
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
