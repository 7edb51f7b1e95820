//! Selects together and selects with names.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::{Int, Row, Value, World, nulls_last, run, show};
use crate::graph::Snapshot;
use crate::query::ast::{Combined, Expr, ExprKind, Item, Select, SetOp, Source};

/// The rows of two selects together; the names are those of the first.
pub fn combined(snapshot: &Snapshot, both: &Combined) -> Vec<Row> {
    let (left, right) = (run(snapshot, &both.left), run(snapshot, &both.right));
    let names: Vec<String> = both.left.items_of_first().iter().map(name_of).collect();
    let key = |row: &Row| row.iter().map(|(_, v)| same(v)).collect::<Vec<_>>();
    let others: BTreeSet<Vec<String>> = right.iter().map(key).collect();
    let mut rows = left;
    match both.op {
        SetOp::Union => rows.extend(right),
        SetOp::Except => rows.retain(|row| !others.contains(&key(row))),
        SetOp::Intersect => rows.retain(|row| others.contains(&key(row))),
    }
    if !both.all {
        let mut seen = BTreeSet::new();
        rows.retain(|row| seen.insert(key(row)));
    }
    let named = |row: Row| names.iter().cloned().zip(row.into_iter().map(|(_, v)| v)).collect();
    rows.into_iter().map(named).collect()
}

/// Equal for equal values: 2 equals 2.0.
fn same(value: &Value) -> String {
    match value {
        Int(n) => show(&Value::Real(*n as f64)),
        value => show(value),
    }
}

/// The rows in the order and within the limit of a select of all of them.
pub fn ordered(snapshot: &Snapshot, select: &Select, rows: Vec<Row>) -> Vec<Row> {
    let keys = |row: &Row| {
        let world = World { snapshot, graph: None, row: Some(row), group: None, all: (&[], 0) };
        select.order_by.iter().map(|key| world.eval(&key.expr)).collect::<Vec<_>>()
    };
    let mut rows: Vec<(Vec<Value>, Row)> = rows.into_iter().map(|row| (keys(&row), row)).collect();
    rows.sort_by(|(a, _), (b, _)| {
        let parts = a.iter().zip(b).zip(&select.order_by);
        parts.fold(Ordering::Equal, |all, ((a, b), key)| all.then(nulls_last(a, b, key.descending)))
    });
    let (offset, count) = select.limit.map_or((0, usize::MAX), |l| (l.offset as usize, l.count as usize));
    rows.into_iter().map(|(_, row)| row).skip(offset).take(count).collect()
}

fn name_of(item: &Item) -> String {
    match item {
        Item::Expr { alias: Some(alias), .. } => alias.text.clone(),
        Item::Expr { expr, .. } => expr.to_string(),
        Item::All(_) | Item::AllOf(..) => panic!("`*` is not generated"),
    }
}

impl Select {
    /// What the first of the selects that are put together shows.
    fn items_of_first(&self) -> &[Item] {
        match &self.source {
            Some(Source::Combined(both)) => both.left.items_of_first(),
            _ => &self.items,
        }
    }
}

/// The same select, each name of `with` replaced by its select.
pub fn without_names(select: &Select) -> Select {
    let mut select = select.clone();
    for with in std::mem::take(&mut select.with).into_iter().rev() {
        replace(&mut select, &with.name.text, &with.select);
    }
    select
}

fn replace(select: &mut Select, name: &str, by: &Select) {
    // A later name hides an earlier one of an outer select nowhere: the generator gives each its own.
    select.with.iter_mut().for_each(|with| replace(&mut with.select, name, by));
    match &mut select.source {
        Some(Source::Table { name: Some(found), .. }) if found.text == name => {
            select.source = Some(Source::Select(Box::new(by.clone())));
        }
        Some(Source::Select(inner)) => replace(inner, name, by),
        Some(Source::Combined(both)) => {
            replace(&mut both.left, name, by);
            replace(&mut both.right, name, by);
        }
        _ => {}
    }
    if let Some(filter) = &mut select.filter {
        replace_in(filter, name, by);
    }
}

fn replace_in(expr: &mut Expr, name: &str, by: &Select) {
    match &mut expr.kind {
        ExprKind::And(all) | ExprKind::Or(all) => all.iter_mut().for_each(|e| replace_in(e, name, by)),
        ExprKind::Not(part) => replace_in(part, name, by),
        ExprKind::InSelect(_, select) => replace(select, name, by),
        _ => {}
    }
}
