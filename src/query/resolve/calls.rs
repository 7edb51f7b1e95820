//! Functions and aggregates: how many arguments of which kinds they take, and what they give.

use std::sync::Arc;

use super::Checked;
use super::expression::{Context, regular_expression, spelled};
use super::operators::common;
use super::paths::no_types;
use crate::diagnostic::{Diagnostic, nearest};
use crate::query::Kind;
use crate::query::ast::{Arguments, Expr, ExprKind, Literal, Name};
use crate::query::catalog::{Aggregate, Function, FunctionDoc, Level, Meaning, function, functions};
use crate::query::path::Form;
use crate::query::plan::{AggregateCall, Node, ObjectProperty, Typed};
use crate::query::resolve::groups::Groups;
use crate::query::resolve::other_names;
use crate::values::Values;

impl Context<'_> {
    /// Resolves a call.
    pub(super) fn call(&mut self, name: &Name, arguments: &Arguments, whole: &Expr) -> Checked<Typed> {
        let Some(doc) = function(&name.text) else {
            let message = format!("there is no function `{}`", name.text);
            let diagnostic = Diagnostic::new(name.span.clone(), message);
            return Err(
                match other_names::function(&name.text)
                    .or_else(|| nearest(&name.text, functions().iter().map(|f| f.name)))
                {
                    Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                    None => diagnostic.hint("`help functions` lists them"),
                },
            );
        };
        match doc.meaning {
            Meaning::Numbering(_) => {
                let message = format!("`{}` is computed over a window", doc.name);
                Err(Diagnostic::new(whole.span.clone(), message).expected(doc.usage))
            }
            Meaning::Aggregate(aggregate) => self.aggregate(aggregate, doc, arguments, whole),
            Meaning::Function(function) => match arguments {
                Arguments::List(list) => self.function(function, doc, list, whole),
                _ => Err(wrong_call(doc, whole)),
            },
        }
    }

    fn aggregate(
        &mut self,
        function: Aggregate,
        doc: &FunctionDoc,
        arguments: &Arguments,
        whole: &Expr,
    ) -> Checked<Typed> {
        if self.groups.is_none() {
            return Err(self.misplaced(&format!("the aggregate `{}`", doc.name), &whole.span));
        }
        let (argument, distinct) = match (function, arguments) {
            (Aggregate::Count, Arguments::All) => (None, false),
            (Aggregate::Count, Arguments::List(list)) if list.is_empty() => (None, false),
            (Aggregate::Count, Arguments::Distinct(argument)) => (Some(&**argument), true),
            (_, Arguments::List(list)) if list.len() == 1 => (list.first(), false),
            (_, Arguments::Distinct(_)) => {
                return Err(wrong_call(doc, whole)
                    .hint("only `count` takes `distinct`; `from (select distinct ...)` leaves out rows that are alike"));
            }
            _ => return Err(wrong_call(doc, whole)),
        };
        let call = match argument {
            None => Groups::count_of_rows(),
            Some(argument) => {
                let value = self.argument(argument)?;
                let kind = aggregate_kind(function, value.kind).ok_or_else(|| {
                    let given = value.kind.map_or("null", Kind::phrase);
                    let message = format!("`{}` does not take {given}", doc.name);
                    Diagnostic::new(argument.span.clone(), message).expected("a number")
                })?;
                AggregateCall { function, distinct, argument: Some(value), kind, text: whole.to_string() }
            }
        };
        match &mut self.groups {
            Some(groups) => Ok(groups.aggregate(call)),
            None => Err(self.misplaced(&format!("the aggregate `{}`", doc.name), &whole.span)),
        }
    }

    fn function(
        &mut self,
        function: Function,
        doc: &FunctionDoc,
        list: &[Expr],
        whole: &Expr,
    ) -> Checked<Typed> {
        if !takes(function, list.len()) {
            return Err(wrong_call(doc, whole));
        }
        let what = format!("`{}`", doc.name);
        match function {
            Function::Text => return self.text_of(&list[0]),
            Function::TypeOf => return self.type_of(&list[0], &what),
            Function::RegexExtract => return self.regex_extract(list, &what),
            _ => {}
        }
        let mut values = Vec::new();
        let mut kind = None;
        for (at, argument) in list.iter().enumerate() {
            let value = match (function, at) {
                (Function::If, 0) => self.condition(argument)?,
                (Function::If | Function::Coalesce, _) => {
                    let value = self.expression(argument)?;
                    kind = common(kind, value.kind).map_err(|()| unlike(argument, kind, value.kind))?;
                    value
                }
                (Function::Concat, _) => self.text_of(argument)?,
                (Function::Abs | Function::Human, _) | (Function::Round, 0) => {
                    self.number(argument, &what, Kind::is_number)?
                }
                (Function::Round | Function::Hex, _) | (Function::Substr, 1..) | (Function::SplitPart, 2) => {
                    self.number(argument, &what, Kind::is_whole)?
                }
                _ => self.text(argument, &what)?,
            };
            values.push(value);
        }
        let kind = match function {
            Function::If | Function::Coalesce => kind,
            Function::Abs | Function::Round => values.first().and_then(|v| v.kind),
            Function::Length | Function::DatePart(_) => Some(Kind::Integer),
            Function::ToNumber => Some(Kind::Real),
            Function::Contains | Function::StartsWith | Function::EndsWith => Some(Kind::Boolean),
            _ => Some(Kind::Text),
        };
        let level = values.iter().fold(Level::Constant, |level, v| level.with(v.level));
        Ok(Typed { node: Node::Call(function, values), kind, level })
    }

    /// The text that a person reads of a value of any kind.
    fn text_of(&mut self, argument: &Expr) -> Checked<Typed> {
        let value = self.expression(argument)?;
        let text = Some(Kind::Text);
        if let Node::Path(start, path) = &value.node {
            let node = Node::Path(start.clone(), Arc::new(path.in_form(Form::Text, Kind::Text)));
            return Ok(Typed { node, kind: text, level: value.level });
        }
        match value.kind {
            Some(Kind::Text) => Ok(value),
            Some(Kind::Address) => {
                let (level, memory) = (value.level.with(Level::Row), self.memory_of(argument)?);
                Ok(Typed {
                    node: Node::OfObject(Box::new(value), ObjectProperty::Text(memory)),
                    kind: text,
                    level,
                })
            }
            _ => Ok(spelled(value)),
        }
    }

    fn type_of(&mut self, argument: &Expr, what: &str) -> Checked<Typed> {
        let value = self.address(argument, what)?;
        if let Node::Column(column) = value.node
            && self.groups.is_none()
            && self.scope.is_own_address(column)
            && let [own] = self.scope.find("type")[..]
        {
            return Ok(Typed::column(own, Some(Kind::Text), Level::Type));
        }
        let (level, memory) = (value.level.with(Level::Row), self.memory_of(argument)?);
        let node = Node::OfObject(Box::new(value), ObjectProperty::TypeName(memory));
        Ok(Typed { node, kind: Some(Kind::Text), level })
    }

    /// What reads the objects that addresses lead to.
    fn memory_of(&self, argument: &Expr) -> Checked<Arc<Values>> {
        let values = self.resolver.schema.values(self.dump_of(argument)?);
        values.cloned().ok_or_else(|| no_types(&argument.span))
    }

    fn regex_extract(&mut self, list: &[Expr], what: &str) -> Checked<Typed> {
        let value = self.text(&list[0], what)?;
        let ExprKind::Literal(Literal::Text(pattern)) = &list[1].kind else {
            let message = "the regular expression must be the same for all rows";
            return Err(Diagnostic::new(list[1].span.clone(), message).expected("a text in single quotes"));
        };
        let regex = regular_expression(pattern, &list[1].span)?;
        let group = match list.get(2).map(|e| (&e.kind, &e.span)) {
            None => 0,
            Some((ExprKind::Literal(Literal::Integer(n)), _))
                if (0..regex.captures_len() as i128).contains(n) =>
            {
                *n as usize
            }
            Some((_, span)) => {
                let last = regex.captures_len() - 1;
                return Err(Diagnostic::new(span.clone(), "the regular expression has no such group")
                    .expected(format!("a number from 0 to {last}")));
            }
        };
        let level = value.level;
        Ok(Typed { node: Node::Extract(Box::new(value), regex, group), kind: Some(Kind::Text), level })
    }

    /// Resolves an argument that must be a number of certain kinds.
    fn number(&mut self, argument: &Expr, what: &str, takes: fn(Kind) -> bool) -> Checked<Typed> {
        let value = self.expression(argument)?;
        match value.kind {
            Some(kind) if !takes(kind) => {
                let wanted = if takes(Kind::Real) { "a number" } else { "a whole number" };
                let message = format!("{what} does not take {} here", kind.phrase());
                Err(Diagnostic::new(argument.span.clone(), message).expected(wanted))
            }
            _ => Ok(value),
        }
    }
}

