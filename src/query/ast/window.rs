//! Functions over windows: over other rows than the one that they are computed for.

use super::{Arguments, Expr, Name, OrderKey};

/// A function over a window.
#[derive(Clone, Debug)]
pub struct Window {
    /// The function.
    pub name: Name,
    /// Its arguments.
    pub arguments: Arguments,
    /// What the rows of the window have in common with this one.
    pub partition_by: Vec<Expr>,
    /// Their order: then those up to this one are meant.
    pub order_by: Vec<OrderKey>,
}

impl Window {
    /// The expressions in it.
    pub fn parts(&self) -> Vec<&Expr> {
        let arguments: &[Expr] = match &self.arguments {
            Arguments::All => &[],
            Arguments::Distinct(argument) => std::slice::from_ref(argument),
            Arguments::List(list) => list,
        };
        let keys = self.order_by.iter().map(|key| &key.expr);
        arguments.iter().chain(&self.partition_by).chain(keys).collect()
    }
}
