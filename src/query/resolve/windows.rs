//! Functions over windows: what they take, where they may stand, and the plan that computes them.
//!
//! A select with windows becomes two plans: one that gives what they are computed of, without order and limit, and one
//! over its rows and theirs, with order and limit.

use super::Checked;
use super::calls::{aggregate_kind, wrong_call};
use super::expression::{Context, Place};
use crate::diagnostic::Diagnostic;
use crate::query::Kind;
use crate::query::ast::{Arguments, Expr, Window};
use crate::query::catalog::{Aggregate, FunctionDoc, Level, Meaning, RowNumbering, function};
use crate::query::plan::{
    Node, OrderKey, OutputItem, Plan, Source, Typed, WindowCall, WindowFunction, Windows,
};

/// A function over a window, over the same columns as the expression that it stands in.
#[derive(Clone, Debug)]
pub struct WindowParts {
    function: WindowFunction,
    argument: Option<Typed>,
    partition: Vec<Typed>,
    order: Vec<(Typed, bool)>,
    kind: Kind,
    text: String,
}

impl Context<'_> {
    /// Resolves a function over a window. Over groups, its argument is a column of the groups.
    pub(super) fn window(&mut self, window: &Window, whole: &Expr) -> Checked<Typed> {
        if !matches!(self.place, Place::Items | Place::OrderBy) {
            return Err(self.misplaced_window(whole));
        }
        // While its parts are resolved, there are no windows for others to be in.
        let Some(windows) = self.windows.take() else {
            return Err(Diagnostic::new(whole.span.clone(), "a window has no place within another")
                .hint("a select in parentheses can be a source: `from (select ...)`"));
        };
        let parts = self.window_parts(window, whole);
        let known = parts.map(|parts| {
            let at = windows.iter().position(|known| known.text == parts.text).unwrap_or(windows.len());
            let kind = parts.kind;
            if at == windows.len() {
                windows.push(parts);
            }
            Typed { node: Node::Window(at), kind: Some(kind), level: Level::Row }
        });
        self.windows = Some(windows);
        known
    }

    fn window_parts(&mut self, window: &Window, whole: &Expr) -> Checked<WindowParts> {
        let doc = function(&window.name.text).filter(|doc| !matches!(doc.meaning, Meaning::Function(_)));
        let Some(doc) = doc else { return Err(no_window_function(window)) };
        let (function, argument) = match (doc.meaning, &window.arguments) {
            (Meaning::Numbering(numbering), Arguments::List(list)) if list.is_empty() => {
                if numbering != RowNumbering::RowNumber && window.order_by.is_empty() {
                    let message = format!("`{}` needs an order", doc.name);
                    return Err(Diagnostic::new(whole.span.clone(), message).expected(doc.usage));
                }
                (of_numbering(numbering), None)
            }
            (Meaning::Aggregate(aggregate), arguments) => {
                let function = of_aggregate(aggregate).ok_or_else(|| no_window_function(window))?;
                match arguments {
                    Arguments::All if function == WindowFunction::Count => (function, None),
                    Arguments::List(list) if list.is_empty() && function == WindowFunction::Count => {
                        (function, None)
                    }
                    Arguments::List(list) if list.len() == 1 => (function, list.first()),
                    Arguments::Distinct(_) => {
                        let message =
                            format!("`{}` over a window takes each value as often as it occurs", doc.name);
                        return Err(Diagnostic::new(whole.span.clone(), message)
                            .expected(format!("`{}(x)`", doc.name))
                            .hint("a select in parentheses can be a source: `from (select distinct ...)`"));
                    }
                    _ => return Err(wrong_call(doc, whole)),
                }
            }
            _ => return Err(wrong_call(doc, whole)),
        };
        let (argument, kind) = match argument {
            None => (None, Kind::Integer),
            Some(argument) => {
                let (value, kind) = self.window_argument(argument, doc)?;
                (Some(value), kind)
            }
        };
        let partition = window.partition_by.iter().map(|by| self.expression(by)).collect::<Checked<_>>()?;
        let order = window.order_by.iter().map(|key| Ok((self.expression(&key.expr)?, key.descending)));
        let order = order.collect::<Checked<_>>()?;
        Ok(WindowParts { function, argument, partition, order, kind, text: whole.to_string() })
    }

    /// What a function is computed over, and what it gives then.
    fn window_argument(&mut self, argument: &Expr, doc: &FunctionDoc) -> Checked<(Typed, Kind)> {
        let value = self.expression(argument)?;
        let kind = match doc.meaning {
            Meaning::Aggregate(aggregate) => aggregate_kind(aggregate, value.kind),
            _ => None,
        };
        let kind = kind.ok_or_else(|| {
            let given = value.kind.map_or("null", Kind::phrase);
            let message = format!("`{}` does not take {given}", doc.name);
            Diagnostic::new(argument.span.clone(), message).expected("a number")
        })?;
        Ok((value, kind))
    }

    /// The error of a window where rows are still being chosen or grouped.
    pub(super) fn misplaced_window(&self, whole: &Expr) -> Diagnostic {
        let place = match self.place {
            Place::Where => "in `where`: rows are chosen before windows are laid over them",
            Place::GroupBy => "among the keys of groups: windows are laid over the groups",
            Place::Having => "in `having`: groups are chosen before windows are laid over them",
            _ => "within an aggregate: windows are laid over the groups",
        };
        Diagnostic::new(whole.span.clone(), format!("a window has no place {place}"))
            .expected("a window among what is selected, or in `order by`")
            .hint("name it in a select in parentheses: `from (select ..., rank() over (...) as place) where place <= 3`")
    }
}

