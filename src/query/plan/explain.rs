//! A plan in words, one step a row.

use std::sync::Arc;

use super::{
    Addresses, Combined, Conjunct, GraphPart, Inner, Join, JoinLink, NamedPlan, Operand, Plan, Relation,
    Source, Typed,
    building::{self, Built},
};
use crate::graph::Snapshot;
use crate::query::ast::SetOp;
use crate::query::catalog::{ColumnDoc, Level, SourceFunction, TableId};

/// A step of a plan: what is done, and to what.
pub type Step = (&'static str, String);

/// A part of answering a plan that is measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The rows of the source.
    Source,
    /// The rows that pass the conditions.
    Filter,
    /// The rows of a join, so far as its sources are joined: that of the plan and those before it.
    Link,
    /// The groups.
    Group,
    /// The rows that are shown.
    Show,
}

/// What a step does that is measured by itself.
#[derive(Clone, Copy, Debug)]
pub enum Measured<'p> {
    /// A stage of a plan.
    Stage(&'p Plan, Stage),
    /// What is built of the dump with this position.
    Built(usize, Built),
}

/// The steps of a plan in the order in which they are done, over the dumps that are open, with what is measured at them.
/// Nothing is built for it.
pub fn explain_measured<'p>(plan: &'p Plan, snapshots: &'p [Snapshot]) -> Vec<(Step, Option<Measured<'p>>)> {
    let mut steps = Steps { snapshots, steps: Vec::new(), named: Vec::new() };
    steps.add(plan);
    steps.steps
}

/// The steps of a plan in the order in which they are done, over the dumps that are open. Nothing is built for it.
pub fn explain(plan: &Plan, snapshots: &[Snapshot]) -> Vec<Step> {
    explain_measured(plan, snapshots).into_iter().map(|(step, _)| step).collect()
}

struct Steps<'a> {
    snapshots: &'a [Snapshot],
    steps: Vec<(Step, Option<Measured<'a>>)>,
    /// The plans with names whose steps are told already.
    named: Vec<Arc<NamedPlan>>,
}

impl<'a> Steps<'a> {
    fn push(&mut self, name: &'static str, what: String) {
        self.steps.push(((name, what), None));
    }

    /// Notes that the last step is a stage of a plan, unless it was there `before` or is measured as something else.
    fn stage(&mut self, plan: &'a Plan, stage: Stage, before: usize) {
        if self.steps.len() > before
            && let Some((_, measured)) = self.steps.last_mut()
        {
            measured.get_or_insert(Measured::Stage(plan, stage));
        }
    }

    fn add(&mut self, plan: &'a Plan) {
        let expressions = plan.source_expressions();
        let over_groups = plan.output_expressions().filter(|_| plan.grouping.is_some());
        for expression in expressions.into_iter().chain(over_groups) {
            self.selects(expression);
        }
        let before = self.steps.len();
        self.source(plan);
        self.stage(plan, Stage::Source, before);
        let before = self.steps.len();
        if plan.grouping.as_ref().is_none_or(|g| !g.from_type_totals) {
            self.filter(&plan.filter);
        }
        self.stage(plan, Stage::Filter, before);
        let before = self.steps.len();
        self.grouping(plan);
        self.stage(plan, Stage::Group, before);
        if !plan.having.is_empty() {
            self.push("filter groups", texts(plan.having.iter().map(|c| &c.text)));
        }
        self.order(plan);
        let names = plan.items.iter().map(|i| &i.name);
        self.push("show", texts(names));
        self.stage(plan, Stage::Show, 0);
    }

    /// The selects within an expression, which are run first.
    fn selects(&mut self, expression: &'a Typed) {
        expression.selects(&mut |inner, select| {
            self.add(select);
            let (name, what) = match inner {
                Inner::Set => ("build set", "the values for `in`"),
                Inner::Value => ("keep value", "the one that the select gives"),
                Inner::Exists => ("keep whether", "the select gives any row"),
            };
            self.push(name, what.to_owned());
        });
    }

    /// The sources of a join with what is decided for each by itself, and how each is joined to those before it.
    fn join(&mut self, join: &'a Join) {
        for side in &join.sides {
            for expression in side.plan.source_expressions() {
                self.selects(expression);
            }
            let before = self.steps.len();
            self.source(&side.plan);
            // Of a dump that several sides read, the heap is walked once.
            let own = self.steps.split_off(before);
            for (step, measured) in own {
                let is_known =
                    matches!(measured, Some(Measured::Built(..))) && self.steps.iter().any(|s| s.0 == step);
                if !is_known {
                    self.steps.push((step, measured));
                }
            }
            self.stage(&side.plan, Stage::Source, before);
            if let Some(((_, what), _)) = self.steps.last_mut()
                && !what.starts_with(&format!("{} ", side.name))
            {
                what.push_str(&format!(" as {}", side.name));
            }
            let before = self.steps.len();
            self.filter(&side.plan.filter);
            self.stage(&side.plan, Stage::Filter, before);
            let Some(link) = &side.link else { continue };
            link.expressions().for_each(|expression| self.selects(expression));
            let before = self.steps.len();
            let (name, what) = link_in_words(&side.name, link);
            self.push(name, what);
            let conditions = link.conditions.iter().map(|c| &c.text);
            if !link.keys.is_empty() && !link.conditions.is_empty() {
                self.push("filter each pair", texts(conditions));
            }
            self.stage(&side.plan, Stage::Link, before);
        }
    }

