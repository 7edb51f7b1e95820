//! Assertions: selects of the rows, or groups, for which a condition is not true.

use super::expression::is_bare_count;
use super::names::Named;
use super::scope::Scope;
use super::source::Resolved;
use super::{Checked, Resolver, has_aggregate};
use crate::diagnostic::Diagnostic;
use crate::query::ast::{Assertion, Expr, ExprKind, Item, Literal, Select};
use crate::query::catalog::function;
use crate::query::cells::{Cells, Columns};
use crate::query::plan::{Plan, Source};
use crate::query::schema::Schema;

/// Makes the plan that gives the rows that fail an assertion, which was parsed from `statement`.
///
/// # Errors
/// As for [`super::resolve`].
pub fn resolve_assertion(
    assertion: &Assertion,
    statement: &str,
    schema: &Schema<'_>,
) -> Result<Plan, Diagnostic> {
    const NO_NAMES: &[Named] = &[];
    let resolver = Resolver { statement, schema, names: NO_NAMES };
    resolver.failing(assertion)
}

impl Resolver<'_> {
    fn failing(&self, assertion: &Assertion) -> Checked<Plan> {
        let Assertion { holds, of, .. } = assertion;
        let resolved = self.source(of)?;
        let (scope, fails) = (&resolved.scope, fails(holds));
        if !of.group_by.is_empty() || has_aggregate(holds, scope, &[]) {
            let keys = of.group_by.iter().cloned();
            let items = shown(keys.chain(measured(holds, scope)));
            return self.select(&Select { items, having: Some(fails), ..of.clone() });
        }
        if of.source.is_none() && of.filter.is_none() && !names_columns(holds, scope) {
            return self.constant(assertion, fails);
        }
        let filters: Vec<Expr> = of.filter.iter().cloned().chain([fails]).collect();
        let height = filters.iter().map(|filter| filter.height).max().unwrap_or(0) + 1;
        let filter = Expr { kind: ExprKind::And(filters), span: holds.span.clone(), height };
        let columns = telling(scope, holds).into_iter().chain(named(holds));
        self.select(&Select { items: shown(columns), filter: Some(filter), ..of.clone() })
    }

    /// A condition that is about no rows: one row, which fails or not.
    fn constant(&self, assertion: &Assertion, fails: Expr) -> Checked<Plan> {
        let one = Columns::Computed(vec![Cells::booleans([false])].into());
        let source = Source::Given { columns: one, name: "nothing".to_owned(), snapshot: None };
        let scope = Scope {
            name: "a condition that stands alone".to_owned(),
            columns: Vec::new(),
            snapshot: 0,
            objects: None,
            alias: None,
            join: None,
        };
        let items = shown(compared(&assertion.holds));
        let select = Select { items, filter: Some(fails), ..assertion.of.clone() };
        self.body_over(&select, Resolved::all(source, scope))
    }
}

/// The condition for those that fail: what is unknown fails too.
fn fails(holds: &Expr) -> Expr {
    let truth = |value| Expr::new(ExprKind::Literal(Literal::Boolean(value)), holds.span.clone(), []);
    let kind = ExprKind::Case {
        operand: None,
        branches: vec![(holds.clone(), truth(false))],
        otherwise: Some(Box::new(truth(true))),
    };
    Expr { kind, span: holds.span.clone(), height: holds.height + 1 }
}

/// Each expression once.
fn shown(exprs: impl IntoIterator<Item = Expr>) -> Vec<Item> {
    let mut texts: Vec<String> = Vec::new();
    let mut items = Vec::new();
    for expr in exprs {
        let text = expr.to_string();
        if !texts.contains(&text) {
            texts.push(text);
            items.push(Item::Expr { expr, alias: None });
        }
    }
    items
}

/// The columns that tell which row one is: the first, and the type.
fn telling(scope: &Scope, at: &Expr) -> Vec<Expr> {
    let first = scope.columns.first().map(|column| column.name.as_str());
    let of_type = ["type"].into_iter().filter(|name| scope.has(name));
    let mut names: Vec<&str> = first.into_iter().chain(of_type).collect();
    names.retain(|name| scope.find(name).len() == 1);
    names.into_iter().map(|name| Expr::new(ExprKind::Name(name.to_owned()), at.span.clone(), [])).collect()
}

/// The columns and paths that an expression names.
fn named(expr: &Expr) -> Vec<Expr> {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Index(..) => vec![expr.clone()],
        _ => expr.parts().into_iter().flat_map(named).collect(),
    }
}

fn names_columns(expr: &Expr, scope: &Scope) -> bool {
    let is_column = |expr: &Expr| match &expr.kind {
        ExprKind::Name(name) => scope.has(name) || !is_bare_count(name),
        _ => true,
    };
    named(expr).iter().any(is_column)
}

/// The aggregates and measures in an expression over groups.
fn measured(expr: &Expr, scope: &Scope) -> Vec<Expr> {
    match &expr.kind {
        ExprKind::Call { name, .. } if function(&name.text).is_some_and(|f| f.is_aggregate()) => {
            vec![expr.clone()]
        }
        ExprKind::Name(name) => {
            let adds_up = scope.find(name).iter().any(|&at| scope.columns[at].measure);
            if adds_up || is_bare_count(name) { vec![expr.clone()] } else { Vec::new() }
        }
        _ => expr.parts().into_iter().flat_map(|part| measured(part, scope)).collect(),
    }
}

/// The sides of comparisons that are no literals; the condition itself where there are none.
fn compared(expr: &Expr) -> Vec<Expr> {
    fn sides(expr: &Expr) -> Vec<Expr> {
        match &expr.kind {
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().flat_map(sides).collect(),
            ExprKind::Not(part) => sides(part),
            ExprKind::Compare(_, a, b) => {
                let is_value = |side: &&Expr| !matches!(side.kind, ExprKind::Literal(_));
                [&**a, &**b].into_iter().filter(is_value).cloned().collect()
            }
            _ => Vec::new(),
        }
    }
    let found = sides(expr);
    if found.is_empty() { vec![expr.clone()] } else { found }
}
