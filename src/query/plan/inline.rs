//! Selects within selects, taken apart: what only chooses rows and computes columns is read as a part of the select around
//! it. So conditions reach the scan and are decided once a type, columns that nobody asks for are not read, a limit stops
//! the scan, and no rows are kept in between.

use std::convert::Infallible;
use std::sync::Arc;

use super::{Addresses, NamedPlan, Node, OutputItem, Plan, Source, Typed};
use crate::query::catalog::{Aggregate, Level, TableId};
use crate::query::scalar::Scalar;

/// How often a value that has to be computed is computed at most, where it was computed once. For the source of a join
/// never: the row of a source may stand in any number of pairs, and in each it would be computed.
const MOST_USES: usize = 3;

impl Plan {
    /// Reads the select that is the source as a part of this plan, where that gives the same rows; else lets it show only
    /// what is asked of it. `takes_order`: whether this plan may have an order, as
    /// all may but the sources of joins.
    pub fn inline(&mut self, takes_order: bool) {
        let Source::Select(inner) = &mut self.source else { return };
        let inner = std::mem::replace(&mut **inner, Plan::over(Source::Join(Box::default())));
        if !self.can_inline(&inner, takes_order) {
            self.source = Source::Select(Box::new(self.pruned(inner)));
            return;
        }
        self.change_source_expressions(&mut |expr| over_items(expr, &inner.items));
        let outer_filter = std::mem::replace(&mut self.filter, inner.filter);
        self.filter.extend(outer_filter);
        if self.grouping.is_none() {
            self.order.extend(inner.order);
        }
        self.source = inner.source;
    }

    /// Reads the selects with these names, of which each is asked for once, as parts of the selects that ask, where that
    /// gives the same rows.
    pub fn inline_named(&mut self, is_asked_once: &dyn Fn(&Arc<NamedPlan>) -> bool, takes_order: bool) {
        if let Source::Named(named) = &self.source
            && is_asked_once(named)
            && self.can_inline(&named.plan, takes_order)
        {
            self.source = Source::Select(Box::new(named.plan.clone()));
        }
        let within = |plan: &mut Plan, takes_order| plan.inline_named(is_asked_once, takes_order);
        match &mut self.source {
            Source::Select(inner)
            | Source::Items { of: Addresses::Select(inner), .. }
            | Source::Related { of: Addresses::Select(inner), .. } => within(inner, true),
            Source::Join(join) => join.sides.iter_mut().for_each(|side| within(&mut side.plan, false)),
            Source::Windows(windows) => within(&mut windows.input, true),
            Source::Combined(both) => {
                within(&mut both.left, true);
                within(&mut both.right, true);
            }
            _ => {}
        }
        self.inline(takes_order);
        self.complete();
    }

    fn can_inline(&self, inner: &Plan, takes_order: bool) -> bool {
        let is_plain = inner.grouping.is_none() && inner.having.is_empty() && inner.limit.is_none();
        let keeps_order = inner.order.is_empty()
            || match &self.grouping {
                Some(grouping) => grouping.aggregates.iter().all(|call| call.function != Aggregate::First),
                None => takes_order,
            };
        let most_uses = if takes_order { MOST_USES } else { 0 };
        is_plain && keeps_order && !self.sums_what_is_retained(inner) && self.uses_are_few(inner, most_uses)
    }

    /// Over rows that are objects, a sum of what they retain counts each byte once; over the rows of a select it does not.
    fn sums_what_is_retained(&self, inner: &Plan) -> bool {
        let is_retained = |column: usize| match inner.items.get(column).map(|item| &item.expr.node) {
            Some(Node::Column(column)) => inner.source.column_name(*column) == Some("retained"),
            _ => false,
        };
        self.grouping.iter().flat_map(|grouping| &grouping.aggregates).any(|call| {
            let argument = call.argument.as_ref().map(|argument| &argument.node);
            call.function == Aggregate::Sum && matches!(argument, Some(Node::Column(at)) if is_retained(*at))
        })
    }

    /// How often this plan asks for each column of its source `inner`.
    fn uses_of(&self, inner: &Plan) -> Vec<usize> {
        let mut uses = vec![0; inner.items.len()];
        for expr in self.source_expressions() {
            expr.columns(&mut |column| uses.iter_mut().skip(column).take(1).for_each(|uses| *uses += 1));
        }
        uses
    }

    /// Whether no value would be computed too often.
    fn uses_are_few(&self, inner: &Plan, most: usize) -> bool {
        inner.items.iter().zip(self.uses_of(inner)).all(|(item, uses)| {
            let mut has_select = false;
            item.expr.selects(&mut |_, _| has_select = true);
            match item.expr.node {
                _ if has_select => uses <= most.min(1),
                Node::Column(_) | Node::Literal(_) => true,
                _ => item.expr.level != Level::Row || uses <= most,
            }
        })
    }

    /// The plan of the source with those of its columns only that are used, whose positions change by that.
    fn pruned(&mut self, mut inner: Plan) -> Plan {
        let used: Vec<bool> = self.uses_of(&inner).into_iter().map(|uses| uses > 0).collect();
        if used.iter().all(|used| *used) {
            return inner;
        }
        let position = |column: usize| used.iter().take(column).filter(|used| **used).count();
        self.change_source_expressions(&mut |expr| moved(expr, &position));
        let mut is_used = used.iter();
        inner.items.retain(|_| is_used.next().is_none_or(|used| *used));
        inner.complete();
        inner
    }

    fn change_source_expressions(&mut self, change: &mut impl FnMut(Typed) -> Typed) {
        let mut apply = |expr: &mut Typed| {
            let taken = std::mem::replace(expr, Typed::literal(Scalar::Null, None));
            *expr = change(taken);
        };
        self.filter.iter_mut().for_each(|conjunct| apply(&mut conjunct.expr));
        match &mut self.grouping {
            Some(grouping) => {
                grouping.keys.iter_mut().for_each(|key| apply(&mut key.expr));
                grouping.aggregates.iter_mut().flat_map(|call| &mut call.argument).for_each(apply);
            }
            None => {
                self.items.iter_mut().for_each(|item| apply(&mut item.expr));
                self.order.iter_mut().for_each(|key| apply(&mut key.expr));
            }
        }
    }
}

impl Source {
    /// The name of a column, where rows are objects.
    fn column_name(&self, column: usize) -> Option<&'static str> {
        let table = match self {
            Source::Table { table, .. } if table.lists_objects() => *table,
            Source::Related { .. } => TableId::Objects,
            _ => return None,
        };
        table.doc().columns.get(column).map(|column| column.name)
    }
}

/// An expression over the columns of a select as one over what that select reads.
fn over_items(expr: Typed, items: &[OutputItem]) -> Typed {
    if let Node::Column(column) = expr.node {
        return items.get(column).map_or(expr, |item| item.expr.clone());
    }
    let Ok(mut expr) = expr.try_map_parts(|part| Ok::<_, Infallible>(over_items(part, items)));
    expr.level = match &expr.node {
        Node::Path(..) | Node::OfObject(..) => Level::Row,
        _ if expr.parts().is_empty() => expr.level,
        _ => expr.parts().iter().fold(Level::Constant, |level, part| level.with(part.level)),
    };
    expr
}

/// An expression over columns that stand elsewhere.
fn moved(expr: Typed, position: &impl Fn(usize) -> usize) -> Typed {
    if let Node::Column(column) = expr.node {
        return Typed { node: Node::Column(position(column)), ..expr };
    }
    let Ok(expr) = expr.try_map_parts(|part| Ok::<_, Infallible>(moved(part, position)));
    expr
}
