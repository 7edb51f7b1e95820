//! Joins: which conditions concern one source by itself, and which hold sources together.
//!
//! What an expression takes of one source only is resolved over that source, and is an item of its plan: the columns of a
//! join are such items. So whatever can be decided once a type, or read along a path, is so in a join too.

use super::expression::{Context, Place};
use super::scope::{JoinScope, Scope};
use super::source::Resolved;
use super::{Checked, Resolver};
use crate::diagnostic::Diagnostic;
use crate::query::ast::{
    Aliased, CompareOp, Expr, ExprKind, Join as AstJoin, Source as AstSource, written_name,
};
use crate::query::catalog::Level;
use crate::query::plan::{
    Conjunct, Join, JoinColumn, JoinKey, JoinLink, JoinSide, Node, OutputItem, Plan, Source, Typed,
};

/// A source of a join, before it is known what is asked of it.
#[derive(Debug)]
pub struct Side {
    source: Source,
    /// What must be true of its rows.
    filter: Vec<Conjunct>,
    link: Option<JoinLink>,
}

impl Side {
    /// Whether rows can have nulls in place of this source.
    fn may_be_missing(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.keeps_left)
    }
}

impl Resolver<'_> {
    /// A source under a name, or several that are joined.
    pub(super) fn joined(&self, join: &AstJoin) -> Checked<Resolved> {
        let mut sides = Vec::new();
        let mut scopes: Vec<Scope> = Vec::new();
        for (at, aliased) in join.sources().enumerate() {
            let mut resolved = self.source_of(Some(&aliased.source), &aliased.span)?;
            if let Some(alias) = &aliased.alias {
                resolved.scope.alias = Some(alias.text.clone());
            }
            if join.others.is_empty() {
                return Ok(resolved);
            }
            if resolved.scope.alias.is_none() {
                resolved.scope.alias = Some(unnamed(&aliased.source, &resolved.scope, at));
            }
            refuse_same_name(&scopes, &resolved.scope, aliased)?;
            let filter = resolved.restriction.into_iter().collect();
            sides.push(Side { source: resolved.source, filter, link: None });
            scopes.push(resolved.scope);
        }
        let may_be_missing =
            std::iter::once(false).chain(join.others.iter().map(|other| other.keeps_left)).collect();
        let snapshot = scopes.first().map_or(0, |scope| scope.snapshot);
        let scope = Scope {
            name: "the join".to_owned(),
            columns: Vec::new(),
            snapshot,
            objects: None,
            alias: None,
            join: Some(Box::new(JoinScope::new(scopes, may_be_missing))),
        };
        for (at, other) in join.others.iter().enumerate() {
            self.link(&scope, &mut sides, at + 1, other.keeps_left, &other.on)?;
        }
        let source = Source::Join(Box::default());
        Ok(Resolved { source, scope, restriction: None, sides })
    }

    /// Sorts the condition behind `on` by what its parts concern.
    fn link(&self, scope: &Scope, sides: &mut [Side], at: usize, keeps_left: bool, on: &Expr) -> Checked<()> {
        let Some(join) = &scope.join else { return Ok(()) };
        let spelled = scope.spelled(on, &[])?;
        let mut link =
            JoinLink { keeps_left, keys: Vec::new(), conditions: Vec::new(), span: on.span.clone() };
        for part in conjuncts(&spelled) {
            let of = join.sides_of(part).unwrap_or_default();
            if let Some(&later) = of.iter().find(|&&side| side > at) {
                let message = format!("`{}` is joined further on", join.name_of(later));
                return Err(Diagnostic::new(part.span.clone(), message)
                    .hint("a condition of several sources stands behind the last of them"));
            }
            match of[..] {
                [side] if side == at || (!keeps_left && !sides[side].may_be_missing()) => {
                    let conjunct = self.of_side(scope, side, part, Place::On)?;
                    sides[side].filter.push(conjunct);
                }
                _ => self.add_to_link(scope, at, &mut link, part, Place::On)?,
            }
        }
        sides[at].link = Some(link);
        Ok(())
    }

    /// Sorts the conditions behind `where` in the same way; what is left must be decided for the rows of the join.
    pub(super) fn where_of_join(
        &self,
        scope: &Scope,
        sides: &mut [Side],
        filter: Option<&Expr>,
    ) -> Checked<Vec<Conjunct>> {
        let (Some(join), Some(filter)) = (&scope.join, filter) else { return Ok(Vec::new()) };
        let mut rest = Vec::new();
        for part in conjuncts(filter) {
            let of = join.sides_of(part).unwrap_or_default();
            match of[..] {
                [side] if !sides[side].may_be_missing() => {
                    let conjunct = self.of_side(scope, side, part, Place::Where)?;
                    sides[side].filter.push(conjunct);
                }
                [_, .., last] if !sides[last].may_be_missing() => {
                    if let Some(mut link) = sides[last].link.take() {
                        self.add_to_link(scope, last, &mut link, part, Place::Where)?;
                        sides[last].link = Some(link);
                    }
                }
                _ => rest.push(self.of_pairs(scope, part, Place::Where)?),
            }
        }
        Ok(rest)
    }

    /// A condition over one source.
    fn of_side(&self, scope: &Scope, side: usize, part: &Expr, place: Place) -> Checked<Conjunct> {
        let Some(join) = &scope.join else { return self.of_pairs(scope, part, place) };
        let expr = self.rows(&join.sides[side], place).condition(&join.of_side(part))?;
        Ok(Conjunct { expr, text: part.to_string() })
    }

    /// A condition over the rows of a join.
    fn of_pairs(&self, scope: &Scope, part: &Expr, place: Place) -> Checked<Conjunct> {
        let expr = self.rows(scope, place).condition(part)?;
        Ok(Conjunct { expr, text: part.to_string() })
    }

    /// Adds a condition to those that hold a source and the ones before it together.
    fn add_to_link(
        &self,
        scope: &Scope,
        at: usize,
        link: &mut JoinLink,
        part: &Expr,
        place: Place,
    ) -> Checked<()> {
        let conjunct = self.of_pairs(scope, part, place)?;
        let key = match (&conjunct.expr.node, &scope.join) {
            (Node::Compare(CompareOp::Equal, a, b), Some(join)) => match (join.range_of(a), join.range_of(b))
            {
                (Some((_, left)), Some((right, _))) if left < at && right == at => Some((&**a, &**b)),
                (Some((right, _)), Some((_, left))) if left < at && right == at => Some((&**b, &**a)),
                _ => None,
            },
            _ => None,
        };
        match key {
            Some((left, right)) => {
                let (left, right) = (left.clone(), right.clone());
                link.keys.push(JoinKey { left, right, equal: conjunct });
            }
            // What is true of everything needs not be looked at.
            None if is_true(part) => {}
            None => link.conditions.push(conjunct),
        }
        Ok(())
    }
}