    fn source(&mut self, plan: &'a Plan) {
        match &plan.source {
            Source::Select(inner) => self.add(inner),
            Source::Join(join) => self.join(join),
            Source::Given { name, .. } => self.push("read", name.clone()),
            Source::Combined(both) => {
                self.add(&both.left);
                self.add(&both.right);
                self.push(both.op.words(both.all), combined(both).to_owned());
            }
            Source::Named(named) => {
                if !self.named.iter().any(|known| Arc::ptr_eq(known, named)) {
                    self.named.push(Arc::clone(named));
                    self.add(&named.plan);
                    self.push("keep", format!("the rows as {}", named.name));
                }
                self.push("read", format!("{}, computed once", named.name));
            }
            Source::Windows(windows) => {
                self.add(&windows.input);
                self.push("compute", texts(windows.calls.iter().map(|call| &call.text)));
            }
            Source::Items { of, used, .. } => {
                self.addresses(of);
                self.push("read", columns("items", SourceFunction::Items.doc().columns, used));
            }
            Source::Memory { used, .. } => {
                self.push("read", columns("memory", SourceFunction::Memory.doc().columns, used));
            }
            Source::Related { relation, of, used, .. } => {
                self.addresses(of);
                self.built_first(plan);
                self.push("search", related(*relation).to_owned());
                self.push("scan", columns("the objects found", TableId::Objects.doc().columns, used));
            }
            Source::Table { table, used, .. } => {
                self.built_first(plan);
                let doc = table.doc();
                let (name, what) = match &plan.grouping {
                    Some(grouping) if grouping.from_type_totals => {
                        ("read", "the totals of each type: no scan".to_owned())
                    }
                    _ if table.is_scanned() => ("scan", columns(doc.name, doc.columns, used)),
                    _ => ("read", columns(doc.name, doc.columns, used)),
                };
                self.push(name, what);
                if plan.grouping.as_ref().is_some_and(|g| g.from_type_totals) {
                    self.filter(&plan.filter);
                }
            }
        }
    }

    /// What is built for the rows of a source, and what of that is there already.
    fn built_first(&mut self, plan: &Plan) {
        let number = plan.snapshot();
        if plan.needs_heap() {
            self.built(Built::Heap, number);
        }
        plan.graph_parts().into_iter().for_each(|part| self.built(Built::Graph(part), number));
    }

    fn built(&mut self, built: Built, number: usize) {
        let step = building::step_of(built, number, self.snapshots.get(number));
        self.steps.push((step, Some(Measured::Built(number, built))));
    }

    /// What tells the objects that a function or a statement is about.
    fn addresses(&mut self, of: &'a Addresses) {
        match of {
            Addresses::List(_) => {}
            Addresses::Select(inner) => self.add(inner),
            Addresses::Types { name, .. } => {
                self.push("scan", format!("objects for those of {name}"));
            }
        }
    }

    /// The conditions, by how often they are decided.
    fn filter(&mut self, filter: &[Conjunct]) {
        for (level, name) in [
            (Level::Constant, "filter once"),
            (Level::Place, "filter once a segment and generation"),
            (Level::Type, "filter once a type"),
            (Level::Row, "filter each row"),
        ] {
            let conditions: Vec<_> =
                filter.iter().filter(|c| c.expr.level == level).map(|c| &c.text).collect();
            if !conditions.is_empty() {
                self.push(name, texts(conditions));
            }
        }
    }

    fn grouping(&mut self, plan: &Plan) {
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
        self.push(how, both.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(": "));
    }

    fn order(&mut self, plan: &Plan) {
        let keys =
            plan.order.iter().map(|o| if o.descending { format!("{} desc", o.text) } else { o.text.clone() });
        let keys = texts(keys);
        let rows = plan.limit.map(|l| match l.offset {
            0 => format!("{} rows", l.count),
            offset => format!("{} rows after {offset}", l.count),
        });
        match (keys.is_empty(), rows) {
            (true, None) => {}
            (true, Some(rows)) => self.push("stop after", rows),
            (false, None) => self.push("sort", keys),
            (false, Some(rows)) => self.push("keep the first", format!("{rows} by {keys}")),
        }
    }
}

/// The steps that tell the objects that a statement is about, and that build `parts` of the graph of their dump.
pub fn explain_operands<'a>(
    operands: &'a [Operand],
    parts: &[GraphPart],
    snapshots: &'a [Snapshot],
) -> Vec<Step> {
    let number = operands.first().map_or(0, |operand| operand.snapshot);
    let mut steps = Steps { snapshots, steps: Vec::new(), named: Vec::new() };
    steps.built(Built::Heap, number);
    operands.iter().for_each(|operand| steps.addresses(&operand.addresses));
    parts.iter().for_each(|&part| steps.built(Built::Graph(part), number));
    steps.steps.into_iter().map(|(step, _)| step).collect()
}

/// How a source is joined to those before it.
fn link_in_words(name: &str, link: &JoinLink) -> Step {
    let rest = if link.keeps_left { "; rows that find none stay" } else { "" };
    if link.keys.is_empty() {
        let conditions = texts(link.conditions.iter().map(|c| &c.text));
        let how =
            if conditions.is_empty() { "all pairs".to_owned() } else { format!("each pair: {conditions}") };
        return ("join by nested loop", format!("{name} on {how}{rest}"));
    }
    let keys: Vec<_> = link.keys.iter().map(|key| key.equal.text.as_str()).collect();
    ("join by hash", format!("{name} on {}; the side with fewer rows is built{rest}", keys.join(" and ")))
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

fn texts<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> String {
    texts.into_iter().map(|t| t.as_ref().to_owned()).collect::<Vec<_>>().join(", ")
}
