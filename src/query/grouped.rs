//! A grouped select that is asked of one dump after the other, so that its answers can be compared.
//!
//! What is compared needs more than the answer: which columns are keys, which are measures, and what a measure is
//! where a group has no row. Order and limit are those of the comparison, so they are taken off the select here.

use super::ast::{Expr, ExprKind, Item, Name, Select, Source, SourceArgument, Statement};
use super::catalog::Aggregate;
use super::plan::{Grouping, Node, Plan, Step, Typed};
use super::{Answer, Environment, Kind, QueryError, RunOptions, parser, plan, select_answer};
use crate::diagnostic::{Diagnostic, Span};
use crate::graph::Snapshot;

/// What is hinted at where a select has no groups.
const EXAMPLE: &str = "a grouped select is one like `select type, count, size group by type`";

/// A grouped select that is asked of dumps one by one.
#[derive(Clone, Debug)]
pub struct GroupedSelect {
    /// The statement that it stands in, which places refer to.
    text: String,
    /// The select as it was written.
    written: Select,
    /// The same without order and limit, and with every key among what is selected.
    asked: Select,
}

/// What a column of a grouped answer is to a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It tells groups apart.
    Key,
    /// A count or a sum: 0 for a group without rows.
    Total,
    /// Another number of a group (an average, a maximum): null for a group without rows.
    Figure,
    /// What is no number, so that it is shown but has no change.
    Word,
}

impl Role {
    /// Whether the column is compared as a number.
    pub fn is_measure(self) -> bool {
        matches!(self, Role::Total | Role::Figure)
    }
}

/// The answer of one dump to a grouped select.
#[derive(Clone, Debug, Default)]
pub struct GroupedAnswer {
    /// The answer, its keys first.
    pub answer: Answer,
    /// What its columns are.
    pub roles: Vec<Role>,
    /// The column of the measure by which the groups of one dump would be ordered; `None` where there is no measure.
    pub leading: Option<usize>,
}

/// A key of the order of a comparison: the name of one of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedOrder {
    /// The name.
    pub name: String,
    /// Whether the biggest comes first.
    pub descending: bool,
    /// Where it stands.
    pub span: Span,
}

impl GroupedSelect {
    /// Reads `select ...` or `diff select ...`.
    ///
    /// # Errors
    /// The text is no statement, or another one.
    pub fn parse(text: &str) -> Result<GroupedSelect, Diagnostic> {
        use super::ast::SeveralStatement::Diff;
        match parser::parse(text, &Environment::new())? {
            Statement::Select(select) | Statement::Several(Diff(_, select)) => {
                Ok(GroupedSelect::new(text, *select))
            }
            _ => {
                Err(Diagnostic::new(0..text.trim_end().len(), "only a select can be compared").hint(EXAMPLE))
            }
        }
    }

    /// The select that stands in the statement `text`.
    pub(super) fn new(text: &str, written: Select) -> GroupedSelect {
        let mut asked = written.clone();
        asked.order_by.clear();
        asked.limit = None;
        for key in written.group_by.iter().rev().filter(|key| !is_selected(key, &written.items)) {
            asked.items.insert(0, Item::Expr { expr: key.clone(), alias: None });
        }
        GroupedSelect { text: text.to_owned(), written, asked }
    }

    /// The statement that it stands in; places in diagnostics refer to it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How the select is written: equal for two selects that ask dumps for the same, whatever their spelling, order
    /// and limit.
    pub fn canonical(&self) -> String {
        let mut select = self.asked.clone();
        if matches!(&select.source, Some(Source::Table { dump: None, name: Some(name), subclasses: false }) if name.text == "objects")
        {
            select.source = None;
        }
        select.to_string()
    }

    /// So many rows of the comparison are wanted, after so many others; `None` for all.
    pub fn limit(&self) -> Option<(u64, u64)> {
        self.written.limit.map(|limit| (limit.count, limit.offset))
    }

