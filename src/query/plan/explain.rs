//! A plan in words, one step a row.

use std::sync::Arc;

use super::{Addresses, Combined, Conjunct, GraphPart, NamedPlan, Operand, Plan, Relation, Source, building};
use crate::graph::Snapshot;
use crate::query::ast::SetOp;
use crate::query::catalog::{ColumnDoc, Level, SourceFunction, TableId};

/// A step of a plan: what is done, and to what.
pub type Step = (&'static str, String);

/// The steps of a plan in the order in which they are done, over the dumps that are open. Nothing is built for it.
pub fn explain(plan: &Plan, snapshots: &[Snapshot]) -> Vec<Step> {
    let mut steps = Steps { snapshots, steps: Vec::new(), named: Vec::new() };
    steps.add(plan);
    steps.steps
}

struct Steps<'a> {
    snapshots: &'a [Snapshot],
    steps: Vec<Step>,
    /// The plans with names whose steps are told already.
    named: Vec<Arc<NamedPlan>>,
}

impl Steps<'_> {
    fn add(&mut self, plan: &Plan) {
        let expressions = plan.source_expressions();
        let over_groups = plan.output_expressions().filter(|_| plan.grouping.is_some());
        for expression in expressions.into_iter().chain(over_groups) {
            expression.selects(&mut |select| {
                self.add(select);
                self.steps.push(("build set", "the values for `in`".to_owned()));
            });
        }
        self.source(plan);
        let steps = &mut self.steps;
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

    fn source(&mut self, plan: &Plan) {
        match &plan.source {
            Source::Select(inner) => self.add(inner),
            Source::Given { name, .. } => self.steps.push(("read", name.clone())),
            Source::Combined(both) => {
                self.add(&both.left);
                self.add(&both.right);
                self.steps.push((both.op.words(both.all), combined(both).to_owned()));
            }
            Source::Named(named) => {
                if !self.named.iter().any(|known| Arc::ptr_eq(known, named)) {
                    self.named.push(Arc::clone(named));
                    self.add(&named.plan);
                    self.steps.push(("keep", format!("the rows as {}", named.name)));
                }
                self.steps.push(("read", format!("{}, computed once", named.name)));
            }
            Source::Windows(windows) => {
                self.add(&windows.input);
                self.steps.push(("compute", texts(windows.calls.iter().map(|call| &call.text))));
            }
            Source::Items { of, used, .. } => {
                self.addresses(of);
                self.steps.push(("read", columns("items", SourceFunction::Items.doc().columns, used)));
            }
            Source::Related { relation, of, used, .. } => {
                self.addresses(of);
                self.built_first(plan);
                self.steps.push(("search", related(*relation).to_owned()));
                self.steps.push(("scan", columns("the objects found", TableId::Objects.doc().columns, used)));
            }
            Source::Table { table, used, .. } => {
                self.built_first(plan);
                let doc = table.doc();
                let table = match &plan.grouping {
                    Some(grouping) if grouping.from_type_totals => {
                        ("read", "the totals of each type: no scan".to_owned())
                    }
                    _ if table.lists_objects() || *table == TableId::Refs => {
                        ("scan", columns(doc.name, doc.columns, used))
                    }
                    _ => ("read", columns(doc.name, doc.columns, used)),
                };
                self.steps.push(table);
                if plan.grouping.as_ref().is_some_and(|g| g.from_type_totals) {
                    add_filter(&plan.filter, &mut self.steps);
                }
            }
        }
    }

    /// What is built for the rows of a source, and what of that is there already.
    fn built_first(&mut self, plan: &Plan) {
        let number = plan.snapshot();
        let snapshot = self.snapshots.get(number);
        if plan.needs_heap() {
            self.steps.push(building::walk(number, snapshot));
        }
        let parts = plan.graph_parts().into_iter();
        self.steps.extend(parts.map(|part| building::part(part, number, snapshot)));
    }

    /// What tells the objects that a function or a statement is about.
    fn addresses(&mut self, of: &Addresses) {
        match of {
            Addresses::List(_) => {}
            Addresses::Select(inner) => self.add(inner),
            Addresses::Types { name, .. } => {
                self.steps.push(("scan", format!("objects for those of {name}")));
            }
        }
    }
}

/// The steps that tell the objects that a statement is about, and that build `parts` of the graph of their dump.
pub fn explain_operands(operands: &[Operand], parts: &[GraphPart], snapshots: &[Snapshot]) -> Vec<Step> {
    let number = operands.first().map_or(0, |operand| operand.snapshot);
    let snapshot = snapshots.get(number);
    let mut steps = Steps { snapshots, steps: vec![building::walk(number, snapshot)], named: Vec::new() };
    operands.iter().for_each(|operand| steps.addresses(&operand.addresses));
    steps.steps.extend(parts.iter().map(|&part| building::part(part, number, snapshot)));
    steps.steps
}

/// What is done with the rows of two selects.
fn combined(both: &Combined) -> &'static str {
    match (both.op, both.all) {
        (SetOp::Union, true) => "the rows of both, those of the first before",
        (SetOp::Union, false) => "the rows of both, each once",
        (SetOp::Except, _) => "the rows of the first that are not in a hash table of the second, each once",
        (SetOp::Intersect, _) => "the rows of the first that are in a hash table of the second, each once",
    }
}

/// What is searched for a relation.
fn related(relation: Relation) -> &'static str {
    match relation {
        Relation::Reachable => "what the objects reach",
        Relation::RetainedBy => "what the roots do not reach around the objects",
        Relation::References => "the references of the objects",
        Relation::Referrers => "all references for those to the objects",
    }
}

/// A source and those of its columns that are used.
fn columns(source: &str, columns: &[ColumnDoc], used: &[usize]) -> String {
    let names = used.iter().filter_map(|&at| columns.get(at)).map(|column| column.name);
    format!("{source} ({})", texts(names))
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