impl Context<'_> {
    /// What an expression takes of one source of a join, as a column of it; `None` where it takes something of several or
    /// of none.
    pub(super) fn of_one_source(&self, expr: &Expr) -> Checked<Option<Typed>> {
        let Some(join) = &self.scope.join else { return Ok(None) };
        let Some(&[side]) = join.sides_of(expr).as_deref() else { return Ok(None) };
        // Over a source that is not there everything would be null: what is not, is told over the join.
        if join.may_be_missing[side] && !is_null_of_null(expr) {
            return Ok(None);
        }
        let own = join.of_side(expr);
        let mut context = self.resolver.rows(&join.sides[side], self.place);
        let value = context.expression(&own)?;
        Ok(Some(join.column(side, &own.to_string(), value)))
    }
}

impl JoinScope {
    /// The column of a join that an item of a source is, which is added when it is not there yet.
    fn column(&self, side: usize, text: &str, value: Typed) -> Typed {
        let mut items = self.items.borrow_mut();
        let kind = value.kind;
        let found = items.iter().position(|item| item.side == side && item.text == text);
        let at = found.unwrap_or_else(|| {
            items.push(super::scope::JoinItem { side, text: text.to_owned(), value });
            items.len() - 1
        });
        Typed::column(at, kind, Level::Row)
    }

    /// The first and the last of the sources that an expression over the join's columns takes something of; `None` for a
    /// constant.
    fn range_of(&self, expr: &Typed) -> Option<(usize, usize)> {
        let items = self.items.borrow();
        let mut sides = Vec::new();
        expr.columns(&mut |column| sides.extend(items.get(column).map(|item| item.side)));
        Some((sides.iter().min().copied()?, sides.iter().max().copied()?))
    }

