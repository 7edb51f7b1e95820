//! Conditions that stand alone, over rows that are given.
//!
//! A condition is over single rows or, where it has an aggregate in it, over all of them together: a name that means a
//! value of a row in one half of a sentence and a sum in the other would be read wrongly by somebody.

use super::expression::{is_bare_count, last_of_stem};
use super::scope::Scope;
use super::{Checked, has_aggregate, resolve};
use crate::diagnostic::{Diagnostic, Span, one_of};
use crate::query::ast::{Arguments, Condition, Expr, ExprKind, Item, Name, OrderKey, Select};
use crate::query::catalog::function;
use crate::query::given::Given;
use crate::query::plan::Plan;
use crate::query::schema::Schema;

/// How a condition will be tested.
#[derive(Clone, Debug)]
pub struct ConditionPlans {
    /// Gives the rows for which it holds; of a condition over all rows the values of its aggregates.
    pub holding: Plan,
    /// Gives the number of the rows that it is about.
    pub looked_at: Plan,
}

/// Makes the plans of a condition, which was parsed from `text`.
///
/// # Errors
/// The first name that is not known or kind that does not fit; values of single rows beside aggregates.
pub fn resolve_condition(
    condition: &Condition,
    text: &str,
    given: Given<'_>,
) -> Result<ConditionPlans, Diagnostic> {
    let scope = Scope::of_given(given);
    for part in std::iter::once(&condition.holds).chain(&condition.filter) {
        refuse_bare_count(part, &scope)?;
    }
    let span = 0..text.len();
    let filter = condition.filter.clone();
    let select = if has_aggregate(&condition.holds, &scope, &[]) {
        let items = aggregates(&condition.holds, &scope)?;
        let items = items.into_iter().map(|expr| Item::Expr { expr, alias: None }).collect();
        Select { having: Some(condition.holds.clone()), ..plain(items, filter, span.clone()) }
    } else {
        let conditions: Vec<Expr> = filter.into_iter().chain([condition.holds.clone()]).collect();
        let order_by = first_number(&condition.holds, &scope).map(biggest_first).into_iter().collect();
        let all =
            Expr { kind: ExprKind::And(conditions), span: span.clone(), height: condition.holds.height };
        Select { order_by, ..plain(vec![Item::All(span.clone())], Some(all), span.clone()) }
    };
    let count = call("count", Arguments::All, &span);
    let counted = plain(vec![Item::Expr { expr: count, alias: None }], condition.filter.clone(), span);
    let schema = Schema::of_given(given);
    Ok(ConditionPlans {
        holding: resolve(&select, text, &schema)?,
        looked_at: resolve(&counted, text, &schema)?,
    })
}

/// A select of nothing but items and a condition.
fn plain(items: Vec<Item>, filter: Option<Expr>, span: Span) -> Select {
    Select { filter, ..Select::of(items, span) }
}

fn call(name: &str, arguments: Arguments, span: &Span) -> Expr {
    let name = Name { text: name.to_owned(), span: span.clone() };
    Expr { kind: ExprKind::Call { name, arguments }, span: span.clone(), height: 1 }
}

/// Orders by how far a value is from 0: what fell by much is as telling as what grew by much.
fn biggest_first(column: Expr) -> OrderKey {
    let span = column.span.clone();
    OrderKey { expr: call("abs", Arguments::List(vec![column]), &span), descending: true }
}

/// The first column of numbers that an expression names.
fn first_number(expr: &Expr, scope: &Scope) -> Option<Expr> {
    match &expr.kind {
        ExprKind::Name(name) => {
            let is_number = matches!(scope.find(name)[..], [column] if scope.columns[column].measure);
            is_number.then(|| expr.clone())
        }
        _ => expr.parts().into_iter().find_map(|part| first_number(part, scope)),
    }
}

/// The aggregates in a condition, each once.
///
/// # Errors
/// A column stands beside them.
fn aggregates(expr: &Expr, scope: &Scope) -> Checked<Vec<Expr>> {
    let mut found: Vec<Expr> = Vec::new();
    let mut left = vec![expr];
    while let Some(part) = left.pop() {
        match &part.kind {
            ExprKind::Call { name, .. } if function(&name.text).is_some_and(|f| f.is_aggregate()) => {
                if found.iter().all(|known| known.to_string() != part.to_string()) {
                    found.push(part.clone());
                }
            }
            ExprKind::Name(name) if scope.has(name) => {
                let message = format!("`{name}` is of single rows, and the condition is over all of them");
                return Err(Diagnostic::new(part.span.clone(), message)
                    .expected(format!("an aggregate: `sum({name})`, `max({name})`, ..."))
                    .hint("what rows must be to count goes behind `where`"));
            }
            _ => left.extend(part.parts().into_iter().rev()),
        }
    }
    Ok(found)
}

/// Refuses the bare word `count`, which would be the number of rows and is meant as that of objects.
fn refuse_bare_count(expr: &Expr, scope: &Scope) -> Checked<()> {
    if let ExprKind::Name(name) = &expr.kind
        && is_bare_count(name)
        && !scope.has(name)
    {
        let columns = scope.names();
        let message = format!("{} has no column `{name}`", scope.name);
        let rows = "`count(*)` is the number of rows";
        return Err(Diagnostic::new(expr.span.clone(), message).expected(one_of(&columns)).hint(
            match last_of_stem(name, &columns) {
                Some(near) => format!("did you mean `{near}`? {rows}"),
                None => rows.to_owned(),
            },
        ));
    }
    expr.parts().into_iter().try_for_each(|part| refuse_bare_count(part, scope))
}
