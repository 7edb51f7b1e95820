//! The columns that names can mean.

use crate::query::Kind;
use crate::query::catalog::{Level, TableId};
use crate::query::plan::Plan;

/// A column that a name can mean.
#[derive(Clone, Debug)]
pub struct ScopeColumn {
    /// Its name.
    pub name: String,
    /// What its values are; `None` when they can only be null.
    pub kind: Option<Kind>,
    /// Whether it adds up.
    pub measure: bool,
    /// What its values depend on.
    pub level: Level,
}

/// The columns of a source.
#[derive(Clone, Debug)]
pub struct Scope {
    /// What the source is called in messages.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<ScopeColumn>,
}

impl Scope {
    /// The columns of a table.
    pub fn of_table(table: TableId) -> Scope {
        let columns = table.doc().columns.iter().map(|c| ScopeColumn {
            name: c.name.to_owned(),
            kind: Some(c.kind),
            measure: c.measure,
            level: c.level,
        });
        Scope { name: table.doc().name.to_owned(), columns: columns.collect() }
    }

    /// The columns that a plan shows. Each of its rows stands for itself.
    pub fn of_plan(plan: &Plan) -> Scope {
        let columns = plan.items.iter().map(|i| ScopeColumn {
            name: i.name.clone(),
            kind: i.expr.kind,
            measure: i.measure,
            level: Level::Row,
        });
        Scope { name: "the select in parentheses".to_owned(), columns: columns.collect() }
    }

    /// Whether there is a column of that name.
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|c| c.name == name)
    }

    /// The positions of the columns of that name.
    pub fn find(&self, name: &str) -> Vec<usize> {
        (0..self.columns.len()).filter(|&i| self.columns[i].name == name).collect()
    }

    /// The names of all columns.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|c| c.name.as_str()).collect()
    }
}
