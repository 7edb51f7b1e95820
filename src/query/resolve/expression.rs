//! Expressions: what their names mean, what their values are.

use std::sync::Arc;

use regex::Regex;

use super::groups::Groups;
use super::other_names;
use super::paths::THIS;
use super::scope::Scope;
use super::windows::WindowParts;
use super::{Checked, Resolver};
use crate::diagnostic::{Diagnostic, Span, nearest, one_of};
use crate::query::Kind;
use crate::query::ast::{CompareOp, Expr, ExprKind, Literal, Select};
use crate::query::catalog::{Aggregate, Level, function};
use crate::query::like::LikePattern;
use crate::query::plan::{AggregateCall, Node, Typed};
use crate::query::scalar::Scalar;
use crate::query::value_set::ValueSet;

/// The part of a select that an expression stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What is selected.
    Items,
    /// The condition of a join.
    On,
    /// The condition for rows.
    Where,
    /// The keys of groups.
    GroupBy,
    /// The condition for groups.
    Having,
    /// The order.
    OrderBy,
    /// Within an aggregate.
    Aggregate,
}

/// Whether a name that is no column means the number of rows of a group.
pub fn is_bare_count(name: &str) -> bool {
    name == "count"
}

/// What names mean where an expression stands.
pub struct Context<'s> {
    /// The resolver of the statement.
    pub resolver: Resolver<'s>,
    /// The columns of the source.
    pub scope: &'s Scope,
    /// Where the expression stands.
    pub place: Place,
    /// The groups that the expression is over; `None` when it is over rows.
    pub groups: Option<&'s mut Groups>,
    /// The names of items, where they may be used.
    pub aliases: &'s [(String, Typed)],
    /// The functions over windows that were met; `None` where none can be laid.
    pub windows: Option<&'s mut Vec<WindowParts>>,
}