    /// The columns of the comparison that it is ordered by; empty where nothing was said.
    ///
    /// # Errors
    /// A key is no name of a column.
    pub fn order(&self) -> Result<Vec<NamedOrder>, Diagnostic> {
        let key = |key: &super::ast::OrderKey| match &key.expr.kind {
            ExprKind::Name(name) => {
                Ok(NamedOrder { name: name.clone(), descending: key.descending, span: key.expr.span.clone() })
            }
            _ => Err(Diagnostic::new(key.expr.span.clone(), "a comparison is ordered by its columns")
                .expected("the name of a column of the comparison, like `size_delta`")),
        };
        self.written.order_by.iter().map(key).collect()
    }

    /// Whether groups that fail a condition are left out in each dump by itself, so that a group may seem new or gone.
    pub fn leaves_out_groups(&self) -> bool {
        self.written.having.is_some()
    }

    /// The answer of one dump.
    ///
    /// # Errors
    /// It names a dump, or has no groups; those of [`super::run`].
    pub fn answer(&self, snapshot: &Snapshot, options: &RunOptions<'_>) -> Result<GroupedAnswer, QueryError> {
        let snapshots = std::slice::from_ref(snapshot);
        let plan = self.plan(snapshots, options)?;
        let roles = roles(&plan);
        let leading = leading(&plan, &roles);
        let mut answer = select_answer(&plan, snapshots, options)?;
        answer.query = self.text.trim().to_owned();
        Ok(keys_first(answer, &roles, leading))
    }

    /// How each dump would be asked, and what is done with the answers.
    ///
    /// # Errors
    /// As for [`GroupedSelect::answer`], but for what is found only by answering.
    pub(super) fn explain(
        &self,
        snapshots: &[Snapshot],
        options: &RunOptions<'_>,
    ) -> Result<Vec<Step>, QueryError> {
        self.order()?;
        let first = &snapshots[..snapshots.len().min(1)];
        let plan = self.plan(first, options)?;
        let mut steps = vec![("ask", "each dump by itself, oldest first:".to_owned())];
        steps.extend(plan::explain(&plan, first));
        steps.push(("compare", "rows with the same keys side by side; types by name and module".to_owned()));
        Ok(steps)
    }

    fn plan(&self, snapshots: &[Snapshot], options: &RunOptions<'_>) -> Result<Plan, QueryError> {
        if let Some((number, span)) = named_dump(&self.written) {
            let message = format!("`@{number}` names a dump, but a comparison asks every dump for the same");
            return Err(Diagnostic::new(span, message).hint("leave the dump out").into());
        }
        let plan = plan(&self.asked, &self.text, snapshots, options)?;
        if plan.grouping.is_none() || self.written.distinct {
            return Err(self.no_groups().into());
        }
        Ok(plan)
    }

    fn no_groups(&self) -> Diagnostic {
        let places = self.written.items.iter().map(|item| match item {
            Item::All(span) | Item::AllOf(_, span) => span.clone(),
            Item::Expr { expr, .. } => expr.span.clone(),
        });
        let span = places.reduce(|all, place| all.start..place.end).unwrap_or(self.written.span.clone());
        let message = if self.written.distinct {
            "rows that are shown once have no measures to compare"
        } else {
            "groups are compared, and these rows have none"
        };
        Diagnostic::new(span, message).expected("keys with `count`, a measure or an aggregate").hint(EXAMPLE)
    }
}

/// Whether a key of the grouping is among what is selected.
fn is_selected(key: &Expr, items: &[Item]) -> bool {
    let text = key.to_string();
    items.iter().any(|item| match item {
        Item::All(_) | Item::AllOf(..) => true,
        Item::Expr { expr, alias } => {
            let is_alias =
                |Name { text, .. }: &Name| matches!(&key.kind, ExprKind::Name(name) if name == text);
            expr.to_string() == text || alias.as_ref().is_some_and(is_alias)
        }
    })
}