    /// Whether a column adds up.
    pub(super) fn is_measure(&self, column: usize) -> bool {
        let items = self.items.borrow();
        let Some(item) = items.get(column) else { return false };
        let Node::Column(own) = item.value.node else { return false };
        self.sides[item.side].columns.get(own).is_some_and(|c| c.measure)
    }

    /// The kind of a measure, when an expression is one that is named alone.
    pub(super) fn measure(&self, expr: &Expr) -> Option<Option<crate::query::Kind>> {
        let (side, name) = self.column_of(expr)?;
        match self.sides[side].find(&name.text)[..] {
            [column] => Some(&self.sides[side].columns[column]).filter(|c| c.measure).map(|c| c.kind),
            _ => None,
        }
    }

    /// The dump of the sources that an expression takes something of; `None` where they are of several.
    pub(super) fn snapshot_of(&self, expr: &Expr) -> Option<usize> {
        let mut sides = Vec::new();
        let mut left = vec![expr];
        while let Some(part) = left.pop() {
            if let Some((side, _)) = self.column_of(part) {
                sides.push(side);
            }
            left.extend(part.parts());
        }
        if sides.is_empty() {
            sides.extend(0..self.sides.len());
        }
        let first = self.sides.get(*sides.first()?)?.snapshot;
        sides.iter().all(|&side| self.sides[side].snapshot == first).then_some(first)
    }

    /// The join, now that all that is asked of its sources is known.
    pub(super) fn finish(&self, sides: Vec<Side>) -> Join {
        let mut join = Join::default();
        let mut items: Vec<Vec<OutputItem>> = sides.iter().map(|_| Vec::new()).collect();
        for item in self.items.borrow().iter() {
            let of_side = &mut items[item.side];
            join.columns.push(JoinColumn { side: item.side, item: of_side.len() });
            of_side.push(OutputItem { name: item.text.clone(), expr: item.value.clone(), measure: false });
        }
        for (at, (side, items)) in sides.into_iter().zip(items).enumerate() {
            let plan = Plan::of_side(side.source, side.filter, items);
            join.sides.push(JoinSide { name: self.name_of(at).to_owned(), plan, link: side.link });
        }
        join
    }
}

/// The parts of a condition that must all be true.
fn conjuncts(condition: &Expr) -> &[Expr] {
    match &condition.kind {
        ExprKind::And(parts) => parts,
        _ => std::slice::from_ref(condition),
    }
}

/// Whether an expression over columns is null where all of these are.
fn is_null_of_null(expr: &Expr) -> bool {
    let of_part = |part: &Expr| matches!(part.kind, ExprKind::Literal(_)) || is_null_of_null(part);
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Index(..) => true,
        ExprKind::Cast(of, _) | ExprKind::IsType(of, _) | ExprKind::Negate(of) | ExprKind::Not(of) => {
            is_null_of_null(of)
        }
        ExprKind::Like { value, .. } | ExprKind::Matches { value, .. } => is_null_of_null(value),
        ExprKind::Compare(..) | ExprKind::Arithmetic(..) | ExprKind::Between { .. } => {
            expr.parts().into_iter().all(of_part)
        }
        ExprKind::Call { name, .. } => {
            !["coalesce", "if", "concat"].contains(&name.text.as_str())
                && expr.parts().into_iter().all(of_part)
        }
        _ => false,
    }
}

fn is_true(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(crate::query::ast::Literal::Boolean(true)))
}

/// What a source is called that has no name of its own and was given none.
fn unnamed(source: &AstSource, scope: &Scope, at: usize) -> String {
    match source {
        AstSource::Select(_) => format!("source {}", at + 1),
        _ => scope.name.clone(),
    }
}

fn refuse_same_name(before: &[Scope], scope: &Scope, aliased: &Aliased) -> Checked<()> {
    if before.iter().all(|other| other.alias != scope.alias) {
        return Ok(());
    }
    let name = scope.alias.as_deref().unwrap_or_default();
    let (span, hint) = match &aliased.alias {
        Some(alias) => (alias.span.clone(), "each source needs a name of its own".to_owned()),
        None => {
            let source = aliased.source.to_string();
            (aliased.span.clone(), format!("give it another: `{source} as {}2`", written_name(name)))
        }
    };
    Err(Diagnostic::new(span, format!("two sources are called `{name}`")).hint(hint))
}
