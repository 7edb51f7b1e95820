//! The columns that names can mean.

use std::cell::RefCell;
use std::sync::Arc;

use crate::bytes::Addr;
use crate::query::Kind;
use crate::query::catalog::{ColumnDoc, Level, TableId};
use crate::query::given::Given;
use crate::query::plan::{Plan, Typed};

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
    /// Whether `*` stands for it too.
    pub in_all: bool,
}

/// The columns of a source.
#[derive(Clone, Debug)]
pub struct Scope {
    /// What the source is called in messages.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<ScopeColumn>,
    /// The dump that its addresses are of, by its position.
    pub snapshot: usize,
    /// What is known of the objects that its rows are; `None` for rows that are none.
    pub objects: Option<ObjectRows>,
    /// What the statement calls the source, where it is called something.
    pub alias: Option<String>,
    /// The sources, where there are several: names are then looked for in them.
    pub join: Option<Box<JoinScope>>,
}

/// The sources of a join, and what is asked of them.
#[derive(Clone, Debug)]
pub struct JoinScope {
    /// The columns of each source by itself.
    pub sides: Vec<Scope>,
    /// For each source, whether rows can have nulls in its place.
    pub may_be_missing: Vec<bool>,
    /// The columns of the join, as they are met.
    pub items: RefCell<Vec<JoinItem>>,
}

/// Something that is asked of one source of a join.
#[derive(Clone, Debug)]
pub struct JoinItem {
    /// The source.
    pub side: usize,
    /// How it is written over that source alone.
    pub text: String,
    /// What it is, over that source.
    pub value: Typed,
}

impl JoinScope {
    /// Sources of which nothing is asked yet.
    pub fn new(sides: Vec<Scope>, may_be_missing: Vec<bool>) -> JoinScope {
        JoinScope { sides, may_be_missing, items: RefCell::default() }
    }
}

/// Rows that are objects.
#[derive(Clone, Debug)]
pub struct ObjectRows {
    /// For each type of the dump, by its id, whether rows can be of it; empty for all types.
    pub types: Vec<bool>,
    /// Whether rows are all objects; else they are those of a type that was named.
    pub all: bool,
    /// The MethodTables that bear the name of the type.
    pub bearers: Vec<Addr>,
    /// The names of the type's fields.
    pub fields: Vec<Arc<str>>,
    /// Whether the objects of the types that derive from it are among the rows.
    pub subclasses: bool,
}

impl ObjectRows {
    /// For each of the dump's types, whether rows can be of it.
    pub fn wanted(&self) -> impl Iterator<Item = bool> + '_ {
        self.types.iter().copied().chain(std::iter::repeat(self.all))
    }
}

impl Scope {
    /// The columns of a table.
    pub fn of_table(table: TableId, snapshot: usize) -> Scope {
        let doc = table.doc();
        let (types, bearers, fields) = (Vec::new(), Vec::new(), Vec::new());
        let rows = ObjectRows { types, all: true, bearers, fields, subclasses: true };
        let objects = (table == TableId::Objects).then_some(rows);
        let alias = Some(doc.name.to_owned());
        Scope { objects, alias, ..Scope::of_columns(doc.name, doc.columns, snapshot) }
    }

    /// The columns that the catalog has of a source.
    pub fn of_columns(name: &str, columns: &[ColumnDoc], snapshot: usize) -> Scope {
        let columns = columns.iter().map(|c| ScopeColumn {
            name: c.name.to_owned(),
            kind: Some(c.kind),
            measure: c.measure,
            level: c.level,
            in_all: c.in_all,
        });
        Scope {
            name: name.to_owned(),
            columns: columns.collect(),
            snapshot,
            objects: None,
            alias: None,
            join: None,
        }
    }

    /// The columns that a plan shows. Each of its rows stands for itself.
    pub fn of_plan(plan: &Plan) -> Scope {
        let columns = plan.items.iter().map(|i| ScopeColumn {
            name: i.name.clone(),
            kind: i.expr.kind,
            measure: i.measure,
            level: Level::Row,
            in_all: true,
        });
        Scope {
            name: "the select in parentheses".to_owned(),
            columns: columns.collect(),
            snapshot: plan.snapshot(),
            objects: None,
            alias: None,
            join: None,
        }
    }

    /// The columns of rows that are given. Those of numbers add up.
    pub fn of_given(given: Given<'_>) -> Scope {
        let columns = given.rows.columns.iter().map(|c| ScopeColumn {
            name: c.name.clone(),
            kind: Some(c.kind),
            measure: c.kind.adds_up(),
            level: Level::Row,
            in_all: true,
        });
        Scope {
            name: given.name.to_owned(),
            columns: columns.collect(),
            snapshot: 0,
            objects: None,
            alias: None,
            join: None,
        }
    }

    /// Whether there is a column of that name.
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|c| c.name == name)
    }

    /// The positions of the columns of that name.
    pub fn find(&self, name: &str) -> Vec<usize> {
        (0..self.columns.len()).filter(|&i| self.columns[i].name == name).collect()
    }

    /// The names of all columns, and of the fields that names can mean.
    pub fn names(&self) -> Vec<&str> {
        let fields = self.objects.iter().flat_map(|rows| &rows.fields).map(|name| &**name);
        self.columns.iter().map(|c| c.name.as_str()).chain(fields).collect()
    }
}
