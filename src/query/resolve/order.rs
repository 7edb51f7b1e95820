//! What answers are ordered by: as it was said, or biggest first.

use super::expression::Context;
use super::groups::Groups;
use super::{Checked, Resolver, Wanted, aliases};
use crate::diagnostic::{Diagnostic, one_of};
use crate::query::Kind;
use crate::query::ast::{Expr, ExprKind, Select};
use crate::query::catalog::{Aggregate, Level};
use crate::query::plan::{Node, OrderKey, OutputItem, Typed};

impl Resolver<'_> {
    /// The keys of `order by`. Aliases go before columns.
    pub(super) fn order(
        &self,
        select: &Select,
        wanted: &[Wanted],
        items: &[OutputItem],
        context: &mut Context<'_>,
    ) -> Checked<Vec<OrderKey>> {
        let aliases = aliases(wanted, items);
        let mut keys = Vec::new();
        for key in &select.order_by {
            let aliased = named(&key.expr, wanted).map(|at| items[at].expr.clone());
            let expr = match aliased {
                Some(expr) => expr,
                None => context.with_aliases(&aliases).expression(&key.expr)?,
            };
            if expr.level == Level::Constant {
                return Err(constant(&key.expr));
            }
            keys.push(OrderKey { expr, descending: key.descending, text: key.expr.to_string() });
        }
        Ok(keys)
    }

    /// The keys of `order by` of a select that shows each row once: they must be among what is
    /// selected, since a row that is shown once may stand for several that differ in all else.
    pub(super) fn order_among_items(
        &self,
        select: &Select,
        wanted: &[Wanted],
        items: &[OutputItem],
    ) -> Checked<Vec<OrderKey>> {
        let mut keys = Vec::new();
        for key in &select.order_by {
            let text = key.expr.to_string();
            let at =
                named(&key.expr, wanted).or_else(|| wanted.iter().position(|w| w.expr.to_string() == text));
            let Some(at) = at else {
                let names: Vec<_> = items.iter().map(|i| format!("`{}`", i.name)).collect();
                let message = "with `distinct`, rows are ordered by what is selected";
                return Err(Diagnostic::new(key.expr.span.clone(), message).expected(one_of(&names)));
            };
            let expr = item_at(at, &items[at]).expr;
            keys.push(OrderKey { expr, descending: key.descending, text });
        }
        Ok(keys)
    }
}

/// The item that bears this name as its alias.
fn named(expr: &Expr, wanted: &[Wanted]) -> Option<usize> {
    let ExprKind::Name(name) = &expr.kind else { return None };
    wanted.iter().position(|w| w.alias.as_ref() == Some(name))
}

fn constant(expr: &Expr) -> Diagnostic {
    let diagnostic = Diagnostic::new(expr.span.clone(), "a constant orders nothing");
    match expr.kind {
        ExprKind::Literal(_) => diagnostic.hint("columns are ordered by their names, not their positions"),
        _ => diagnostic,
    }
}

/// An item that shows the column at its own position.
pub(super) fn item_at(at: usize, item: &OutputItem) -> OutputItem {
    OutputItem {
        name: item.name.clone(),
        expr: Typed::column(at, item.expr.kind, Level::Row),
        measure: item.measure,
    }
}

/// All items, each smallest first: makes an order total.
pub(super) fn by_all_items(items: &[OutputItem]) -> Vec<OrderKey> {
    let key = |i: &OutputItem| OrderKey { expr: i.expr.clone(), descending: false, text: i.name.clone() };
    items.iter().map(key).collect()
}

/// All keys of the groups, each smallest first: makes an order total.
pub(super) fn by_all_keys(groups: &Groups) -> Vec<OrderKey> {
    let keys = groups.keys().iter().filter_map(|k| {
        let expr = groups.key(&k.text)?;
        Some(OrderKey { expr, descending: false, text: k.text.clone() })
    });
    keys.collect()
}

/// The order of a grouped query that names none: biggest first, by the first selected sum, else the
/// first selected aggregate, that is a number.
pub(super) fn biggest_first(groups: &Groups, items: &[OutputItem]) -> Vec<OrderKey> {
    let aggregate = |item: &&OutputItem| match item.expr.node {
        Node::Column(column) => groups.aggregate_at(column).map(|a| a.function),
        _ => None,
    };
    let number = |item: &&OutputItem| item.expr.kind.is_some_and(Kind::adds_up);
    let mut numbers = items.iter().filter(number).filter(|i| aggregate(i).is_some());
    let sum = numbers.clone().find(|i| aggregate(i) == Some(Aggregate::Sum));
    let biggest = sum.or_else(|| numbers.next());
    biggest
        .map(|i| OrderKey { expr: i.expr.clone(), descending: true, text: i.name.clone() })
        .into_iter()
        .collect()
}
