//! Expressions over other parts.

use super::{Arguments, Expr, ExprKind, OrderKey, Window};

impl Expr {
    /// The same expression over what `change` makes of its parts. Selects within it stay as they are.
    ///
    /// # Errors
    /// The first error of `change`.
    pub fn try_map_parts<E>(&self, change: &mut impl FnMut(&Expr) -> Result<Expr, E>) -> Result<Expr, E> {
        let mut boxed = |part: &Expr| change(part).map(Box::new);
        let kind = match &self.kind {
            ExprKind::Call { name, arguments } => {
                let name = name.clone();
                let arguments = match arguments {
                    Arguments::All => Arguments::All,
                    Arguments::Distinct(part) => Arguments::Distinct(boxed(part)?),
                    Arguments::List(list) => Arguments::List(all(list, change)?),
                };
                ExprKind::Call { name, arguments }
            }
            ExprKind::Window(window) => ExprKind::Window(Box::new(Window {
                arguments: match &window.arguments {
                    Arguments::All => Arguments::All,
                    Arguments::Distinct(part) => Arguments::Distinct(boxed(part)?),
                    Arguments::List(list) => Arguments::List(all(list, change)?),
                },
                partition_by: all(&window.partition_by, change)?,
                order_by: (window.order_by.iter())
                    .map(|key| Ok(OrderKey { expr: change(&key.expr)?, descending: key.descending }))
                    .collect::<Result<_, E>>()?,
                ..(**window).clone()
            })),
            ExprKind::Case { operand, branches, otherwise } => {
                let operand = operand.as_deref().map(&mut boxed).transpose()?;
                let otherwise = otherwise.as_deref().map(&mut boxed).transpose()?;
                let mut branch = |(when, then): &(Expr, Expr)| Ok((change(when)?, change(then)?));
                let branches = branches.iter().map(&mut branch).collect::<Result<_, E>>()?;
                ExprKind::Case { operand, branches, otherwise }
            }
            ExprKind::Member(a, name) => ExprKind::Member(boxed(a)?, name.clone()),
            ExprKind::Index(a, indexes) => ExprKind::Index(boxed(a)?, indexes.clone()),
            ExprKind::Cast(a, name) => ExprKind::Cast(boxed(a)?, name.clone()),
            ExprKind::IsType(a, name) => ExprKind::IsType(boxed(a)?, name.clone()),
            ExprKind::Negate(a) => ExprKind::Negate(boxed(a)?),
            ExprKind::Not(a) => ExprKind::Not(boxed(a)?),
            ExprKind::IsNull(a) => ExprKind::IsNull(boxed(a)?),
            ExprKind::Arithmetic(op, a, b) => ExprKind::Arithmetic(*op, boxed(a)?, boxed(b)?),
            ExprKind::Compare(op, a, b) => ExprKind::Compare(*op, boxed(a)?, boxed(b)?),
            ExprKind::And(parts) => ExprKind::And(all(parts, change)?),
            ExprKind::Or(parts) => ExprKind::Or(all(parts, change)?),
            ExprKind::Like { value, pattern, escape } => {
                ExprKind::Like { value: boxed(value)?, pattern: pattern.clone(), escape: escape.clone() }
            }
            ExprKind::Matches { value, pattern } => {
                ExprKind::Matches { value: boxed(value)?, pattern: pattern.clone() }
            }
            ExprKind::Between { value, low, high } => {
                ExprKind::Between { value: boxed(value)?, low: boxed(low)?, high: boxed(high)? }
            }
            ExprKind::InList(value, list) => ExprKind::InList(boxed(value)?, all(list, change)?),
            ExprKind::InSelect(value, select) => ExprKind::InSelect(boxed(value)?, select.clone()),
            leaf @ (ExprKind::Literal(_) | ExprKind::Name(_) | ExprKind::Select(_) | ExprKind::Exists(_)) => {
                leaf.clone()
            }
        };
        Ok(Expr { kind, span: self.span.clone(), height: self.height })
    }
}

fn all<E>(parts: &[Expr], change: &mut impl FnMut(&Expr) -> Result<Expr, E>) -> Result<Vec<Expr>, E> {
    parts.iter().map(change).collect()
}