impl Context<'_> {
    /// The same context, in which names may be those of items too.
    pub fn with_aliases<'t>(&'t mut self, aliases: &'t [(String, Typed)]) -> Context<'t> {
        Context {
            resolver: self.resolver,
            scope: self.scope,
            place: self.place,
            groups: self.groups.as_deref_mut(),
            aliases,
            windows: self.windows.as_deref_mut(),
        }
    }

    /// The same place in the statement, but over the rows of the source, as the argument of an aggregate is.
    pub fn argument(&self, argument: &Expr) -> Checked<Typed> {
        let resolver = self.resolver;
        let (scope, place) = (self.scope, Place::Aggregate);
        let mut rows = Context { resolver, scope, place, groups: None, aliases: &[], windows: None };
        rows.expression(argument)
    }

    /// Resolves an expression that must be a condition.
    pub fn condition(&mut self, expr: &Expr) -> Checked<Typed> {
        let condition = self.expression(expr)?;
        match condition.kind {
            Some(Kind::Boolean) | None => Ok(condition),
            Some(kind) => {
                let message = format!("this is {}, where a condition is wanted", kind.phrase());
                Err(Diagnostic::new(expr.span.clone(), message)
                    .expected("true or false: a comparison, `like`, `in`, ..."))
            }
        }
    }

    /// Whether an expression adds up when a select is made over this one.
    pub fn is_measure(&self, expr: &Typed) -> bool {
        let Node::Column(column) = expr.node else { return false };
        match &self.groups {
            Some(groups) => matches!(
                groups.aggregate_at(column),
                Some(AggregateCall { function: Aggregate::Sum, .. })
                    | Some(AggregateCall { function: Aggregate::Count, distinct: false, .. })
            ),
            None => match &self.scope.join {
                Some(join) => join.is_measure(column),
                None => self.scope.columns.get(column).is_some_and(|c| c.measure),
            },
        }
    }

    /// Resolves an expression.
    pub fn expression(&mut self, expr: &Expr) -> Checked<Typed> {
        if let Some(key) = self.groups.as_ref().and_then(|g| g.key(&expr.to_string())) {
            return Ok(key);
        }
        if self.scope.join.is_some()
            && self.groups.is_none()
            && let Some(column) = self.of_one_source(expr)?
        {
            return Ok(column);
        }
        match &expr.kind {
            ExprKind::Literal(literal) => Ok(literal_of(literal)),
            ExprKind::Name(name) => self.name(name, expr),
            ExprKind::Call { name, arguments } => self.call(name, arguments, expr),
            ExprKind::Window(window) => self.window(window, expr),
            ExprKind::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref())
            }
            ExprKind::Negate(part) => self.negate(part),
            ExprKind::Arithmetic(op, a, b) => self.arithmetic(*op, a, b, expr),
            ExprKind::Compare(op, a, b) => self.compare(*op, a, b),
            ExprKind::Not(part) => {
                let part = self.condition(part)?;
                Ok(boolean(Node::Not(Box::new(part.clone())), [&part]))
            }
            ExprKind::And(parts) => self.conditions(parts, Node::And),
            ExprKind::Or(parts) => self.conditions(parts, Node::Or),
            ExprKind::Member(..) | ExprKind::Index(..) => self.path(expr),
            ExprKind::Cast(inner, name) => self.cast(inner, name),
            ExprKind::IsType(inner, name) => self.is_type(inner, name),
            ExprKind::IsNull(part) => {
                let part = self.expression(part)?;
                Ok(boolean(Node::IsNull(Box::new(part.clone())), [&part]))
            }
            ExprKind::Like { value, pattern, escape } => self.like(value, pattern, escape.as_ref()),
            ExprKind::Matches { value, pattern } => self.matches(value, pattern),
            ExprKind::Between { value, low, high } => {
                let parts = vec![
                    self.compare(CompareOp::GreaterOrEqual, value, low)?,
                    self.compare(CompareOp::LessOrEqual, value, high)?,
                ];
                Ok(boolean(Node::And(parts.clone()), &parts))
            }
            ExprKind::InList(value, list) => self.in_list(value, list),
            ExprKind::InSelect(value, select) => self.in_select(value, select),
            ExprKind::Select(select) => self.value_of(select),
            ExprKind::Exists(select) => self.exists(select),
        }
    }

    fn conditions(&mut self, parts: &[Expr], make: fn(Vec<Typed>) -> Node) -> Checked<Typed> {
        let parts = parts.iter().map(|p| self.condition(p)).collect::<Checked<Vec<_>>>()?;
        let level = parts.iter().fold(Level::Constant, |level, p| level.with(p.level));
        Ok(Typed { node: make(parts), kind: Some(Kind::Boolean), level })
    }

    fn name(&mut self, name: &str, expr: &Expr) -> Checked<Typed> {
        if let Some((_, item)) = self.aliases.iter().find(|(alias, _)| alias == name) {
            return match self.place {
                Place::Having if item.has_window() => Err(self.misplaced_window(expr)),
                _ => Ok(item.clone()),
            };
        }
        let column = match self.scope.find(name)[..] {
            [] => return self.no_column(name, expr),
            [column] => column,
            _ => {
                let message = format!("several columns are called `{name}`");
                return Err(
                    Diagnostic::new(expr.span.clone(), message).hint("`as` gives each a name of its own")
                );
            }
        };
        let found = &self.scope.columns[column];
        let value = Typed::column(column, found.kind, found.level);
        match &mut self.groups {
            None => Ok(value),
            Some(groups) if found.measure => {
                let kind = found.kind.unwrap_or(Kind::Integer);
                let text = format!("sum({})", crate::query::ast::written_name(name));
                let (function, argument) = (Aggregate::Sum, Some(value));
                Ok(groups.aggregate(AggregateCall { function, distinct: false, argument, kind, text }))
            }
            Some(_) => Err(self.no_key(name, &expr.span)),
        }
    }

    /// A name that no column bears: the bare word `count`, the row's object, or a field of it.
    fn no_column(&mut self, name: &str, expr: &Expr) -> Checked<Typed> {
        if is_bare_count(name) {
            return self.bare_count(&expr.span);
        }
        let Some(rows) = &self.scope.objects else { return Err(self.unknown(name, &expr.span)) };
        if name == THIS {
            let own = Expr::new(ExprKind::Name("address".to_owned()), expr.span.clone(), []);
            return self.name("address", &own);
        }
        if rows.all { Err(self.unknown(name, &expr.span)) } else { self.field(name, &expr.span) }
    }

    /// The error of a value of single rows in a grouped query.
    pub(super) fn no_key(&self, name: &str, span: &Span) -> Diagnostic {
        let message = format!("`{name}` is neither a key nor a measure, so a group has many of it");
        Diagnostic::new(span.clone(), message)
            .expected("a key, a measure or an aggregate")
            .hint(format!("add `{name}` to `group by`, or take `first({name})` or `count(distinct {name})`"))
    }

    fn bare_count(&mut self, span: &Span) -> Checked<Typed> {
        match &mut self.groups {
            Some(groups) => Ok(groups.aggregate(Groups::count_of_rows())),
            None => Err(self.misplaced("`count`", span)),
        }
    }

    /// The error of an aggregate where there are no groups.
    pub fn misplaced(&self, what: &str, span: &Span) -> Diagnostic {
        let (message, hint) = match self.place {
            Place::On => (
                "has no place in `on`, which looks at single rows",
                "conditions for groups go behind `having`",
            ),
            Place::Where => (
                "has no place in `where`, which looks at single rows",
                "conditions for groups go behind `having`",
            ),
            Place::GroupBy => {
                ("cannot be a key of the groups that it is computed over", "keys are values of single rows")
            }
            Place::Aggregate => (
                "has no place within another aggregate",
                "a select in parentheses can be a source: `from (select ...)`",
            ),
            Place::Items | Place::Having | Place::OrderBy => ("needs groups", "`group by` makes them"),
        };
        Diagnostic::new(span.clone(), format!("{what} {message}")).hint(hint)
    }

    fn unknown(&self, name: &str, span: &Span) -> Diagnostic {
        let columns = self.scope.names();
        let diagnostic = Diagnostic::new(span.clone(), format!("{} has no column `{name}`", self.scope.name))
            .expected(one_of(&columns));
        let quoted = self.resolver.statement.get(span.clone()).is_some_and(|t| t.starts_with('"'));
        if quoted {
            return diagnostic.hint(format!("names stand in double quotes, text in single ones: '{name}'"));
        }
        if let Some(function) = function(name) {
            return diagnostic.hint(format!("`{name}` is a function: {}", function.usage));
        }
        let aliases = self.aliases.iter().map(|(alias, _)| alias.as_str());
        let near = nearest(name, columns.iter().copied().chain(aliases));
        let meant = other_names::column(name, &columns).or(near).or_else(|| last_of_stem(name, &columns));
        match meant {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => match self.dotted_name(span) {
                Some(text) => diagnostic.hint(format!("text stands in single quotes: '{text}'")),
                None => diagnostic,
            },
        }
    }

    /// The name with points in it that begins at a place of the statement, where it is no path: `Zoo.Dog`.
    fn dotted_name(&self, span: &Span) -> Option<&str> {
        let rest = self.resolver.statement.get(span.start..)?;
        let end =
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '+'))).unwrap_or(rest.len());
        Some(&rest[..end]).filter(|name| name.contains('.'))
    }

    /// Resolves an expression that must be text.
    pub fn text(&mut self, expr: &Expr, what: &str) -> Checked<Typed> {
        let value = self.expression(expr)?;
        match value.kind {
            Some(Kind::Text) | None => Ok(value),
            Some(Kind::Value) => Ok(spelled(value)),
            Some(kind) => {
                let message = format!("{what} is for text, and this is {}", kind.phrase());
                let diagnostic = Diagnostic::new(expr.span.clone(), message);
                Err(match kind {
                    Kind::Address => diagnostic.hint("`hex(...)` makes text of an address"),
                    _ => diagnostic.hint("`text(...)` makes text of it"),
                })
            }
        }
    }

    fn like(
        &mut self,
        value: &Expr,
        (pattern, span): &(String, Span),
        escape: Option<&(String, Span)>,
    ) -> Checked<Typed> {
        let value = self.text(value, "`like`")?;
        let mut character = None;
        if let Some((escape, span)) = escape {
            let mut chars = escape.chars();
            character = chars.next();
            if character.is_none() || chars.next().is_some() {
                return Err(Diagnostic::new(span.clone(), "the escape is not one character"));
            }
        }
        let pattern = LikePattern::new(pattern, character).ok_or_else(|| {
            Diagnostic::new(span.clone(), "the pattern ends with its escape character")
                .hint("the escape character itself is written twice")
        })?;
        Ok(boolean(Node::Like(Box::new(value.clone()), Arc::new(pattern)), [&value]))
    }

    fn matches(&mut self, value: &Expr, (pattern, span): &(String, Span)) -> Checked<Typed> {
        let value = self.text(value, "`~`")?;
        let regex = regular_expression(pattern, span)?;
        Ok(boolean(Node::Matches(Box::new(value.clone()), regex), [&value]))
    }

    fn in_list(&mut self, value: &Expr, list: &[Expr]) -> Checked<Typed> {
        let mut set = ValueSet::default();
        let mut others = Vec::new();
        let mut as_numbers = false;
        for member in list {
            if let ExprKind::Literal(Literal::Null) = member.kind {
                set.insert(Scalar::Null);
                continue;
            }
            let equal = self.compare(CompareOp::Equal, value, member)?;
            match &member.kind {
                ExprKind::Literal(literal) => {
                    as_numbers |= !matches!(literal, Literal::Text(_));
                    set.insert(Scalar::from(literal));
                }
                _ => others.push(equal),
            }
        }
        let mut value = self.expression(value)?;
        if let Some(number) = value.enum_number().filter(|_| as_numbers) {
            if list.iter().any(|m| matches!(m.kind, ExprKind::Literal(Literal::Text(_)))) {
                let span = list.first().map_or(0, |m| m.span.start)..list.last().map_or(0, |m| m.span.end);
                return Err(Diagnostic::new(span, "the list has names of an enum as well as numbers"));
            }
            value = number;
        }
        let mut parts = vec![boolean(Node::InSet(Box::new(value.clone()), Arc::new(set)), [&value])];
        if others.is_empty() {
            return Ok(parts.remove(0));
        }
        parts.append(&mut others);
        Ok(boolean(Node::Or(parts.clone()), &parts))
    }

    fn in_select(&mut self, value_expr: &Expr, select: &Select) -> Checked<Typed> {
        let value = self.expression(value_expr)?;
        let plan = self.inner_select(select)?;
        let [item] = &plan.items[..] else {
            let message = format!("a select of {} columns behind `in`", plan.items.len());
            return Err(Diagnostic::new(select.span.clone(), message).expected("one column"));
        };
        self.check_comparable(&value, item.expr.kind, &value_expr.span)?;
        Ok(boolean(Node::InSelect(Box::new(value.clone()), Arc::new(plan)), [&value]))
    }
}