fn of_numbering(numbering: RowNumbering) -> WindowFunction {
    match numbering {
        RowNumbering::RowNumber => WindowFunction::RowNumber,
        RowNumbering::Rank => WindowFunction::Rank,
        RowNumbering::DenseRank => WindowFunction::DenseRank,
    }
}

fn of_aggregate(aggregate: Aggregate) -> Option<WindowFunction> {
    Some(match aggregate {
        Aggregate::Count => WindowFunction::Count,
        Aggregate::Sum => WindowFunction::Sum,
        Aggregate::Avg => WindowFunction::Avg,
        Aggregate::Min => WindowFunction::Min,
        Aggregate::Max => WindowFunction::Max,
        Aggregate::Median | Aggregate::P90 | Aggregate::P99 | Aggregate::First => return None,
    })
}

fn no_window_function(window: &Window) -> Diagnostic {
    let names = ["row_number", "rank", "dense_rank", "sum", "count", "avg", "min", "max"];
    let message = format!("`{}` is not computed over windows", window.name.text);
    Diagnostic::new(window.name.span.clone(), message)
        .nearest(&window.name.text, names)
        .expected(crate::diagnostic::one_of(&names.map(|name| format!("`{name}`"))))
}

/// What is shown and by what it is ordered, over the rows of a plan or over those and windows.
pub struct Shown {
    /// The columns.
    pub items: Vec<OutputItem>,
    /// The order.
    pub order: Vec<OrderKey>,
}

/// Lays windows over the rows or groups of `plan`, which shows nothing yet and whose order is that of rows that are equal
/// in a window: the plan over both, and what is shown, over
/// that plan's rows.
pub fn over_windows(mut plan: Plan, shown: Shown, windows: Vec<WindowParts>) -> (Plan, Shown) {
    if windows.is_empty() {
        return (plan, shown);
    }
    let mut columns = Columns(Vec::new());
    let calls = windows.into_iter().map(|parts| WindowCall {
        function: parts.function,
        argument: parts.argument.map(|argument| columns.position(argument)),
        partition: parts.partition.into_iter().map(|by| columns.position(by)).collect(),
        order: parts.order.into_iter().map(|(key, descending)| (columns.position(key), descending)).collect(),
        kind: parts.kind,
        text: parts.text,
    });
    let calls: Vec<WindowCall> = calls.collect();
    let Shown { mut items, mut order } = shown;
    let exprs = items.iter_mut().map(|i| &mut i.expr).chain(order.iter_mut().map(|o| &mut o.expr));
    let mut exprs: Vec<&mut Typed> = exprs.collect();
    exprs.iter_mut().for_each(|expr| **expr = columns.replaced(expr.clone()));
    let first = columns.0.len();
    exprs.iter_mut().for_each(|expr| **expr = behind(expr.clone(), first));
    let limit = plan.limit.take();
    plan.items = columns.0;
    plan.inline(true);
    plan.complete();
    let mut over = Plan::over(Source::Windows(Box::new(Windows { input: plan, calls })));
    over.limit = limit;
    (over, Shown { items, order })
}

/// The columns that the inner plan is to show.
struct Columns(Vec<OutputItem>);

impl Columns {
    /// The position of the column with these values.
    fn position(&mut self, expr: Typed) -> usize {
        let column = |expr: &Typed| if let Node::Column(at) = expr.node { Some(at) } else { None };
        let known = |item: &OutputItem| column(&expr).is_some() && column(&item.expr) == column(&expr);
        if let Some(at) = self.0.iter().position(known) {
            return at;
        }
        self.0.push(OutputItem { name: format!("column {}", self.0.len() + 1), expr, measure: false });
        self.0.len() - 1
    }

    /// The expression over the columns of the inner plan; windows stay what they are.
    fn replaced(&mut self, expr: Typed) -> Typed {
        if expr.level == Level::Constant || matches!(expr.node, Node::Window(_)) {
            return expr;
        }
        if !expr.has_window() {
            let kind = expr.kind;
            return Typed::column(self.position(expr), kind, Level::Row);
        }
        match expr.try_map_parts(|part| Ok::<_, std::convert::Infallible>(self.replaced(part))) {
            Ok(expr) => expr,
            Err(never) => match never {},
        }
    }
}

/// The expression with the columns of windows, which stand from `first` on, in their place.
fn behind(expr: Typed, first: usize) -> Typed {
    if let Node::Window(at) = expr.node {
        return Typed::column(first + at, expr.kind, Level::Row);
    }
    match expr.try_map_parts(|part| Ok::<_, std::convert::Infallible>(behind(part, first))) {
        Ok(expr) => expr,
        Err(never) => match never {},
    }
}
