//! A plan in words, one step a row.

use super::{Addresses, Conjunct, Plan, Source};
use crate::query::catalog::{Level, SourceFunction};

/// A step of a plan: what is done, and to what.
pub type Step = (&'static str, String);

/// The steps of a plan in the order in which they are done.
pub fn explain(plan: &Plan) -> Vec<Step> {
    let mut steps = Vec::new();
    add(plan, &mut steps);
    steps
}

fn add(plan: &Plan, steps: &mut Vec<Step>) {
    let expressions = plan.source_expressions();
    let over_groups = plan.output_expressions().filter(|_| plan.grouping.is_some());
    for expression in expressions.into_iter().chain(over_groups) {
        expression.selects(&mut |select| {
            add(select, steps);
            steps.push(("build set", "the values for `in`".to_owned()));
        });
    }
    add_source(plan, steps);
    if plan.grouping.as_ref().is_none_or(|g| !g.from_type_totals) {
        add_filter(&plan.filter, steps);
    }
    add_grouping(plan, steps);
    if !plan.having.is_empty() {
        steps.push(("filter groups", texts(plan.having.iter().map(|c| &c.text))));
    }
    add_order(plan, steps);
    let names = plan.items.iter().map(|i| &i.name);
    steps.push(("show", texts(names)));
}

fn add_source(plan: &Plan, steps: &mut Vec<Step>) {
    match &plan.source {
        Source::Select(inner) => add(inner, steps),
        Source::Items { of, used, .. } => {
            add_addresses(of, steps);
            let columns = SourceFunction::Items.doc().columns;
            let columns = used.iter().filter_map(|&c| columns.get(c)).map(|c| c.name);
            steps.push(("read", format!("items ({})", texts(columns))));
        }
        Source::Table { snapshot, table, used } => {
            if plan.needs_heap() {
                steps.push(("walk heap", format!("dump {}, unless that was done before", snapshot + 1)));
            }
            let columns = used.iter().filter_map(|&c| table.doc().columns.get(c)).map(|c| c.name);
            let (what, table) = match &plan.grouping {
                Some(grouping) if grouping.from_type_totals => {
                    ("read", "the totals of each type: no scan".to_owned())
                }
                _ if table.lists_objects() => ("scan", format!("{} ({})", table.doc().name, texts(columns))),
                _ => ("read", format!("{} ({})", table.doc().name, texts(columns))),
            };
            steps.push((what, table));
            if plan.grouping.as_ref().is_some_and(|g| g.from_type_totals) {
                add_filter(&plan.filter, steps);
            }
        }
    }
}

/// Adds the steps that tell the objects that a function or a statement is about.
pub fn add_addresses(of: &Addresses, steps: &mut Vec<Step>) {
    match of {
        Addresses::List(_) => {}
        Addresses::Select(inner) => add(inner, steps),
        Addresses::Types { name, .. } => steps.push(("scan", format!("objects for those of {name}"))),
    }
}

fn add_filter(filter: &[Conjunct], steps: &mut Vec<Step>) {
    for (level, name) in [
        (Level::Constant, "filter once"),
        (Level::Place, "filter once a segment and generation"),
        (Level::Type, "filter once a type"),
        (Level::Row, "filter each row"),
    ] {
        let conditions: Vec<_> = filter.iter().filter(|c| c.expr.level == level).map(|c| &c.text).collect();
        if !conditions.is_empty() {
            steps.push((name, texts(conditions)));
        }
    }
}

fn add_grouping(plan: &Plan, steps: &mut Vec<Step>) {
    let Some(grouping) = &plan.grouping else { return };
    let levels = grouping.keys.iter().map(|k| k.expr.level).fold(Level::Constant, Level::with);
    let by_row = grouping.keys.iter().any(|k| k.expr.level == Level::Row);
    let how = match (by_row, levels) {
        (true, _) => "group by hash",
        (false, Level::Constant) => "group all",
        (false, Level::Type) => "group by type id",
        (false, Level::Place) => "group by segment and generation",
        (false, Level::Row) => "group by type id, segment and generation",
    };
    let keys = grouping.keys.iter().map(|k| &k.text);
    let aggregates = grouping.aggregates.iter().map(|a| &a.text);
    let both = [texts(keys), texts(aggregates)];
    steps.push((how, both.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(": ")));
}

fn add_order(plan: &Plan, steps: &mut Vec<Step>) {
    let keys =
        plan.order.iter().map(|o| if o.descending { format!("{} desc", o.text) } else { o.text.clone() });
    let keys = texts(keys);
    let rows = plan.limit.map(|l| match l.offset {
        0 => format!("{} rows", l.count),
        offset => format!("{} rows after {offset}", l.count),
    });
    match (keys.is_empty(), rows) {
        (true, None) => {}
        (true, Some(rows)) => steps.push(("stop after", rows)),
        (false, None) => steps.push(("sort", keys)),
        (false, Some(rows)) => steps.push(("keep the first", format!("{rows} by {keys}"))),
    }
}

fn texts<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> String {
    texts.into_iter().map(|t| t.as_ref().to_owned()).collect::<Vec<_>>().join(", ")
}
