//! Selects together: as many columns, of kinds that go together, by position.

use super::operators::common;
use super::scope::Scope;
use super::{Checked, Resolver};
use crate::diagnostic::{Diagnostic, Span};
use crate::query::Kind;
use crate::query::ast::{Combined as Written, Select};
use crate::query::catalog::Level;
use crate::query::plan::{Combined, OutputItem, Plan, Source, Typed};
use crate::query::resolve::expression::Place;

impl Resolver<'_> {
    /// The plan of two selects together; `select` has their order and limit.
    pub(super) fn combined(&self, select: &Select, both: &Written) -> Checked<Plan> {
        let (left, right) = (self.select(&both.left)?, self.select(&both.right)?);
        let kinds = kinds(both, &left, &right)?;
        let scope = scope(both, &left, &kinds);
        let item = |(at, column): (usize, &OutputItem)| OutputItem {
            name: column.name.clone(),
            expr: Typed::column(at, kinds[at], Level::Row),
            measure: column.measure,
        };
        let items: Vec<OutputItem> = left.items.iter().enumerate().map(item).collect();
        let order = self.order(select, &[], &items, &mut self.rows(&scope, Place::OrderBy))?;
        let combined = Combined { op: both.op, all: both.all, left, right, kinds };
        let mut plan = Plan::over(Source::Combined(Box::new(combined)));
        (plan.items, plan.order, plan.limit) = (items, order, select.limit);
        plan.complete();
        Ok(plan)
    }
}

/// The columns that the order can name.
fn scope(both: &Written, left: &Plan, kinds: &[Option<Kind>]) -> Scope {
    let mut scope = Scope::of_plan(left);
    scope.name = format!("the `{}`", both.op.words(both.all));
    scope.columns.iter_mut().zip(kinds).for_each(|(column, kind)| column.kind = *kind);
    scope
}

/// The kind of each column.
fn kinds(both: &Written, left: &Plan, right: &Plan) -> Checked<Vec<Option<Kind>>> {
    let word = both.op.words(both.all);
    let (first, second) = (left.items.len(), right.items.len());
    if first != second {
        let s = if second == 1 { "" } else { "s" };
        let message = format!("this select has {second} column{s}, the one before `{word}` has {first}");
        return Err(
            Diagnostic::new(both.right.span.clone(), message).expected("as many columns, in the same order")
        );
    }
    let kind = |(at, (left, right)): (usize, (&OutputItem, &OutputItem))| {
        common(left.expr.kind, right.expr.kind).map_err(|()| {
            let phrase = |item: &OutputItem| item.expr.kind.map_or("null", Kind::phrase);
            let message = format!(
                "`{}` is {}, and `{}` in its place before `{word}` is {}",
                right.name,
                phrase(right),
                left.name,
                phrase(left)
            );
            Diagnostic::new(place_of(&both.right, at), message)
                .expected(phrase(left))
                .hint("columns belong together by their position")
        })
    };
    left.items.iter().zip(&right.items).enumerate().map(kind).collect()
}

/// Where the item stands that a select shows at a position.
fn place_of(select: &Select, at: usize) -> Span {
    use crate::query::ast::{Item, Source as AstSource};
    if let Some(AstSource::Combined(both)) = &select.source {
        return place_of(&both.left, at);
    }
    // Behind a `*`, positions are not those of the items.
    let plain = select.items.iter().take(at + 1).all(|item| matches!(item, Item::Expr { .. }));
    match select.items.get(at) {
        Some(Item::Expr { expr, .. }) if plain => expr.span.clone(),
        _ => select.span.clone(),
    }
}