/// Whether a function takes so many arguments.
fn takes(function: Function, count: usize) -> bool {
    match function {
        Function::Lower | Function::Upper | Function::Length | Function::Trim => count == 1,
        Function::Abs | Function::Hex | Function::Human | Function::Text | Function::TypeOf => count == 1,
        Function::DatePart(_) | Function::Date | Function::ToNumber => count == 1,
        Function::Contains | Function::StartsWith | Function::EndsWith => count == 2,
        Function::Round => matches!(count, 1 | 2),
        Function::Substr | Function::RegexExtract => matches!(count, 2 | 3),
        Function::If | Function::Replace | Function::SplitPart => count == 3,
        Function::Coalesce | Function::Concat => count > 0,
    }
}

/// What an aggregate of values of a kind gives; `None` when it does not take them.
pub(super) fn aggregate_kind(function: Aggregate, kind: Option<Kind>) -> Option<Kind> {
    let given = kind.unwrap_or(Kind::Integer);
    let adds_up = given.adds_up();
    match function {
        Aggregate::Count => Some(Kind::Integer),
        Aggregate::Sum => adds_up.then_some(given),
        Aggregate::Avg => adds_up.then_some(Kind::Real),
        Aggregate::Median | Aggregate::P90 | Aggregate::P99 => given.is_number().then_some(given),
        Aggregate::Min | Aggregate::Max | Aggregate::First => Some(given),
    }
}

/// The error of a call with the wrong arguments.
pub(super) fn wrong_call(doc: &FunctionDoc, whole: &Expr) -> Diagnostic {
    Diagnostic::new(whole.span.clone(), format!("`{}` is not called like this", doc.name)).expected(doc.usage)
}

/// The error of a value that does not go together with those before it.
pub(super) fn unlike(argument: &Expr, wanted: Option<Kind>, given: Option<Kind>) -> Diagnostic {
    let phrase = |k: Option<Kind>| k.map_or("null", Kind::phrase);
    let message = format!("this is {}, but the values before are {}", phrase(given), phrase(wanted));
    Diagnostic::new(argument.span.clone(), message).expected(phrase(wanted))
}