/// The first dump that a select names, in itself or in a select within it.
fn named_dump(select: &Select) -> Option<(u32, Span)> {
    let of_source = select.source.as_ref().and_then(dump_in_source);
    let items = select.items.iter().filter_map(|item| match item {
        Item::Expr { expr, .. } => Some(expr),
        Item::All(_) | Item::AllOf(..) => None,
    });
    let mut expressions = items
        .chain(&select.filter)
        .chain(&select.group_by)
        .chain(&select.having)
        .chain(select.order_by.iter().map(|key| &key.expr));
    let of_names = || select.with.iter().find_map(|with| named_dump(&with.select));
    of_source.or_else(of_names).or_else(|| expressions.find_map(dump_in_expression))
}

fn dump_in_source(source: &Source) -> Option<(u32, Span)> {
    match source {
        Source::Table { dump, .. } => dump.clone(),
        Source::Call { dump, argument, .. } => dump.clone().or_else(|| match argument {
            SourceArgument::Select(inner) => named_dump(inner),
            SourceArgument::Values(_) | SourceArgument::Type { .. } | SourceArgument::Kept(_) => None,
        }),
        Source::Select(inner) => named_dump(inner),
        Source::Combined(both) => named_dump(&both.left).or_else(|| named_dump(&both.right)),
        Source::Join(join) => {
            let conditions = || join.others.iter().find_map(|other| dump_in_expression(&other.on));
            join.sources().find_map(|of| dump_in_source(&of.source)).or_else(conditions)
        }
    }
}

fn dump_in_expression(expr: &Expr) -> Option<(u32, Span)> {
    let inner = match &expr.kind {
        ExprKind::InSelect(_, select) | ExprKind::Select(select) | ExprKind::Exists(select) => {
            named_dump(select)
        }
        _ => None,
    };
    inner.or_else(|| expr.parts().into_iter().find_map(dump_in_expression))
}

/// What each item of a plan over groups is.
fn roles(plan: &Plan) -> Vec<Role> {
    let Some(grouping) = &plan.grouping else { return vec![Role::Word; plan.items.len()] };
    let role = |expr: &Typed| {
        let mut of_keys = true;
        expr.columns(&mut |column| of_keys &= column < grouping.keys.len());
        match expr.kind {
            _ if of_keys => Role::Key,
            Some(Kind::Integer | Kind::Real | Kind::Bytes) => {
                if is_total(expr, grouping) {
                    Role::Total
                } else {
                    Role::Figure
                }
            }
            _ => Role::Word,
        }
    };
    plan.items.iter().map(|item| role(&item.expr)).collect()
}

/// Whether an expression over groups is a count or a sum, which is 0 where there are no rows.
fn is_total(expr: &Typed, grouping: &Grouping) -> bool {
    let Node::Column(column) = expr.node else { return false };
    let aggregate = column.checked_sub(grouping.keys.len()).and_then(|at| grouping.aggregates.get(at));
    aggregate.is_some_and(|a| matches!(a.function, Aggregate::Count | Aggregate::Sum))
}

/// The item by which the plan orders its groups, else the first measure.
fn leading(plan: &Plan, roles: &[Role]) -> Option<usize> {
    let ordered = plan.order.first().and_then(|key| match key.expr.node {
        Node::Column(column) => {
            let shows = |item: &Typed| matches!(item.node, Node::Column(shown) if shown == column);
            plan.items.iter().position(|item| shows(&item.expr))
        }
        _ => None,
    });
    ordered.filter(|&at| roles[at].is_measure()).or_else(|| roles.iter().position(|role| role.is_measure()))
}

/// The same answer with its keys in front.
fn keys_first(mut answer: Answer, roles: &[Role], leading: Option<usize>) -> GroupedAnswer {
    let mut places: Vec<usize> = (0..roles.len()).collect();
    places.sort_by_key(|&at| roles[at] != Role::Key);
    let mut columns: Vec<_> = answer.columns.into_iter().map(Some).collect();
    answer.columns = places.iter().filter_map(|&at| columns[at].take()).collect();
    GroupedAnswer {
        answer,
        roles: places.iter().map(|&at| roles[at]).collect(),
        leading: leading.and_then(|leading| places.iter().position(|&at| at == leading)),
    }
}
