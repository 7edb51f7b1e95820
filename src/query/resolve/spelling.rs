//! Names with and without the source in front: each is brought into the one spelling that all later steps know.
//!
//! Over one source that is the bare name of a column or a field; over a join the name with its source, also where it was
//! written without.

use super::expression::is_bare_count;
use super::paths::THIS;
use super::scope::{JoinScope, Scope};
use super::{Checked, Wanted};
use crate::diagnostic::{Diagnostic, Span, nearest, one_of};
use crate::query::ast::{Expr, ExprKind, Item, Name, Select, written_name};

impl Scope {
    /// A select in which every name is spelled as this scope knows it.
    pub(super) fn spelled_out(&self, select: &Select) -> Checked<Select> {
        let mut spelled = select.clone();
        let aliases: Vec<&str> = select
            .items
            .iter()
            .filter_map(|item| match item {
                Item::Expr { alias: Some(alias), .. } => Some(alias.text.as_str()),
                _ => None,
            })
            .collect();
        for item in &mut spelled.items {
            match item {
                Item::Expr { expr, .. } => *expr = self.spelled(expr, &[])?,
                Item::All(_) => {}
                Item::AllOf(source, _) => self.check_source(source)?,
            }
        }
        spelled.filter = self.optional(select.filter.as_ref(), &[])?;
        for key in &mut spelled.group_by {
            let is_alias = matches!(&key.kind, ExprKind::Name(name) if aliases.contains(&name.as_str()) && !self.knows(name));
            if !is_alias {
                *key = self.spelled(key, &[])?;
            }
        }
        spelled.having = self.optional(select.having.as_ref(), &aliases)?;
        for key in &mut spelled.order_by {
            key.expr = self.spelled(&key.expr, &aliases)?;
        }
        Ok(spelled)
    }

    fn optional(&self, expr: Option<&Expr>, aliases: &[&str]) -> Checked<Option<Expr>> {
        expr.map(|expr| self.spelled(expr, aliases)).transpose()
    }

    /// An expression in which every name but those of `aliases` is spelled as this scope knows it.
    pub(super) fn spelled(&self, expr: &Expr, aliases: &[&str]) -> Checked<Expr> {
        match &expr.kind {
            ExprKind::Name(name) if aliases.contains(&name.as_str()) => Ok(expr.clone()),
            ExprKind::Name(name) => match &self.join {
                None if self.alias.as_ref() == Some(name) && !self.knows(name) => self.own_object(name, expr),
                None => Ok(expr.clone()),
                Some(join) => join.name(name, expr),
            },
            ExprKind::Member(inner, member) => {
                if let ExprKind::Name(name) = &inner.kind {
                    match &self.join {
                        None if self.alias.as_ref() == Some(name)
                            && (self.knows(&member.text) || !self.knows(name)) =>
                        {
                            let kind = ExprKind::Name(member.text.clone());
                            return Ok(Expr { kind, span: expr.span.clone(), height: 0 });
                        }
                        None if *name == self.name && !self.knows(name) => {
                            return Err(self.called_otherwise(name, &member.text, &inner.span));
                        }
                        Some(join) if join.source(name).is_some() => return Ok(expr.clone()),
                        Some(join) if join.candidates(name).is_empty() => {
                            return Err(join.no_source(name, &inner.span));
                        }
                        _ => {}
                    }
                }
                expr.try_map_parts(&mut |part| self.spelled(part, aliases))
            }
            _ => expr.try_map_parts(&mut |part| self.spelled(part, aliases)),
        }
    }

    /// Whether a column or a field has this name.
    fn knows(&self, name: &str) -> bool {
        match &self.join {
            Some(join) => !join.candidates(name).is_empty(),
            None => self.names().contains(&name),
        }
    }

    /// The error of a table's name where the statement calls the table something else.
    fn called_otherwise(&self, name: &str, member: &str, span: &Span) -> Diagnostic {
        let alias = written_name(self.alias.as_deref().unwrap_or(name));
        Diagnostic::new(span.clone(), format!("`{name}` is called `{alias}` here"))
            .expected(format!("`{alias}.{}`", written_name(member)))
    }

    /// The name of a source where a value is wanted: the object that the row is.
    fn own_object(&self, name: &str, expr: &Expr) -> Checked<Expr> {
        if self.objects.is_some() {
            return Ok(Expr { kind: ExprKind::Name(THIS.to_owned()), ..expr.clone() });
        }
        let columns: Vec<String> =
            self.names().iter().map(|c| format!("{}.{}", written_name(name), written_name(c))).collect();
        let message = format!("`{name}` is a source, where a column is wanted");
        Err(Diagnostic::new(expr.span.clone(), message).expected(one_of(&columns)))
    }

    fn check_source(&self, source: &Name) -> Checked<()> {
        let names: Vec<&str> = match &self.join {
            Some(join) => join.sides.iter().filter_map(|side| side.alias.as_deref()).collect(),
            None => self.alias.as_deref().into_iter().collect(),
        };
        if names.contains(&source.text.as_str()) {
            return Ok(());
        }
        let message = format!("no source is called `{}`", source.text);
        let diagnostic = Diagnostic::new(source.span.clone(), message);
        if names.is_empty() {
            return Err(diagnostic.expected("`*`").hint("`from (...) name` gives the source a name"));
        }
        Err(with_near_source(diagnostic, &source.text, &names))
    }
}

impl JoinScope {
    /// The source that is called so.
    pub(super) fn source(&self, name: &str) -> Option<usize> {
        self.sides.iter().position(|side| side.alias.as_deref() == Some(name))
    }

