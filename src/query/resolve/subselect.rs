//! Selects within expressions: each is answered once, by itself, before the rows around it are looked at.

use std::sync::Arc;

use super::Checked;
use super::expression::Context;
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::query::Kind;
use crate::query::ast::{Expr, ExprKind, Item, Limit, Select, Source as AstSource};
use crate::query::catalog::Level;
use crate::query::plan::{Node, Plan, Typed};

impl Context<'_> {
    /// The one value that a select gives.
    pub(super) fn value_of(&self, select: &Select) -> Checked<Typed> {
        let mut plan = self.inner_select(select)?;
        let [item] = &plan.items[..] else {
            let message = format!("a select of {} columns where one value is wanted", plan.items.len());
            return Err(Diagnostic::new(select.span.clone(), message).expected("one column"));
        };
        let kind = item.expr.kind;
        // Two rows suffice to see that there are too many.
        stop_after(&mut plan, 2);
        let node = Node::Value(Arc::new(plan), select.span.clone());
        Ok(Typed { node, kind, level: Level::Constant })
    }

    /// Whether a select gives any row.
    pub(super) fn exists(&self, select: &Select) -> Checked<Typed> {
        let mut plan = self.inner_select(select)?;
        stop_after(&mut plan, 1);
        let node = Node::Exists(Arc::new(plan));
        Ok(Typed { node, kind: Some(Kind::Boolean), level: Level::Constant })
    }

    /// A select within an expression.
    pub(super) fn inner_select(&self, select: &Select) -> Checked<Plan> {
        self.refuse_outer_names(select)?;
        self.resolver.select(select)
    }

    /// Refuses columns of the sources around a select, which it does not see.
    fn refuse_outer_names(&self, select: &Select) -> Checked<()> {
        let inner = source_names(select);
        let outer = |name: &str| !inner.iter().any(|n| n == name) && names_source(self.scope, name);
        let mut left: Vec<&Expr> =
            select.filter.iter().chain(&select.group_by).chain(&select.having).collect();
        left.extend(select.items.iter().filter_map(|item| match item {
            Item::Expr { expr, .. } => Some(expr),
            Item::All(_) | Item::AllOf(..) => None,
        }));
        if let Some(AstSource::Join(join)) = &select.source {
            left.extend(join.others.iter().map(|other| &other.on));
        }
        while let Some(part) = left.pop() {
            if let ExprKind::Member(root, _) = &part.kind
                && let ExprKind::Name(name) = &root.kind
                && outer(name)
            {
                let message = format!(
                    "`{name}` is a source of the select around this one, which is answered by itself"
                );
                return Err(Diagnostic::new(part.span.clone(), message)
                    .hint("a join sees the rows of both: `from A a join B b on a.x = b.y`"));
            }
            left.extend(part.parts());
        }
        Ok(())
    }
}

/// Whether a name is that of a source.
fn names_source(scope: &Scope, name: &str) -> bool {
    match &scope.join {
        Some(join) => join.source(name).is_some(),
        None => scope.alias.as_deref() == Some(name),
    }
}

/// What a select calls its sources.
fn source_names(select: &Select) -> Vec<String> {
    let own = |source: &AstSource| match source {
        AstSource::Table { name: None, .. } => Some("objects".to_owned()),
        AstSource::Table { name: Some(name), .. } => Some(name.text.clone()),
        AstSource::Call { name, .. } => Some(name.text.clone()),
        AstSource::Select(_) | AstSource::Join(_) | AstSource::Combined(_) => None,
    };
    match &select.source {
        None => vec!["objects".to_owned()],
        Some(AstSource::Join(join)) => {
            let name = |of: &crate::query::ast::Aliased| match &of.alias {
                Some(alias) => Some(alias.text.clone()),
                None => own(&of.source),
            };
            join.sources().filter_map(name).collect()
        }
        Some(source) => own(source).into_iter().collect(),
    }
}

/// Lets a plan give no more than so many rows.
fn stop_after(plan: &mut Plan, rows: u64) {
    let limit = plan.limit.unwrap_or(Limit { count: rows, offset: 0 });
    plan.limit = Some(Limit { count: limit.count.min(rows), ..limit });
}