/// The last of the columns that begin with `name` and an underscore: `size_delta` for `size`.
pub fn last_of_stem<'c>(name: &str, columns: &[&'c str]) -> Option<&'c str> {
    let begins_so = |column: &&&str| column.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    columns.iter().rev().find(begins_so).copied()
}

/// The regular expression that a text of the statement is.
pub fn regular_expression(pattern: &str, span: &Span) -> Checked<Regex> {
    Regex::new(pattern).map_err(|error| {
        // The last line of the library's message says what is wrong; the lines before draw the pattern.
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default();
        let reason = reason.strip_prefix("error: ").unwrap_or(reason);
        Diagnostic::new(span.clone(), format!("not a regular expression: {reason}"))
            .hint("a character that means something is made plain by a backslash: \\( \\[ \\. \\+")
    })
}

/// A value of any sort as the text that it is spelled with.
pub fn spelled(value: Typed) -> Typed {
    let (kind, level) = (Some(Kind::Text), value.level);
    Typed { node: Node::Spell(Box::new(value)), kind, level }
}

/// A condition with the parts `parts`.
pub fn boolean<'a>(node: Node, parts: impl IntoIterator<Item = &'a Typed>) -> Typed {
    Typed::new(node, Some(Kind::Boolean), parts)
}

fn literal_of(literal: &Literal) -> Typed {
    let kind = match literal {
        Literal::Null => None,
        Literal::Boolean(_) => Some(Kind::Boolean),
        Literal::Integer(_) => Some(Kind::Integer),
        Literal::Real(_) => Some(Kind::Real),
        Literal::Size(_) => Some(Kind::Bytes),
        Literal::Address(_) => Some(Kind::Address),
        Literal::Text(_) => Some(Kind::Text),
    };
    Typed::literal(Scalar::from(literal), kind)
}