    /// The sources that have a column or a field of this name.
    fn candidates(&self, name: &str) -> Vec<usize> {
        let has = |side: &Scope| match name {
            THIS => side.objects.is_some(),
            _ => side.names().contains(&name),
        };
        (0..self.sides.len()).filter(|&at| has(&self.sides[at])).collect()
    }

    /// A name without a source in front.
    fn name(&self, name: &str, expr: &Expr) -> Checked<Expr> {
        // Over several sources the bare word is the number of rows, also where one of them has such a column.
        if is_bare_count(name) {
            return Ok(expr.clone());
        }
        match self.candidates(name)[..] {
            [side] => Ok(self.member(side, name, &expr.span)),
            [] => match self.source(name) {
                Some(side) => {
                    self.sides[side].own_object(name, expr)?;
                    Ok(self.member(side, THIS, &expr.span))
                }
                None => Err(self.unknown(name, &expr.span)),
            },
            ref several => {
                let spellings: Vec<String> = several
                    .iter()
                    .map(|&side| format!("`{}.{}`", written_name(self.name_of(side)), written_name(name)))
                    .collect();
                let message = format!("several sources have a column `{name}`");
                Err(Diagnostic::new(expr.span.clone(), message).expected(one_of(&spellings)))
            }
        }
    }

    /// A column or a field of a source, as a statement would spell it.
    pub(super) fn member(&self, side: usize, name: &str, span: &Span) -> Expr {
        let source = Expr::new(ExprKind::Name(self.name_of(side).to_owned()), span.clone(), []);
        let member = Name { text: name.to_owned(), span: span.clone() };
        Expr { kind: ExprKind::Member(Box::new(source), member), span: span.clone(), height: 1 }
    }

    /// What a source is called.
    pub(super) fn name_of(&self, side: usize) -> &str {
        self.sides.get(side).and_then(|side| side.alias.as_deref()).unwrap_or_default()
    }

    fn unknown(&self, name: &str, span: &Span) -> Diagnostic {
        let diagnostic = Diagnostic::new(span.clone(), format!("none of the sources has a column `{name}`"));
        let known = |side: &Scope| -> Vec<String> { side.names().iter().map(|n| (*n).to_owned()).collect() };
        let near = self.sides.iter().enumerate().find_map(|(at, side)| {
            let names = known(side);
            let near = nearest(name, names.iter().map(String::as_str))?;
            Some(format!("{}.{}", written_name(self.name_of(at)), written_name(near)))
        });
        match near {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => {
                let sources: Vec<String> =
                    (0..self.sides.len()).map(|at| format!("`{}`", self.name_of(at))).collect();
                diagnostic.expected(format!("a column of {}", one_of(&sources)))
            }
        }
    }

    fn no_source(&self, name: &str, span: &Span) -> Diagnostic {
        let names: Vec<&str> = (0..self.sides.len()).map(|at| self.name_of(at)).collect();
        let message = format!("no source is called `{name}`, and no column");
        with_near_source(Diagnostic::new(span.clone(), message), name, &names)
    }

    /// The sources whose columns and fields an expression names, ascending; `None` where it has other names in it.
    pub(super) fn sides_of(&self, expr: &Expr) -> Option<Vec<usize>> {
        let mut sides = Vec::new();
        let mut left = vec![expr];
        while let Some(part) = left.pop() {
            match &part.kind {
                ExprKind::Name(_) => return None,
                ExprKind::Member(inner, _) => match &inner.kind {
                    ExprKind::Name(name) => sides.push(self.source(name)?),
                    _ => left.push(inner),
                },
                _ => left.extend(part.parts()),
            }
        }
        sides.sort_unstable();
        sides.dedup();
        Some(sides)
    }

    /// The source and the column or field that an expression is, when it is nothing else.
    pub(super) fn column_of<'e>(&self, expr: &'e Expr) -> Option<(usize, &'e Name)> {
        let ExprKind::Member(inner, name) = &expr.kind else { return None };
        let ExprKind::Name(source) = &inner.kind else { return None };
        Some((self.source(source)?, name))
    }

    /// An expression over one source as that source by itself knows it.
    pub(super) fn of_side(&self, expr: &Expr) -> Expr {
        if let Some((_, name)) = self.column_of(expr) {
            return Expr { kind: ExprKind::Name(name.text.clone()), span: expr.span.clone(), height: 0 };
        }
        let part = |part: &Expr| Ok::<_, std::convert::Infallible>(self.of_side(part));
        match expr.try_map_parts(&mut { part }) {
            Ok(expr) => expr,
            Err(never) => match never {},
        }
    }
}

/// Adds which sources there are. Of names of one letter none is near another.
fn with_near_source(diagnostic: Diagnostic, name: &str, names: &[&str]) -> Diagnostic {
    let written: Vec<String> = names.iter().map(|name| format!("`{}`", written_name(name))).collect();
    let long = names.iter().copied().filter(|other| name.len().min(other.len()) > 1);
    diagnostic.expected(one_of(&written)).nearest(name, long)
}

/// Names the columns of an answer that are columns of a join: by the column alone where that tells them apart.
pub(super) fn name_columns(wanted: &mut [Wanted], scope: &Scope) {
    let Some(join) = &scope.join else { return };
    let own = |w: &Wanted| match (&w.alias, &w.expr.kind) {
        (Some(alias), _) => Some(alias.clone()),
        _ => join.column_of(&w.expr).map(|(_, name)| name.text.clone()),
    };
    let names: Vec<Option<String>> = wanted.iter().map(own).collect();
    for (at, w) in wanted.iter_mut().enumerate() {
        if w.alias.is_some() || join.column_of(&w.expr).is_none() {
            continue;
        }
        let is_alone = names.iter().filter(|name| **name == names[at]).count() == 1;
        w.shown = if is_alone { names[at].clone() } else { Some(w.expr.to_string()) };
    }
}
