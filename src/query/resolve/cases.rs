//! Cases: the kinds of their branches agree.

use super::Checked;
use super::calls::unlike;
use super::expression::Context;
use super::operators::common;
use crate::query::Kind;
use crate::query::ast::{CompareOp, Expr};
use crate::query::catalog::Level;
use crate::query::plan::{Node, Typed};

impl Context<'_> {
    /// Resolves a case: where there is an `operand`, each `when` is compared with it.
    pub(super) fn case(
        &mut self,
        operand: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
    ) -> Checked<Typed> {
        let mut kind = None;
        let mut resolved = Vec::with_capacity(branches.len());
        for (when, then) in branches {
            let condition = match operand {
                Some(operand) => self.compare(CompareOp::Equal, operand, when)?,
                None => self.condition(when)?,
            };
            resolved.push((condition, self.branch(then, &mut kind)?));
        }
        let otherwise = otherwise.map(|value| self.branch(value, &mut kind)).transpose()?;
        let both = resolved.iter().flat_map(|(condition, value)| [condition, value]);
        let level = both.chain(&otherwise).fold(Level::Constant, |level, part| level.with(part.level));
        let node = Node::Case(resolved, otherwise.map(Box::new));
        Ok(Typed { node, kind, level })
    }

    /// Resolves the value of a branch; `kind` is the one that holds the values of all branches so far.
    fn branch(&mut self, value: &Expr, kind: &mut Option<Kind>) -> Checked<Typed> {
        let resolved = self.expression(value)?;
        *kind = common(*kind, resolved.kind).map_err(|()| unlike(value, *kind, resolved.kind))?;
        Ok(resolved)
    }
}
